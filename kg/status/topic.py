"""What a decision is about, as far as its sentence depends on it: a name, an assessment, or a question in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from kg import namespaces
from kg.status.provenance import EvidenceGraph
from kg.status.support import Support
from kg.status.tension import Tension


@dataclass(frozen=True, slots=True)
class Topic:
    """What a decision is about, as far as the sentence depends on it."""

    proposition: str = ""
    """The proposition whose status is meant; empty if a question is answered."""
    name: str = ""
    """Of a Labelling: the name itself."""
    rivals: tuple[tuple[str, str], ...] = ()
    """Of a Labelling: the other names of the thing by those who dispute this one, each with its speaker."""
    is_assessment: bool = False
    is_saying: bool = False
    """The question is whether the statement was made, not whether it holds."""
    whether: str = ""
    """The question as a clause after "whether"."""
    searched: int = 0
    """How many sources were searched."""
    nearest: str = ""
    """The nearest statement, if nothing decides."""
    is_in_parts: bool = False
    """No statement says all of what is asked; the nearest say parts of it."""
    others: str = ""
    """Who else says it, and what the actor in question says near it; as clauses."""
    inferences: tuple[str, ...] = ()
    """What an inference rests on besides the acts, each as a clause."""
    other_accounts: frozenset[str] = frozenset()
    """The propositions that are other accounts of the same deed."""
    supports: tuple[Support, ...] = ()
    """What is given as evidence for the denials that decide."""
    tensions: tuple[Tension, ...] = ()
    """What somebody links as in tension with the statements on it."""
    is_looked_around: bool = False
    """The evidence has what says more, and what denies more generally: "nobody recorded here" is true."""


def topic_of(graph: EvidenceGraph, proposition: str) -> Topic:
    """The topic of a proposition by itself."""
    return Topic(
        name=next(iter(graph.texts(proposition, namespaces.LABEL)), ""),
        rivals=tuple(dict.fromkeys(_rivals(graph, proposition))),
        is_assessment=namespaces.ABOUT in set(graph.properties(proposition)),
    )


def _rivals(graph: EvidenceGraph, labelling: str) -> Iterator[tuple[str, str]]:
    """The names that exclude this one, in the eyes of those who dispute its use, or of those who use it."""
    for statement in graph.subjects(namespaces.ASSERTS, labelling):
        others = (*graph.subjects(namespaces.DISPUTES, statement), *graph.objects(statement, namespaces.DISPUTES))
        for other in others:
            for rival in graph.objects(other, namespaces.ASSERTS):
                for text in graph.texts(rival, namespaces.LABEL) if rival != labelling else ():
                    yield text, next(iter(graph.objects(other, namespaces.SPEAKER)), "")
