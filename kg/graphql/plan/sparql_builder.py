"""Writes the SPARQL of a layer: one query of blocks joined by UNION.

Owns the syntax: terms, prefixes, the blocks for links and for connections, and their packing into queries. Every term
is written by the RDF library; text of a client occurs only inside a term. What to load is for ``batch_loader``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pyoxigraph as ox

from kg import namespaces
from kg.graphql.plan.pagination import LEAST, Cursor, Key, SortKey, Window
from kg.graphql.schema.type_model import PathStep

ROOT = f"{namespaces.CK}root"
"""Stands for the parent of a connection of the query root."""
QUERY_LENGTH_MAX = 180_000
"""In characters: what executors accept, less a margin for the parts around the blocks."""
_PREFIX_LENGTH = 24
"""What a PREFIX declaration adds to a query besides its namespace, at most."""
_LOCAL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_ESCAPED = re.compile(r"\\\\|\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")


@dataclass(slots=True)
class PrefixMap:
    """Prefixes of one layer; ``used`` are those of the block that is being written."""

    prefixes: dict[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)

    def shorten(self, iri: str) -> str:
        """The IRI as a prefixed name if its last segment is a plain local name."""
        namespace, _, local = iri.rpartition("/")
        if not namespace or not _LOCAL_NAME.fullmatch(local):
            return str(ox.NamedNode(iri))
        prefix = self.used.get(namespace)
        if prefix is None:
            self.used[namespace] = prefix = self.prefixes.setdefault(namespace, f"n{len(self.prefixes)}")
        return f"{prefix}:{local}"

    def values(self, variable: str, iris: Iterable[str]) -> str:
        """A VALUES clause."""
        return f"VALUES {variable} {{ {' '.join(self.shorten(iri) for iri in sorted(iris))} }}"

    def finish_block(self, text: str) -> "Block":
        """The block with the prefixes used since the last one."""
        block = Block(text, tuple(self.used.items()))
        self.used = {}
        return block


@dataclass(frozen=True, slots=True)
class Block:
    """One operand of the UNION, with the namespaces and prefixes it uses."""

    text: str
    prefixes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConnectionQuery:
    """The nodes of a connection, as ``?o``: by steps from a parent, or by class if there are none; then filtered."""

    steps: tuple[PathStep, ...]
    classes: tuple[str, ...]
    conditions: tuple[str, ...]
    window: Window

    @property
    def is_ordered_by_iri(self) -> bool:
        """Whether no value decides the order."""
        return not any(key.value for key in self.window.orders)

    @property
    def is_plain(self) -> bool:
        """Whether the links alone decide the nodes and their order."""
        return bool(self.steps) and not self.conditions and self.is_ordered_by_iri


def pack_blocks(blocks: Iterable[Block], blocks_max: int) -> Iterator[list[Block]]:
    """The blocks in as few queries as they fit into. Raises ValueError for a block that fits into none."""
    pack: list[Block] = []
    known: set[str] = set()
    size = 0
    for block in blocks:
        alone = len(block.text) + sum(len(space) + _PREFIX_LENGTH for space, _ in block.prefixes)
        added = len(block.text) + sum(len(space) + _PREFIX_LENGTH for space, _ in block.prefixes if space not in known)
        if alone > QUERY_LENGTH_MAX:
            raise ValueError("a block is longer than a query may be")
        if pack and (len(pack) == blocks_max or size + added > QUERY_LENGTH_MAX):
            yield pack
            pack, known, size, added = [], set(), 0, alone
        pack.append(block)
        known.update(space for space, _ in block.prefixes)
        size += added
    if pack:
        yield pack


def join_blocks(blocks: Sequence[Block], columns: str, limit: int) -> str:
    """One SELECT query of all blocks."""
    where = blocks[0].text if len(blocks) == 1 else f"{{ {' UNION '.join(block.text for block in blocks)} }}"
    prefixes = {prefix: space for block in blocks for space, prefix in block.prefixes}
    prologue = "".join(f"PREFIX {prefix}: {ox.NamedNode(f'{space}/')}\n" for prefix, space in prefixes.items())
    return f"{prologue}SELECT {columns} WHERE {where} LIMIT {limit}"


def write_literal(term: ox.Literal) -> str:
    """The literal without numeric escapes, which executors refuse."""
    return _ESCAPED.sub(
        lambda match: chr(int(match[1] or match[2], 16)) if match[1] or match[2] else match[0], str(term)
    )


def predicate(iri: str) -> str:
    """A predicate of the schema."""
    return str(ox.NamedNode(iri))


def path(steps: Sequence[PathStep]) -> str:
    """A property path: one predicate or an alternative of several, each forwards or inverse."""
    parts = [("^" if step.inverse else "") + predicate(step.predicate) for step in steps]
    return parts[0] if len(parts) == 1 else f"({'|'.join(parts)})"


def has_type(variable: str, type_variable: str, classes: Sequence[str]) -> str:
    """The pattern that the variable is of one of these classes."""
    if len(classes) == 1:
        return f"{variable} {namespaces.TYPE} {predicate(classes[0])} ."
    return f"{variable} {namespaces.TYPE} {type_variable} . {is_one_of(type_variable, classes)}"


def is_one_of(variable: str, iris: Sequence[str]) -> str:
    """The condition that the variable is one of these IRIs of the schema."""
    listed = ", ".join(predicate(iri) for iri in iris)
    return f"FILTER({variable} IN ({listed}))"


# Blocks for links, as rows of ?s ?p ?o.


def forward_block(prefixes: PrefixMap, subjects: Iterable[str], predicates: Sequence[str]) -> str:
    """The values of these subjects."""
    values = prefixes.values("?s", subjects)
    if len(predicates) == 1:
        return f"{{ {values} VALUES ?p {{ {predicate(predicates[0])} }} ?s ?p ?o }}"
    return f"{{ {values} ?s ?p ?o {is_one_of('?p', predicates)} }}"


def inverse_block(prefixes: PrefixMap, objects: Iterable[str], predicates: Sequence[str]) -> str:
    """The nodes that link to these objects, as ``?o``, with the object as ``?s`` and the label "inverse" as ``?b``.

    With several predicates all links to an object are read and then filtered: what has such links has few others.
    """
    values = prefixes.values("?s", objects)
    if len(predicates) == 1:
        by = predicate(predicates[0])
        return f'{{ {values} ?o {by} ?s BIND({by} AS ?p) BIND("inverse" AS ?b) }}'
    return f'{{ {values} ?o ?p ?s {is_one_of("?p", predicates)} BIND("inverse" AS ?b) }}'


def home_graph_block(prefixes: PrefixMap, nodes: Iterable[str], as_predicate: str) -> str:
    """The named graphs that describe these nodes, under a predicate that stands for that relation."""
    values = prefixes.values("?s", nodes)
    return f"{{ {values} GRAPH ?o {{ ?s {namespaces.TYPE} ?class }} BIND({predicate(as_predicate)} AS ?p) }}"


# Blocks for connections, as rows of ?b ?s ?o ?k0 ?k1 ...: label, parent, node, sort keys.


def page_block(prefixes: PrefixMap, label: str, parent: str, query: ConnectionQuery) -> str:
    """The page of one parent and one row more, sorted and cut by the engine."""
    window = query.window
    limit = f"LIMIT {window.size + 1}" + (f" OFFSET {window.offset}" if window.offset else "")
    columns = " ".join(f"?k{number}" for number in range(len(window.orders)))
    return (
        f"{{ SELECT (({prefixes.shorten(parent)}) AS ?s) ({ox.Literal(label)} AS ?b) ?o {columns} WHERE {{"
        f" {{ {_select_nodes(prefixes, (parent,), query, with_parent=False)} }} {cursor_filters(window)} }}"
        f" ORDER BY {_order_by(window)} {limit} }}"
    )


def all_nodes_block(
    prefixes: PrefixMap, label: str, parents: Iterable[str], query: ConnectionQuery, limit: int | None
) -> str:
    """All nodes of all parents, unsorted; ``limit`` bounds the rows of all together."""
    nodes = _select_nodes(prefixes, tuple(parents), query, with_parent=True)
    bound = f" LIMIT {limit}" if limit else ""
    return f"{{ {{ {nodes}{bound} }} BIND({ox.Literal(label)} AS ?b) }}"


def count_block(prefixes: PrefixMap, label: str, parents: Iterable[str], query: ConnectionQuery) -> str:
    """The number of nodes of each parent, as ``?o``."""
    if not query.steps:
        count = f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {_node_pattern(prefixes, (), query)} }}"
        return (
            f"{{ {{ {count} }} BIND({prefixes.shorten(ROOT)} AS ?s) BIND({ox.Literal(label)} AS ?b) BIND(?n AS ?o) }}"
        )
    pattern = _node_pattern(prefixes, tuple(parents), query)
    count = f"SELECT ?s (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {pattern} }} GROUP BY ?s"
    return f"{{ SELECT ?s ({ox.Literal(label)} AS ?b) (?n AS ?o) WHERE {{ {{ {count} }} }} }}"


def _select_nodes(prefixes: PrefixMap, parents: Sequence[str], query: ConnectionQuery, *, with_parent: bool) -> str:
    """A SELECT of each node once a parent, with its sort keys."""
    columns = "?s ?o" if with_parent and query.steps else "?o"
    pattern = _node_pattern(prefixes, parents, query)
    orders = list(enumerate(query.window.orders))
    if query.is_ordered_by_iri:
        keys = " ".join(f'("" AS ?k{number})' for number, _ in orders)
        return f"SELECT DISTINCT {columns} {keys} WHERE {{ {pattern} }}"
    keys = " ".join(f"(MIN({_key_expression(key, number)}) AS ?k{number})" for number, key in orders)
    values = " ".join(
        f"OPTIONAL {{ ?o {predicate(key.value.predicate)} ?h{number} }}" for number, key in orders if key.value
    )
    return f"SELECT {columns} {keys} WHERE {{ {pattern} {values} }} GROUP BY {columns}"


def _node_pattern(prefixes: PrefixMap, parents: Sequence[str], query: ConnectionQuery) -> str:
    patterns = []
    if query.steps:
        patterns += [prefixes.values("?s", parents), f"?s {path(query.steps)} ?o ."]
    if query.classes:
        patterns.append(_root_type(query))
    return " ".join([*patterns, *query.conditions])


def _root_type(query: ConnectionQuery) -> str:
    """The pattern of the nodes of a root connection. Where nothing else binds them they are found by class, where a
    filter would read the type of every node of the graph."""
    is_bound = not all(condition.startswith("FILTER") for condition in query.conditions)
    if is_bound or len(query.classes) == 1:
        return has_type("?o", "?type", query.classes)
    return f"VALUES ?type {{ {' '.join(map(predicate, query.classes))} }} ?o {namespaces.TYPE} ?type ."


def _key_expression(key: SortKey, number: int) -> str:
    if key.value is None:
        return '""'
    if key.is_number:
        return f"COALESCE(?h{number}, {_key_constant(LEAST)})"
    return f'COALESCE(STR(?h{number}), "")'


def _order_by(window: Window) -> str:
    keys = [
        f"{_direction(key.is_descending != window.from_end)}({_sorted_by(key, number)})"
        for number, key in enumerate(window.orders)
    ]
    return " ".join([*keys, f"{_direction(window.from_end)}(STR(?o))"])


def _sorted_by(key: SortKey, number: int) -> str:
    return f"?k{number}" if key.value is not None else "STR(?o)"


def _direction(is_descending: bool) -> str:
    return "DESC" if is_descending else "ASC"


def cursor_filters(window: Window) -> str:
    """The conditions that the node ``?o`` is between the cursors of the window."""
    filters = [_is_beyond(window.after, window.orders, forward=True)] if window.after else []
    filters += [_is_beyond(window.before, window.orders, forward=False)] if window.before else []
    return " ".join(f"FILTER({condition})" for condition in filters)


def _is_beyond(cursor: Cursor, orders: Sequence[SortKey], *, forward: bool) -> str:
    """The condition that a node comes after the cursor, or before it if not ``forward``."""
    iri = write_literal(ox.Literal(cursor.iri))
    condition = f"STR(?o) {'>' if forward else '<'} {iri}"
    for number, key in reversed(list(enumerate(orders))):
        value = _sorted_by(key, number)
        bound = _key_constant(cursor.keys[number]) if key.value is not None else iri
        sign = ">" if forward != key.is_descending else "<"
        condition = f"({value} {sign} {bound} || ({value} = {bound} && {condition}))"
    return condition


def _key_constant(key: Key) -> str:
    if isinstance(key, Decimal):
        return str(ox.Literal(f"{key:f}", datatype=ox.NamedNode(f"{namespaces.XSD}decimal")))
    return write_literal(ox.Literal(key))
