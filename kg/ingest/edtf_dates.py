"""The days that EDTF dates may mean, as data.

Owns the derivation of the earliest and latest day, and of the spans of days, from ``ck:when``, ``ck:saidWhen`` and
``dcterms:issued``. A derived day is never narrower than what was said, and never exists without it. The grammar is in
``kg.edtf``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import pyoxigraph as ox

from kg import namespaces
from kg.edtf.calendar import Day, Span, format_day
from kg.edtf.grammar import EdtfValue, parse
from kg.edtf.suggestion import explain
from kg.errors import Finding, Severity

_DATE = ox.NamedNode(f"{namespaces.XSD}date")
_EDTF = ox.NamedNode(namespaces.EDTF)
_OPEN = ".."
_BOUNDS = {
    namespaces.WHEN: (namespaces.EARLIEST, namespaces.LATEST),
    namespaces.SAID_WHEN: (namespaces.SAID_EARLIEST, namespaces.SAID_LATEST),
}
DERIVED_FROM = {
    **{span: stated for stated, span in namespaces.SPANS.items()},
    **{bound: stated for stated, bounds in _BOUNDS.items() for bound in bounds},
}
"""From each property of derived days to the property of the date that they are derived from."""


def derive_days(quads: Iterable[ox.Quad]) -> tuple[list[ox.Quad], list[Finding]]:
    """The quads with derived days, and a finding for each value that is not EDTF or ends before it starts.

    Derived days in the input are replaced, so that an export can be loaded again.
    """
    dated = [quad for quad in quads if quad.predicate not in DERIVED_FROM]
    findings: list[Finding] = []
    for quad in [quad for quad in dated if quad.predicate in _BOUNDS or _is_edtf(quad.object)]:
        text = namespaces.value_of(quad.object)
        try:
            value = parse(text)
        except ValueError as error:
            findings.append(_create_finding(quad, text, str(error)))
            continue
        if quad.predicate in namespaces.SPANS:
            dated += _describe(quad, value)
    return dated, findings


def correct_days(quads: frozenset[ox.Quad]) -> tuple[frozenset[ox.Quad], list[Finding]]:
    """Stored quads with the days that this version derives, and a warning for each value that it does not read.

    Such a value keeps no derived day: one of an earlier version may have been invented.
    """
    corrected, findings = derive_days(quads)
    return frozenset(corrected), [replace(finding, severity=Severity.WARNING) for finding in findings]


@lru_cache(4096)
def last_day(text: str) -> str | None:
    """The last day that an EDTF date may mean; None if it is open or the text is no date."""
    try:
        return format_day(parse(text).spans[-1].last)
    except ValueError:
        return None


def _describe(quad: ox.Quad, value: EdtfValue) -> Iterator[ox.Quad]:
    """The derived quads. A set has spans but no bounds, which would read like an interval."""
    if not value.is_set and quad.predicate in _BOUNDS:
        earliest, latest = _BOUNDS[quad.predicate]
        for predicate, day in ((earliest, value.spans[0].first), (latest, value.spans[0].last)):
            if text := format_day(day):
                yield ox.Quad(quad.subject, predicate, ox.Literal(text, datatype=_DATE), quad.graph_name)
    for span in value.spans:
        if text := _format_span(span):
            literal = ox.Literal(text, datatype=_EDTF)
            yield ox.Quad(quad.subject, namespaces.SPANS[quad.predicate], literal, quad.graph_name)


def _format_span(span: Span) -> str | None:
    """An interval of days; None if it has no day in the years 1 to 9999. Outside them an end is left open."""
    if (span.last and span.last < (1, 1, 1)) or (span.first and span.first > (9999, 12, 31)):
        return None
    return f"{_format_end(span.first)}/{_format_end(span.last)}"


def _format_end(day: Day | None) -> str:
    return format_day(day) or _OPEN


def _is_edtf(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value == namespaces.EDTF


def _create_finding(quad: ox.Quad, text: str, message: str) -> Finding:
    return Finding(
        message, explain(text), subject=namespaces.value_of(quad.subject), rule="edtf", path=quad.predicate.value
    )
