"""EDTF dates and their first and last days.

Owns the derivation of the earliest and latest day from ``ck:when`` and ``ck:saidWhen``. Bounds are strict: ``~`` and
``?`` do not widen them. An open end has no bound; a set of dates has none, because it is no interval. (Library of
Congress, EDTF specification 2019.)
"""

import warnings
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from time import struct_time

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding

with warnings.catch_warnings():
    # pyparsing warns of how the grammar of the library names its parts
    warnings.simplefilter("ignore")
    from edtf import EDTFParseException, parse_edtf
    from edtf.parser.parser_classes import MultipleDates, OneOfASet

MAX_LENGTH = 200
CURE = 'Write EDTF: "2017-07", "2017-08-05~", "2016-21/..", "{2017-07-11,2017-07-14}"'
_DERIVED = {
    namespaces.WHEN: (namespaces.EARLIEST, namespaces.LATEST),
    namespaces.SAID_WHEN: (namespaces.SAID_EARLIEST, namespaces.SAID_LATEST),
}
_DATE = ox.NamedNode(f"{namespaces.XSD}date")


@lru_cache(maxsize=10_000)
def parse_bounds(text: str) -> tuple[date | None, date | None]:
    """The first and last day of an EDTF value; None if it is open, a set, or outside years 1 to 9999.

    Raises ValueError when it is not EDTF.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters")
    try:
        parsed = parse_edtf(text)
        if isinstance(parsed, (MultipleDates, OneOfASet)):
            return None, None
        return _to_date(parsed.lower_strict()), _to_date(parsed.upper_strict())
    except (EDTFParseException, TypeError, AttributeError, KeyError, IndexError) as error:
        raise ValueError(f"{text!r} is not EDTF") from error


def derive_bounds(quads: Iterable[ox.Quad]) -> tuple[list[ox.Quad], list[Finding]]:
    """The quads with derived days, and a finding for each value that is not EDTF or ends before it starts.

    Derived days in the input are replaced, so that an export can be loaded again.
    """
    derived = {predicate for pair in _DERIVED.values() for predicate in pair}
    dated = [quad for quad in quads if quad.predicate not in derived]
    findings: list[Finding] = []
    for quad in [quad for quad in dated if quad.predicate in _DERIVED or _is_edtf(quad.object)]:
        try:
            first, last = parse_bounds(namespaces.value_of(quad.object))
        except ValueError as error:
            findings.append(_create_finding(quad, str(error)))
            continue
        if first and last and first > last:
            findings.append(_create_finding(quad, f"{namespaces.value_of(quad.object)!r} ends before it starts"))
        for predicate, day in zip(_DERIVED.get(quad.predicate, ()), (first, last), strict=False):
            if day:
                literal = ox.Literal(day.isoformat(), datatype=_DATE)
                dated.append(ox.Quad(quad.subject, predicate, literal, quad.graph_name))
    return dated, findings


def _is_edtf(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value == namespaces.EDTF


def _create_finding(quad: ox.Quad, message: str) -> Finding:
    return Finding(message, CURE, subject=namespaces.value_of(quad.subject), rule="edtf", path=quad.predicate.value)


def _to_date(bound: struct_time | float) -> date | None:
    """The date of a strict bound; the library returns an infinity for an open one."""
    if not isinstance(bound, struct_time) or not 1 <= bound.tm_year <= 9999:
        return None
    return date(bound.tm_year, bound.tm_mon, bound.tm_mday)
