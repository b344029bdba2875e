"""The fields of the root: nodes by name, connections over everything, questions and their answers.

Owns what each entrance holds before the graph is read; plan and telling are the same for all.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox
from graphql import GraphQLError

from kg.errors import BadParameterError, ConflictKgError, UnknownNameError
from kg.graphql.plan.collect_fields import FieldGroup
from kg.graphql.plan.question_fields import QuestionResolver
from kg.graphql.plan.values import NodeRef, ResolvedObject
from kg.graphql.request import errors
from kg.graphql.schema.field_binding import ConnectionField, QuestionField, RootField, RootFieldKind
from kg.graphql.schema.schema_builder import PAGE_SIZE_MAX
from kg.graphql.schema.type_model import NODE, TypeCategory, TypeModel

_SHORT = re.compile(r"(?P<kind>[a-z][a-z-]*)[:/](?P<slug>[A-Za-z0-9][A-Za-z0-9._~-]*)")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_GRAPH = "graph"


class NodeIds:
    """Reads how clients name nodes: by IRI, by short name, by the slug of a kind."""

    def __init__(self, model: TypeModel, base_iri: str) -> None:
        self._base, self._types = base_iri, model.types
        self._graph_kinds = {each.kind for each in model.types.values() if each.category is TypeCategory.GRAPH}

    def resolve(self, text: str) -> str | None:
        """The IRI that an ID means; None where it can mean none."""
        if short := _SHORT.fullmatch(text):
            return self.iri_of_slug(short["kind"], short["slug"])
        try:
            return ox.NamedNode(text).value
        except ValueError:
            return None

    def resolve_for_type(self, text: str, type_name: str) -> str | None:
        """The IRI that text means where a node of this type is asked for: its slug will do."""
        found = self._types.get(type_name)
        return self.resolve(text) or (self.iri_of_slug(found.kind, text) if found and found.kind else None)

    def iri_of_slug(self, kind: str, slug: str) -> str | None:
        """The IRI of a slug; None where it is none."""
        if not _SLUG.fullmatch(slug):
            return None
        return f"{self._base}{'' if kind in self._graph_kinds else 'id/'}{kind}/{slug}"


class RootFieldResolver:
    """What the fields of a root hold."""

    def __init__(self, model: TypeModel, names: NodeIds, answering: QuestionResolver) -> None:
        self._model, self._names, self._answering = model, names, answering
        self.errors: list[GraphQLError] = []

    def resolve(self, pick: FieldGroup) -> Any:
        """What a field holds: references, held objects, lists of them; None for nothing, itself for a connection."""
        match pick.role:
            case RootField(kind=RootFieldKind.NODE):
                return self._node(pick.arguments["id"])
            case RootField(kind=RootFieldKind.NODES):
                return self._nodes(pick)
            case RootField(kind=RootFieldKind.ONE, target=target):
                return self._one(pick, target)
            case RootField(kind=RootFieldKind.QUESTIONS):
                return self._answering.questions()
            case RootField(kind=RootFieldKind.QUESTION):
                return self._caught(pick, lambda: self._answering.asked(pick.arguments))
            case RootField(kind=RootFieldKind.ANSWERS):
                return ResolvedObject(
                    "Answers", {each.response_key: self._answered(pick, each) for each in self._answers(pick)}
                )
            case ConnectionField():
                return pick
        raise AssertionError(pick.role)

    def _answers(self, pick: FieldGroup) -> Iterable[FieldGroup]:
        return [each for each in pick.selection_set.field_groups("Answers") if isinstance(each.role, QuestionField)]

    def _answered(self, parent: FieldGroup, pick: FieldGroup) -> ResolvedObject | None:
        assert isinstance(pick.role, QuestionField)
        entry = pick.role.question
        return self._caught(parent, lambda: self._answering.answered(entry, pick.arguments), pick.response_key)

    def _caught(self, pick: FieldGroup, make: Callable[[], ResolvedObject], *below: str) -> ResolvedObject | None:
        """The answer; an error where it cannot be had. Raises GraphQLError where the question cannot be asked so."""
        try:
            return make()
        except (BadParameterError, UnknownNameError) as error:
            # An argument that means nothing is the caller's, as one of a wrong type is: it ends the request.
            refused = errors.from_domain_error(error)
            raise GraphQLError(
                refused.message, list(pick.nodes), original_error=error, extensions=refused.extensions
            ) from error
        except ConflictKgError as error:
            self.errors.append(errors.from_domain_error(error, (pick.response_key, *below)))
            return None

    def _nodes(self, pick: FieldGroup) -> list[NodeRef | None]:
        texts = pick.arguments["ids"]
        if len(texts) > PAGE_SIZE_MAX:
            message = f"Give {pick.name} {PAGE_SIZE_MAX} ids at most."
            raise errors.graphql_error(message, errors.PAGE, pick.nodes, limit=PAGE_SIZE_MAX)
        return [self._node(each) for each in texts]

    def _node(self, text: str) -> NodeRef | None:
        iri = self._names.resolve(text)
        return NodeRef(iri, NODE) if iri else None

    def _one(self, pick: FieldGroup, target: str) -> NodeRef | None:
        given = [name for name in ("id", "slug") if pick.arguments.get(name) is not None]
        if len(given) != 1:
            raise errors.graphql_error(f"Give {pick.name} either its id or its slug.", errors.BAD_INPUT, pick.nodes)
        text = pick.arguments[given[0]]
        kind = self._model.types[target].kind
        iri = self._names.iri_of_slug(kind, text) if given == ["slug"] else self._names.resolve(text)
        return NodeRef(iri, target) if iri else None
