"""What has been fetched of the graph for one request, and one query for each level of it.

Owns asking: what is known already is never asked again, and what a level needs is asked at once, however many fields
and nodes it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg import namespaces
from kg.graphql.plan.connection_sparql import ROOT, ConnectionQuery, all_nodes_block, count_block, page_block
from kg.graphql.plan.pagination import Cursor, Page, page_from_rows, slice_page
from kg.graphql.plan.sparql_builder import Block, PrefixMap, backwards, forwards, homes, joined, packed
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.plan.tsv import Term, parse_literal, parse_term
from kg.graphql.request import errors
from kg.graphql.schema.type_model import HOME_GRAPH, Step

TYPE = Step(namespaces.TYPE.value, False)
PARENTS_MAX = 8
"""Up to so many parents, each page of a connection is cut by the engine."""
BLOCKS_MAX = 48
"""How many blocks a query may have: each costs some of the patterns that executors allow."""
UNSORTED_MAX = 20_000
"""How many nodes, for few parents, are put in the order of their IRIs here; beyond, the engine does it."""
BLOCK_NODES_MAX = 1_000
"""How many nodes a block may have; a level with more has several, and as many queries as hold them."""
_PART_TEXT = 90_000
"""How many characters the IRIs of a block may have in all, unless it has one only."""
ROWS_MAX = 200_000
"""How many rows a level may have; beyond, the request is refused."""


@dataclass(eq=False, slots=True)
class Connection:
    """A connection of a selection, with what was found for each parent."""

    query: ConnectionQuery
    is_counted: bool
    is_short: bool
    """In the order of IRIs, and not known to have too many nodes to be put in order here: engines sort slowly."""
    pages: dict[str, Page] = field(default_factory=dict)


@dataclass(slots=True)
class Layer:
    """What is wanted of the nodes of one level."""

    forwards: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Node to predicates."""
    backwards: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Predicate to nodes."""
    either: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    """The same of links that have several predicates, which are looked for together."""
    connections: dict[Connection, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Connection to parents."""

    def request(self, nodes: Iterable[str], steps: Iterable[Step]) -> None:
        """Ask what these nodes have by these steps."""
        found = tuple(nodes)
        onwards: list[str] = []
        back: list[str] = []
        for step in steps:
            (back if step.inverse else onwards).append(step.predicate)
        if len(back) == 1:
            self.backwards[back[0]].update(found)
        elif back:
            self.either[tuple(back)].update(found)
        for node in found if onwards else ():
            self.forwards[node].update(onwards)


