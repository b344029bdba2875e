"""The store behind an address: any engine that speaks the SPARQL 1.1 Protocol. Owns the talk, not the engine.

Two promises are as good as the engine: that one update request is one transaction ("SHOULD be treated atomically",
https://www.w3.org/TR/sparql11-update/#updateServices), and that its default graph is the union of the named graphs,
which is probed. Blank nodes have no name over the wire, so a change that holds one is refused.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from typing import Self

import httpx
import pyoxigraph as ox

from kg.errors import QueryDeadlineError, StoreError, StoreUnreachableError
from kg.rdf_formats import N_TRIPLES, RESULTS_JSON
from kg.store.interface import Change, QueryResult
from kg.store.sparql_text import has_blank_node, insert_data, parse_syntax_error, serialize_change

DEFAULT_TIMEOUT_S = 60.0

_ROWS = RESULTS_JSON.media_type
_TRIPLES = N_TRIPLES.media_type
_ACCEPT = f"{_ROWS}, {_TRIPLES}"

_ANY_NAMED = "ASK { GRAPH ?graph { ?s ?p ?o } }"
_NAMED_IS_IN_DEFAULT = "ASK { { SELECT ?s ?p ?o { GRAPH ?graph { ?s ?p ?o } } LIMIT 1 } ?s ?p ?o }"
_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }"
_QUADS = "SELECT ?s ?p ?o ?graph { $only GRAPH ?graph { ?s ?p ?o } }"
_UNION_CURE = (
    "the default graph of its queries must be the union of the named graphs. Start Oxigraph with"
    " --union-default-graph; give a Fuseki data set tdb2:unionDefaultGraph true (or use its /query address of a"
    " service so configured); GraphDB and Virtuoso do this unasked"
)


class RemoteStore:
    """A ``kg.store.Store`` on a SPARQL 1.1 endpoint; ``open`` makes one that is known to suit."""

    def __init__(self, query_url: str, update_url: str, client: httpx.Client, timeout: float) -> None:
        self._query_url, self._update_url = query_url, update_url
        self._client = client
        self._timeout = timeout
        self._union_proven = True

    @classmethod
    def open(
        cls, url: str, *, update_url: str | None = None, timeout: float = DEFAULT_TIMEOUT_S, union: bool = True
    ) -> Self:
        """The engine at ``url``, a query address; updates go to ``update_url``.

        Without ``update_url``, ``.../query`` has ``.../update`` beside it, and any other address takes both. Raises
        StoreUnreachableError where nothing answers, or where ``union`` is wanted and the engine does not offer it.
        """
        # Nothing but the settings reads the environment, so proxies named there are left alone.
        client = httpx.Client(timeout=timeout, trust_env=False)
        store = cls(url, update_url or _update_url(url), client, timeout)
        try:
            store._union_proven = store._offers_union() if union else True
        except BaseException:
            client.close()
            raise
        return store

    def query(self, text: str) -> QueryResult:
        """See ``kg.store.Queryable.query``; the whole result is fetched before the first row."""
        return self.query_with_dataset(text)

    def query_with_dataset(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,
    ) -> QueryResult:
        """``query`` over the dataset of the protocol, where one is given, and within a shorter time."""
        dataset = [("default-graph-uri", each) for each in default_graphs]
        dataset += [("named-graph-uri", each) for each in named_graphs]
        kind, body = self._ask(text, dataset, min(timeout_s or self._timeout, self._timeout))
        try:
            if kind == _TRIPLES:
                return _as_triples(body)
            return ox.parse_query_results(body, format=RESULTS_JSON.engine)
        except (SyntaxError, ValueError) as error:
            raise self._unreachable(f"its answer cannot be read: {error}") from error

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs that hold a quad, sorted by IRI."""
        named = (row["graph"] for row in self._rows(_GRAPHS))
        return sorted((graph for graph in named if isinstance(graph, ox.NamedNode)), key=lambda graph: graph.value)

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all named graphs."""
        only = f"VALUES ?graph {{ {graph} }}" if graph else ""
        for row in self._rows(_QUADS.replace("$only", only)):
            yield ox.Quad(row["s"], row["p"], row["o"], row["graph"])

    def apply(self, change: Change) -> None:
        """Make the change in one request. Raises StoreUnreachableError, or StoreError for a change with a blank node.

        The first quads of an empty engine settle whether it offers the union; if not, they are taken out again.
        """
        if not change:
            return
        if any(map(has_blank_node, change.removed | change.added)):
            raise StoreError("a remote engine cannot be told which blank node is meant; give the resource an IRI")
        self._update(serialize_change(change))
        if not self._union_proven:
            self._settle_union(change)

    @property
    def version(self) -> str:
        """None: others may write to the engine unseen."""
        return ""

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether the graph holds a triple: not every engine knows empty graphs."""
        return self._holds(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}")

    def update(self, text: str, *, base_iri: str = "") -> None:
        """See ``kg.store.Store.update``; what the engine finds wrong is told in its own words."""
        self._update(f"BASE <{base_iri}> {text}" if base_iri else text)

    def insert(self, quads: Collection[ox.Quad]) -> None:
        """Put the quads in, by one request."""
        self._update(insert_data(quads))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _settle_union(self, change: Change) -> None:
        try:
            self._union_proven = self._offers_union()
        except StoreError:
            self._update(serialize_change(Change(removed=change.added, added=change.removed)))
            raise

    def _offers_union(self) -> bool:
        """True where it is so; False where an empty engine cannot show it yet. Raises StoreUnreachableError."""
        if not self._holds(_ANY_NAMED):
            return False
        if not self._holds(_NAMED_IS_IN_DEFAULT):
            raise self._unreachable(_UNION_CURE)
        return True

    def _holds(self, question: str) -> bool:
        answer = self.query(question)
        if not isinstance(answer, ox.QueryBoolean):
            raise self._unreachable("it answers ASK with something else than true or false")
        return bool(answer)

    def _rows(self, text: str) -> ox.QuerySolutions:
        rows = self.query(text)
        if not isinstance(rows, ox.QuerySolutions):
            raise self._unreachable("it answers SELECT with something else than rows")
        return rows

    def _ask(self, text: str, dataset: Sequence[tuple[str, str]], timeout: float) -> tuple[str, bytes]:
        url = str(httpx.URL(self._query_url).copy_merge_params(list(dataset))) if dataset else self._query_url
        status, kind, body = self._post(url, text, "application/sparql-query", timeout)
        if status == httpx.codes.BAD_REQUEST:
            raise parse_syntax_error(_words(body))
        if status != httpx.codes.OK:
            raise self._unreachable(f"status {status}: {_words(body)}")
        if kind not in (_ROWS, _TRIPLES):
            raise self._unreachable(f"it answers with {kind or 'no media type'}, not {_ACCEPT}")
        return kind, body

    def _update(self, text: str) -> None:
        status, _, body = self._post(self._update_url, text, "application/sparql-update", self._timeout)
        if status == httpx.codes.BAD_REQUEST:
            raise parse_syntax_error(_words(body))
        if not httpx.codes.is_success(status):
            raise self._unreachable(f"it refused an update, status {status}: {_words(body)}", self._update_url)

    def _post(self, url: str, text: str, kind: str, timeout: float) -> tuple[int, str, bytes]:
        """Status, media type and body, all within the time limit: the client's own limit is for each read alone."""
        if self._client.is_closed:
            raise StoreError("the store is closed")
        deadline = time.monotonic() + timeout
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Accept": _ACCEPT}
        try:
            with self._client.stream("POST", url, content=text.encode(), headers=headers, timeout=timeout) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise QueryDeadlineError(timeout)
                return response.status_code, _media_type(response), bytes(body)
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise QueryDeadlineError(timeout) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(str(error) or type(error).__name__, url) from error

    def _unreachable(self, reason: str, url: str | None = None) -> StoreUnreachableError:
        return StoreUnreachableError(_without_password(url or self._query_url), reason)


def _update_url(query_url: str) -> str:
    return query_url.removesuffix("/query") + "/update" if query_url.endswith("/query") else query_url


def _media_type(response: httpx.Response) -> str:
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower()


def _words(body: bytes) -> str:
    return body[:500].decode(errors="replace").strip()


def _without_password(url: str) -> str:
    try:
        return str(httpx.URL(url).copy_with(username=None, password=None))
    except httpx.InvalidURL:
        return url


def _as_triples(body: bytes) -> ox.QueryTriples:
    """N-Triples as an engine's own result: it has no other way to be made."""
    staging = ox.Store()
    staging.load(body, format=N_TRIPLES.engine)
    triples = staging.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(triples, ox.QueryTriples)
    return triples
