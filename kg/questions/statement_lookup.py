"""Statements as answers show them: who does what, how it is worded, in which source, in which words.

Owns what is fetched to show an answer. Which statements an answer has is for ``kg.questions.answer``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg import namespaces
from kg.questions.evidence_graph import SUPPORT, QueryEvidenceGraph
from kg.questions.inference_clauses import ReferenceStep
from kg.status.wording import shorten_names, split_words, word_deed
from kg.store.interface import Queryable
from kg.store.labels import LABEL_PROPERTIES
from kg.store.query_template import BatchQuery, Solution, text_of

NamesByIri = Mapping[str, str]

STATEMENTS = BatchQuery.read(SUPPORT / "statements.rq")
_CK = namespaces.CK
_ACTS = {
    act: split_words(act.removeprefix(_CK))
    for act in (
        namespaces.ASSERTS,
        namespaces.DENIES,
        namespaces.LEAVES_OPEN,
        namespaces.SUPPOSES,
        namespaces.DECLARES,
        namespaces.RELAYS,
        namespaces.RETRACTS,
    )
}


@dataclass(frozen=True, slots=True)
class StatementSummary:
    """A statement as answers show it. IRIs in full; ``hedge`` and ``explicitness`` are short names of concepts."""

    iri: str
    act: str
    speaker: str
    hedge: str
    explicitness: str
    source: str
    reporter: str
    said_when: str
    said_to: tuple[str, ...]
    words: tuple[str, ...]
    """The exact words of its quotes; without any, the recorder's rationale."""
    is_quoted: bool
    is_author: bool
    """The speaker is an author of the source, or where none is given its publisher."""

    @property
    def deed(self) -> str:
        """What its speaker did, by act and hedge: said, claimed, denied, found no evidence."""
        return word_deed(self.act, self.hedge, is_author=self.is_author)


@dataclass(frozen=True, slots=True)
class SummarizedStatements:
    """Statements by their IRIs, with the names of their speakers, listeners and sources."""

    summaries: Mapping[str, StatementSummary]
    names: NamesByIri


def summarize_statements(iris: Iterable[str], store: Queryable) -> SummarizedStatements:
    """These statements as answers show them; an IRI that is no statement is left out."""
    statements = sorted(set(iris))
    if not statements:
        return SummarizedStatements({}, {})
    values: dict[str, list[ox.NamedNode]] = {"thing": [], "place": [], "link": []}
    rows = STATEMENTS.select(store, values | {"statement": [ox.NamedNode(iri) for iri in statements]}).rows
    shown = StatementLookup(rows)
    summaries = (shown.summarize(iri) for iri in statements)
    return SummarizedStatements({each.iri: each for each in summaries if each.speaker}, shown.names)


class StatementLookup:
    """What was fetched to show an answer: statements, steps of reference graphs, searched sources, names."""

    def __init__(self, rows: Sequence[Solution]) -> None:
        self._links = QueryEvidenceGraph(rows)
        self.searched = tuple(dict.fromkeys(text_of(row["subject"]) for row in rows if row["link"]))
        originals = {next(iter(self._texts(iri, namespaces.REPUBLISHES)), iri) for iri in self.searched}
        self.searched_texts = len(originals)
        """How many texts were searched: copies of one count once."""
        self.names = self._read_names(rows)
        self._steps: dict[str, ReferenceStep] = {}
        for row in rows:
            if text_of(row["predicate"]) == f"{_CK}administrativeParent":
                place, parent, reference = (text_of(row[name]) for name in ("subject", "object", "graph"))
                authority = next(iter(self._links.objects(reference, f"{_CK}authority")), "")
                self._steps.setdefault(place, ReferenceStep(place, parent, reference, authority))

    def summarize(self, statement: str) -> StatementSummary:
        """One statement."""
        source = self._first(statement, namespaces.REPORTED_IN)
        quotes = self._texts(statement, namespaces.QUOTE.value)
        speaker, reporter = self._first(statement, namespaces.SPEAKER), self._first(source, namespaces.PUBLISHER)
        return StatementSummary(
            iri=statement,
            act=next((act for link, act in _ACTS.items() if self._links.values(statement, link)), ""),
            speaker=speaker,
            hedge=_slug(self._first(statement, namespaces.HEDGE)),
            explicitness=_slug(self._first(statement, namespaces.EXPLICITNESS)) or "explicit",
            source=source,
            reporter=reporter,
            said_when=self._first(statement, namespaces.SAID_WHEN.value),
            said_to=self._texts(statement, namespaces.SAID_TO),
            words=quotes or self._texts(statement, namespaces.RATIONALE.value),
            is_quoted=bool(quotes),
            is_author=speaker in (self._texts(source, namespaces.CREATOR) or (reporter,)),
        )

    def climb_all(self, units: Iterable[tuple[str, str]]) -> tuple[ReferenceStep, ...]:
        """The steps of reference graphs from each place up to its unit, each once."""
        steps = (step for place, unit in units for step in self._climb(place, unit))
        return tuple(dict.fromkeys(steps))

    def _climb(self, place: str, unit: str) -> list[ReferenceStep]:
        """The steps from a place up to a unit; none if the reference graph does not lead there."""
        steps: list[ReferenceStep] = []
        visited: set[str] = set()
        while place != unit and place in self._steps and place not in visited:
            visited.add(place)
            steps.append(self._steps[place])
            place = self._steps[place].parent
        return steps if place == unit else []

    def _first(self, node: str, predicate: str) -> str:
        return next(iter(self._texts(node, predicate)), "")

    def _texts(self, node: str, predicate: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(text_of, self._links.values(node, predicate))))

    def _read_names(self, rows: Iterable[Solution]) -> NamesByIri:
        resources = dict.fromkeys(text_of(row["subject"]) for row in rows)
        named = ((iri, self._first(iri, label)) for label in reversed(LABEL_PROPERTIES) for iri in resources)
        return shorten_names({iri: name for iri, name in named if name})


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
