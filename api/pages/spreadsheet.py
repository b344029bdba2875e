"""Tables as CSV that spreadsheets open right by a double click, and that do nothing there.

SPARQL results in CSV are to the letter of their specification (``kg.execution``); this is for downloads of people.
"""

import csv
import io
from collections.abc import Iterable, Sequence

_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for another encoding."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would run (https://owasp.org/www-community/attacks/CSV_Injection)."""


def write_spreadsheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table; a cell that would be a formula begins with an apostrophe, which spreadsheets take for text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_disarm(cell) for cell in row] for row in rows)
    return (_BYTE_ORDER_MARK + out.getvalue()).encode(errors="replace")


def _disarm(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
