"""Levels of one operation: what each needs of the graph, asked for at once, until nothing is left to ask.

Owns the walk from the root downwards. It only fetches; the answer is put together afterwards (``telling``).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kg.graphql.plan.batch_loader import TYPE, BatchLoader, Connection, Layer
from kg.graphql.plan.collect_fields import FieldGroup, MergedSelectionSet
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.pagination import parse_window
from kg.graphql.plan.root_fields import NodeRef, ResolvedObject
from kg.graphql.plan.sparql_builder import ROOT, ConnectionQuery
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.plan.status_loader import StatusLoader
from kg.graphql.schema.field_binding import ComputedField, ConnectionField, TextsField
from kg.graphql.schema.type_model import LinkField, PathStep, TypeModel, ValueField

Buckets = dict[MergedSelectionSet, set[str]]


class LayerPlan:
    """Everything that was read for one operation."""

    def __init__(self, model: TypeModel, session: SparqlSession, conditions: FilterCompiler) -> None:
        self.model, self.graph = model, BatchLoader(session)
        self.statuses = StatusLoader(model, self.graph)
        self._session, self._conditions = session, conditions
        self._connections: dict[tuple[Any, ...], Connection] = {}
        self._picked: dict[FieldGroup, Connection] = {}
        self._types: dict[str, list[str]] = {}
        self._targets: dict[str, frozenset[str]] = {}
        self._members: dict[MergedSelectionSet, set[str]] = defaultdict(set)
        self._seen: dict[MergedSelectionSet, set[str]] = defaultdict(set)

    def read(self, frames: Mapping[MergedSelectionSet, Iterable[tuple[str, str]]], roots: Iterable[FieldGroup]) -> None:
        """Read what is asked of these nodes, each with the type or union it is taken for, and of root connections."""
        level, rooted = Layer(), list(roots)
        for pick in rooted:
            level.connections[self.connection(pick)].add(ROOT)
        pending: Buckets = defaultdict(set)
        for selection, nodes in frames.items():
            for iri, target in nodes:
                self._put(pending, selection, target, [iri])
        while pending or level.connections or self.statuses.is_pending:
            self._session.check()
            self._plan(pending, level)
            self.statuses.plan(level)
            self.graph.load(level)
            self.statuses.advance()
            pending = self._next(pending, rooted)
            level, rooted = Layer(), []

    def connection(self, pick: FieldGroup) -> Connection:
        """The connection of a pick; the same for the same field nodes and steps."""
        if pick not in self._picked:
            self._picked[pick] = self._connection(pick)
        return self._picked[pick]

    def _connection(self, pick: FieldGroup) -> Connection:
        role = pick.role
        assert isinstance(role, ConnectionField)
        steps = role.link.steps if role.link else ()
        key = (tuple(map(id, pick.nodes)), steps, role.target)
        if key not in self._connections:
            conditions = self._conditions.compile(pick.arguments.get("where"), role.target, "?o")
            window = parse_window(pick.arguments, self.model.shared_fields(role.target))
            classes = () if steps else self.model.classes(role.target)
            asked = ConnectionQuery(steps, classes, tuple(conditions), window)
            self._connections[key] = Connection(asked, _asks_for(pick, "totalCount"), asked.is_ordered_by_iri)
        return self._connections[key]

    def resolve_type(self, iri: str, target: str) -> str:
        """The name of the object type of a node, among those that the target stands for; empty for none."""
        names = self._names(iri)
        if len(names) == 1:
            return names[0] if names[0] in self._members_of(target) else ""
        return next((each for each in names if each in self._members_of(target)), "")

    def _names(self, iri: str) -> list[str]:
        """The names of all object types of a node."""
        found = self._types.get(iri)
        if found is None:
            types = map(self.model.objects.get, self.graph.iris(iri, (TYPE,)))
            found = self._types[iri] = [each.name for each in types if each]
        return found

    def _members_of(self, target: str) -> frozenset[str]:
        if target not in self._targets:
            self._targets[target] = frozenset(self.model.members(target))
        return self._targets[target]

    def _put(self, frames: Buckets, selection: MergedSelectionSet, target: str, iris: Iterable[str]) -> None:
        new = {*iris} - self._seen[selection]
        if new:
            self._seen[selection] |= new
            self._members[selection] |= self._members_of(target)
            frames[selection] |= new

    def _plan(self, pending: Buckets, level: Layer) -> None:
        for selection, iris in pending.items():
            level.request(iris, (TYPE,))
            for member in sorted(self._members[selection]):
                for pick in selection.field_groups(member):
                    self._want(pick, iris, level)

    def _want(self, pick: FieldGroup, iris: set[str], level: Layer) -> None:
        match pick.role:
            case ValueField(predicate=predicate) | TextsField(value=ValueField(predicate=predicate)):
                level.request(iris, (PathStep(predicate, False),))
            case LinkField(steps=steps):
                level.request(iris, steps)
            case ConnectionField():
                if selects_data(pick):
                    level.connections[self.connection(pick)] |= iris
            case ComputedField.ACT:
                # A statement has one act: where it was reached by what it says, the act is known.
                known = {each for act in self.model.acts for each in self.graph.subjects(act) & iris}
                level.request(iris - known, (PathStep(act, False) for act in self.model.acts))
            case ComputedField.STATUS | ComputedField.ATTRIBUTION | ComputedField.STATEMENT_ATTRIBUTION as computed:
                self.statuses.request(computed, iris)

    def _next(self, walked: Buckets, roots: Iterable[FieldGroup]) -> Buckets:
        found: Buckets = defaultdict(set)
        for pick in roots:
            self._follow(pick, (ROOT,), found)
        for selection, iris in walked.items():
            of_type: dict[str, list[str]] = defaultdict(list)
            for iri in iris:
                for name in self._names(iri):
                    of_type[name].append(iri)
            for member in self._members[selection] & of_type.keys():
                for pick in selection.field_groups(member):
                    self._follow(pick, of_type[member], found)
        return found

    def _follow(self, pick: FieldGroup, iris: Iterable[str], found: Buckets) -> None:
        match pick.role:
            case LinkField(steps=steps, target=target):
                self._put(
                    found, pick.selection_set, target, {other for iri in iris for other in self.graph.iris(iri, steps)}
                )
            case ConnectionField(target=target):
                if not selects_data(pick):
                    return
                pages = self.connection(pick).pages
                nodes = {place.iri for iri in iris if iri in pages for place in pages[iri].cursors}
                for sub in node_selection_sets(pick):
                    self._put(found, sub, target, nodes)


def selects_data(pick: FieldGroup) -> bool:
    """Whether anything but the name of its type is asked of a connection."""
    return any(each.name != "__typename" for each in pick.selection_set.field_groups(connection_type_name(pick)))


def connection_type_name(pick: FieldGroup) -> str:
    """The name of the connection's type."""
    assert isinstance(pick.role, ConnectionField)
    return f"{pick.role.target}Connection"


def node_selection_sets(pick: FieldGroup) -> Iterable[MergedSelectionSet]:
    """What is asked of the nodes of a connection, by whichever way."""
    assert isinstance(pick.role, ConnectionField)
    for each in pick.selection_set.field_groups(connection_type_name(pick)):
        if each.name == "nodes":
            yield each.selection_set
        elif each.name == "edges":
            yield from (
                edge.selection_set
                for edge in each.selection_set.field_groups(f"{pick.role.target}Edge")
                if edge.name == "node"
            )


def _asks_for(pick: FieldGroup, name: str) -> bool:
    return any(each.name == name for each in pick.selection_set.field_groups(connection_type_name(pick)))


def collect_refs(
    held: ResolvedObject | None, selection: MergedSelectionSet, add: Callable[[MergedSelectionSet, NodeRef], None]
) -> None:
    """Tell every node that what is held refers to, with what is asked of it."""
    for pick in selection.field_groups(held.type_name) if held else ():
        value = held.values.get(pick.name) if held else None
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, NodeRef):
                add(pick.selection_set, each)
            elif isinstance(each, ResolvedObject):
                collect_refs(each, pick.selection_set, add)
