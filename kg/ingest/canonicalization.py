"""Canonical labels of blank nodes: RDF Dataset Canonicalization 1.0 (RDFC-1.0), within bounds.

The algorithm takes exponential time for some datasets: blank nodes in symmetric structures are told apart by trying all
orders. Here its work is counted. Within the limit the labels are those of the Recommendation
(https://www.w3.org/TR/rdf-canon/); beyond it there is an error, the same for the same input on any machine. Section
numbers are those of the Recommendation. Knows nothing of documents.
"""

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import pyoxigraph as ox

MAX_WORK = 10_000_000
"""Quads and labels that are looked at to tell apart nodes which alone look alike; a few seconds."""


class IndistinguishableNodesError(Exception):
    """Telling the blank nodes apart takes more work than allowed; ``nodes`` are some of them."""

    def __init__(self, nodes: Sequence[ox.BlankNode]) -> None:
        self.nodes = nodes
        super().__init__(f"{len(nodes)} blank nodes cannot be told apart")


def canonical_labels(quads: Iterable[ox.Quad], max_work: int = MAX_WORK) -> dict[ox.BlankNode, str]:
    """The label of each blank node, ``c14n0`` and so on (section 4.4). Raises IndistinguishableNodesError."""
    return _Canonicalization(quads, max_work).run()


@dataclass(slots=True)
class _Issuer:
    """Labels in the order in which they were issued (section 4.3)."""

    prefix: str
    issued: dict[ox.BlankNode, str] = field(default_factory=dict)

    def issue(self, node: ox.BlankNode) -> str:
        return self.issued.setdefault(node, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> "_Issuer":
        return _Issuer(self.prefix, self.issued.copy())


_Hashed = tuple[str, _Issuer]
_HashNode = Generator[tuple[ox.BlankNode, _Issuer], _Hashed, _Hashed]
"""Hashing one node: yields the nodes whose hashes it needs and is sent them, so that long chains need no recursion."""


class _Canonicalization:
    def __init__(self, quads: Iterable[ox.Quad], max_work: int) -> None:
        self._canonical = _Issuer("c14n")
        self._quads: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        self._first_degree: dict[ox.BlankNode, str] = {}
        self._alike: Sequence[ox.BlankNode] = ()
        self._work_left = max_work
        for quad in dict.fromkeys(quads):
            for node in {term for _, term in _blank_nodes(quad)}:
                self._quads[node].append(quad)

    def run(self) -> dict[ox.BlankNode, str]:
        nodes_of: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for node in self._quads:
            self._first_degree[node] = self._hash_first_degree(node)
            nodes_of[self._first_degree[node]].append(node)
        groups = [nodes for _, nodes in sorted(nodes_of.items())]
        for nodes in groups:
            if len(nodes) == 1:
                self._canonical.issue(nodes[0])
        for nodes in groups:
            if len(nodes) > 1:
                self._label_group(nodes)
        return self._canonical.issued

    def _label_group(self, nodes: list[ox.BlankNode]) -> None:
        """Label nodes that look alike by themselves (section 4.4.3, step 5)."""
        self._alike = nodes
        hashed = []
        for node in nodes:
            if node not in self._canonical.issued:
                issuer = _Issuer("b")
                issuer.issue(node)
                hashed.append(self._hash_n_degree(node, issuer))
        for _, issuer in sorted(hashed, key=lambda pair: pair[0]):
            for node in issuer.issued:
                self._canonical.issue(node)

    def _hash_first_degree(self, node: ox.BlankNode) -> str:
        """Section 4.6.3."""
        lines = []
        for quad in self._quads[node]:
            subject, object_, graph = (
                ("_:a" if term == node else "_:z") if isinstance(term, ox.BlankNode) else _text(term)
                for term in (quad.subject, quad.object, quad.graph_name)
            )
            lines.append(f"{subject} {quad.predicate} {object_} {graph}{' ' if graph else ''}.\n")
        return _sha256("".join(sorted(lines)))

    def _hash_n_degree(self, node: ox.BlankNode, issuer: _Issuer) -> _Hashed:
        """Section 4.8.3, with the calls of itself on a stack."""
        stack = [self._hash_node(node, issuer)]
        result: _Hashed | None = None
        while stack:
            try:
                stack.append(self._hash_node(*(next(stack[-1]) if result is None else stack[-1].send(result))))
                result = None
            except StopIteration as end:
                result = end.value
                stack.pop()
        assert result is not None
        return result

    def _hash_node(self, node: ox.BlankNode, issuer: _Issuer) -> _HashNode:
        data: list[str] = []
        for related_hash, related in sorted(self._related(node, issuer).items()):
            chosen: tuple[str, _Issuer] | None = None
            for order in permutations(related):
                path = yield from self._path(order, issuer.copy(), chosen[0] if chosen else "")
                if path is not None and (chosen is None or path[0] < chosen[0]):
                    chosen = path
            assert chosen is not None
            data += [related_hash, chosen[0]]
            issuer = chosen[1]
        return _sha256("".join(data)), issuer

    def _path(
        self, order: tuple[ox.BlankNode, ...], issuer: _Issuer, chosen: str
    ) -> Generator[tuple[ox.BlankNode, _Issuer], _Hashed, tuple[str, _Issuer] | None]:
        """The path of one order and its issuer, or None if it is greater than the chosen one (steps 5.4.1 to 5.4.6)."""
        self._count(1 + len(order) + len(issuer.issued))
        path, unlabelled = "", []
        for node in order:
            if node in self._canonical.issued:
                path += f"_:{self._canonical.issued[node]}"
            else:
                if node not in issuer.issued:
                    unlabelled.append(node)
                path += f"_:{issuer.issue(node)}"
            if chosen and len(path) >= len(chosen) and path > chosen:
                return None
        for node in unlabelled:
            node_hash, result_issuer = yield node, issuer
            path += f"_:{issuer.issue(node)}<{node_hash}>"
            issuer = result_issuer
            if chosen and len(path) >= len(chosen) and path > chosen:
                return None
        return path, issuer

    def _related(self, node: ox.BlankNode, issuer: _Issuer) -> dict[str, list[ox.BlankNode]]:
        """The other blank nodes in its quads, by hash (section 4.7.3)."""
        self._count(1 + len(self._quads[node]))
        related: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for quad in self._quads[node]:
            for position, term in _blank_nodes(quad):
                if term != node:
                    related[self._hash_related(term, quad, issuer, position)].append(term)
        return related

    def _hash_related(self, node: ox.BlankNode, quad: ox.Quad, issuer: _Issuer, position: str) -> str:
        label = self._canonical.issued.get(node) or issuer.issued.get(node)
        predicate = "" if position == "g" else str(quad.predicate)
        return _sha256(f"{position}{predicate}{f'_:{label}' if label else self._first_degree[node]}")

    def _count(self, work: int) -> None:
        self._work_left -= work
        if self._work_left < 0:
            raise IndistinguishableNodesError(self._alike)


def _blank_nodes(quad: ox.Quad) -> Iterator[tuple[str, ox.BlankNode]]:
    """The blank nodes of the quad with their positions."""
    for position, term in (("s", quad.subject), ("o", quad.object), ("g", quad.graph_name)):
        if isinstance(term, ox.BlankNode):
            yield position, term


def _text(term: Any) -> str:
    return "" if isinstance(term, ox.DefaultGraph) else str(term)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
