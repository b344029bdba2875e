"""A change made in the engine of the embedded store, in one transaction: readers see all of it or nothing.

One that is too large for memory is made in parts instead. Knows no journal and no directory.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from string import Template

import pyoxigraph as ox

from kg.store.change import Change
from kg.store.part_reader import PartReader
from kg.store.sparql_text import serialize_change

# SPARQL cannot name a blank node of the store. In these operations each row is a term that a custom function returns.
_TERM = ox.NamedNode("urn:x-conflict-kg:term")
_REWRITE = """$verb { $template }
WHERE {
  VALUES ?row { $rows }
  BIND($term(?row) AS ?triple) BIND(SUBJECT(?triple) AS ?s) BIND(PREDICATE(?triple) AS ?p) BIND(OBJECT(?triple) AS ?o)
  $graph
}"""

_BULK_BYTES = 64_000_000
"""Of N-Quads that are added together: the engine needs five times as much memory meanwhile."""

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def write_change(engine: ox.Store, change: Change) -> None:
    """Make the change in one transaction; the interpreter lock is free while the engine works."""
    if change.added and not (change.removed or change.created or change.dropped):
        _add(engine, change)
        return
    text, removed, added = serialize_change(change)
    terms: list[_Term] = []
    rewritten = [*_rewrite("DELETE", removed, terms), *_rewrite("INSERT", added, terms)]
    engine.update(
        " ;\n".join([*rewritten, text] if text else rewritten),
        custom_functions={_TERM: lambda row: terms[int(row.value)]},
    )


def write_parts(engine: ox.Store, parts: Iterable[tuple[bytes, bytes]]) -> None:
    """Remove and add quads that come in parts of N-Quads: what is removed by transactions, what is added in bulk.

    Readers of this engine see some parts before others; making all of it twice does no harm.
    """

    def added_parts() -> Iterator[bytes]:
        for removed, added in parts:
            if removed:
                write_change(engine, Change(removed))
            if b"_:" in added:  # in bulk they would have other labels
                write_change(engine, Change(added=added))
            elif added:
                yield added

    in_bulk = added_parts()
    while (first := next(in_bulk, None)) is not None:  # what is removed comes before
        some = _take(chain([first], in_bulk), _BULK_BYTES)
        engine.bulk_load(io.BufferedReader(PartReader(some)), ox.RdfFormat.N_QUADS)


def _take(parts: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Parts of about so many bytes together."""
    while size > 0 and (part := next(parts, None)) is not None:
        size -= len(part)
        yield part


def _add(engine: ox.Store, change: Change) -> None:
    if b"_:" not in change.added:
        engine.load(change.added, format=ox.RdfFormat.N_QUADS)
        return
    quads = []
    for quad in change.added_quads():  # not list(): other threads run between the quads
        quads.append(quad)
    engine.extend(quads)  # load() would give blank nodes other labels


def _rewrite(verb: str, quads: Iterable[ox.Quad], terms: list[_Term]) -> Iterator[str]:
    """Operations that delete or insert the quads, one a graph; what their rows stand for is appended to ``terms``."""
    by_graph: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(quad.triple)
    for graph, triples in by_graph.items():
        template, binding = "?s ?p ?o", ""
        if isinstance(graph, ox.NamedNode):
            template = f"GRAPH {graph} {{ {template} }}"
        elif isinstance(graph, ox.BlankNode):
            template, binding = f"GRAPH ?graph {{ {template} }}", f"BIND({_TERM}({len(terms)}) AS ?graph)"
            terms.append(graph)
        rows = " ".join(map(str, range(len(terms), len(terms) + len(triples))))
        terms += triples
        values = {"verb": verb, "template": template, "rows": rows, "term": str(_TERM), "graph": binding}
        yield Template(_REWRITE).substitute(values)
