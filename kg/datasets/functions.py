"""The functions that mappings have beside those of SPARQL 1.1: dates with a precision, slugs, markup decoded, shapes.

Each takes and returns RDF terms, and returns None, an error of SPARQL (section 17.3), for what it cannot read.
"""

import html
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from kg.namespaces import EDTF, FUNCTION, GEO

_LONGEST_SLUG = 60
_DAYS = {"days": 5, "week": 6}
"""By how much a single day given with a coarser precision may be wrong."""
_BREAKS = re.compile(r"[^a-z0-9]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""By type of a GeoJSON geometry, how many arrays are around its positions. (RFC 7946, section 3.1.)"""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def edtf(start: Term, end: Term, precision: Term) -> Term | None:
    """The EDTF date from the first day to the last, never narrower than the precision: day, days, week, month or year.

    Days are as ISO 8601 has them, or without hyphens; a time of the day is left out.
    """
    first, last = (_parse_day(term) for term in (start, end))
    if first is None or last is None or last < first:
        return None
    unit = value_of_text(precision)
    if first != last:
        text = f"{first}/{last}"
    elif unit == "day":
        text = f"{first}"
    elif unit in _DAYS:
        spread = timedelta(days=_DAYS[unit])
        text = f"{first - spread}/{first + spread}"
    elif unit == "month":
        text = f"{first:%Y-%m}"
    elif unit == "year":
        text = f"{first:%Y}"
    else:
        return None
    return ox.Literal(text, datatype=ox.NamedNode(EDTF))


def day(text: Term, pattern: Term) -> Term | None:
    """The day of a text, as ISO 8601 has it; the pattern, such as ``%d/%m/%Y``, says how the text has it."""
    try:
        parsed = datetime.strptime(value_of_text(text).strip(), value_of_text(pattern))
    except (ValueError, re.error):
        return None
    return ox.Literal(parsed.date().isoformat())


def slug(text: Term) -> Term | None:
    """The text as a part of an IRI: small letters, digits and hyphens; letters that have no such form by their code."""
    made = slug_of(value_of_text(text))
    return ox.Literal(made) if made else None


def slug_of(text: str) -> str:
    """The same of a Python string; empty if nothing is left."""
    letters = (
        sign
        if sign.isascii()
        else ""
        if unicodedata.combining(sign)
        else f"-u{ord(sign):x}-"
        if sign.isalnum()
        else "-"
        for sign in unicodedata.normalize("NFKD", text).casefold()
    )
    return _BREAKS.sub("-", "".join(letters)).strip("-")[:_LONGEST_SLUG].strip("-")


def name(text: Term) -> Term | None:
    """The slug of the text with six digits of its hash: another one for each spelling."""
    made, digest = slug_of(value_of_text(text)), sha256(value_of_text(text).encode()).hexdigest()[:6]
    return ox.Literal(f"{made}-{digest}" if made else digest)


def decode(text: Term) -> Term | None:
    """The text with its HTML character references replaced and without invisible characters, to be shown."""
    shown = " ".join(_INVISIBLE.sub("", html.unescape(value_of_text(text))).split())
    return ox.Literal(shown) if shown else None


def wkt(geojson: Term) -> Term | None:
    """The geometry, a text of GeoJSON, as WKT: longitude first, inner rings kept, altitudes left out."""
    try:
        shape = _to_wkt(json.loads(value_of_text(geojson), parse_float=str, parse_int=str))
    except (KeyError, IndexError, TypeError, ValueError, RecursionError):
        return None
    return ox.Literal(shape, datatype=ox.NamedNode(f"{GEO}wktLiteral"))


def _to_wkt(geometry: Mapping[str, Any]) -> str:
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return f"GEOMETRYCOLLECTION({', '.join(map(_to_wkt, geometry['geometries']))})"
    depth = _DEPTHS[kind]
    return f"{kind.upper()}({_write_positions(geometry['coordinates'], depth)})"


def _write_positions(value: Any, depth: int) -> str:
    """The numbers as they are written, so that no digit is lost."""
    if not isinstance(value, list):
        raise TypeError
    if depth == 0:
        longitude, latitude = value[0], value[1]
        if not (math.isfinite(float(longitude)) and math.isfinite(float(latitude))):
            raise ValueError
        return f"{longitude} {latitude}"
    if not value:
        raise ValueError
    parts = (_write_positions(part, depth - 1) for part in value)
    return ", ".join(parts if depth == 1 else (f"({part})" for part in parts))


def value_of_text(term: Term) -> str:
    """The value of a literal; empty for other terms."""
    return term.value if isinstance(term, ox.Literal) else ""


def _parse_day(term: Term) -> date | None:
    text = _COMPACT.sub(r"\1-\2-\3", value_of_text(term), count=1)[:10]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


CUSTOM_FUNCTIONS: Mapping[ox.NamedNode, Callable[..., Term | None]] = {
    ox.NamedNode(f"{FUNCTION}{name_}"): function
    for name_, function in (
        ("edtf", edtf),
        ("day", day),
        ("slug", slug),
        ("name", name),
        ("decode", decode),
        ("wkt", wkt),
    )
}
