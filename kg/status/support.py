"""What is given as evidence for an act, by whom: a note beside it, never a verdict.

Owns which statements these are, and the clause about them. That a medium shows what is asserted is an act of its own,
which ``kg.status.evidence`` reads; that it speaks for a denial is told only here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg import namespaces
from kg.status.act import Act, Evidence
from kg.status.attribution import ActPhrases
from kg.status.provenance import EvidenceGraph
from kg.text_direction import isolate

_QUOTATION_MARKS = '“”"'


@dataclass(frozen=True, slots=True)
class Support:
    """A statement that is given as evidence."""

    statement: str
    what: str
    """For what: it, or the denial."""
    speakers: tuple[str, ...]
    media: tuple[str, ...]
    """What shows it, if the statement is on a medium."""
    words: str


def find_supports(graph: EvidenceGraph, items: Iterable[Evidence]) -> tuple[Support, ...]:
    """What is given as evidence for these acts, each once; but for what was taken back."""
    found: dict[str, Support] = {}
    for item in items:
        for statement in graph.subjects(namespaces.SUPPORTS, item.statement):
            if not tuple(graph.subjects(namespaces.RETRACTS, statement)):
                found.setdefault(statement, _read(graph, statement, "the denial" if item.act is Act.DENIES else "it"))
    return tuple(found.values())


def find_supports_of_denials(graph: EvidenceGraph, items: Iterable[Evidence]) -> tuple[Support, ...]:
    """What is given as evidence for the denials among these acts."""
    return find_supports(graph, [item for item in items if item.act is Act.DENIES])


def write_supports(supports: Sequence[Support], phrases: ActPhrases) -> Iterator[str]:
    """Evidence for the denial is given by A: the video; by its words, if no medium shows it."""
    groups: dict[tuple[str, tuple[str, ...]], list[Support]] = defaultdict(list)
    for support in supports:
        groups[support.what, support.speakers].append(support)
    for (what, speakers), given in groups.items():
        media = phrases.names(medium for each in given for medium in each.media)
        words = dict.fromkeys(f"“{isolate(each.words)}”" for each in given if each.words and not each.media)
        shown = f": {media}" if media else ""
        quoted = f" ({', '.join(words)})" if words else ""
        yield f"evidence for {what} is given by {phrases.names(speakers)}{shown}{quoted}"


def _read(graph: EvidenceGraph, statement: str, what: str) -> Support:
    depictions = tuple(graph.objects(statement, namespaces.ASSERTS))
    return Support(
        statement,
        what,
        speakers=tuple(graph.objects(statement, namespaces.SPEAKER)),
        media=tuple(medium for each in depictions for medium in graph.objects(each, namespaces.MEDIUM)),
        words=next(iter(graph.texts(statement, namespaces.EXACT.value)), "").strip(_QUOTATION_MARKS),
    )
