"""Random writes of every kind to home graphs that nobody else writes, each with the quads that it leaves if it is made.

Owns which writes there are. Sends nothing.
"""

import base64
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from tests.chaos.home_graphs import (
    LABEL,
    Quads,
    dossier,
    dossier_yaml,
    graph_of,
    label,
    organization,
    reference,
    relabel,
)

_TURTLE, _UPDATE, _YAML, _JSON = "text/turtle", "application/sparql-update", "application/ld+yaml", "application/json"


@dataclass(frozen=True)
class Write:
    """A request, and what the graphs of its writer contain once it is made."""

    kind: str
    method: str
    path: str
    after: Quads
    body: bytes = b""
    media_type: str = ""
    refusals: tuple[int, ...] = ()
    """The statuses with which it has to be refused, because it is wrong."""
    headers: Mapping[str, str] = field(default_factory=dict)


Draw = Callable[[int, Quads, random.Random], Write]
"""The next write of a writer, by its number and what its graphs contain."""


@dataclass(frozen=True)
class Plan:
    """The writes of one writer, to the graphs of these names."""

    names: tuple[str, ...]
    draw: Draw
    needs_condition: bool = False
    """Whether a write is refused that does not say which version of the graph it has seen."""


def plan_reference(name: str) -> Plan:
    """Writes to one reference graph, by all operations on graphs and by updates."""
    path, graph = f"/graph/{name}", graph_of(name)

    def draw(number: int, state: Quads, chance: random.Random) -> Write:
        if not state or chance.random() < 0.3:
            return Write("put", "PUT", path, reference(name, number), _to_turtle(reference(name, number)), _TURTLE)
        added = frozenset(organization(name, f"more-{number}", number))
        deletion = Write("delete", "DELETE", path, frozenset())
        return chance.choice(
            (
                Write("post", "POST", path, state | added, _to_turtle(added), _TURTLE),
                Write("patch", "PATCH", path, relabel(state, number), _relabel_default_graph(number), _UPDATE),
                Write("insert", "POST", "/sparql", state | added, _insert_data(added), _UPDATE),
                Write("modify", "POST", "/sparql", relabel(state, number), _relabel_graphs([graph], number), _UPDATE),
                Write("insert twice", "POST", "/sparql", state, _insert_data(state), _UPDATE),
                deletion,
                *_wrong_writes(name, state),
            )
        )

    return Plan((name,), draw)


def plan_pair(name: str) -> Plan:
    """Writes that change two graphs as one: loads and updates."""
    names = (f"{name}-left", f"{name}-right")
    graphs = list(map(graph_of, names))

    def draw(number: int, state: Quads, chance: random.Random) -> Write:
        both = reference(names[0], number) | reference(names[1], number)
        if not state or chance.random() < 0.4:
            return Write("load", "POST", "/load", both, _load(names, number), _JSON)
        drop = " ; ".join(f"DROP GRAPH {graph}" for graph in graphs).encode()
        unlabelled = (
            f"DELETE WHERE {{ GRAPH {graphs[1]} {{ ?s {LABEL} ?l }} }} ; {drop.decode()} ; CLEAR GRAPH <x:none>"
        )
        broken = _load(names, number, break_last=True)
        return chance.choice(
            (
                Write(
                    "modify both", "POST", "/sparql", relabel(state, number), _relabel_graphs(graphs, number), _UPDATE
                ),
                Write("drop both", "POST", "/sparql", frozenset(), drop, _UPDATE),
                Write("update that fails at its end", "POST", "/sparql", state, unlabelled.encode(), _UPDATE, (409,)),
                Write("load with one bad document", "POST", "/load", state, broken, _JSON, (422,)),
            )
        )

    return Plan(names, draw)


def plan_dossier(name: str) -> Plan:
    """Writes to a dossier, each over the version that was read."""
    path = f"/graph/{name}"

    def draw(number: int, state: Quads, chance: random.Random) -> Write:
        if not state or chance.random() < 0.4:
            return Write("put dossier", "PUT", path, dossier(name, number), dossier_yaml(name, number), _YAML)
        stale = {"If-Match": '"1-000000000000.ttl"'}
        return chance.choice(
            (
                Write("patch dossier", "PATCH", path, relabel(state, number), _relabel_default_graph(number), _UPDATE),
                Write("delete dossier", "DELETE", path, frozenset()),
                Write("delete over another version", "DELETE", path, state, refusals=(412,), headers=stale),
            )
        )

    return Plan((name,), draw, needs_condition=True)


def _wrong_writes(name: str, state: Quads) -> list[Write]:
    path = f"/graph/{name}"
    unlabelled = f"DELETE WHERE {{ ?s {LABEL} ?l }}".encode()
    return [
        Write("patch that breaks a shape", "PATCH", path, state, unlabelled, _UPDATE, (422,)),
        Write("put of malformed Turtle", "PUT", path, state, b"<a> <b> ", _TURTLE, (400,)),
        Write("post of an untyped thing", "POST", path, state, b"<x:a> <x:b> 1 .", _TURTLE, (422,)),
    ]


def _relabel_default_graph(number: int) -> bytes:
    return f"DELETE {{ ?s {LABEL} ?l }} INSERT {{ ?s {LABEL} {label(number)} }} WHERE {{ ?s {LABEL} ?l }}".encode()


def _relabel_graphs(graphs: list[ox.NamedNode], number: int) -> bytes:
    values = " ".join(map(str, graphs))
    return (
        f"DELETE {{ GRAPH ?g {{ ?s {LABEL} ?l }} }} INSERT {{ GRAPH ?g {{ ?s {LABEL} {label(number)} }} }}"
        f" WHERE {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s {LABEL} ?l }} }}"
    ).encode()


def _insert_data(quads: Quads) -> bytes:
    lines = (f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}" for quad in quads)
    return f"INSERT DATA {{ {' '.join(lines)} }}".encode()


def _load(names: tuple[str, ...], number: int, *, break_last: bool = False) -> bytes:
    contents = [_to_turtle(reference(name, number)) for name in names]
    if break_last:
        contents[-1] += b"<x:a> <x:b> 1 ."
    documents = [
        {"name": f"{name}.ttl", "content": base64.b64encode(content).decode()}
        for name, content in zip(names, contents, strict=True)
    ]
    return json.dumps({"documents": documents}).encode()


def _to_turtle(quads: Quads) -> bytes:
    triples = [quad.triple for quad in sorted(quads, key=str)]
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE) or b""
