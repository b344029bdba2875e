"""Resolves the root fields: nodes by id, connections over a type, the questions of the catalogue and their answers.

Owns what a root field holds before the graph is read: references to nodes, and objects that are complete but for the
references in them. Answers and their wording are those of ``kg.questions``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyoxigraph as ox
from graphql import GraphQLError

from kg.errors import BadParameterError, ConflictKgError, UnknownNameError
from kg.graphql.plan.filter_warnings import NamedId
from kg.graphql.request import error_codes, errors
from kg.graphql.request.collect_fields import FieldGroup
from kg.graphql.schema.field_binding import ConnectionField, QuestionField, RootField, RootFieldKind
from kg.graphql.schema.inflection import camel_case, constant_case
from kg.graphql.schema.schema_builder import PAGE_SIZE_MAX
from kg.graphql.schema.static_types import HomeGraphReference, PlaceReference, SourceReference, StatementReference
from kg.graphql.schema.type_model import NODE, TypeCategory, TypeModel
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.inference_clauses import ReferenceStep
from kg.questions.parameter import QuestionParameter
from kg.questions.question import Question
from kg.questions.statement_lookup import NamesByIri
from kg.store.interface import Queryable
from kg.store.query_template import Term, text_of

_SHORT_NAME = re.compile(r"(?P<kind>[a-z][a-z-]*)[:/](?P<slug>[A-Za-z0-9][A-Za-z0-9._~-]*)")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
ANSWERS = "Answers"
"""The type of the yes/no questions; its object has the answers by response key, as each may be asked several times."""


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node by its IRI; ``target`` is the type or union that it is selected as."""

    iri: str
    target: str


@dataclass(frozen=True, slots=True)
class ResolvedObject:
    """An object by its fields, each a scalar, a ``NodeRef``, another ``ResolvedObject``, a list of them, or None."""

    type_name: str
    values: Mapping[str, Any]


class NodeIds:
    """Resolves ids of nodes: IRIs, short names such as ``zone:idlib``, slugs of a type."""

    def __init__(self, model: TypeModel, base_iri: str) -> None:
        self._base_iri, self._types = base_iri, model.types
        self._graph_kinds = {type_.kind for type_ in model.types.values() if type_.category is TypeCategory.GRAPH}

    def resolve(self, text: str) -> str | None:
        """The IRI of an id; None if it is neither an IRI nor a short name."""
        if short := _SHORT_NAME.fullmatch(text):
            return self.iri_of_slug(short["kind"], short["slug"])
        try:
            return ox.NamedNode(text).value
        except ValueError:
            return None

    def resolve_for_type(self, text: str, type_name: str) -> str | None:
        """The IRI of an id, or of a slug of this type."""
        type_ = self._types.get(type_name)
        return self.resolve(text) or (self.iri_of_slug(type_.kind, text) if type_ and type_.kind else None)

    def iri_of_slug(self, kind: str, slug: str) -> str | None:
        """The IRI of a slug; None if it cannot be one."""
        if not _SLUG.fullmatch(slug):
            return None
        return f"{self._base_iri}{'' if kind in self._graph_kinds else 'id/'}{kind}/{slug}"


