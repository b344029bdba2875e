"""What would answer a question about an actor if another actor were that one, where nothing else answers it.

Owns which actors are related so, and the words for the relation. They are actors of their own: nothing that is said of
one decides a question about the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg import namespaces
from kg.questions.evidence_graph import SUPPORT
from kg.questions.question import Question
from kg.status.act import Bearing
from kg.status.wording import NameOf, add_spaces, name
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Solution, Term, slug_of, text_of

_RELATED = BatchQuery.read(SUPPORT / "related-actors.rq")
_ACTORS_MAX, _STATEMENTS_MAX = 3, 3
_ANSWERING = (Bearing.EXACT, Bearing.SPECIFIC)


@dataclass(frozen=True, slots=True)
class RelatedActor:
    """Another actor, how it is related, and the statements that would answer the question if it were asked of it."""

    actor: str
    other: str
    relation: str
    """The short name of the relation; empty if it may be the same."""
    is_whole: bool
    """The actor in question is the whole, or what the other follows."""
    is_left_open: bool
    speaker: str
    is_recorders: bool
    statements: tuple[str, ...] = ()

    @classmethod
    def of_row(cls, row: Solution, statements: Sequence[str]) -> "RelatedActor":
        return cls(
            text_of(row["actor"]),
            text_of(row["other"]),
            slug_of(row["relation"]),
            row["isWhole"] is not None,
            text_of(row["act"]) == namespaces.LEAVES_OPEN,
            text_of(row["speaker"]),
            row["note"] is not None,
            tuple(statements),
        )

    def describe(self, name_of: NameOf) -> str:
        """About B, whether it is A is left open by C; about B, part of A, according to C, and not the same."""
        other, actor = name(self.other, name_of), name(self.actor, name_of)
        by = "the recorder" if self.is_recorders else name(self.speaker, name_of)
        if not self.relation:
            is_same = (
                f"whether it is {actor} is left open by" if self.is_left_open else f"the same as {actor} according to"
            )
            return f"about {other} ({is_same} {by})"
        relation = add_spaces(self.relation)
        how = f"{relation} {actor}" if self.is_whole else f"{actor} is {relation} it"
        said = f", which is left open by {by}" if self.is_left_open else f" according to {by}"
        return f"about {other}, not the same ({how}{said})"


def find_related_actors(question: Question, terms: Mapping[str, Term], store: Queryable) -> tuple[RelatedActor, ...]:
    """The related actors of which something answers the question; in one query, and one for each actor."""
    if question.utterance_of or question.status_of:
        return ()
    asked = {
        name: term for name, term in terms.items() if isinstance(term, ox.NamedNode) and "/id/actor/" in term.value
    }
    rows = _RELATED.select(store, {"actor": asked.values()}).rows if asked else ()
    found = (_ask_instead(question, terms, row, store) for row in _each_once(rows))
    return tuple(each for each in found if each.statements)


def _each_once(rows: Sequence[Solution]) -> list[Solution]:
    firsts = {(text_of(row["actor"]), text_of(row["other"])): row for row in reversed(rows)}
    return list(reversed(firsts.values()))[:_ACTORS_MAX]


def _ask_instead(question: Question, terms: Mapping[str, Term], row: Solution, store: Queryable) -> RelatedActor:
    """The question, asked of the other actor."""
    instead = {name: row["other"] if term == row["actor"] else term for name, term in terms.items()}
    bound = {name: term for name, term in instead.items() if term is not None}
    answering = dict.fromkeys(_find_answering(question.select(bound, store).rows))
    return RelatedActor.of_row(row, list(answering)[:_STATEMENTS_MAX])


def _find_answering(rows: Sequence[Solution]) -> Iterator[str]:
    """The statements that answer it, what is asserted first."""
    for row in sorted(rows, key=lambda row: text_of(row["act"]) != namespaces.ASSERTS):
        if row["statement"] is not None and Bearing(text_of(row["bearing"])) in _ANSWERING:
            yield text_of(row["statement"])
