"""The answer to an operation, put together from what was read: plain dicts, in the order that was asked.

Owns completion (GraphQL specification, section 6.4.3): what is missing is null, and null where that cannot be takes
its parent with it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLNonNull

from kg.graphql.plan.collect_fields import TYPENAME, FieldGroup, MergedSelectionSet
from kg.graphql.plan.layer_plan import LayerPlan, connection_type_name
from kg.graphql.plan.pagination import Cursor, Page
from kg.graphql.plan.rdf_terms import Term, lexical_form, select_text, sort_texts
from kg.graphql.plan.root_fields import NodeRef, ResolvedObject
from kg.graphql.request import errors
from kg.graphql.result.redaction import MESSAGE, Redactor
from kg.graphql.schema.field_binding import ComputedField, ConnectionField, TextsField
from kg.graphql.schema.scalars import serialize_value
from kg.graphql.schema.type_model import LinkField, PathStep, TypeModel, ValueField, ValueKind

_log = logging.getLogger(__name__)


_Path = tuple[str | int, ...]
_Tell = Callable[[str, _Path], Any]
"""What tells a field of a node: by its IRI, and the path of the node."""


class ValueCompleter:
    """Tells nodes; each is told once for the same selection. ``errors`` has what went wrong."""

    def __init__(self, model: TypeModel, plan: LayerPlan, redactor: Redactor, objects_max: int) -> None:
        self._model, self._plan, self._graph = model, plan, plan.graph
        self._redactor = redactor
        self._acts = [(PathStep(act, False), name) for act, name in model.acts.items()]
        self._told: dict[tuple[MergedSelectionSet, str, str], tuple[dict[str, Any] | None, int]] = {}
        self._tellers: dict[tuple[MergedSelectionSet, str], list[tuple[FieldGroup, bool, _Tell]]] = {}
        self._count, self._max = 0, objects_max
        self.errors: list[GraphQLError] = []

    def clear(self) -> None:
        """Let go of what was made for telling, so that all that was read can go as soon as it is not needed."""
        self._tellers.clear()

    def complete_node(
        self, selection: MergedSelectionSet, ref: NodeRef, path: _Path, by: LinkField | None = None
    ) -> dict[str, Any] | None:
        """The node as it was asked for; None where there is no such node, or none that may be told so."""
        type_name = self._plan.resolve_type(ref.iri, ref.target)
        if not type_name:
            return None
        if self._redactor.is_redacted(selection, type_name, ref.iri, by):
            error = errors.graphql_error(f"{ref.iri}: {MESSAGE}", errors.ATTRIBUTION)
            self.errors.append(GraphQLError(error.message, path=list(path), extensions=error.extensions))
            return None
        return self._whole(selection, type_name, ref.iri, path)

    def _whole(self, selection: MergedSelectionSet, type_name: str, iri: str, path: _Path) -> dict[str, Any] | None:
        key = selection, iri, type_name
        if key in self._told:
            told, size = self._told[key]
            self._counted(size)
            return told
        before = self._count
        self._counted(1)
        told = self._object(selection, type_name, iri, path)
        self._told[key] = told, self._count - before
        return told

    def _counted(self, size: int) -> None:
        """An object that is told once stands in the answer as often as it is asked for."""
        self._count += size
        if self._count > self._max:
            message = f"The answer would have more than {self._max:,} objects; ask for smaller pages."
            raise errors.graphql_error(message, errors.TOO_LARGE, limit=self._max)

    def complete_object(
        self, selection: MergedSelectionSet, held: ResolvedObject, path: _Path
    ) -> dict[str, Any] | None:
        """The object as it was asked for."""
        found: dict[str, Any] = {}
        for pick in selection.field_groups(held.type_name):
            value = held.type_name if pick.name == TYPENAME else self._of_held(pick, held.values.get(pick.name), path)
            if value is None and isinstance(pick.field.type, GraphQLNonNull):
                self._missing(pick, path)
                return None
            found[pick.response_key] = value
        return found

    def complete_connection(self, pick: FieldGroup, parent: str, path: _Path) -> dict[str, Any] | None:
        """The page of a connection."""
        name = connection_type_name(pick)
        page = self._plan.connection(pick).pages.get(parent) if parent else None
        found: dict[str, Any] = {}
        for each in pick.selection_set.field_groups(name):
            found[each.response_key] = self._of_page(
                each, pick, page or Page((), False, False, 0), (*path, each.response_key)
            )
            if found[each.response_key] is None:
                return None
        return found

    def _object(self, selection: MergedSelectionSet, type_name: str, iri: str, path: _Path) -> dict[str, Any] | None:
        key = selection, type_name
        if key not in self._tellers:
            self._tellers[key] = [
                (pick, isinstance(pick.field.type, GraphQLNonNull), self._teller(pick, type_name))
                for pick in selection.field_groups(type_name)
            ]
        found: dict[str, Any] = {}
        for pick, is_required, tell in self._tellers[key]:
            value = tell(iri, path)
            if value is None and is_required:
                self._missing(pick, path)
                return None
            found[pick.response_key] = value
        return found

    def _missing(self, pick: FieldGroup, path: _Path) -> None:
        if not self.errors or self.errors[-1].path != [*path, pick.response_key]:
            message = f"What cannot be missing is: {pick.name} has no value here that can be used."
            self.errors.append(GraphQLError(message, list(pick.nodes), path=[*path, pick.response_key],
                                            extensions={"code": "DATA_DOES_NOT_CONFORM"}))  # fmt: skip

    def _teller(self, pick: FieldGroup, type_name: str) -> _Tell:
        """What tells this field; made once, as it is asked of many nodes."""
        match pick.role:
            case None:
                return lambda iri, path: type_name
            case ValueField() as value:
                return self._valued(value, pick)
            case TextsField(value=value):
                step = PathStep(value.predicate, False)
                return lambda iri, path: self._texts(pick, self._graph.values(iri, step))
            case LinkField() as link:
                return lambda iri, path: self._linked(link, pick, iri, (*path, pick.response_key))
            case ConnectionField():
                return lambda iri, path: self.complete_connection(pick, iri, (*path, pick.response_key))
            case ComputedField() as computed:
                return lambda iri, path: self._computed(computed, iri)
        raise AssertionError(pick.role)

    def _computed(self, computed: ComputedField, iri: str) -> str | None:
        standing = self._plan.standing
        match computed:
            case ComputedField.ID:
                return iri
            case ComputedField.SLUG:
                return iri.rsplit("/", 1)[-1]
            case ComputedField.STATUS:
                return standing.status(iri)
            case ComputedField.ATTRIBUTION:
                return standing.line(iri)
            case ComputedField.STATEMENT_ATTRIBUTION:
                return standing.statement_line(iri)
            case ComputedField.ACT:
                graph = self._graph
                found = (name for step, name in self._acts
                         if iri in graph.subjects(step.predicate) or graph.values(iri, step))  # fmt: skip
                return next(found, None)

    def _linked(self, link: LinkField, pick: FieldGroup, iri: str, path: _Path) -> dict[str, Any] | None:
        for each in sorted(self._graph.iris(iri, link.steps)):
            if found := self.complete_node(pick.selection_set, NodeRef(each, link.target), path, link):
                return found
        return None

    def _valued(self, value: ValueField, pick: FieldGroup) -> _Tell:
        step = PathStep(value.predicate, False)
        if value.kind is ValueKind.TEXT:
            languages = pick.arguments.get("lang") or ()
            return lambda iri, path: select_text(self._graph.values(iri, step), languages)

        def tell(iri: str, path: _Path) -> Any:
            terms = sorted(self._graph.values(iri, step), key=lexical_form)
            found = [each for term in terms if (each := self._written(value, term, pick, path)) is not None]
            return found if value.is_many else next(iter(found), None)

        return tell

    def _written(self, value: ValueField, term: Term, pick: FieldGroup, path: _Path) -> Any:
        lexical = lexical_form(term)
        try:
            if value.kind is ValueKind.CONCEPT:
                return self._model.vocabularies[value.vocabulary].names[lexical]
            return serialize_value(value.kind, lexical)
        except (ValueError, KeyError):
            _log.warning("%s cannot be written as %s", lexical, value.kind)
            # Not the value itself: it may be contested, and what would attribute it may go with it.
            message = f"What is held here cannot be written as a value of {pick.name}."
            error = GraphQLError(
                message, list(pick.nodes), path=[*path, pick.response_key], extensions={"code": "DATA_DOES_NOT_CONFORM"}
            )
            self.errors.append(error)
            return None

    def _texts(self, pick: FieldGroup, terms: Iterable[Term]) -> list[dict[str, Any] | None]:
        held = (ResolvedObject("LanguageText", {"text": each.text, "lang": each.lang}) for each in sort_texts(terms))
        return [self.complete_object(pick.selection_set, each, ()) for each in held]

    def _of_page(self, pick: FieldGroup, connection: FieldGroup, page: Page, path: _Path) -> Any:
        role = connection.role
        assert isinstance(role, ConnectionField)
        match pick.name:
            case "nodes":
                return self._all(self._told_place(pick.selection_set, each, role, (*path, number))
                                 for number, each in enumerate(page.cursors))  # fmt: skip
            case "edges":
                return self._all(self._edge(pick.selection_set, each, role, (*path, number))
                                 for number, each in enumerate(page.cursors))  # fmt: skip
            case "pageInfo":
                return self.complete_object(pick.selection_set, _page_info(page), path)
            case "totalCount":
                return page.total or 0
        return connection_type_name(connection)

    def _told_place(self, selection: MergedSelectionSet, place: Cursor, role: ConnectionField, path: _Path) -> Any:
        type_name = self._plan.resolve_type(place.iri, role.target)
        if not type_name:
            return _LEFT_OUT
        if self._redactor.is_redacted(selection, type_name, place.iri, role.link):
            self._redactor.add_redacted(place.iri)
            return _LEFT_OUT
        return self._whole(selection, type_name, place.iri, path)

    def _edge(self, selection: MergedSelectionSet, place: Cursor, role: ConnectionField, path: _Path) -> Any:
        found: dict[str, Any] = {}
        for pick in selection.field_groups(f"{role.target}Edge"):
            match pick.name:
                case "cursor":
                    found[pick.response_key] = place.encode()
                case "node":
                    found[pick.response_key] = self._told_place(
                        pick.selection_set, place, role, (*path, pick.response_key)
                    )
                case _:
                    found[pick.response_key] = f"{role.target}Edge"
        if _LEFT_OUT in found.values():
            return _LEFT_OUT
        return None if None in found.values() else found

    @staticmethod
    def _all(told: Iterable[Any]) -> list[Any] | None:
        """The list without what is of no known type; None where something that must be there is not."""
        found = [each for each in told if each is not _LEFT_OUT]
        return None if None in found else found

    def _of_held(self, pick: FieldGroup, value: Any, path: _Path) -> Any:
        place = (*path, pick.response_key)
        match value:
            case NodeRef():
                return self.complete_node(pick.selection_set, value, place)
            case ResolvedObject():
                return self.complete_object(pick.selection_set, value, place)
            case list():
                told = [self._of_held(pick, each, place) for each in value]
                return [each for each in told if each is not None]
        return value


_LEFT_OUT: Mapping[str, Any] = {"": "what is of no type that the schema has, or said by nobody, is left out"}


def _page_info(page: Page) -> ResolvedObject:
    cursors = [place.encode() for place in (page.cursors[:1] + page.cursors[-1:])]
    values = {
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
    return ResolvedObject("PageInfo", values)
