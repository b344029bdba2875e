"""Documents of several formats as the parts that readers take as one: rows, items, articles, objects.

Owns how a document is divided. The text of a part is all that is in it, addresses of links and attributes included.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import lxml.html

_READ = ("href", "title", "alt", "aria-label", "content", "value", "placeholder", "datetime")
"""Attributes that readers or programs see."""
_UNITS = {"tr", "li", "article", "section"}
_ASKED = {"title", "input"}
"""Elements that have what somebody has asked for."""


def parts_with(body: str, media_type: str, value: str, names: Iterable[str]) -> Iterator[str]:
    """The texts of the parts of a document that have the value: of each place where it stands, the smallest part.

    In a page with what the page is about, as its heading has it. In JSON the smallest object that has one of the names.
    Raises ValueError for a format that is not known.
    """
    if media_type == "text/html":
        document = lxml.html.document_fromstring(body)
        heading = "\n".join(_text(element) for element in document.iter("h1"))
        yield from (f"{part}\n{heading}" for part in _in_element(document, value, names, value))
    elif media_type.endswith("json"):
        yield from _in_member(json.loads(body), value, names)
    elif media_type == "text/csv":
        rows = ("\n".join(row) for row in csv.reader(io.StringIO(body)))
        yield from (row for row in rows if value in row)
    else:
        raise ValueError(f"{media_type} cannot be divided")


def _in_element(element: Any, value: str, names: Iterable[str], unit: str) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _ASKED:
        return
    if element.tag == "script":
        if element.get("type", "").endswith("json"):
            yield from _in_member(json.loads(element.text), value, names)
        return
    if element.tag in _UNITS:
        tables = [*element.iterancestors("table")][:1] if element.tag == "tr" else []
        unit = "\n".join(map(_text, [element, *(caption for table in tables for caption in table.iter("caption"))]))
    own = [*(element.get(name, "") for name in _READ), element.text or "", *(child.tail or "" for child in element)]
    if any(value in text for text in own):
        yield unit
    for child in element:
        yield from _in_element(child, value, names, unit)


def _text(element: Any) -> str:
    attributes = [item.get(name, "") for item in element.iter() if isinstance(item.tag, str) for name in _READ]
    return "\n".join([" ".join(element.text_content().split()), *filter(None, attributes)])


def _in_member(member: Any, value: str, names: Iterable[str]) -> Iterator[str]:
    """Of the objects around each value, the smallest that has a name; else the value alone."""
    if isinstance(member, dict | list):
        whole = json.dumps(member, ensure_ascii=False)
        has_name = isinstance(member, dict) and any(name in whole for name in names)
        for inner in member.values() if isinstance(member, dict) else member:
            for part in _in_member(inner, value, names):
                yield whole if has_name and not any(name in part for name in names) else part
    elif value in str(member):
        yield str(member)
