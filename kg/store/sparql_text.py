"""Changes as SPARQL 1.1 Update requests, and the error message of an engine as QuerySyntaxError.

Terms are written only by the serialiser of pyoxigraph. Knows no store and no transport.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.errors import QuerySyntaxError
from kg.store.change import Change

_POSITIONS = (
    re.compile(r"\bat (?P<line>\d+):(?P<column>\d+)"),
    re.compile(r"\bline (?P<line>\d+),? column:? (?P<column>\d+)", re.IGNORECASE),
)

_LINE = re.compile(
    rb"""
      (<[^>\n]*+>\ <[^>\n]*+>\ (?: <[^>\n]*+> | "(?:[^"\\\n]|\\.)*+" (?: @[A-Za-z0-9-]++ | \^\^<[^>\n]*+> )?+ ))
      (?:\ (<[^>\n]*+>))?+ \ \.\n
    | ([^\n]*+\n | [^\n]++)
    """,
    re.VERBOSE,
)
"""A line of N-Quads as serialised: its triple and graph, or all of it if a term is neither IRI nor literal."""


def serialize_change(change: Change, *, removes_singly: bool = False) -> tuple[str, list[ox.Quad], list[ox.Quad]]:
    """The change as one update request, and the quads to remove and to add that SPARQL cannot name.

    These contain a blank node or a triple term. The request is empty for a change of such quads alone.
    ``removes_singly``: each quad is removed by an operation of its own.
    """
    removed, unnamed_removed = split_quads(change.removed)
    added, unnamed_added = split_quads(change.added)
    parts = removed.splitlines(keepends=True) if removes_singly else [removed]
    operations = [f"DELETE DATA {{\n{part}}}" for part in parts if part]
    operations += [f"DROP SILENT GRAPH <{graph}>" for graph in change.dropped]
    operations += [f"INSERT DATA {{\n{added}}}"] if added else []
    operations += [f"CREATE SILENT GRAPH <{graph}>" for graph in change.created]
    return " ;\n".join(operations), unnamed_removed, unnamed_added


def split_quads(n_quads: bytes) -> tuple[str, list[ox.Quad]]:
    """The quads as quad data of SPARQL (rule 50, QuadData), and those of them with a blank node or a triple term."""
    data: list[bytes] = []
    unnamed: list[bytes] = []
    for line in _LINE.finditer(n_quads):
        triple, graph, other = line.groups()
        if other is not None:
            unnamed.append(other)
        elif graph is not None:
            data.append(b"GRAPH %b { %b }\n" % (graph, triple))
        else:
            data.append(b"%b .\n" % triple)
    return b"".join(data).decode(), list(ox.parse(b"".join(unnamed), format=ox.RdfFormat.N_QUADS))


def divide_lines(chunks: Iterable[bytes], max_bytes: int, max_lines: int) -> Iterator[bytes]:
    """Lines of N-Quads, in chunks of whole lines, as parts that are one update each; 0 lines are any number of them."""
    for chunk in chunks:
        part: list[bytes] = []
        size = 0
        for line in chunk.splitlines(keepends=True):
            if part and (size + len(line) > max_bytes or len(part) == max_lines):
                yield b"".join(part)
                part, size = [], 0
            part.append(line)
            size += len(line)
        if part:
            yield b"".join(part)


def quad_data(quads: Iterable[ox.Quad]) -> str:
    """The quads as quad data of SPARQL; there, blank nodes stand for new ones."""
    by_graph: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(quad.triple)
    return "".join(_graph_data(graph, triples) for graph, triples in by_graph.items())


def has_blank_node(quad: ox.Quad) -> bool:
    """Whether the quad contains a blank node: SPARQL has no name for it, so cannot remove such a quad."""
    return isinstance(quad.graph_name, ox.BlankNode) or _is_blank(quad.triple)


def create_syntax_error(message: str) -> QuerySyntaxError:
    """The error for the message of an engine, with line and column if it contains them."""
    for pattern in _POSITIONS:
        if position := pattern.search(message):
            return QuerySyntaxError(message, int(position["line"]), int(position["column"]))
    return QuerySyntaxError(message)


def _graph_data(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, triples: list[ox.Triple]) -> str:
    text = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    return text if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph} {{\n{text}}}\n"


def _is_blank(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> bool:
    if isinstance(term, ox.Triple):
        return _is_blank(term.subject) or _is_blank(term.object)
    return isinstance(term, ox.BlankNode)
