"""IRIs for the blank nodes of a large file: those that ``kg.ingest.documents.skolemize`` gives to a small one.

In memory are the quads with blank nodes, and the file as sorted text.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.ingest.canonicalization import IndistinguishableNodesError, canonical_labels


class IndistinguishableLinesError(Exception):
    """The nodes cannot be told apart; ``quads`` are those with blank nodes."""

    def __init__(self, quads: Sequence[ox.Quad], nodes: Sequence[ox.BlankNode]) -> None:
        self.quads, self.nodes = quads, nodes
        super().__init__(f"{len(nodes)} blank nodes cannot be told apart")


def skolemize_lines(parsed: Path, renamed: Path, base_iri: str) -> None:
    """Write the N-Quads with IRIs instead of blank nodes. Raises IndistinguishableLinesError."""
    described = [quad for quad in _parse(parsed) if _has_blank_node(quad)]
    try:
        labels = canonical_labels(described)
    except IndistinguishableNodesError as error:
        raise IndistinguishableLinesError(described, error.nodes) from None
    del described
    text = sorted({f"{_rename(quad, labels, ox.BlankNode)} ." for quad in _parse(parsed)})
    digest = hashlib.sha256()
    for number, line in enumerate(text):
        digest.update(f"\n{line}".encode() if number else line.encode())
    del text
    prefix = f"{base_iri}.well-known/genid/{digest.hexdigest()[:12]}-"
    quads = (_rename(quad, labels, lambda label: ox.NamedNode(f"{prefix}{label}")) for quad in _parse(parsed))
    ox.serialize(quads, str(renamed), format=ox.RdfFormat.N_QUADS)


def _parse(file: Path) -> Iterator[ox.Quad]:
    return ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS)


def _has_blank_node(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _rename(quad: ox.Quad, labels: Mapping[ox.BlankNode, str], name: Callable[[str], Any]) -> ox.Quad:
    subject, object_ = quad.subject, quad.object
    if isinstance(subject, ox.BlankNode):
        subject = name(labels[subject])
    if isinstance(object_, ox.BlankNode):
        object_ = name(labels[object_])
    return ox.Quad(subject, quad.predicate, object_, quad.graph_name)
