"""Plans an operation layer by layer: what a layer needs of the graph is loaded at once, until nothing is left.

Breadth first from the root fields downwards. A bucket is the nodes of a layer that one merged selection set applies to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kg.graphql.plan.batch_loader import TYPE, BatchLoader, Layer, SelectedConnection
from kg.graphql.plan.computed_values import ComputedValues
from kg.graphql.plan.filter_claims import ClaimingConnection
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.pagination import Window, parse_window
from kg.graphql.plan.root_fields import ANSWERS, NodeRef, ResolvedObject
from kg.graphql.plan.sparql_builder import ROOT, ConnectionQuery
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request.collect_fields import (
    NUMBERS,
    TOTAL,
    FieldGroup,
    MergedSelectionSet,
    select_nodes,
    selects_data,
    selects_field,
)
from kg.graphql.schema.computed_fields import ComputedField
from kg.graphql.schema.field_binding import ConnectionField, TextsField
from kg.graphql.schema.type_model import LinkField, PathStep, TypeModel, ValueField

Buckets = dict[MergedSelectionSet, set[str]]
"""The IRIs of nodes by what is selected of them."""


class LayerPlan:
    """The layers of one operation, and what was loaded for them."""

    def __init__(self, model: TypeModel, session: SparqlSession, filters: FilterCompiler) -> None:
        self.graph = BatchLoader(session)
        self.computed = ComputedValues(model, self.graph, session)
        self._model, self._session, self._filters = model, session, filters
        self.claiming: list[ClaimingConnection] = []
        """The connections whose filters name content of propositions, or whose numbers are such content."""
        self._connections: dict[tuple[Any, ...], SelectedConnection] = {}
        self._connection_of: dict[FieldGroup, SelectedConnection] = {}
        self._type_names: dict[str, list[str]] = {}
        self._possible: dict[str, frozenset[str]] = {}
        self._bucket_types: dict[MergedSelectionSet, set[str]] = defaultdict(set)
        """The object types that the nodes of a bucket may have."""
        self._seen: dict[MergedSelectionSet, set[str]] = defaultdict(set)

    def load(self, refs: Iterable[tuple[MergedSelectionSet, NodeRef]], connections: Sequence[FieldGroup]) -> None:
        """Loads what is selected of these nodes, and of these root connections, down to the leaves."""
        layer = Layer()
        for connection in connections:
            layer.connections[self.connection(connection)].add(ROOT)
        buckets: Buckets = defaultdict(set)
        for selection_set, ref in refs:
            self._add(buckets, selection_set, ref.target, {ref.iri})
        while buckets or layer.connections or self.computed.is_pending:
            self._session.check_deadline()
            self._plan(buckets, layer)
            self.computed.plan(layer)
            self.graph.load(layer)
            self.computed.advance()
            buckets = self._next(buckets, connections)
            layer, connections = Layer(), ()

    def connection(self, field: FieldGroup) -> SelectedConnection:
        """The connection of a field; the same for the same field nodes and steps."""
        connection = self._connection_of.get(field)
        if connection is None:
            connection = self._connection_of[field] = self._make_connection(field)
        return connection

    def _make_connection(self, field: FieldGroup) -> SelectedConnection:
        binding = field.binding
        assert isinstance(binding, ConnectionField)
        steps = binding.link.steps if binding.link else ()
        key = (tuple(map(id, field.nodes)), steps, binding.target)
        if key not in self._connections:
            where = self._filters.compile_filter(field.arguments.get("where"), binding.target, "?o")
            window = parse_window(field.arguments, self._model.shared_fields(binding.target))
            classes = () if steps else self._model.classes(binding.target)
            query = ConnectionQuery(steps, classes, where.patterns, window)
            selected = SelectedConnection(query, selects_field(field, TOTAL), query.is_ordered_by_iri)
            self._connections[key] = selected
            counts_content = selects_field(field, NUMBERS) and self._has_content_number(field, binding)
            is_cut_by_content = self._is_cut_by_content(window)
            if where.names_content or counts_content or is_cut_by_content:
                members, classes = self._model.members(binding.target), self._model.classes(binding.target)
                self.claiming.append(
                    ClaimingConnection(field, members, classes, where, counts_content, is_cut_by_content, selected)
                )
        return self._connections[key]

    def _has_content_number(self, field: FieldGroup, binding: ConnectionField) -> bool:
        """Whether the number of its nodes is content. That of acts is told by the attribution of what they are on,
        unless nodes are selected, which then are to tell it."""
        policy, link = self._filters.policy, binding.link
        if link is None:
            return False
        has_nodes = next(select_nodes(field), None) is not None
        return policy.reveals_role(link) or policy.cites(link) or (has_nodes and policy.is_verdict_link(link))

    def _is_cut_by_content(self, window: Window) -> bool:
        """Whether a cursor of a client is compared with what is said, or how."""
        policy = self._filters.policy
        return (window.after or window.before) is not None and any(
            policy.is_contested(key.value) or policy.is_said(key.value) for key in window.orders
        )

    def resolve_type(self, iri: str, target: str) -> str:
        """The name of the object type of a node, of those that a type or union stands for; empty if it has none."""
        names, possible = self._types_of(iri), self._possible_types(target)
        if len(names) == 1:
            return names[0] if names[0] in possible else ""
        return next((name for name in names if name in possible), "")

    def _types_of(self, iri: str) -> list[str]:
        """The names of all object types of a node."""
        names = self._type_names.get(iri)
        if names is None:
            types = map(self._model.objects.get, self.graph.iris(iri, (TYPE,)))
            names = self._type_names[iri] = [type_.name for type_ in types if type_]
        return names

    def _possible_types(self, target: str) -> frozenset[str]:
        if target not in self._possible:
            self._possible[target] = frozenset(self._model.members(target))
        return self._possible[target]

    def _add(self, buckets: Buckets, selection_set: MergedSelectionSet, target: str, iris: set[str]) -> None:
        new = iris - self._seen[selection_set]
        if new:
            self._seen[selection_set] |= new
            self._bucket_types[selection_set] |= self._possible_types(target)
            buckets[selection_set] |= new

    def _plan(self, buckets: Buckets, layer: Layer) -> None:
        for selection_set, iris in buckets.items():
            layer.request(iris, (TYPE,))
            for type_name in sorted(self._bucket_types[selection_set]):
                for field in selection_set.field_groups(type_name):
                    self._plan_field(field, iris, layer)

    def _plan_field(self, field: FieldGroup, iris: set[str], layer: Layer) -> None:
        match field.binding:
            case ValueField(predicate=predicate) | TextsField(value=ValueField(predicate=predicate)):
                layer.request(iris, (PathStep(predicate, False),))
            case LinkField(steps=steps):
                layer.request(iris, steps)
            case ConnectionField():
                if selects_data(field):
                    layer.connections[self.connection(field)] |= iris
            case ComputedField(request=request) if request:
                request(self.computed, iris)

    def _next(self, buckets: Buckets, connections: Iterable[FieldGroup]) -> Buckets:
        """The buckets of the next layer, from what was loaded for this one."""
        following: Buckets = defaultdict(set)
        for connection in connections:
            self._follow(connection, (ROOT,), following)
        for selection_set, iris in buckets.items():
            iris_of_type: dict[str, list[str]] = defaultdict(list)
            for iri in iris:
                for name in self._types_of(iri):
                    iris_of_type[name].append(iri)
            for type_name in self._bucket_types[selection_set] & iris_of_type.keys():
                for field in selection_set.field_groups(type_name):
                    self._follow(field, iris_of_type[type_name], following)
        return following

    def _follow(self, field: FieldGroup, iris: Iterable[str], following: Buckets) -> None:
        match field.binding:
            case LinkField(steps=steps, target=target):
                nodes = {node for iri in iris for node in self.graph.iris(iri, steps)}
                self._add(following, field.selection_set, target, nodes)
            case ConnectionField(target=target) if selects_data(field):
                pages = self.connection(field).pages
                nodes = {cursor.iri for iri in iris if iri in pages for cursor in pages[iri].cursors}
                for node in select_nodes(field):
                    self._add(following, node.selection_set, target, nodes)


def connection_type_name(field: FieldGroup) -> str:
    assert isinstance(field.binding, ConnectionField)
    return f"{field.binding.target}Connection"


def find_references(value: Any, field: FieldGroup) -> Iterator[tuple[MergedSelectionSet, NodeRef]]:
    """The nodes that the value of a root field refers to, each with what is selected of it."""
    match value:
        case NodeRef():
            yield field.selection_set, value
        case ResolvedObject(type_name=type_name, values=values):
            for subfield in field.selection_set.field_groups(type_name):
                key = subfield.response_key if type_name == ANSWERS else subfield.name
                yield from find_references(values.get(key), subfield)
        case list():
            for item in value:
                yield from find_references(item, field)
