"""An engine as if some of its named graphs were not there.

Owns how reading is narrowed: quads by pattern, and the dataset of a query, which never has a hidden graph, whatever the
text says. A triple that is also in another graph is still there. Does not know why a graph is hidden; changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import cast

import pyoxigraph as ox

from kg.errors import RestrictedError
from kg.execution.query_guard import FORMS
from kg.execution.sparql_lexer import TokenKind, tokenize
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Object, QueryResult, Subject

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class EngineView:
    """The methods of ``pyoxigraph.Store`` that readers use; made anew when the engine has changed."""

    def __init__(self, engine: ox.Store, hidden: frozenset[ox.NamedNode]) -> None:
        self._engine, self._hidden = engine, hidden
        self._named = [graph for graph in engine.named_graphs() if graph not in hidden]

    def quads_for_pattern(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: GraphName | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads of this pattern, without those of hidden graphs."""
        if graph in self._hidden:
            return iter(())
        found = self._engine.quads_for_pattern(subject, predicate, object_, graph)
        return found if graph is not None else (quad for quad in found if quad.graph_name not in self._hidden)

    def named_graphs(self) -> Iterator[ox.NamedNode | ox.BlankNode]:
        """The names of the graphs that are not hidden."""
        return iter(self._named)

    def contains_named_graph(self, graph: GraphName) -> bool:
        """Whether there is a graph of that name that is not hidden."""
        return graph not in self._hidden and self._engine.contains_named_graph(graph)

    def query(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        use_default_graph_as_union: bool = False,
        default_graph: Sequence[ox.NamedNode] | None = None,
        named_graphs: Sequence[ox.NamedNode] | None = None,
    ) -> QueryResult:
        """The result over the graphs that are not hidden. Raises RestrictedError where one that is hidden is named.

        Without ``default_graph``, ``named_graphs`` and the union, the dataset is that of the text. Raises as the engine
        does.
        """
        # A dataset that is given overrides FROM: what is not listed here cannot be read.
        default: list[GraphName] = [ox.DefaultGraph(), *self._named]
        named = self._named
        if not use_default_graph_as_union:
            if default_graph is None and named_graphs is None:
                default_graph, named_graphs = list_dataset(text, base_iri)
            default, named = list(default_graph or ()), list(named_graphs or ())
            self._check([*default, *named])
        return self._engine.query(text, base_iri=base_iri, default_graph=default, named_graphs=named)

    def _check(self, graphs: Iterable[GraphName]) -> None:
        for graph in graphs:
            if isinstance(graph, ox.NamedNode) and graph in self._hidden:
                raise RestrictedError("graph", graph.value)


def hide_graphs(store: EmbeddedStore, hidden: Collection[ox.NamedNode], *, union: bool = True) -> EmbeddedStore:
    """The store as it is now, for reading alone, without these graphs; itself if there are none."""
    if not hidden:
        return store
    # A store that is only read uses nothing of its engine but what the view has.
    view = cast(ox.Store, EngineView(store.engine, frozenset(hidden)))
    return EmbeddedStore.of_copy(view, union=union, version=store.version)


def list_dataset(text: str, base_iri: str | None) -> tuple[list[ox.NamedNode], list[ox.NamedNode]]:
    """The graphs of FROM, and those of FROM NAMED, of a query; none where the engine cannot read their names."""
    prologue_end, terms = len(text), {False: list[str](), True: list[str]()}
    is_named: bool | None = None
    """Of the graph whose name is expected next; None where none is."""
    for token in tokenize(text):
        if token.kind is TokenKind.COMMENT:
            continue
        if token.kind is TokenKind.WORD:
            word = token.text.upper()
            if prologue_end == len(text) and word.startswith(tuple(FORMS)):
                prologue_end = token.start
            is_named = word.endswith("NAMED") if word.endswith(("FROM", "FROMNAMED")) or is_named is not None else None
            continue
        if is_named is not None and token.kind in (TokenKind.IRI, TokenKind.NAME):
            terms[is_named].append(token.text)
        is_named = None
    prologue = text[:prologue_end]
    return _resolve(prologue, terms[False], base_iri), _resolve(prologue, terms[True], base_iri)


def _resolve(prologue: str, names: Sequence[str], base_iri: str | None) -> list[ox.NamedNode]:
    """The IRIs that these names mean after the prologue, as the engine reads it; its own words for a mistake follow."""
    if not names:
        return []
    try:
        rows = ox.Store().query(
            f"{prologue}\nSELECT ?graph {{ VALUES ?graph {{ {' '.join(names)} }} }}", base_iri=base_iri
        )
    except SyntaxError:
        return []
    assert isinstance(rows, ox.QuerySolutions)
    return [graph for row in rows if isinstance(graph := row["graph"], ox.NamedNode)]
