"""Loads what one layer of a request needs of the graph, in one SPARQL query if it fits, and keeps it for the request.

Owns batching and caching as a DataLoader does: nothing is loaded twice, however many fields select it. What a layer
needs is for ``layer_plan``; the text of the queries is for ``sparql_builder``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLError

from kg import namespaces
from kg.graphql.plan.pagination import Cursor, Page, page_from_rows, slice_page
from kg.graphql.plan.rdf_terms import Term, parse_literal, parse_term
from kg.graphql.plan.sparql_builder import (
    ROOT,
    Block,
    ConnectionQuery,
    PrefixMap,
    all_nodes_block,
    count_block,
    forward_block,
    home_graph_block,
    inverse_block,
    join_blocks,
    pack_blocks,
    page_block,
)
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request import error_codes, errors
from kg.graphql.schema.type_model import HOME_GRAPH, PathStep

TYPE = PathStep(namespaces.TYPE.value, False)
PARENTS_MAX = 8
"""Up to this number of parents, the engine cuts the pages of a connection; beyond, they are cut here."""
BLOCKS_MAX = 48
"""Blocks in a query: each counts towards the limit of executors on graph patterns."""
UNSORTED_MAX = 20_000
"""Nodes of a connection, for few parents, that are sorted here by IRI; beyond, the engine sorts them."""
BLOCK_NODES_MAX = 1_000
"""Nodes in a block; a layer with more has several blocks, and as many queries as they need."""
_BLOCK_IRIS_LENGTH = 90_000
"""Characters of the IRIs in a block, unless it has one only."""
ROWS_MAX = 200_000
"""Rows of a layer; beyond, the request is refused."""


@dataclass(eq=False, slots=True)
class SelectedConnection:
    """A connection of one selection set, with the pages that were loaded, by parent."""

    query: ConnectionQuery
    is_counted: bool
    is_sorted_here: bool
    """Its order is that of IRIs, and it is not known to exceed ``UNSORTED_MAX``: engines sort slowly."""
    pages: dict[str, Page] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether none of its pages has or counts nodes, or is beside others: not only by its size or offset."""
        return bool(self.query.window.size and self.pages) and all(map(_is_known_empty, self.pages.values()))

    @property
    def empty_parents(self) -> list[str]:
        """The parents, in order, whose pages show no nodes and are not known to have any."""
        return sorted(parent for parent, page in self.pages.items() if not (page.cursors or page.total))

    def is_cut_from_links(self, parents: Collection[str]) -> bool:
        """Whether its nodes are loaded as plain links of the layer, and its pages cut from them."""
        return self.query.is_plain and len(parents) > PARENTS_MAX


@dataclass(slots=True)
class Layer:
    """What is to be loaded of the nodes of one layer."""

    forward: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Node to predicates."""
    inverse: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Predicate to nodes."""
    inverse_alternatives: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Predicates to nodes, for links by any of several predicates, which are loaded together."""
    connections: dict[SelectedConnection, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Connection to parents."""

    def request(self, nodes: Iterable[str], steps: Iterable[PathStep]) -> None:
        """Add the values of these nodes by these steps."""
        keys = tuple(nodes)
        forward: list[str] = []
        inverse: list[str] = []
        for step in steps:
            (inverse if step.inverse else forward).append(step.predicate)
        if len(inverse) == 1:
            self.inverse[inverse[0]].update(keys)
        elif inverse:
            self.inverse_alternatives[tuple(inverse)].update(keys)
        for node in keys if forward else ():
            self.forward[node].update(forward)


