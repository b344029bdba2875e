"""The blocks of SPARQL for connections that are filtered, ordered or cut by the engine.

Where a level has few parents, each gets a block that ends with its page; where it has many, one block has the nodes of
all of them, and the cutting is done here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from kg import namespaces
from kg.graphql.plan.pagination import LEAST, Cursor, Key, SortKey, Window
from kg.graphql.plan.sparql_builder import PrefixMap, literal, path, predicate, typed
from kg.graphql.schema.type_model import Step

ROOT = f"{namespaces.CK}root"
"""What stands for the parent of a connection that has none."""


@dataclass(frozen=True, slots=True)
class ConnectionQuery:
    """A connection: its steps from a parent, or the classes of its nodes, and the conditions on ``?o``."""

    steps: tuple[Step, ...]
    classes: tuple[str, ...]
    conditions: tuple[str, ...]
    window: Window

    @property
    def is_by_iri(self) -> bool:
        """Whether its order is that of IRIs alone."""
        return not any(each.value for each in self.window.orders)

    @property
    def is_plain(self) -> bool:
        """Whether the links alone tell its nodes and their order."""
        return bool(self.steps) and not self.conditions and self.is_by_iri


def page_block(names: PrefixMap, label: str, parent: str, asked: ConnectionQuery) -> str:
    """The rows of one parent's page, and one more."""
    window = asked.window
    limit = f"LIMIT {window.size + 1}" + (f" OFFSET {window.offset}" if window.offset else "")
    columns = " ".join(f"?k{number}" for number in range(len(window.orders)))
    bounds = _bounds(window)
    return (
        f"{{ SELECT (({names.iri(parent)}) AS ?s) ({ox.Literal(label)} AS ?b) ?o {columns} WHERE {{"
        f" {{ {_nodes(names, (parent,), asked, with_parent=False)} }} {bounds} }}"
        f" ORDER BY {_ordering(window)} {limit} }}"
    )


def all_nodes_block(
    names: PrefixMap, label: str, parents: Iterable[str], asked: ConnectionQuery, limit: int | None
) -> str:
    """The rows of all parents, in no order, as many as ``limit`` in all."""
    most = f" LIMIT {limit}" if limit else ""
    return f"{{ {{ {_nodes(names, tuple(parents), asked, with_parent=True)}{most} }} BIND({ox.Literal(label)} AS ?b) }}"


def count_block(names: PrefixMap, label: str, parents: Iterable[str], asked: ConnectionQuery) -> str:
    """How many there are for each parent, as ``?o``."""
    found = tuple(parents)
    if not asked.steps:
        pattern = _pattern(names, (), asked)
        counted = f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {pattern} }}"
        return f"{{ {{ {counted} }} BIND({names.iri(ROOT)} AS ?s) BIND({ox.Literal(label)} AS ?b) BIND(?n AS ?o) }}"
    pattern = _pattern(names, found, asked)
    counted = f"SELECT ?s (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {pattern} }} GROUP BY ?s"
    return f"{{ SELECT ?s ({ox.Literal(label)} AS ?b) (?n AS ?o) WHERE {{ {{ {counted} }} }} }}"


def _nodes(names: PrefixMap, parents: Sequence[str], asked: ConnectionQuery, *, with_parent: bool) -> str:
    """A SELECT of the nodes with their keys, each once a parent."""
    shown = "?s ?o" if with_parent and asked.steps else "?o"
    pattern = _pattern(names, parents, asked)
    orders = [(number, each) for number, each in enumerate(asked.window.orders)]
    if not any(each.value for _, each in orders):
        keys = " ".join(f'("" AS ?k{number})' for number, _ in orders)
        return f"SELECT DISTINCT {shown} {keys} WHERE {{ {pattern} }}"
    keys = " ".join(f"(MIN({_key(each, number)}) AS ?k{number})" for number, each in orders)
    held = " ".join(
        f"OPTIONAL {{ ?o {predicate(each.value.predicate)} ?h{number} }}" for number, each in orders if each.value
    )
    return f"SELECT {shown} {keys} WHERE {{ {pattern} {held} }} GROUP BY {shown}"


def _pattern(names: PrefixMap, parents: Sequence[str], asked: ConnectionQuery) -> str:
    parts = []
    if asked.steps:
        parts += [names.values("?s", parents), f"?s {path(asked.steps)} ?o ."]
    if asked.classes:
        parts.append(typed("?o", "?type", asked.classes))
    return " ".join([*parts, *asked.conditions])


def _key(order: SortKey, number: int) -> str:
    if order.value is None:
        return '""'
    if order.is_number:
        return f"COALESCE(?h{number}, {_constant(LEAST)})"
    return f'COALESCE(STR(?h{number}), "")'


def _ordering(window: Window) -> str:
    parts = [
        f"{_direction(each.is_descending != window.from_end)}({_sorted_by(each, number)})"
        for number, each in enumerate(window.orders)
    ]
    return " ".join([*parts, f"{_direction(window.from_end)}(STR(?o))"])


def _sorted_by(order: SortKey, number: int) -> str:
    return f"?k{number}" if order.value is not None else "STR(?o)"


def _direction(is_descending: bool) -> str:
    return "DESC" if is_descending else "ASC"


def _bounds(window: Window) -> str:
    after = [_beyond(window.after, window.orders, forward=True)] if window.after else []
    before = [_beyond(window.before, window.orders, forward=False)] if window.before else []
    return " ".join(f"FILTER({each})" for each in after + before)


def _beyond(place: Cursor, orders: Sequence[SortKey], *, forward: bool) -> str:
    """That a node comes after the place, or, where not ``forward``, before it."""
    found = f"STR(?o) {'>' if forward else '<'} {literal(ox.Literal(place.iri))}"
    for number, order in reversed(list(enumerate(orders))):
        held = _sorted_by(order, number)
        bound = _constant(place.keys[number]) if order.value is not None else literal(ox.Literal(place.iri))
        sign = ">" if forward != order.is_descending else "<"
        found = f"({held} {sign} {bound} || ({held} = {bound} && {found}))"
    return found


def _constant(key: Key) -> str:
    if isinstance(key, Decimal):
        return str(ox.Literal(f"{key:f}", datatype=ox.NamedNode(f"{namespaces.XSD}decimal")))
    return literal(ox.Literal(key))
