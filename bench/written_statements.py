"""Statements to write, each with its proposition, its passage and their parts, after those of the generated data.

Knows no server: a statement is the quads of one that is there, under names of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import ASSERTS, CK

_OWN = (ASSERTS, f"{CK}quote", f"{CK}hasSelector", f"{CK}count")
"""The links of a statement to what is written together with it."""
_SELECTOR = "http://www.w3.org/ns/oa#hasSelector"
_REFINED = "http://www.w3.org/ns/oa#refinedBy"


@dataclass(frozen=True)
class StatementTemplate:
    """The quads of a statement and of what belongs to it alone."""

    quads: tuple[ox.Quad, ...]
    own: frozenset[ox.NamedNode]

    @classmethod
    def read_all(cls, data: Path, limit: int = 1_000) -> Sequence["StatementTemplate"]:
        """The first templates: statements in the generated data that assert and have a quote, and are parts of none.

        There are many, because it costs more to write the thousandth statement that says the same.
        """
        by_subject: Mapping[object, list[ox.Quad]] = _group(ox.parse(path=data))
        found: list[StatementTemplate] = []
        for subject, quads in by_subject.items():
            predicates = {quad.predicate.value for quad in quads}
            if {ASSERTS, f"{CK}quote"} <= predicates and not predicates & {f"{CK}partOfStatement", f"{CK}basedOn"}:
                assert isinstance(subject, ox.NamedNode)
                own = frozenset(_find_own(subject, by_subject))
                found.append(cls(tuple(quad for node in own for quad in by_subject[node]), own))
                if len(found) == limit:
                    break
        if not found:
            raise ValueError(f"{data} has no statement that asserts and quotes")
        return found

    def copy(self, name: str) -> list[ox.Quad]:
        """The same under names that end in ``name``."""
        renamed: dict[object, ox.NamedNode] = {node: ox.NamedNode(f"{node.value}-{name}") for node in self.own}
        return [
            ox.Quad(
                renamed.get(quad.subject, quad.subject),
                quad.predicate,
                renamed.get(quad.object, quad.object),
                quad.graph_name,
            )
            for quad in self.quads
        ]


def to_update(quads: Iterable[ox.Quad]) -> str:
    """The request that inserts the quads (SPARQL 1.1 Update, section 3.1.1)."""
    lines = "\n".join(f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}" for quad in quads)
    return f"INSERT DATA {{\n{lines}\n}}"


def _group(quads: Iterable[ox.Quad]) -> Mapping[object, list[ox.Quad]]:
    groups: dict[object, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        groups[quad.subject].append(quad)
    return groups


def _find_own(statement: ox.NamedNode, by_subject: Mapping[object, list[ox.Quad]]) -> Iterator[ox.NamedNode]:
    pending = [statement]
    while pending:
        node = pending.pop()
        yield node
        links = (quad for quad in by_subject[node] if quad.predicate.value in (*_OWN, _SELECTOR, _REFINED))
        pending += [quad.object for quad in links if isinstance(quad.object, ox.NamedNode)]
