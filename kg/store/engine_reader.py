"""Reading an embedded store: queries, and quads by pattern. Changes nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.engine import ENGINE_ERRORS
from kg.store.interface import Object, Pattern, QueryResult, Subject
from kg.store.sparql_text import create_syntax_error


class EngineReader:
    """The reading half of ``kg.store.embedded.EmbeddedStore``, which says what its engine is."""

    def __init__(self, *, union: bool) -> None:
        """``union``: the default graph of a query is the union of all named graphs."""
        self._union = union

    def _get_engine(self) -> ox.Store:
        """The engine. Raises StoreError."""
        raise NotImplementedError

    def _to_store_error(self, error: Exception, directory: Path | None = None) -> StoreError:
        """The error of the engine as one of ours."""
        raise NotImplementedError

    @property
    def engine(self) -> ox.Store:
        """The engine itself, for the evaluation of updates over a private copy. Raises StoreError."""
        return self._get_engine()

    def query(self, text: str) -> QueryResult:
        """See ``kg.store.interface.Queryable.query``; solutions are evaluated while they are read."""
        return self._evaluate(text, use_default_graph_as_union=self._union)

    def query_with_dataset(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,  # noqa: ARG002 -- the caller's process has the deadline
        *,
        base_iri: str = "",
        names_dataset: bool = False,
    ) -> QueryResult:
        """``query`` over the dataset of the protocol; ``names_dataset``: the text has FROM, which a union hides."""
        dataset: dict[str, Any] = {"use_default_graph_as_union": self._union and not names_dataset}
        if default_graphs or named_graphs:
            graphs, named = (list(map(ox.NamedNode, iris)) for iris in (default_graphs, named_graphs))
            dataset = {"default_graph": graphs, "named_graphs": named}
        return self._evaluate(text, base_iri=base_iri or None, **dataset)

    def _evaluate(self, text: str, **options: Any) -> QueryResult:
        try:
            return self._get_engine().query(text, **options)
        except SyntaxError as error:
            raise create_syntax_error(str(error)) from error
        except ENGINE_ERRORS as error:
            raise self._to_store_error(error) from error

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs that contain a quad, sorted by IRI."""
        engine = self._get_engine()
        named = [graph for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode)]
        nonempty = (graph for graph in named if any(engine.quads_for_pattern(None, None, None, graph)))
        return sorted(nonempty, key=lambda graph: graph.value)

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all graphs, at the time of the call."""
        return self._get_engine().quads_for_pattern(None, None, None, graph)

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``."""
        return self._get_engine().quads_for_pattern(subject, predicate, object_, graph)

    def match_each(self, patterns: Sequence[Pattern]) -> list[list[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``."""
        engine = self._get_engine()
        return [list(engine.quads_for_pattern(*pattern)) for pattern in patterns]

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether there is a graph of that name, even an empty one."""
        return self._get_engine().contains_named_graph(graph)

    def contains_resource(self, resource: ox.NamedNode) -> bool:
        """See ``kg.store.interface.Store.contains_resource``."""
        return next(self._get_engine().quads_for_pattern(resource, None, None), None) is not None
