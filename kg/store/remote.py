"""The store behind a URL: any engine that implements the SPARQL 1.1 Protocol. Owns the requests, not the engine.

Two promises depend on the engine: that one update request is one transaction ("SHOULD be treated atomically",
https://www.w3.org/TR/sparql11-update/#updateServices), and that its default graph is the union of the named graphs,
which is tested. A change that is too large for one request is sent in several, which are no transaction together. Blank
nodes have no name in the protocol: a change that removes one is refused, and those that one adds become new nodes.

What may be long is read in pages, without ORDER BY: an engine sorts all of it for each page, and none but Virtuoso is
known that gives unchanged data in another order each time. Who needs certainty compares with ``count_quads``.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from string import Template
from typing import Self

import pyoxigraph as ox

from kg.errors import ConflictKgError, StoreError
from kg.journal.record import UNKNOWN, Provenance
from kg.namespaces import value_of
from kg.rdf_formats import N_TRIPLES, RESULTS_JSON
from kg.store.change import Change
from kg.store.interface import Object, Pattern, QueryResult, Subject
from kg.store.protocol_client import ProtocolClient
from kg.store.sorted_lines import sort_lines
from kg.store.sparql_text import divide_lines, has_blank_node, quad_data, serialize_change
from kg.store.staged_change import StagedChange, StageProgress, no_progress, read_lines

DEFAULT_TIMEOUT_S = 60.0
_PAGE_ROWS = 20_000
_FEW_PAGES = 4
_SHORT_PAGE = 1_000
"""A page of fewer rows is the last one: no engine is known that gives fewer than there are and it was asked for."""
_PAGE_TIMEOUT_S = 300.0
_REQUEST_BYTES = 8_000_000
"""Of the quads of one update request."""
_VIRTUOSO_QUADS, _VIRTUOSO_REMOVED = 5_000, 50
"""It refuses updates of more than 10,000 lines, and of many operations; each quad that it removes is one."""

_NOT_VIRTUOSO = (
    "FILTER (?graph NOT IN (<http://www.openlinksw.com/schemas/virtrdf#>, <http://www.w3.org/ns/ldp#>,"
    " <http://www.w3.org/2002/07/owl#>, <urn:activitystreams-owl:map>, <http://localuriqaserver/sparql>)"
    ' && !STRSTARTS(STR(?graph), "http://localhost:8890/"))'
)
"""The graphs that a database of Virtuoso has from the beginning."""
_VIRTUOSO_ASK = "__ASK_RETVAL"
"""The variable of the table by which Virtuoso 7.2 answers ASK."""

_ANY_NAMED = "ASK { GRAPH ?graph { ?s ?p ?o } $filter }"
_DEFAULT_CONTAINS_NAMED = "ASK { { SELECT ?s ?p ?o { GRAPH ?graph { ?s ?p ?o } } LIMIT 1 } ?s ?p ?o }"
_SELECTED = re.compile(r"SELECT (?:DISTINCT )?((?:\?\w+ )+)")
"""The variables of the queries below."""
_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } $filter }"
_QUADS = "SELECT ?s ?p ?o ?graph { $values GRAPH ?graph { ?s ?p ?o } $filter }"
_COUNT = "SELECT (COUNT(*) AS ?count) { $values GRAPH ?graph { ?s ?p ?o } $filter }"
_PREDICATES = "SELECT DISTINCT ?p { $values GRAPH ?graph { ?s ?p ?o } $filter }"
_MATCH = "SELECT ?number ?s ?p ?o ?graph { $graph VALUES (?number $names) { $rows } GRAPH ?graph { ?s ?p ?o } $filter }"
_PATTERNS_PER_REQUEST = 300
_UNION_NEEDED = (
    "the default graph of its queries must be the union of the named graphs. Start Oxigraph with"
    " --union-default-graph; give a Fuseki data set tdb2:unionDefaultGraph true (or use its /query address of a"
    " service so configured); GraphDB and Virtuoso do this by default"
)
_BLANK_NODE = "a blank node cannot be named to a remote engine; give the resource an IRI"
_INCOMPLETE = "The engine has a part of the change, which was too large for one request; repeat it to complete it"


class RemoteStore:
    """A ``kg.store.interface.Store`` on a SPARQL 1.1 endpoint; created by ``open``, which tests the engine."""

    def __init__(self, client: ProtocolClient, timeout: float, request_quads: int = 0) -> None:
        self._client = client
        self._timeout = timeout
        self._request_quads = request_quads
        self._has_proven_union = True

    @classmethod
    def open(
        cls,
        url: str,
        *,
        update_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        union: bool = True,
        token: str = "",
        request_quads: int = 0,
    ) -> Self:
        """The engine at ``url``, which accepts queries; updates go to ``update_url``.

        Without ``update_url``, they go to ``.../update`` if ``url`` is ``.../query``, else to ``url``. ``token`` is a
        bearer token, sent with each request; ``request_quads`` the most quads of an update, 0 for what the engine is
        known to accept. Raises StoreUnreachableError if nothing answers, or if ``union`` is true and the engine does
        not offer it.
        """
        client = ProtocolClient.open(url, update_url, timeout, token)
        store = cls(client, timeout, request_quads)
        try:
            store._has_proven_union = store._offers_union() if union else True
        except BaseException:
            client.close()
            raise
        return store

    def query(self, text: str) -> QueryResult:
        """See ``kg.store.interface.Queryable.query``; the complete result is fetched before the first solution."""
        return self.query_with_dataset(text)

    def query_with_dataset(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,
        *,
        base_iri: str = "",  # noqa: ARG002 -- that of the engine
        names_dataset: bool = False,  # noqa: ARG002 -- the engine parses the query
    ) -> QueryResult:
        """``query`` over the dataset of the protocol, if one is given, and with a shorter timeout."""
        dataset = [("default-graph-uri", iri) for iri in default_graphs]
        dataset += [("named-graph-uri", iri) for iri in named_graphs]
        return self._query(text, dataset, min(timeout_s or self._timeout, self._timeout))

    def _query(self, text: str, dataset: Sequence[tuple[str, str]], timeout_s: float) -> QueryResult:
        media_type, body = self._client.query(text, dataset, timeout_s)
        try:
            return _parse_triples(body) if media_type == N_TRIPLES.media_type else _parse_table(body)
        except (SyntaxError, ValueError) as error:
            raise self._client.unreachable(f"its result cannot be parsed: {error}") from error

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs that contain a quad, sorted by IRI."""
        named = (row["graph"] for row in self._paged_rows(self._fill(_GRAPHS)))
        return sorted((graph for graph in named if isinstance(graph, ox.NamedNode)), key=lambda graph: graph.value)

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all named graphs; a page of them is in memory."""
        for pattern in self._divide_pattern(_graph_values(graph)):
            for row in self._paged_rows(self._fill(_QUADS, values=pattern)):
                yield ox.Quad(row["s"], row["p"], row["o"], row["graph"])

    def _divide_pattern(self, values: str) -> Iterator[str]:
        """Bindings that part what has many pages: an engine passes over those before the one that it is asked for."""
        if self._count(values) <= _FEW_PAGES * _PAGE_ROWS:
            yield values
            return
        for row in self._paged_rows(self._fill(_PREDICATES, values=values)):
            yield f"{values} VALUES ?p {{ {row['p']} }}"

    def count_quads(self) -> int:
        """How many quads all named graphs have."""
        return self._count("")

    def _count(self, values: str) -> int:
        (row,) = self._rows(self._fill(_COUNT, values=values), _PAGE_TIMEOUT_S)
        return int(value_of(row["count"]))

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``."""
        (found,) = self._match_alike([(subject, predicate, object_)], graph)
        return iter(found)

    def match_each(self, patterns: Sequence[Pattern]) -> list[list[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``: a request for a few hundred patterns that bind the same."""
        found: dict[Pattern, list[ox.Quad]] = {}
        for form in {_form(pattern) for pattern in patterns}:
            alike = [pattern for pattern in dict.fromkeys(patterns) if _form(pattern) == form]
            for start in range(0, len(alike), _PATTERNS_PER_REQUEST):
                chunk = alike[start : start + _PATTERNS_PER_REQUEST]
                found.update(zip(chunk, self._match_alike(chunk), strict=True))
        return [found[pattern] for pattern in patterns]

    def _match_alike(self, patterns: Sequence[Pattern], graph: ox.NamedNode | None = None) -> list[list[ox.Quad]]:
        """The quads of patterns that bind the same positions; none for those with what has no name in a query."""
        form = _form(patterns[0])
        names = " ".join(f"?{name}" for name, is_bound in zip("spo", form, strict=True) if is_bound)
        rows = " ".join(
            f"({number} {' '.join(str(term) for term in pattern if term is not None)})"
            for number, pattern in enumerate(patterns)
            if not any(isinstance(term, ox.BlankNode | ox.Triple) for term in pattern)
        )
        found: list[list[ox.Quad]] = [[] for _ in patterns]
        for row in self._paged_rows(self._fill(_MATCH, names=names, rows=rows, graph=_graph_values(graph))):
            found[int(value_of(row["number"]))].append(ox.Quad(row["s"], row["p"], row["o"], row["graph"]))
        return found

    def apply(self, change: Change, provenance: Provenance = UNKNOWN) -> None:
        """``commit`` of one change."""
        self.commit([(change, provenance)])

    def commit(self, changes: Sequence[tuple[Change, Provenance]]) -> None:
        """Make the changes; blank nodes that they add become new ones. No journal records them.

        They are one request if the engine accepts it, and then all or nothing. Raises StoreUnreachableError, or
        StoreError for a change that removes a blank node, or adds one and is not one request. The first quads of an
        empty engine show whether it offers the union; if not, they are removed again.
        """
        change = Change.merge(change for change, _ in changes)
        if not change:
            return
        text, removed, added = self._serialize(change)
        if any(map(has_blank_node, removed)):
            raise StoreError(_BLANK_NODE)
        if self._is_one_request(change):
            operations = [f"DELETE DATA {{\n{quad_data(removed)}}}"] if removed else []
            operations += [text] if text else []
            operations += [f"INSERT DATA {{\n{quad_data(added)}}}"] if added else []
            self._client.update(" ;\n".join(operations))
            self._test_union(change)
            return
        if any(map(has_blank_node, added)):
            raise StoreError(_BLANK_NODE)
        parts = [Change(added=part) for part in divide_lines([change.added], _REQUEST_BYTES, self._most_quads())]
        parts += [Change(removed=part) for part in divide_lines([change.removed], _REQUEST_BYTES, self._most_removed())]
        self._send_parts([*parts, Change(created=change.created, dropped=change.dropped)])

    def commit_staged(self, change: StagedChange, progress: StageProgress = no_progress) -> int:
        """Make a change that is too large for memory, in several requests; how many these were.

        Everything is added before anything is removed, so that nothing is missing meanwhile. If it is interrupted, the
        engine has a part of it, and the change from there to the same end completes it. Raises StoreError.
        """

        def parts() -> Iterator[Change]:
            done = quads = 0
            for file, most in ((change.added, self._most_quads()), (change.removed, self._most_removed())):
                for part in divide_lines(read_lines(file), _REQUEST_BYTES, most):
                    progress("storing", done, change.size, quads)
                    yield Change(added=part) if file == change.added else Change(removed=part)
                    done += len(part)
                    quads += part.count(b"\n")

        return self._send_parts(parts())

    def _serialize(self, change: Change) -> tuple[str, list[ox.Quad], list[ox.Quad]]:
        """See ``serialize_change``; Virtuoso leaves literals with a language that are removed together with others."""
        return serialize_change(change, removes_singly=self._client.is_virtuoso)

    def _is_one_request(self, change: Change) -> bool:
        size, quads = len(change.added) + len(change.removed), change.added_count + change.removed_count
        is_small = quads <= (self._most_quads() or quads) and change.removed_count <= (self._most_removed() or quads)
        return size <= _REQUEST_BYTES and is_small

    def _most_quads(self) -> int:
        """Of one update; 0 if only their size matters."""
        return self._request_quads or (_VIRTUOSO_QUADS if self._client.is_virtuoso else 0)

    def _most_removed(self) -> int:
        """Of one update that removes them; 0 if only their size matters."""
        return min(self._most_quads(), _VIRTUOSO_REMOVED) if self._client.is_virtuoso else self._most_quads()

    def _send_parts(self, parts: Iterable[Change]) -> int:
        """Send the parts in order; how many have been."""
        sent = 0
        try:
            for part in filter(None, parts):
                text, *unnamed = self._serialize(part)
                if any(unnamed):
                    raise StoreError(_BLANK_NODE)
                self._client.update(text)
                self._test_union(part)
                sent += 1
        except ConflictKgError as error:
            if not sent:
                raise
            raise StoreError(f"{error}. {_INCOMPLETE}") from error
        return sent

    def recover(self) -> None:
        """Nothing is recorded here."""

    @property
    def blocked_reason(self) -> str:
        """Unknown: whether the engine accepts a write shows when it is sent."""
        return ""

    @property
    def version(self) -> str:
        """Unknown: others may write to the engine."""
        return ""

    def graph_version(self, graph: ox.NamedNode) -> str:
        """The digest of its triples: others may write to the engine, so that the whole graph is read."""
        digest = sha256()
        for line in sort_lines(f"{quad.triple}\n".encode() for quad in self.quads(graph)):
            digest.update(line)
        return digest.hexdigest()[:24]

    def last_modified(self, _graph: ox.NamedNode | None = None) -> None:
        """Unknown: others may write to the engine."""
        return

    def find_withdrawal(self, _resource: ox.NamedNode) -> None:
        """Unknown: others may write to the engine."""
        return

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether the graph contains a triple: not every engine has empty graphs."""
        return self._ask(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}")

    def contains_resource(self, resource: ox.NamedNode) -> bool:
        """See ``kg.store.interface.Store.contains_resource``; a request to the engine."""
        return self._ask(f"ASK {{ GRAPH ?graph {{ {resource} ?p ?o }} }}")

    def update(self, text: str, *, base_iri: str = "") -> None:
        """Run a SPARQL 1.1 Update that has passed the guard; errors have the message of the engine."""
        self._client.update(f"BASE <{base_iri}> {text}" if base_iri else text)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _test_union(self, change: Change) -> None:
        """Test it, unless that has been done; take the change back, which was the first, if it is not offered."""
        if self._has_proven_union:
            return
        try:
            self._has_proven_union = self._offers_union()
        except StoreError:
            self._client.update(self._serialize(change.inverse())[0])
            raise

    def _offers_union(self) -> bool:
        """True if it is so, False if an empty engine cannot show it yet. Raises StoreUnreachableError if it is not."""
        if not self._ask(self._fill(_ANY_NAMED)):
            return False
        if not self._ask(_DEFAULT_CONTAINS_NAMED):
            raise self._client.unreachable(_UNION_NEEDED)
        return True

    def _fill(self, template: str, **parts: str) -> str:
        """The query, without the graphs that are the engine's own."""
        filter_ = _NOT_VIRTUOSO if self._client.is_virtuoso else ""
        return Template(template).substitute(filter=filter_, **parts)

    def _ask(self, query: str) -> bool:
        result = self.query(query)
        if not isinstance(result, ox.QueryBoolean):
            raise self._client.unreachable("its result of ASK is neither true nor false")
        return bool(result)

    def _paged_rows(self, text: str) -> Iterator[ox.QuerySolution]:
        """The rows of a SELECT without modifiers, fetched in pages: an engine may limit the rows of a result."""
        start = 0
        if self._client.is_virtuoso:
            # Its pages overlap where they are not ordered, and it orders few rows of the outermost query.
            text = f"SELECT * {{ {{ {text} ORDER BY {_SELECTED.search(text)[1]} }} }}"  # type: ignore[index]
        while True:
            count = 0
            for row in self._rows(f"{text} LIMIT {_PAGE_ROWS} OFFSET {start}", _PAGE_TIMEOUT_S):
                yield row
                count += 1
            if count < _SHORT_PAGE:
                return
            start += count

    def _rows(self, text: str, timeout_s: float | None = None) -> ox.QuerySolutions:
        rows = self._query(text, (), timeout_s or self._timeout)
        if not isinstance(rows, ox.QuerySolutions):
            raise self._client.unreachable("its result of SELECT is not a table")
        return rows


def _form(pattern: Pattern) -> tuple[bool, ...]:
    """Which positions the pattern binds."""
    return tuple(term is not None for term in pattern)


def _graph_values(graph: ox.NamedNode | None) -> str:
    return f"VALUES ?graph {{ {graph} }}" if graph else ""


def _parse_triples(body: bytes) -> ox.QueryTriples:
    """N-Triples as a result of the engine: it can be created only by a query."""
    staging = ox.Store()
    staging.load(body, format=N_TRIPLES.engine)
    triples = staging.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(triples, ox.QueryTriples)
    return triples


def _parse_table(body: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    """SPARQL 1.1 Query Results JSON Format. Raises SyntaxError or ValueError."""
    result = ox.parse_query_results(body, format=RESULTS_JSON.engine)
    if isinstance(result, ox.QuerySolutions) and [variable.value for variable in result.variables] == [_VIRTUOSO_ASK]:
        is_true = any(value_of(row[0]) == "1" for row in result)
        result = ox.parse_query_results(json.dumps({"head": {}, "boolean": is_true}), format=RESULTS_JSON.engine)
    return result
