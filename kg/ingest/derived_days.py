"""The days derived from dates, kept as they should be by whatever changes the dates.

Owns which dates a change touches. A change that comes from no document need not maintain derived days, and cannot: what
it says of them is replaced. How days are derived is ``edtf_dates``'s.
"""

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from kg.errors import Finding, Severity
from kg.ingest.edtf_dates import DERIVED_FROM, derive_days
from kg.namespaces import EDTF, SPANS
from kg.store.interface import normalize
from kg.store.proposed_change import ProposedChange


def complete_days(change: ProposedChange) -> tuple[ProposedChange, list[Finding]]:
    """The change with the days that its dates may mean, and a finding for each date that it adds and is none.

    A date that was there before and is none keeps no days, with a warning.
    """
    touched = {
        (quad.subject, quad.graph_name)
        for quad in (*change.removed, *change.added)
        if quad.predicate in SPANS or quad.predicate in DERIVED_FROM
    }
    subjects = list({subject for subject, _ in touched})
    described = change.after.match_each([(subject, None, None) for subject in subjects])
    quads = {quad for found in described for quad in found if (quad.subject, quad.graph_name) in touched}
    present = {quad for quad in quads if quad.predicate in DERIVED_FROM}
    stated = {quad for quad in quads if quad.predicate in SPANS}
    derived, findings = derive_days(stated | {quad for quad in change.added if _is_edtf(quad)})
    wanted = normalize(quad for quad in derived if quad.predicate in DERIVED_FROM)
    return change.amend(present - wanted, wanted - present), list(_grade(findings, change.added))


def _is_edtf(quad: ox.Quad) -> bool:
    return isinstance(quad.object, ox.Literal) and quad.object.datatype.value == EDTF


def _grade(findings: Iterable[Finding], added: Iterable[ox.Quad]) -> Iterable[Finding]:
    new = {(quad.subject.value, quad.predicate.value) for quad in added if isinstance(quad.subject, ox.NamedNode)}
    for finding in findings:
        is_new = (finding.subject, finding.path) in new
        yield finding if is_new else replace(finding, severity=Severity.WARNING)
