"""Completes the data of a response from what was loaded: plain dicts, in the order of the selections.

Owns value completion (GraphQL specification, section 6.4.3): a missing value is null, and null at a non-null field
propagates to the parent.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLNonNull

from kg.graphql.plan.batch_loader import TYPE
from kg.graphql.plan.layer_plan import LayerPlan, connection_type_name
from kg.graphql.plan.pagination import Cursor, Page
from kg.graphql.plan.rdf_terms import Term, lexical_form, select_text, sort_texts
from kg.graphql.plan.root_fields import NodeRef, ResolvedObject
from kg.graphql.request import error_codes, errors
from kg.graphql.request.collect_fields import TYPENAME, FieldGroup, MergedSelectionSet
from kg.graphql.result.redaction import MESSAGE, Redactor
from kg.graphql.schema.computed_fields import ComputedField
from kg.graphql.schema.field_binding import ConnectionField, TextsField
from kg.graphql.schema.scalars import serialize_value
from kg.graphql.schema.type_model import LinkField, PathStep, TypeModel, ValueField, ValueKind

_Path = tuple[str | int, ...]
_FieldCompleter = Callable[[str, _Path], Any]
"""Completes one field of a node, given its IRI and path."""
_NO_PAGE = Page((), has_next=False, has_previous=False, total=0)
_OMITTED: Mapping[str, Any] = {"": "a node of an unknown type, or one that was redacted, is not in the list"}
_NONCONFORMING = {"code": error_codes.NONCONFORMING}


class ValueCompleter:
    """Completes nodes, each once for a selection set. ``errors`` collects the field errors."""

    def __init__(self, model: TypeModel, plan: LayerPlan, redactor: Redactor, objects_max: int) -> None:
        self._model, self._plan, self._graph = model, plan, plan.graph
        self._redactor = redactor
        self._completed: dict[tuple[MergedSelectionSet, str, str], tuple[dict[str, Any] | None, int]] = {}
        self._field_completers: dict[
            tuple[MergedSelectionSet, str], list[tuple[FieldGroup, bool, _FieldCompleter]]
        ] = {}
        self._object_count, self._objects_max = 0, objects_max
        self.errors: list[GraphQLError] = []
        self.warnings: dict[str, dict[str, Any]] = {}
        """What a fragment left out because it is on too narrow a type, by message."""

    def clear(self) -> None:
        """Drop the field completers: they refer to this object, and would keep what was loaded until a collection."""
        self._field_completers.clear()

    def complete_node(
        self, selection_set: MergedSelectionSet, ref: NodeRef, path: _Path, by: LinkField | None = None
    ) -> dict[str, Any] | None:
        """The node; None if it does not exist as this type, or if it is redacted, which is an error."""
        type_name = self._plan.resolve_type(ref.iri, ref.target)
        if not type_name:
            return None
        if self._redactor.is_redacted(selection_set, type_name, ref.iri, by):
            error = errors.graphql_error(f"{ref.iri}: {MESSAGE}", error_codes.ATTRIBUTION)
            self.errors.append(GraphQLError(error.message, path=list(path), extensions=error.extensions))
            return None
        return self._complete_once(selection_set, type_name, ref.iri, path)

    def complete_object(
        self, selection_set: MergedSelectionSet, resolved: ResolvedObject, path: _Path
    ) -> dict[str, Any] | None:
        """An object whose fields are resolved already."""
        data: dict[str, Any] = {}
        for group in selection_set.field_groups(resolved.type_name):
            if group.name == TYPENAME:
                data[group.response_key] = resolved.type_name
                continue
            value = self._complete_resolved(group, resolved.values.get(group.name), (*path, group.response_key))
            if value is None and isinstance(group.definition.type, GraphQLNonNull):
                self._add_missing_value_error(group, path)
                return None
            data[group.response_key] = value
        return data

    def complete_connection(self, group: FieldGroup, parent: str, path: _Path) -> dict[str, Any] | None:
        """The page of a connection that belongs to this parent."""
        page = self._plan.connection(group).pages.get(parent, _NO_PAGE)
        data: dict[str, Any] = {}
        for inner in group.selection_set.field_groups(connection_type_name(group)):
            value = self._connection_field(inner, group, page, (*path, inner.response_key))
            if value is None:
                return None
            data[inner.response_key] = value
        return data

    def _complete_once(
        self, selection_set: MergedSelectionSet, type_name: str, iri: str, path: _Path
    ) -> dict[str, Any] | None:
        key = selection_set, iri, type_name
        if key in self._completed:
            data, size = self._completed[key]
            self._count_objects(size)
            return data
        before = self._object_count
        self._count_objects(1)
        data = self._complete_fields(selection_set, type_name, iri, path)
        self._completed[key] = data, self._object_count - before
        return data

    def _count_objects(self, count: int) -> None:
        """Objects count as often as they occur in the response, though they are completed once."""
        self._object_count += count
        if self._object_count > self._objects_max:
            message = f"The response would have more than {self._objects_max:,} objects; request smaller pages."
            raise errors.graphql_error(message, error_codes.TOO_LARGE, limit=self._objects_max)

    def _complete_fields(
        self, selection_set: MergedSelectionSet, type_name: str, iri: str, path: _Path
    ) -> dict[str, Any] | None:
        key = selection_set, type_name
        if key not in self._field_completers:
            self._warn_of_narrow_fragments(selection_set, type_name)
            self._field_completers[key] = [
                (group, isinstance(group.definition.type, GraphQLNonNull), self._field_completer(group, type_name))
                for group in selection_set.field_groups(type_name)
            ]
        data: dict[str, Any] = {}
        for group, is_required, complete in self._field_completers[key]:
            value = complete(iri, path)
            if value is None and is_required:
                self._add_missing_value_error(group, path)
                return None
            data[group.response_key] = value
        return data

    def _warn_of_narrow_fragments(self, selection_set: MergedSelectionSet, type_name: str) -> None:
        """Where a fragment on an object type leaves out nodes of a subclass, which only the interface covers."""
        selected = {group.response_key for group in selection_set.field_groups(type_name)}
        for interface in self._model.types[type_name].interfaces:
            wider = self._model.objects.get(self._model.types[interface].iri)
            if wider and not selected.issuperset(g.response_key for g in selection_set.field_groups(wider.name)):
                message = f"`... on {wider.name}` leaves out {type_name}; write `... on {interface}`"
                self.warnings[message] = {"message": message, "type": type_name}

    def _add_missing_value_error(self, group: FieldGroup, path: _Path) -> None:
        """Null at a non-null field; no second error if the field has one already."""
        field_path = [*path, group.response_key]
        if not self.errors or self.errors[-1].path != field_path:
            message = f"{group.name} is required, but has no usable value here."
            self.errors.append(GraphQLError(message, list(group.nodes), path=field_path, extensions=_NONCONFORMING))

    def _field_completer(self, group: FieldGroup, type_name: str) -> _FieldCompleter:
        """Made once for a field of a type, since it completes many nodes."""
        match group.binding:
            case None:
                return lambda _iri, _path: type_name
            case ValueField() as value:
                return self._value_completer(value, group)
            case TextsField(value=value):
                step = PathStep(value.predicate, False)
                return lambda iri, _path: self._complete_texts(group, self._graph.values(iri, step))
            case LinkField() as link:
                return lambda iri, path: self._complete_link(link, group, iri, (*path, group.response_key))
            case ConnectionField():
                return lambda iri, path: self.complete_connection(group, iri, (*path, group.response_key))
            case ComputedField(compute=compute):
                return lambda iri, _path: compute(self._plan.computed, iri)
        raise AssertionError(group.binding)

    def _complete_link(self, link: LinkField, group: FieldGroup, iri: str, path: _Path) -> dict[str, Any] | None:
        """The first node, by IRI, that the link leads to."""
        for target in sorted(self._graph.iris(iri, link.steps)):
            if data := self.complete_node(group.selection_set, NodeRef(target, link.target), path, link):
                return data
        return None

    def _value_completer(self, value: ValueField, group: FieldGroup) -> _FieldCompleter:
        step = PathStep(value.predicate, False)
        if value.kind is ValueKind.TEXT:
            languages = group.arguments.get("lang") or ()
            return lambda iri, _path: select_text(self._graph.values(iri, step), languages)
        if step == TYPE:
            names = self._model.vocabularies[value.vocabulary].names
            return lambda iri, _path: _most_specific(names, self._graph.iris(iri, (step,)))

        def complete(iri: str, path: _Path) -> Any:
            terms = sorted(self._graph.values(iri, step), key=lexical_form)
            leaves = [leaf for term in terms if (leaf := self._complete_leaf(value, term, group, path)) is not None]
            return leaves if value.is_many else next(iter(leaves), None)

        return complete

    def _complete_leaf(self, value: ValueField, term: Term, group: FieldGroup, path: _Path) -> Any:
        lexical = lexical_form(term)
        try:
            if value.kind is ValueKind.CONCEPT:
                return self._model.vocabularies[value.vocabulary].names[lexical]
            return serialize_value(value.kind, lexical)
        except (ValueError, KeyError) as failure:
            # Without the value itself: it may be contested, and what attributes it may become null with it.
            message = f"A stored value cannot be serialized as {group.name}."
            field_path = [*path, group.response_key]
            error = GraphQLError(
                message, list(group.nodes), path=field_path, original_error=failure, extensions=_NONCONFORMING
            )
            self.errors.append(error)
            return None

    def _complete_texts(self, group: FieldGroup, terms: Iterable[Term]) -> list[dict[str, Any] | None]:
        texts = (ResolvedObject("LanguageText", {"text": text, "lang": lang}) for text, lang in sort_texts(terms))
        return [self.complete_object(group.selection_set, text, ()) for text in texts]

    def _connection_field(self, group: FieldGroup, connection: FieldGroup, page: Page, path: _Path) -> Any:
        field = connection.binding
        assert isinstance(field, ConnectionField)
        match group.name:
            case "nodes":
                return _drop_omitted(
                    self._complete_list_node(group.selection_set, cursor, field, (*path, number))
                    for number, cursor in enumerate(page.cursors)
                )
            case "edges":
                return _drop_omitted(
                    self._complete_edge(group.selection_set, cursor, field, (*path, number))
                    for number, cursor in enumerate(page.cursors)
                )
            case "pageInfo":
                return self.complete_object(group.selection_set, _page_info(page), path)
            case "totalCount":
                return page.total or 0
        return connection_type_name(connection)

    def _complete_list_node(
        self, selection_set: MergedSelectionSet, cursor: Cursor, field: ConnectionField, path: _Path
    ) -> Any:
        type_name = self._plan.resolve_type(cursor.iri, field.target)
        if not type_name:
            return _OMITTED
        if self._redactor.is_redacted(selection_set, type_name, cursor.iri, field.link):
            self._redactor.add_redacted(cursor.iri)
            return _OMITTED
        return self._complete_once(selection_set, type_name, cursor.iri, path)

    def _complete_edge(
        self, selection_set: MergedSelectionSet, cursor: Cursor, field: ConnectionField, path: _Path
    ) -> Any:
        type_name = f"{field.target}Edge"
        data: dict[str, Any] = {}
        for group in selection_set.field_groups(type_name):
            key = group.response_key
            match group.name:
                case "cursor":
                    data[key] = cursor.encode()
                case "node":
                    data[key] = self._complete_list_node(group.selection_set, cursor, field, (*path, key))
                case _:
                    data[key] = type_name
        if _OMITTED in data.values():
            return _OMITTED
        return None if None in data.values() else data

    def _complete_resolved(self, group: FieldGroup, value: Any, path: _Path) -> Any:
        match value:
            case NodeRef():
                return self.complete_node(group.selection_set, value, path)
            case ResolvedObject():
                return self.complete_object(group.selection_set, value, path)
            case list():
                items = (self._complete_resolved(group, item, path) for item in value)
                return [item for item in items if item is not None]
        return value


def _most_specific(names: dict[str, str], classes: Iterable[str]) -> str | None:
    """The name of the lowest of these classes; ``names`` has those below others after them."""
    known = frozenset(classes)
    return next((name for class_, name in reversed(names.items()) if class_ in known), None)


def _drop_omitted(items: Iterable[Any]) -> list[Any] | None:
    """The list of completed items; None if one of them is null, since items are non-null."""
    kept = [item for item in items if item is not _OMITTED]
    return None if None in kept else kept


def _page_info(page: Page) -> ResolvedObject:
    cursors = [cursor.encode() for cursor in (page.cursors[:1] + page.cursors[-1:])]
    values = {
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
    return ResolvedObject("PageInfo", values)
