"""Query results in a canonical form, independent of how an engine writes them, so that engines can be compared."""

import json
from collections.abc import Mapping
from decimal import Decimal

import pyoxigraph as ox

from bench.query_set import RESULTS_JSON
from kg.namespaces import XSD

_INTEGERS = {f"{XSD}{name}" for name in ("integer", "int", "long", "short", "nonNegativeInteger")}
_EXACT = {*_INTEGERS, f"{XSD}decimal"}

Row = tuple[str, ...]


def parse_rows(body: bytes, media_type: str) -> list[Row]:
    """The rows or triples of a response, canonical and sorted."""
    if media_type != RESULTS_JSON:
        triples = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return sorted({(str(triple.subject), str(triple.predicate), str(triple.object)) for triple in triples})
    results = json.loads(body)
    names = results["head"]["vars"]
    return sorted(tuple(_canonical_term(row.get(name)) for name in names) for row in results["results"]["bindings"])


def count_rows(body: bytes, media_type: str) -> int:
    """The number of rows or lines of triples."""
    if media_type != RESULTS_JSON:
        return body.count(b"\n")
    return len(json.loads(body)["results"]["bindings"])


def _canonical_term(term: Mapping[str, str] | None) -> str:
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
