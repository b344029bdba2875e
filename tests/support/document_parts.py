"""Documents of several formats as the parts that readers take as one: rows, items, articles, objects.

Owns how a document is divided. The text of a part is all that is in it, addresses of links and attributes included.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import lxml.html
import openpyxl

CITATIONS = ("text/plain", "application/x-bibtex", "application/vnd.citationstyles.csl+json")
"""Each has one part."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_READ = ("href", "title", "alt", "aria-label", "content", "value", "placeholder", "datetime")
"""Attributes that readers or programs see."""
_UNITS = {"tr", "li", "article", "section"}
_ASKED = {"title", "input"}
"""Elements that have what somebody has asked for."""


Names = Sequence[Collection[str]]
"""Groups of names, of which a part has one each."""


def parts_with(body: bytes, media_type: str, value: str, names: Names) -> Iterator[str]:
    """The texts of the parts of a document that have the value: of each place where it stands, the smallest part.

    In a page with what the page is about, as its heading has it, and in a table with caption and column heads. In JSON
    the smallest object that has names of all groups. Raises ValueError for a format that is not known.
    """
    if media_type == "text/html":
        document = lxml.html.document_fromstring(body.decode())
        heading = "\n".join(_text(element) for element in document.iter("h1"))
        yield from (f"{part}\n{heading}" for part in _in_element(document, value, names, value))
    elif media_type in CITATIONS:
        yield body.decode()
    elif media_type.endswith("json"):
        yield from _in_member(json.loads(body), value, names)
    elif media_type == "text/csv":
        yield from _in_rows(csv.reader(io.StringIO(body.decode())), value)
    elif media_type == XLSX:
        yield from _in_rows(openpyxl.load_workbook(io.BytesIO(body)).active.values, value)
    else:
        raise ValueError(f"{media_type} cannot be divided")


def _in_rows(rows: Iterable[Sequence[object]], value: str) -> Iterator[str]:
    texts = ("\n".join(str(cell) for cell in row if cell is not None) for row in rows)
    return (text for text in texts if value in text)


def _in_element(element: Any, value: str, names: Names, unit: str) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _ASKED:
        return
    if element.tag == "script":
        if element.get("type", "").endswith("json"):
            yield from _in_member(json.loads(element.text), value, names)
        return
    if element.tag in _UNITS:
        tables = [*element.iterancestors("table")][:1] if element.tag == "tr" else []
        unit = "\n".join(map(_text, [element, *(each for table in tables for each in table.iter("caption", "thead"))]))
    own = [*_attributes(element), element.text or "", *(child.tail or "" for child in element)]
    if any(value in text for text in own):
        yield unit
    for child in element:
        yield from _in_element(child, value, names, unit)


def _attributes(element: Any) -> Iterator[str]:
    """Those that somebody sees, but for the addresses of searches, which have what somebody has asked for."""
    return (text for name in _READ if (text := element.get(name)) and not text.startswith("/search?"))


def _text(element: Any) -> str:
    attributes = [text for item in element.iter() if isinstance(item.tag, str) for text in _attributes(item)]
    return "\n".join([" ".join(element.text_content().split()), *attributes])


def _in_member(member: Any, value: str, names: Names, around: tuple[str, ...] = ()) -> Iterator[str]:
    """Of the objects around each value, the smallest that has names of all groups; else the value alone."""
    if isinstance(member, dict):
        whole = json.dumps(member, ensure_ascii=False)
        for inner in member.values():
            yield from _in_member(inner, value, names, (whole, *around))
    elif isinstance(member, list):
        for inner in member:
            yield from _in_member(inner, value, names, around)
    elif value in str(member):
        yield next(
            (whole for whole in around if all(any(name in whole for name in group) for group in names)), str(member)
        )
