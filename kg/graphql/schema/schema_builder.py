"""The GraphQL schema of a model: one type a class, its connections, and the fields of the root."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)

from kg.graphql.schema.field_binding import (
    ComputedField,
    ConnectionField,
    FieldBinding,
    QuestionField,
    RootField,
    RootFieldKind,
    TextsField,
    bind_field,
)
from kg.graphql.schema.filter_inputs import FilterInputs, list_of
from kg.graphql.schema.inflection import camel_case, constant_case, pluralize
from kg.graphql.schema.scalars import build_scalars
from kg.graphql.schema.static_types import fixed_types
from kg.graphql.schema.type_model import (
    LinkField,
    TypeCategory,
    TypeDefinition,
    TypeModel,
    ValueField,
    ValueKind,
    Vocabulary,
    home_graph_link,
)
from kg.questions import AnswerKind, Catalogue, Question
from kg.status.verdict import Reason, Status, Verdict

PAGE_SIZE_DEFAULT = 20
"""How many nodes a page has where the client does not say."""
PAGE_SIZE_MAX = 500
"""How many nodes a page can have at most."""
_PLAIN: Mapping[ValueKind, Any] = {
    ValueKind.STRING: GraphQLString,
    ValueKind.INTEGER: GraphQLInt,
    ValueKind.BOOLEAN: GraphQLBoolean,
}


def build_graphql_schema(model: TypeModel, catalogue: Catalogue) -> GraphQLSchema:
    """The schema that clients see. Raises TypeError where two of its names clash."""
    return _SchemaBuilder(model, catalogue).schema()


class _SchemaBuilder:
    def __init__(self, model: TypeModel, catalogue: Catalogue) -> None:
        self.model, self.catalogue = model, catalogue
        self.fixed = fixed_types()
        self.scalars = build_scalars()
        self.enums = {name: _enum(each) for name, each in model.vocabularies.items()}
        self.inputs = FilterInputs(model, self.scalars, self.enums)
        self.status = _plain_enum("Status", Status, "How a proposition stands among those who speak of it.")
        acts = {name: GraphQLEnumValue(name) for name in model.acts.values()}
        self.act = GraphQLEnumType("Act", acts, description="What a speaker does by a statement.")
        self.home = home_graph_link(model)
        self.node = GraphQLInterfaceType(
            "Node", lambda: {"id": _identity()} | self._home(),
            description="Anything that has an IRI and an entry of its own.",
        )  # fmt: skip
        self.types: dict[str, Any] = {}
        self.paged: dict[str, GraphQLObjectType] = {}
        for each in model.types.values():
            self.types[each.name] = self._type(each)
        for name, members in model.unions.items():
            self.types[name] = self._union(name, members)

    def schema(self) -> GraphQLSchema:
        query = GraphQLObjectType("Query", self._root, description="Where every question starts.")
        types: list[Any] = [self.types[name] for name in sorted(self.types)]
        return GraphQLSchema(query, types=types, description=_DESCRIPTION)

    def _union(self, name: str, members: tuple[str, ...]) -> GraphQLUnionType:
        return GraphQLUnionType(
            name, lambda: [self.types[member] for member in members], description=f"One of: {', '.join(members)}."
        )

    def _type(self, each: TypeDefinition) -> GraphQLInterfaceType | GraphQLObjectType:
        make = GraphQLInterfaceType if each.is_interface else GraphQLObjectType
        node = [self.node] if each.is_node else []
        return make(
            each.name,
            lambda: self._fields(each),
            interfaces=lambda: [*node, *(self.types[name] for name in each.interfaces)],
            description=each.description,
        )

    def _fields(self, each: TypeDefinition) -> dict[str, GraphQLField]:
        fields = {"id": _identity()}
        if each.kind:
            fields["slug"] = _computed(GraphQLString, ComputedField.SLUG, "The last part of its IRI.")
        if each.category is TypeCategory.PROPOSITION:
            fields["attribution"] = _computed(
                GraphQLString, ComputedField.ATTRIBUTION, "Who says so, who denies or disputes it, in one line."
            )
            fields["status"] = _computed(
                self.status, ComputedField.STATUS, "How it stands among those who speak of it."
            )
        if each.category is TypeCategory.STATEMENT:
            fields["act"] = _computed(self.act, ComputedField.ACT, "What the speaker does by it.")
            fields["attribution"] = _computed(
                GraphQLString,
                ComputedField.STATEMENT_ATTRIBUTION,
                "Who says it, how worded, in which source, in one line.",
            )
        for field in each.fields.values():
            fields |= self._field(field)
        return self._home() | fields if each.is_node else fields

    def _home(self) -> dict[str, GraphQLField]:
        return {self.home.name: self._link(self.home)} if self.home else {}

    def _field(self, field: ValueField | LinkField) -> dict[str, GraphQLField]:
        if isinstance(field, LinkField):
            return {field.name: self._link(field)}
        if field.kind is ValueKind.TEXT:
            texts = GraphQLNonNull(list_of(self.fixed["LanguageText"]))
            return {
                field.name: bind_field(
                    GraphQLField(
                        _required(self.scalars["Text"], field.is_required),
                        {"lang": GraphQLArgument(list_of(GraphQLString), description=_LANG)},
                        description=field.description,
                    ),
                    field,
                ),
                f"{field.name}Texts": bind_field(
                    GraphQLField(texts, description=f"{field.description} In every language there is."),
                    TextsField(field),
                ),
            }
        type_: Any = self.enums[field.vocabulary] if field.vocabulary else _PLAIN.get(field.kind)
        type_ = type_ or self.scalars[field.kind.value]
        whole = GraphQLNonNull(list_of(type_)) if field.is_many else _required(type_, field.is_required)
        return {field.name: bind_field(GraphQLField(whole, description=field.description), field)}

    def _link(self, link: LinkField) -> GraphQLField:
        if link.is_many:
            return self._connected(link.target, link.description, ConnectionField(link.target, link))
        type_ = _required(self.types[link.target], link.is_required)
        return bind_field(GraphQLField(type_, description=link.description), link)

    def _connected(self, target: str, description: str, role: FieldBinding) -> GraphQLField:
        arguments = {
            "first": GraphQLArgument(
                GraphQLInt, description=f"How many; {PAGE_SIZE_DEFAULT} where not given, {PAGE_SIZE_MAX} at most."
            ),
            "after": GraphQLArgument(GraphQLString, description="Those after this cursor."),
            "last": GraphQLArgument(GraphQLInt, description="So many from the end."),
            "before": GraphQLArgument(GraphQLString, description="Those before this cursor."),
            "offset": GraphQLArgument(GraphQLInt, description="Leave out so many first, to jump to a page."),
            "where": GraphQLArgument(self.inputs.where(target), description="Only those for which this holds."),
            "orderBy": GraphQLArgument(list_of(self.inputs.order(target)), description="The order; ties by IRI."),
        }
        connection = GraphQLNonNull(self._connection(target))
        return bind_field(GraphQLField(connection, arguments, description=description), role)

    def _connection(self, target: str) -> GraphQLObjectType:
        if target not in self.paged:
            edge = GraphQLObjectType(
                f"{target}Edge",
                lambda: {
                    "cursor": GraphQLField(GraphQLNonNull(GraphQLString), description="Where it stands."),
                    "node": GraphQLField(GraphQLNonNull(self.types[target]), description="The node."),
                },
                description=f"A {target} in its place.",
            )
            self.paged[target] = GraphQLObjectType(
                f"{target}Connection",
                lambda: {
                    "edges": GraphQLField(GraphQLNonNull(list_of(edge)), description="The nodes with their cursors."),
                    "nodes": GraphQLField(GraphQLNonNull(list_of(self.types[target])), description="The nodes."),
                    "pageInfo": GraphQLField(GraphQLNonNull(self.fixed["PageInfo"]), description="Where it stands."),
                    "totalCount": GraphQLField(GraphQLNonNull(GraphQLInt), description="How many in all pages."),
                },
                description=f"A page of {target}.",
            )
        return self.paged[target]

    def _root(self) -> dict[str, GraphQLField]:
        fields = {
            "node": _entering(
                self.node,
                RootFieldKind.NODE,
                "The node of this IRI or short name; null where there is none.",
                {"id": _argument(GraphQLNonNull(GraphQLID), "An IRI, or a short name: `zone:idlib`.")},
            ),
            "nodes": _entering(
                GraphQLNonNull(many_or_null(self.node)),
                RootFieldKind.NODES,
                "Those nodes, in that order.",
                {"ids": _argument(GraphQLNonNull(list_of(GraphQLID)), "IRIs or short names.")},
            ),
            "answer": _entering(GraphQLNonNull(self._answers()), RootFieldKind.ANSWERS, "The yes/no questions."),
            "question": _entering(
                self._asked(),
                RootFieldKind.QUESTION,
                "The answer to a question of the catalogue.",
                {
                    "name": _argument(GraphQLNonNull(GraphQLString), "The name of the question."),
                    "parameters": _argument(list_of(self.fixed["ParameterInput"]), "Its parameters."),
                },
            ),
            "questions": _entering(
                GraphQLNonNull(list_of(self.fixed["Question"])), RootFieldKind.QUESTIONS, "The catalogue."
            ),
        }
        for each in self.model.types.values():
            if each.is_node:
                fields |= self._entries(each)
        return fields

    def _entries(self, each: TypeDefinition) -> dict[str, GraphQLField]:
        name = camel_case(each.name)
        arguments = {"id": _argument(GraphQLID, "Its IRI, or its short name.")}
        if each.kind:
            arguments["slug"] = _argument(GraphQLString, "The last part of its IRI.")
        one = GraphQLField(self.types[each.name], arguments, description=f"One {each.name}; null where there is none.")
        return {
            name: bind_field(one, RootField(RootFieldKind.ONE, each.name)),
            pluralize(name): self._connected(each.name, f"Every {each.name}.", ConnectionField(each.name, None)),
        }

    def _answers(self) -> GraphQLObjectType:
        answer = self._answer()
        fields = {}
        for entry in (each for each in self.catalogue if each.kind is AnswerKind.YES_NO):
            arguments = {
                camel_case(each.name): _parameter(each.is_required, each.description) for each in entry.parameters
            }
            field = GraphQLField(answer, arguments, description=_asked_in_words(entry))
            fields[answer_field_name(entry, self.model)] = bind_field(field, QuestionField(entry))
        return GraphQLObjectType("Answers", fields, description="One field for each yes/no question of the catalogue.")

    def _answer(self) -> GraphQLObjectType:
        if "Answer" not in self.paged:
            statement, source = self.types["Statement"], self.types["Source"]
            verdict = _plain_enum("Verdict", Verdict, "The four answers; silence is never NO.")
            reason = _plain_enum("Reason", Reason, "Why a question is undetermined.")
            fields = {
                "verdict": _plain(verdict, "The answer."),
                "reason": GraphQLField(reason, description="Why it is undetermined; null where it is not."),
                "status": _plain(self.status, "The same, said of the proposition."),
                "explanation": _plain(GraphQLString, "The answer in words."),
                "inferred": _plain(GraphQLBoolean, "Whether it rests on a register besides its statements."),
                "statements": _plain(list_of(statement), "The statements that decide, or give the reason."),
                "bearing": _plain(list_of(self._bearing()), "What else bears on it."),
                "register": _plain(list_of(self._step()), "The steps of the register on which it rests."),
                "searched": _plain(list_of(source), "The sources searched, where all of them are silent."),
            }
            self.paged["Answer"] = GraphQLObjectType(
                "Answer", fields, description="A verdict, with everything it rests on."
            )
        return self.paged["Answer"]

    def _bearing(self) -> GraphQLObjectType:
        fields = {
            "how": _plain(GraphQLString, "How it bears on the question."),
            "statement": _plain(self.types["Statement"], "The statement."),
        }
        described = "A statement that bears on a question but does not decide it."
        return GraphQLObjectType("Bearing", fields, description=described)

    def _step(self) -> GraphQLObjectType:
        place = self.types["AnyPlace"]
        fields = {
            "place": _plain(place, "The place."),
            "parent": _plain(place, "The larger unit to which the register reckons it."),
            "register": GraphQLField(self.types["HomeGraph"], description="The register."),
            "authority": GraphQLField(self.types["Source"], description="The source on whose word it stands."),
        }
        described = "One step of a register, by which what is said of a larger unit reaches a place."
        return GraphQLObjectType("RegisterStep", fields, description=described)

    def _asked(self) -> GraphQLObjectType:
        return GraphQLObjectType("QuestionAnswer", {
            "question": _plain(self.fixed["Question"], "The question."),
            "table": GraphQLField(self.fixed["Table"], description="The rows, of a question that is answered by rows."),
            "answer": GraphQLField(self._answer(), description="The verdict, of a yes/no question."),
        }, description="The answer to a question of the catalogue.")  # fmt: skip


def answer_field_name(entry: Question, model: TypeModel) -> str:
    """The class a question is about, where its query names one; else the name of the question."""
    for word in entry.template.text.replace(";", " ").split():
        name = word.removeprefix("ck:")
        if word != name and name in model.types and model.types[name].category is TypeCategory.PROPOSITION:
            return camel_case(name)
    return camel_case(entry.name)


def _asked_in_words(entry: Question) -> str:
    return f"{entry.summary} {entry.description}"


def many_or_null(type_: Any) -> Any:
    """A list that keeps the place of what is not there."""
    return list_of(type_).__class__(type_)


def _enum(vocabulary: Vocabulary) -> GraphQLEnumType:
    by_iri = {each.iri: each for each in vocabulary.scheme.concepts}
    values = {
        name: GraphQLEnumValue(name, description=by_iri[iri].definition or by_iri[iri].label)
        for name, iri in vocabulary.iris.items()
    }
    return GraphQLEnumType(vocabulary.name, values, description=vocabulary.description)


def _plain_enum(name: str, members: Any, description: str) -> GraphQLEnumType:
    values = {constant_case(each.value): GraphQLEnumValue(constant_case(each.value)) for each in members}
    return GraphQLEnumType(name, values, description=description)


def _required(type_: Any, is_required: bool) -> Any:
    return GraphQLNonNull(type_) if is_required else type_


def _identity() -> GraphQLField:
    return _computed(GraphQLID, ComputedField.ID, "Its IRI.")


def _computed(type_: Any, computed: ComputedField, description: str) -> GraphQLField:
    return bind_field(_plain(type_, description), computed)


def _plain(type_: Any, description: str) -> GraphQLField:
    return GraphQLField(GraphQLNonNull(type_), description=description)


def _argument(type_: Any, description: str) -> GraphQLArgument:
    return GraphQLArgument(type_, description=description)


def _parameter(is_required: bool, description: str) -> GraphQLArgument:
    return _argument(_required(GraphQLString, is_required), description)


def _entering(
    type_: Any, entrance: RootFieldKind, description: str, arguments: dict[str, GraphQLArgument] | None = None
) -> GraphQLField:
    return bind_field(GraphQLField(type_, arguments or {}, description=description), RootField(entrance))


_LANG = "Languages, the preferred first; what is not there in any of them is given in English, or in what there is."
_DESCRIPTION = (
    "Who says what about a conflict. Nothing contested is simply true here: it is held by propositions, each with its"
    " statements, and a selection that takes it must also take who says so."
)
