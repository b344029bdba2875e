"""Templates of updates: parsed by the engine itself, then instantiated with solutions.

The engine parses data but no templates, so each variable is replaced by an IRI that stands for it. (SPARQL 1.1 Update,
section 4.2.3: instances that are no valid quads are skipped; blank nodes are new in each solution.)
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import QueryRefusedError
from kg.execution.sparql_lexer import TokenKind, tokenize

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class _UnboundError(Exception):
    """A variable of a template has no value."""


@dataclass(frozen=True, slots=True)
class Template:
    """Quads in which some IRIs stand for variables."""

    quads: tuple[ox.Quad, ...] = ()
    variables: Mapping[ox.NamedNode, str] = field(default_factory=dict)
    """From these IRIs to names, without question mark."""
    has_blank_nodes: bool = False

    def instantiate(self, solution: Mapping[str, Term | None]) -> Iterator[ox.Quad]:
        """The quads for one solution, with blank nodes of their own."""
        if not self.variables and not self.has_blank_nodes:
            yield from self.quads
            return
        fresh: dict[ox.BlankNode, ox.BlankNode] = {}
        for quad in self.quads:
            try:
                s, p, o, g = (
                    self._fill(term, solution, fresh)
                    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
                )
                instance = ox.Quad(s, p, o, g)  # type: ignore[arg-type]  # it raises TypeError for what is no quad
            except (_UnboundError, TypeError):
                continue
            yield instance

    def _fill(
        self,
        term: Term | GraphName,
        solution: Mapping[str, Term | None],
        fresh: dict[ox.BlankNode, ox.BlankNode],
    ) -> Term | GraphName:
        if isinstance(term, ox.NamedNode) and (name := self.variables.get(term)) is not None:
            if (value := solution[name]) is None:
                raise _UnboundError
            return value
        if isinstance(term, ox.BlankNode):
            if term not in fresh:
                fresh[term] = create_blank_node()
            return fresh[term]
        if isinstance(term, ox.Triple):
            s, p, o = (self._fill(part, solution, fresh) for part in (term.subject, term.predicate, term.object))
            return ox.Triple(s, p, o)  # type: ignore[arg-type]  # as above
        return term


class SliceParser:
    """Parses slices of one request, under its prologue."""

    def __init__(self, prologue: str, base_iri: str) -> None:
        self._prologue, self._base_iri = prologue, base_iri
        self._marker = f"urn:x-variable:{secrets.token_hex(8)}:"

    def parse_template(self, text: str, default_graph: ox.NamedNode | None = None) -> Template:
        """The template between the braces; ``default_graph``: of its triples outside GRAPH."""
        variables: dict[ox.NamedNode, str] = {}
        pieces: list[str] = []
        end = 0
        for token in tokenize(text):
            if token.kind is TokenKind.VARIABLE:
                marker = ox.NamedNode(f"{self._marker}{token.text[1:]}")
                variables[marker] = token.text[1:]
                pieces += [text[end : token.start], str(marker)]
                end = token.end
        return self._create("".join([*pieces, text[end:]]), variables, default_graph)

    def parse_data(self, text: str, default_graph: ox.NamedNode | None = None) -> Template:
        """The same for data, which have no variables."""
        return self._create(text, {}, default_graph)

    def _create(self, data: str, variables: Mapping[ox.NamedNode, str], default_graph: ox.NamedNode | None) -> Template:
        quads = self._parse_data(data)
        if default_graph is not None:
            quads = [_move_to(default_graph, quad) for quad in quads]
        has_blank_nodes = any(isinstance(term, ox.BlankNode) for quad in quads for term in _terms(quad))
        return Template(tuple(quads), variables, has_blank_nodes)

    def resolve(self, iri: str) -> ox.NamedNode:
        """The absolute IRI of one as written."""
        (quad,) = self._parse_data(f"<urn:x:s> <urn:x:p> {iri}")
        if not isinstance(quad.object, ox.NamedNode):
            raise QueryRefusedError(f"{iri} is no IRI")
        return quad.object

    def _parse_data(self, text: str) -> list[ox.Quad]:
        staging = ox.Store()
        try:
            staging.update(f"{self._prologue}\nINSERT DATA {{\n{text}\n}}", base_iri=self._base_iri or None)
        except SyntaxError as error:
            raise QueryRefusedError(f"a template of this update cannot be evaluated: {error}") from error
        return list(staging)


def create_blank_node() -> ox.BlankNode:
    """A new blank node. Not by the engine: processes forked from one may repeat its random numbers."""
    return ox.BlankNode(f"b{secrets.token_hex(16)[1:]}")


def _move_to(graph: ox.NamedNode, quad: ox.Quad) -> ox.Quad:
    if not isinstance(quad.graph_name, ox.DefaultGraph):
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _terms(quad: ox.Quad) -> Iterator[Term]:
    pending: list[Term] = [quad.subject, quad.object]
    while pending:
        term = pending.pop()
        if isinstance(term, ox.Triple):
            pending += [term.subject, term.object]
        yield term


def variables_of(templates: Sequence[Template]) -> list[str]:
    """The names of the variables of all of them, each once."""
    return list(dict.fromkeys(name for template in templates for name in template.variables.values()))