class RootFieldResolver:
    """Resolves the root fields of one operation; ``errors`` has those of questions that could not be answered."""

    def __init__(
        self, model: TypeModel, node_ids: NodeIds, catalogue: Catalogue, store: Queryable, base_iri: str
    ) -> None:
        self._model, self._node_ids = model, node_ids
        self._catalogue, self._store, self._base_iri = catalogue, store, base_iri
        self.errors: list[GraphQLError] = []
        self.ids: dict[str, NamedId] = {}
        """The IRIs that arguments name, or what stands for none, with the ids as the client wrote them."""

    def resolve(self, group: FieldGroup) -> Any:
        """References, resolved objects, lists of them, or None; for a connection the field group itself."""
        match group.binding:
            case RootField(kind=RootFieldKind.NODE):
                return self._node(group.arguments["id"])
            case RootField(kind=RootFieldKind.NODES):
                return self._nodes(group)
            case RootField(kind=RootFieldKind.ONE, target=target):
                return self._one(group, target)
            case RootField(kind=RootFieldKind.QUESTIONS):
                return [_question_object(question) for question in self._catalogue]
            case RootField(kind=RootFieldKind.QUESTION):
                return self._catch(group, lambda: self._ask_by_name(group.arguments))
            case RootField(kind=RootFieldKind.ANSWERS):
                return self._answers(group)
            case ConnectionField():
                return group
        raise AssertionError(group.binding)

    def _node(self, text: str) -> NodeRef | None:
        iri = self._node_ids.resolve(text)
        return self._refer(iri, text, NODE)

    def _refer(self, iri: str | None, text: str, target: str) -> NodeRef | None:
        self.ids[iri or text] = NamedId(text, target)
        return NodeRef(iri, target) if iri else None

    def _nodes(self, group: FieldGroup) -> list[NodeRef | None]:
        ids = group.arguments["ids"]
        if len(ids) > PAGE_SIZE_MAX:
            message = f"Give {group.name} {PAGE_SIZE_MAX} ids at most."
            raise errors.graphql_error(message, error_codes.PAGE, group.nodes, limit=PAGE_SIZE_MAX)
        return [self._node(text) for text in ids]

    def _one(self, group: FieldGroup, target: str) -> NodeRef | None:
        given = [name for name in ("id", "slug") if group.arguments.get(name) is not None]
        if len(given) != 1:
            raise errors.graphql_error(
                f"Give {group.name} either its id or its slug.", error_codes.BAD_INPUT, group.nodes
            )
        text = group.arguments[given[0]]
        kind = self._model.types[target].kind
        by_id = self._node_ids.resolve_for_type
        iri = self._node_ids.iri_of_slug(kind, text) if given == ["slug"] else by_id(text, target)
        return self._refer(iri, text, target)

    def _answers(self, group: FieldGroup) -> ResolvedObject:
        answers: dict[str, ResolvedObject | None] = {}
        for answer in group.selection_set.field_groups(ANSWERS):
            if isinstance(answer.binding, QuestionField):
                question, arguments = answer.binding.question, answer.arguments
                answers[answer.response_key] = self._catch(
                    group, partial(self._ask, question, arguments), answer.response_key
                )
        return ResolvedObject(ANSWERS, answers)

    def _ask(self, question: Question, arguments: Mapping[str, Any]) -> ResolvedObject:
        values = {parameter.name: arguments.get(camel_case(parameter.name)) for parameter in question.parameters}
        given = {name: value for name, value in values.items() if value is not None}
        answer = self._catalogue.ask(question.name, given, self._store, self._base_iri)
        assert isinstance(answer, YesNoAnswer)
        return self._answer_object(answer)

    def _ask_by_name(self, arguments: Mapping[str, Any]) -> ResolvedObject:
        given = {parameter["name"]: parameter["value"] for parameter in arguments.get("parameters") or ()}
        answer = self._catalogue.ask(arguments["name"], given, self._store, self._base_iri)
        return ResolvedObject(
            "QuestionAnswer",
            {
                "question": _question_object(answer.question),
                "table": _table_object(answer) if isinstance(answer, TableAnswer) else None,
                "answer": None if isinstance(answer, TableAnswer) else self._answer_object(answer),
            },
        )

    def _answer_object(self, answer: YesNoAnswer) -> ResolvedObject:
        return _answer_object(answer, self._model.aspect_names(answer.decision.disputed_aspects))

    def _catch(self, group: FieldGroup, ask: Callable[[], ResolvedObject], *below: str) -> ResolvedObject | None:
        """The answer, or None and an error. Raises GraphQLError for arguments that the question does not accept."""
        try:
            return ask()
        except (BadParameterError, UnknownNameError) as error:
            # An error of the caller, as an argument of a wrong type is: it ends the request.
            refused = errors.from_domain_error(error)
            raise GraphQLError(
                refused.message, list(group.nodes), original_error=error, extensions=refused.extensions
            ) from error
        except ConflictKgError as error:
            self.errors.append(errors.from_domain_error(error, (group.response_key, *below)))
            return None


def _question_object(question: Question) -> ResolvedObject:
    return ResolvedObject(
        "Question",
        {
            "name": question.name,
            "summary": question.summary,
            "description": question.description,
            "kind": question.kind.value,
            "parameters": [_parameter_object(parameter) for parameter in question.parameters],
        },
    )


def _parameter_object(parameter: QuestionParameter) -> ResolvedObject:
    values = {
        "name": parameter.name,
        "type": parameter.spec,
        "description": parameter.description,
        "required": parameter.is_required,
    }
    return ResolvedObject("Parameter", values)


def _answer_object(answer: YesNoAnswer, aspects: list[str]) -> ResolvedObject:
    return ResolvedObject(
        "Answer",
        {
            "verdict": constant_case(answer.verdict),
            "reason": constant_case(answer.reason) if answer.reason else None,
            "status": constant_case(answer.status),
            "headline": answer.headline,
            "strength": constant_case(answer.decision.strength) if answer.decision.strength else None,
            "disputedAspects": aspects,
            "isInferred": answer.decision.is_inferred,
            "statements": [NodeRef(statement.iri, StatementReference.graphql_name) for statement in answer.grounds],
            "bearing": [
                ResolvedObject(
                    "Bearing",
                    {"how": related.how, "statement": NodeRef(related.statement.iri, StatementReference.graphql_name)},
                )
                for related in answer.related
            ],
            "referenceSteps": [_reference_step_object(step) for step in answer.reference_steps],
            "searched": [NodeRef(source, SourceReference.graphql_name) for source in answer.searched],
        },
    )


def _reference_step_object(step: ReferenceStep) -> ResolvedObject:
    values = {
        "place": NodeRef(step.place, PlaceReference.graphql_name),
        "parent": NodeRef(step.parent, PlaceReference.graphql_name),
        "reference": NodeRef(step.reference, HomeGraphReference.graphql_name),
        "authority": NodeRef(step.authority, SourceReference.graphql_name) if step.authority else None,
    }
    return ResolvedObject("ReferenceStep", values)


def _table_object(table: TableAnswer) -> ResolvedObject:
    rows = [
        ResolvedObject("Row", {"cells": [_cell_object(column, row[column], table.names) for column in table.columns]})
        for row in table.rows
    ]
    return ResolvedObject("Table", {"columns": list(table.columns), "rows": rows})


def _cell_object(column: str, term: Term | None, names: NamesByIri) -> ResolvedObject:
    return ResolvedObject(
        "Cell",
        {
            "column": column,
            "value": None if term is None else text_of(term),
            "name": names.get(text_of(term)),
            "lang": term.language if isinstance(term, ox.Literal) else None,
            "datatype": term.datatype.value if isinstance(term, ox.Literal) and not term.language else None,
        },
    )
