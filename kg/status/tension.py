"""What somebody links with a statement as in tension or in conflict with it: a note, never a verdict.

Owns which links these are and the clauses about them. The speaker of a statement may make the link, or a third party,
such as the recorder, by a ``StatementLink``. What is linked decides nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg import namespaces
from kg.status.act import Evidence
from kg.status.attribution import ActPhrases
from kg.status.evidence import ACTS, EvidenceReader
from kg.status.provenance import EvidenceGraph, LinkGraph
from kg.status.wording import UNRECORDED_SPEAKER, count
from kg.text_direction import isolate

_KINDS: Mapping[str, str] = {
    namespaces.IN_TENSION: "in tension with it",
    namespaces.IN_CONFLICT: "in conflict with it",
}
_SIDES = ((namespaces.FROM, namespaces.TO), (namespaces.TO, namespaces.FROM))
_SHOWN_MAX = 3
_QUOTATION_MARKS = '“”"'


@dataclass(frozen=True, slots=True)
class TensionLink:
    """One statement linked with another by somebody."""

    statement: str
    other: str
    how: str
    """In tension with it; in conflict with it."""
    linkers: tuple[str, ...]
    is_recorders: bool = False
    """The recorder notes it; no source does."""
    is_own: bool = False
    """The speaker of one of the two makes the link."""

    def describe(self, phrases: ActPhrases) -> str:
        """In tension with it, as the recorder notes; set against it by A."""
        if self.is_recorders:
            return f"{self.how}, as the recorder notes"
        linkers = phrases.names(self.linkers) or UNRECORDED_SPEAKER
        return f"set against it by {linkers}" if self.is_own else f"{self.how}, according to {linkers}"


@dataclass(frozen=True, slots=True)
class Tension:
    """A statement that is linked so with one on what is asked, as an act that does not decide."""

    link: TensionLink
    act: Evidence | None
    """What the other statement does; None if it speaks of no proposition."""
    is_of_name: bool
    is_declaration: bool
    speakers: tuple[str, ...]
    words: str

    def describe(self, phrases: ActPhrases) -> str:
        """Asserted by A: “words”."""
        if self.act:
            done = phrases.of_kind(is_name=self.is_of_name).describe(self.act)
        else:
            kind = "declaration" if self.is_declaration else "statement"
            done = f"a {kind} by {phrases.names(self.speakers) or UNRECORDED_SPEAKER}"
        return f"{done}: “{isolate(self.words.strip(_QUOTATION_MARKS))}”" if self.words else done


def find_tension_links(graph: LinkGraph, statements: Iterable[str]) -> list[TensionLink]:
    """What is linked with these statements, each once; but for what was taken back, and for links that were."""
    found = {
        (link.statement, link.other): link
        for statement in sorted(set(statements))
        for link in _read_links(graph, statement)
        if not tuple(graph.subjects(namespaces.RETRACTS, link.other)) and link.other != statement
    }
    return list(found.values())


def find_tensions(
    reader: EvidenceReader, graph: EvidenceGraph, statements: Collection[str], told: Collection[str] = ()
) -> tuple[Tension, ...]:
    """What is linked with these statements, other than ``told`` statements; each once."""
    others: dict[str, TensionLink] = {}
    for link in find_tension_links(graph, statements):
        if link.other not in told and link.other not in statements:
            others.setdefault(link.other, link)
    return tuple(_read_tension(reader, graph, link) for link in others.values())


def write_tensions(tensions: Sequence[Tension], phrases: ActPhrases) -> list[str]:
    """In tension with it, as the recorder notes: asserted by A: “words”; of many the first, and how many more.

    One clause for all that is linked in the same way by the same.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for tension in tensions[:_SHOWN_MAX]:
        groups[tension.link.describe(phrases)].append(tension.describe(phrases))
    clauses = [f"{how}: {'; '.join(dict.fromkeys(described))}" for how, described in groups.items()]
    more = len(tensions) - _SHOWN_MAX
    return [*clauses, *([f"{count(more, 'more statement')} linked so"] if more > 0 else [])]


def find_content(graph: LinkGraph, statement: str) -> Iterator[tuple[str, str]]:
    """The statement, or those that it relays, each with a proposition on which it is an act."""
    passed, pending = {statement}, [statement]
    for each in pending:
        for act in ACTS:
            for proposition in graph.objects(each, act):
                yield each, proposition
        new = [relayed for relayed in graph.objects(each, namespaces.RELAYS) if relayed not in passed]
        passed.update(new)
        pending.extend(new)


def _read_links(graph: LinkGraph, statement: str) -> Iterator[TensionLink]:
    """The links of the speakers of either statement, and after them those of third parties."""
    how = _KINDS[namespaces.IN_TENSION]
    for other in graph.objects(statement, namespaces.IN_TENSION_WITH):
        if _speakers(graph, other):
            yield TensionLink(statement, other, how, _speakers(graph, statement), is_own=True)
    for other in graph.subjects(namespaces.IN_TENSION_WITH, statement):
        yield TensionLink(statement, other, how, _speakers(graph, other), is_own=True)
    for side, opposite in _SIDES:
        for link in graph.subjects(side, statement):
            kinds = [_KINDS[kind] for kind in graph.objects(link, namespaces.LINK) if kind in _KINDS]
            for linking in graph.subjects(namespaces.ASSERTS, link) if kinds else ():
                if not tuple(graph.subjects(namespaces.RETRACTS, linking)):
                    linkers, is_recorders = _speakers(graph, linking), _is_note(graph, linking)
                    for other in graph.objects(link, opposite):
                        yield TensionLink(statement, other, kinds[0], linkers, is_recorders)


def _speakers(graph: LinkGraph, statement: str) -> tuple[str, ...]:
    return tuple(graph.objects(statement, namespaces.SPEAKER))


def _is_note(graph: LinkGraph, statement: str) -> bool:
    """Whether it is in the recorder's notes alone."""
    return any(
        namespaces.RECORDERS_NOTES in set(graph.objects(source, namespaces.SOURCE_KIND))
        for source in graph.objects(statement, namespaces.REPORTED_IN)
    )


def _read_tension(reader: EvidenceReader, graph: EvidenceGraph, link: TensionLink) -> Tension:
    acts = (
        item for statement, proposition in find_content(graph, link.other)
        for item in reader.collect(proposition, [statement]) if item.statement == statement
    )  # fmt: skip
    act = next(acts, None)
    words = (*graph.texts(link.other, namespaces.EXACT.value), *(act.origin.quotes if act else ()))
    return Tension(
        link,
        act,
        is_of_name=act is not None and reader.is_name(act.proposition),
        is_declaration=bool(tuple(graph.objects(link.other, namespaces.DECLARES))),
        speakers=_speakers(graph, link.other),
        words=next(iter(words), ""),
    )