class BatchLoader:
    """The part of the graph that one request has loaded."""

    def __init__(self, session: SparqlSession) -> None:
        self._session = session
        self._values: dict[tuple[str, bool], dict[str, list[Term]]] = defaultdict(dict)
        self._subjects: dict[str, set[str]] = defaultdict(set)

    def values(self, node: str, step: PathStep) -> list[Term]:
        """The loaded values of a node by this step."""
        return self._values[step.predicate, step.inverse].get(node, [])

    def loaded_values(self, node: str, predicate: str, *, inverse: bool = False) -> list[Term] | None:
        """The values of a node, or None if they are not loaded."""
        return self._values[predicate, inverse].get(node)

    def subjects(self, predicate: str) -> set[str]:
        """The nodes that were loaded by the inverse of this predicate."""
        return self._subjects[predicate]

    def iris(self, node: str, steps: Sequence[PathStep]) -> list[str]:
        """The nodes that any of the steps leads to, without duplicates."""
        if len(steps) == 1:
            iris = [value for value in self.values(node, steps[0]) if isinstance(value, str)]
        else:
            iris = [value for step in steps for value in self.values(node, step) if isinstance(value, str)]
        return iris if len(iris) < 2 else list(dict.fromkeys(iris))

    def load(self, layer: Layer) -> None:
        """Load all of the layer. Raises GraphQLError if that exceeds what one request may load."""
        self._load(layer)
        # Connections that turned out too long to be sorted here.
        rest = {connection: parents for connection, parents in layer.connections.items()
                if not connection.pages.keys() >= parents}  # fmt: skip
        if rest:
            self._load(Layer(connections=rest))

    def _load(self, layer: Layer) -> None:
        prefixes = PrefixMap()
        blocks = [*self._link_blocks(layer, prefixes)]
        by_label: dict[str, tuple[SelectedConnection, bool]] = {}
        for number, (connection, parents) in enumerate(layer.connections.items()):
            for label, is_count, text in _connection_blocks(prefixes, number, connection, sorted(parents)):
                by_label[label] = connection, is_count
                blocks.append(prefixes.finish_block(text))
        if blocks:
            self._store_rows(self._rows(blocks, layer), layer, by_label)
        self._cut_from_links(layer)

    def _link_blocks(self, layer: Layer, prefixes: PrefixMap) -> Iterator[Block]:
        for connection, parents in layer.connections.items():
            if connection.is_cut_from_links(parents):
                layer.request(parents, connection.query.steps)
        yield from self._forward_blocks(layer, prefixes)
        for predicate, nodes in layer.inverse.items():
            for part in split_nodes(nodes - self._values[predicate, True].keys()):
                yield prefixes.finish_block(inverse_block(prefixes, part, [predicate]))
        for predicates, nodes in layer.inverse_alternatives.items():
            missing = (node for node in nodes if any(node not in self._values[p, True] for p in predicates))
            for part in split_nodes(missing):
                yield prefixes.finish_block(inverse_block(prefixes, part, predicates))

    def _forward_blocks(self, layer: Layer, prefixes: PrefixMap) -> Iterator[Block]:
        """One block for all nodes of which the same predicates are missing."""
        groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for node, requested in layer.forward.items():
            if missing := tuple(sorted(p for p in requested if node not in self._values[p, False])):
                groups[missing].add(node)
        for missing, nodes in groups.items():
            stored = [predicate for predicate in missing if predicate != HOME_GRAPH.predicate]
            for part in split_nodes(nodes):
                if len(stored) < len(missing):
                    yield prefixes.finish_block(home_graph_block(prefixes, part, HOME_GRAPH.predicate))
                if stored:
                    yield prefixes.finish_block(forward_block(prefixes, part, stored))

    def _rows(self, blocks: list[Block], layer: Layer) -> Iterator[list[str]]:
        key_count = max((len(connection.query.window.orders) for connection in layer.connections), default=0)
        columns = " ".join(["?b ?s ?p ?o", *(f"?k{number}" for number in range(key_count))])
        try:
            packs = list(pack_blocks(blocks, BLOCKS_MAX))
        except ValueError:
            raise _layer_limit_error() from None
        count = 0
        for pack in packs:
            for row in self._session.rows(join_blocks(pack, columns, ROWS_MAX + 1 - count)):
                count += 1
                yield row
            if count > ROWS_MAX:
                raise _layer_limit_error()

    def _store_rows(
        self, rows: Iterable[list[str]], layer: Layer, by_label: Mapping[str, tuple[SelectedConnection, bool]]
    ) -> None:
        loaded: dict[tuple[str, bool], dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        cursors: dict[SelectedConnection, dict[str, list[Cursor]]] = defaultdict(lambda: defaultdict(list))
        totals: dict[SelectedConnection, dict[str, int]] = defaultdict(dict)
        for label, subject, predicate, other, *keys in rows:
            node = subject[1:-1] or ROOT
            if predicate:
                loaded[predicate[1:-1], bool(label)][node].append(parse_term(other))
                continue
            connection, is_count = by_label[label[1:-1]]
            if is_count:
                totals[connection][node] = int(parse_literal(other).text)
            elif other:
                cursors[connection][node].append(_cursor(other, keys, connection))
        self._store_values(layer, loaded)
        for connection, parents in layer.connections.items():
            if not connection.is_cut_from_links(parents):
                _store_pages(connection, parents, cursors[connection], totals[connection])

    def _store_values(self, layer: Layer, loaded: Mapping[tuple[str, bool], Mapping[str, list[Term]]]) -> None:
        """Keep the values, and an empty list for a node that has none: so it is not requested again."""
        for node, predicates in layer.forward.items():
            for predicate in predicates:
                stored = self._values[predicate, False]
                if node not in stored:
                    stored[node] = loaded[predicate, False].get(node, [])
        alternatives = ((p, nodes) for predicates, nodes in layer.inverse_alternatives.items() for p in predicates)
        for predicate, nodes in [*alternatives, *layer.inverse.items()]:
            stored, new = self._values[predicate, True], loaded[predicate, True]
            self._subjects[predicate].update(term for terms in new.values() for term in terms if isinstance(term, str))
            for node in nodes:
                if node not in stored:
                    stored[node] = new.get(node, [])

    def _cut_from_links(self, layer: Layer) -> None:
        for connection, parents in layer.connections.items():
            if connection.is_cut_from_links(parents):
                query = connection.query
                keys = ("",) * len(query.window.orders)
                for parent in parents:
                    cursors = (Cursor(keys, iri) for iri in self.iris(parent, query.steps))
                    connection.pages[parent] = slice_page(cursors, query.window, connection.is_counted)


def split_nodes(nodes: Iterable[str]) -> Iterator[list[str]]:
    """The nodes in order, in parts that fit into a block."""
    part: list[str] = []
    length = 0
    for node in sorted(nodes):
        if part and (len(part) == BLOCK_NODES_MAX or length + len(node) > _BLOCK_IRIS_LENGTH):
            yield part
            part, length = [], 0
        part.append(node)
        length += len(node)
    if part:
        yield part


def _is_known_empty(page: Page) -> bool:
    return not (page.cursors or page.total or page.has_previous or page.has_next)


def _layer_limit_error() -> GraphQLError:
    return errors.graphql_error(
        "One layer of this request has too many nodes; request smaller pages, or fewer links at once.",
        error_codes.TOO_LARGE,
        limit=ROWS_MAX,
    )


def _connection_blocks(
    prefixes: PrefixMap, number: int, connection: SelectedConnection, parents: list[str]
) -> Iterator[tuple[str, bool, str]]:
    """Blocks with their label, and whether they count."""
    if connection.is_cut_from_links(parents):
        return
    query, label = connection.query, f"c{number}"
    if len(parents) > PARENTS_MAX or connection.is_sorted_here:
        limit = None if len(parents) > PARENTS_MAX else UNSORTED_MAX + 1
        for part in split_nodes(parents):
            yield label, False, all_nodes_block(prefixes, label, part, query, limit)
        return
    for parent in parents if query.window.size else ():
        yield label, False, page_block(prefixes, label, parent, query)
    if connection.is_counted:
        yield f"t{number}", True, count_block(prefixes, f"t{number}", parents, query)


def _cursor(node: str, keys: list[str], connection: SelectedConnection) -> Cursor:
    orders = connection.query.window.orders
    texts = (parse_literal(key).text for key in keys)
    return Cursor(tuple(order.parse(text) for order, text in zip(orders, texts, strict=False)), node[1:-1])


def _store_pages(
    connection: SelectedConnection, parents: set[str], cursors: Mapping[str, list[Cursor]], totals: Mapping[str, int]
) -> None:
    """Store the page of each parent, unless the connection is too long to be sorted here: then the engine sorts it."""
    window = connection.query.window
    has_few_parents = len(parents) <= PARENTS_MAX
    if has_few_parents and connection.is_sorted_here and sum(map(len, cursors.values())) > UNSORTED_MAX:
        connection.is_sorted_here = False
        return
    for parent in parents:
        rows = cursors.get(parent, [])
        if connection.is_sorted_here or not has_few_parents:
            connection.pages[parent] = slice_page(rows, window, connection.is_counted)
        else:
            total = totals.get(parent, 0) if connection.is_counted else None
            connection.pages[parent] = page_from_rows(rows, window, total)
