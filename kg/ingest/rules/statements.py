"""Rules about statements, propositions and counts."""

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, Severity
from kg.ingest import statement_defects
from kg.ingest.equal_propositions import PropositionComparison
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.statement_defects import AS_GIVEN, BOUNDS, SAME_SPEAKER_LINKS, SPEAKER
from kg.store.interface import Subject

_HEDGE, _WEAPON = ox.NamedNode(namespaces.HEDGE), ox.NamedNode(namespaces.WEAPON)
_REPORTED_IN = ox.NamedNode(namespaces.REPORTED_IN)
_INCIDENT, _INCIDENT_TYPE = ox.NamedNode(namespaces.INCIDENT), ox.NamedNode(namespaces.INCIDENT_TYPE)


def check_equal_propositions(write: ProposedWrite) -> Iterable[Finding]:
    """Propositions with equal roles are one, whoever speaks of them; otherwise a warning that names the other."""
    owners = (quad.subject for quad in write.referring(_find_parts(write)))
    touched = {subject for subject in (*write.subjects, *owners)}
    iris = set(map(namespaces.value_of, touched))
    for group in PropositionComparison(write.after, write.context.classes).find_equal(touched):
        new = [iri for iri in group if iri in iris]
        others = ", ".join(iri.removeprefix(write.context.ids) for iri in group if iri != new[-1])
        cure = f"Let its statements point at {others}, or say in a gist what sets it apart"
        message = f"says the same as {others}"
        yield Finding(message, cure, None, new[-1], "equal-propositions", severity=Severity.WARNING)


def check_same_speaker(write: ProposedWrite) -> Iterable[Finding]:
    """One takes back one's own words, and the parts of an utterance have its speaker."""
    speaking = write.touched(SPEAKER)
    own = {quad for subject in speaking for quad in write.described[subject] if quad.predicate in SAME_SPEAKER_LINKS}
    links = own.union(write.added(*SAME_SPEAKER_LINKS), write.referring(speaking, *SAME_SPEAKER_LINKS))
    speakers = write.values([node for quad in links for node in (quad.subject, quad.object)], SPEAKER)
    for subject, path, message, cure in statement_defects.find_words_of_others(sorted(links, key=str), speakers):
        yield Finding(message, cure, None, subject, "same-speaker", path)


def check_hedges(write: ProposedWrite) -> Iterable[Finding]:
    """The hedge of a statement is no heading of a group."""
    hedged = sorted(write.added(_HEDGE), key=str)
    for subject, path, message, cure in statement_defects.find_hedge_groups(hedged, write.context.hedges):
        yield Finding(message, cure, None, subject, "hedge-group", path)


def check_plausible_values(write: ProposedWrite) -> Iterable[Finding]:
    """Numbers lie within their bounds, and nothing is said after its source was issued; otherwise a warning."""
    counts = [quad for count in write.touched(AS_GIVEN, *BOUNDS) for quad in write.described[count]]
    for subject, path, message, cure in (
        *statement_defects.find_numbers_out_of_bounds(sorted(counts, key=str)),
        *_find_said_after_issue(write),
    ):
        yield Finding(message, cure, None, subject, "implausible", path, severity=Severity.WARNING)


def check_means_typed(write: ProposedWrite) -> Iterable[Finding]:
    """An incident by a means that is a type of incident too (an airstrike) has that type; otherwise a warning."""
    incidents = {quad.object for quad in write.changed(_INCIDENT)}
    touched = write.touched(_INCIDENT, _INCIDENT_TYPE, _WEAPON)
    incidents = incidents.union(*write.values(touched, _INCIDENT).values())
    accounts = touched.union(quad.subject for quad in write.referring(incidents, _INCIDENT))
    used = [quad for quads in write.describe(accounts).values() for quad in quads if quad.predicate == _WEAPON]
    alike = _find_alike(write, {quad.subject for quad in used})
    types = write.values([*alike, *(account for found in alike.values() for account in found)], _INCIDENT_TYPE)
    for subject, path, message, cure in statement_defects.find_untyped_means(
        sorted(used, key=str), alike, types, write.context.means_types
    ):
        yield Finding(message, cure, None, subject, "untyped-means", path, severity=Severity.WARNING)


def _find_parts(write: ProposedWrite) -> Iterable[Subject]:
    """The touched resources that are, or may have been, parts of others."""
    independent = write.context.classes.independent
    return [subject for subject, types in write.types(write.subjects).items() if not types & independent]


def _find_said_after_issue(write: ProposedWrite) -> Iterable[statement_defects.Defect]:
    of_sources = write.referring(write.touched(namespaces.ISSUED), _REPORTED_IN)
    statements = write.touched(namespaces.SAID_EARLIEST, _REPORTED_IN).union(quad.subject for quad in of_sources)
    described = write.describe(statements)
    said = [q for quads in described.values() for q in quads if q.predicate == namespaces.SAID_EARLIEST]
    sources = write.values({quad.subject for quad in said}, _REPORTED_IN)
    issued = write.values([source for found in sources.values() for source in found], namespaces.ISSUED)
    return statement_defects.find_said_after_issue(sorted(said, key=str), sources, issued)


def _find_alike(write: ProposedWrite, accounts: Iterable[object]) -> statement_defects.Values:
    """The accounts of the incidents of each of these accounts."""
    incidents = write.values(accounts, _INCIDENT)
    by_incident: dict[object, set[object]] = defaultdict(set)
    for quad in write.referring([incident for found in incidents.values() for incident in found], _INCIDENT):
        by_incident[quad.object].add(quad.subject)
    return {
        account: {other for incident in found for other in by_incident[incident]}
        for account, found in incidents.items()
    }