class BatchLoader:
    """The part of the graph that one request needs."""

    def __init__(self, session: SparqlSession) -> None:
        self._session = session
        self._held: dict[tuple[str, bool], dict[str, list[Term]]] = defaultdict(dict)
        self._pointing: dict[str, set[str]] = defaultdict(set)

    def values(self, node: str, step: Step) -> list[Term]:
        """What the node has by this step, of what was fetched."""
        return self._held[step.predicate, step.inverse].get(node, [])

    def subjects(self, predicate: str) -> set[str]:
        """The nodes that were found to point at others by this predicate."""
        return self._pointing[predicate]

    def iris(self, node: str, steps: Sequence[Step]) -> list[str]:
        """The nodes that any of the steps leads to, each once."""
        if len(steps) == 1:
            found = [each for each in self.values(node, steps[0]) if isinstance(each, str)]
        else:
            found = [each for step in steps for each in self.values(node, step) if isinstance(each, str)]
        return found if len(found) < 2 else list(dict.fromkeys(found))

    def load(self, level: Layer) -> None:
        """Ask for all of the level. Raises GraphQLError where that is too much for a request."""
        self._ask(level)
        if long := {each: parents for each, parents in level.connections.items() if not each.pages.keys() >= parents}:
            self._ask(Layer(connections=long))

    def _ask(self, level: Layer) -> None:
        names = PrefixMap()
        blocks = list(self._plain_blocks(level, names))
        labelled: dict[str, tuple[Connection, bool]] = {}
        for number, (connection, parents) in enumerate(level.connections.items()):
            for label, is_count, block in _connection_blocks(names, number, connection, sorted(parents)):
                labelled[label] = connection, is_count
                blocks.append(names.block(block))
        if blocks:
            self._take(self._rows(blocks, level), level, labelled)
        self._cut(level)

    def _plain_blocks(self, level: Layer, names: PrefixMap) -> Iterable[Block]:
        for connection in level.connections:
            if connection.query.is_plain and len(level.connections[connection]) > PARENTS_MAX:
                level.request(level.connections[connection], connection.query.steps)
        groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for node, predicates in level.forwards.items():
            if wanted := tuple(sorted(p for p in predicates if node not in self._held[p, False])):
                groups[wanted].add(node)
        for wanted, nodes in groups.items():
            for part in _parts(nodes):
                if HOME_GRAPH.predicate in wanted:
                    yield names.block(homes(names, part, HOME_GRAPH.predicate))
                if others := [each for each in wanted if each != HOME_GRAPH.predicate]:
                    yield names.block(forwards(names, part, others))
        for predicate, nodes in level.backwards.items():
            for part in _parts(nodes - self._held[predicate, True].keys()):
                yield names.block(backwards(names, part, [predicate]))
        for either, nodes in level.either.items():
            for part in _parts(node for node in nodes if any(node not in self._held[p, True] for p in either)):
                yield names.block(backwards(names, part, either))

    def _rows(self, blocks: list[Block], level: Layer) -> Iterator[list[str]]:
        depth = max((len(each.query.window.orders) for each in level.connections), default=0)
        columns = " ".join(["?b ?s ?p ?o", *(f"?k{number}" for number in range(depth))])
        try:
            packs = list(packed(blocks, BLOCKS_MAX))
        except ValueError:
            raise row_limit_error() from None
        count = 0
        for pack in packs:
            for row in self._session.rows(joined(pack, columns, ROWS_MAX + 1 - count)):
                count += 1
                yield row
            if count > ROWS_MAX:
                raise row_limit_error()

    def _take(self, rows: Iterable[list[str]], level: Layer, labelled: Mapping[str, tuple[Connection, bool]]) -> None:
        fetched: dict[tuple[str, bool], dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        found: dict[Connection, dict[str, list[Cursor]]] = defaultdict(lambda: defaultdict(list))
        totals: dict[Connection, dict[str, int]] = defaultdict(dict)
        for label, parent, predicate, other, *keys in rows:
            node = parent[1:-1] or ROOT
            if predicate:
                fetched[predicate[1:-1], bool(label)][node].append(parse_term(other))
                continue
            connection, is_count = labelled[label[1:-1]]
            if is_count:
                totals[connection][node] = int(parse_literal(other).text)
            elif other:
                found[connection][node].append(_place(other, keys, connection))
        self._keep(level, fetched)
        for connection, parents in level.connections.items():
            if not _is_linked(connection, parents):
                _paged(connection, parents, found[connection], totals[connection])

    def _keep(self, level: Layer, fetched: Mapping[tuple[str, bool], Mapping[str, list[Term]]]) -> None:
        for node, predicates in level.forwards.items():
            for predicate in predicates:
                held = self._held[predicate, False]
                if node not in held:
                    held[node] = fetched[predicate, False].get(node, [])
        sought = [*((p, nodes) for either, nodes in level.either.items() for p in either), *level.backwards.items()]
        for predicate, nodes in sought:
            held, found = self._held[predicate, True], fetched[predicate, True]
            self._pointing[predicate].update(each for some in found.values() for each in some if isinstance(each, str))
            for node in nodes:
                if node not in held:
                    held[node] = found.get(node, [])

    def _cut(self, level: Layer) -> None:
        for connection, parents in level.connections.items():
            if _is_linked(connection, parents):
                for parent in parents:
                    keys = ("",) * len(connection.query.window.orders)
                    places = (Cursor(keys, iri) for iri in self.iris(parent, connection.query.steps))
                    connection.pages[parent] = slice_page(places, connection.query.window, connection.is_counted)


def _parts(nodes: Iterable[str]) -> Iterator[list[str]]:
    """The nodes in order, cut into what a block may have."""
    part: list[str] = []
    size = 0
    for each in sorted(nodes):
        if part and (len(part) == BLOCK_NODES_MAX or size + len(each) > _PART_TEXT):
            yield part
            part, size = [], 0
        part.append(each)
        size += len(each)
    if part:
        yield part


def row_limit_error() -> Exception:
    """That a request asks for more than one request can."""
    return errors.graphql_error(
        "One level of this request has too many nodes; ask for smaller pages, or for fewer links at once.",
        errors.TOO_LARGE,
        limit=ROWS_MAX,
    )


def _is_linked(connection: Connection, parents: Iterable[str]) -> bool:
    """Whether it was fetched with the plain links, to be cut here."""
    return connection.query.is_plain and len(list(parents)) > PARENTS_MAX


def _connection_blocks(
    names: PrefixMap, number: int, connection: Connection, parents: list[str]
) -> Iterable[tuple[str, bool, str]]:
    if _is_linked(connection, parents):
        return
    asked = connection.query
    if len(parents) > PARENTS_MAX or connection.is_short:
        limit = None if len(parents) > PARENTS_MAX else UNSORTED_MAX + 1
        for part in _parts(parents):
            yield f"c{number}", False, all_nodes_block(names, f"c{number}", part, asked, limit)
        return
    for parent in parents if asked.window.size else ():
        yield f"c{number}", False, page_block(names, f"c{number}", parent, asked)
    if connection.is_counted:
        yield f"t{number}", True, count_block(names, f"t{number}", parents, asked)


def _place(node: str, keys: list[str], connection: Connection) -> Cursor:
    orders = connection.query.window.orders
    texts = (parse_literal(each).text for each in keys)
    return Cursor(tuple(order.key(text) for order, text in zip(orders, texts, strict=False)), node[1:-1])


def _paged(
    connection: Connection, parents: set[str], found: Mapping[str, list[Cursor]], totals: Mapping[str, int]
) -> None:
    """Give each parent its page: cut by the engine where there are few of them, unless the connection is short."""
    window = connection.query.window
    is_few = len(parents) <= PARENTS_MAX
    if is_few and connection.is_short and sum(map(len, found.values())) > UNSORTED_MAX:
        connection.is_short = False
        return
    for parent in parents:
        places = found.get(parent, [])
        if connection.is_short or not is_few:
            connection.pages[parent] = slice_page(places, window, connection.is_counted)
        else:
            total = totals.get(parent, 0) if connection.is_counted else None
            connection.pages[parent] = page_from_rows(places, window, total)
