"""What an answer says, whatever the engine's way to write it: for comparing engines."""

import json
from collections.abc import Mapping
from decimal import Decimal

import pyoxigraph as ox

from bench.questions import ROWS
from kg.namespaces import XSD

_INTEGERS = {f"{XSD}{name}" for name in ("integer", "int", "long", "short", "nonNegativeInteger")}
_EXACT = {*_INTEGERS, f"{XSD}decimal"}

Row = tuple[str, ...]


def rows(body: bytes, media_type: str) -> list[Row]:
    """The rows, or the triples, canonical and sorted."""
    if media_type != ROWS:
        triples = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return sorted({(str(each.subject), str(each.predicate), str(each.object)) for each in triples})
    answer = json.loads(body)
    names = answer["head"]["vars"]
    return sorted(tuple(_term(row.get(name)) for name in names) for row in answer["results"]["bindings"])


def count(body: bytes, media_type: str) -> int:
    """How many rows or lines of triples there are."""
    if media_type != ROWS:
        return body.count(b"\n")
    return len(json.loads(body)["results"]["bindings"])


def _term(term: Mapping[str, str] | None) -> str:
    if term is None:
        return ""
    value, datatype = term["value"], term.get("datatype", "")
    if term["type"] == "uri":
        return f"<{value}>"
    if term["type"] == "bnode":
        return "_:"
    if language := term.get("xml:lang"):
        return f'"{value}"@{language.lower()}'
    if datatype in _EXACT:
        return f"{Decimal(value).normalize():f}"
    return f'"{value}"' if datatype in ("", f"{XSD}string") else f'"{value}"^^<{datatype}>'
