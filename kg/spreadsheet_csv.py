"""CSV that spreadsheets open right, by a double click: in UTF-8 as they recognize it, with no cell that is a formula.

For people. The CSV of SPARQL results, for programs, is that of its specification: ``kg.rdf_formats``.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for the code page of the machine."""
_CHUNK = 50_000
"""Characters."""
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""ASCII, and the full-width forms that spreadsheets take for them."""


def write_spreadsheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file. A cell that a spreadsheet would compute is text: it has an apostrophe before it."""
    return b"".join(stream_spreadsheet(head, rows))


def stream_spreadsheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same in chunks, while rows are read."""
    out = io.StringIO()
    out.write(_BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(as_text, head))
    for row in rows:
        writer.writerow(map(as_text, row))
        if out.tell() > _CHUNK:
            yield out.getvalue().encode(errors="replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode(errors="replace")


def as_text(cell: str) -> str:
    """The cell, so that no spreadsheet runs it: https://owasp.org/www-community/attacks/CSV_Injection."""
    is_formula = cell.startswith(_BEGINS_FORMULA) or cell.lstrip(" \u00a0\u200e\u200f\u2066\u2067\u2068").startswith(
        _BEGINS_FORMULA
    )
    return f"'{cell}" if is_formula else cell
