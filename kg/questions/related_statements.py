"""The statements that have to do with a question and do not decide it: other acts, and what is linked with them.

Owns their order, and the words for what each has to do with the question. Those near a silent answer are
``kg.questions.nearest_statements``'s, and that of the modules beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from kg import namespaces
from kg.questions.evidence_graph import QueryEvidenceGraph
from kg.status.act import Bearing, Evidence
from kg.status.attribution import ActPhrases, describe_bearing
from kg.status.tension import find_tension_links
from kg.status.verdict import Decision

_CK = namespaces.CK
_LINKS_FROM_OTHERS = {
    namespaces.RELAYS: "relays it",
    namespaces.RESTATES: "tells it again",
    namespaces.RETRACTS: "takes it back",
    namespaces.DISPUTES: "disputes it",
    namespaces.SUPPORTS: "is evidence for it",
    f"{_CK}groundFor": "says what it rests on",
}
_EVIDENCE = (namespaces.SUPPORTS, f"{_CK}groundFor")
_EVIDENCE_FOR_DENIAL = "is evidence for the denial"
_IT, _MORE_GENERAL = re.compile(r"\bit\b"), "something more general"
_ON_MORE = frozenset({Bearing.GENERAL, Bearing.GENERAL_WITHIN, Bearing.OF_WHOLE, Bearing.OF_UNIT})
"""The bearings of acts on what says less than was asked, or says it of what the actor or the place is part of."""
_LINKS_TO_OTHERS = {
    namespaces.BASED_ON: "is given as its ground",
    f"{_CK}conditionalOn": "is its condition",
}


def relate_statements(evidence: Sequence[Evidence], decision: Decision, links: QueryEvidenceGraph) -> dict[str, str]:
    """Each statement that does not decide, with what it has to do with the question; the nearest first."""
    related: dict[str, str] = {}
    for item in evidence:
        if item.bearing is not Bearing.CONTEXT:
            related.setdefault(item.statement, describe_bearing(item))
    on_what_is_asked = {item.statement for item in evidence if item.bearing not in _ON_MORE}
    for statement, how, other in sorted(_linked_statements(list(related), links)):
        related.setdefault(other, how if statement in on_what_is_asked else _IT.sub(_MORE_GENERAL, how))
    for item in evidence:
        related.setdefault(item.statement, describe_bearing(item))
    return {statement: how for statement, how in related.items() if statement not in decision.grounds}


def _linked_statements(statements: Iterable[str], links: QueryEvidenceGraph) -> Iterator[tuple[str, str, str]]:
    """Statements linked with these: (statement, what the other does to it, other)."""

    def denies(statement: str) -> bool:
        return bool(links.values(statement, namespaces.DENIES) or links.values(statement, namespaces.DISPUTES))

    phrases = ActPhrases(links.name_of)
    for link in find_tension_links(links, statements):
        yield link.statement, f"is {link.describe(phrases)}", link.other
    for statement in statements:
        for predicate, how in _LINKS_FROM_OTHERS.items():
            for other in links.subjects(predicate, statement):
                yield statement, _EVIDENCE_FOR_DENIAL if predicate in _EVIDENCE and denies(statement) else how, other
        for predicate, how in _LINKS_TO_OTHERS.items():
            for other in links.objects(statement, predicate):
                if links.values(other, namespaces.SPEAKER):
                    yield statement, how, other
