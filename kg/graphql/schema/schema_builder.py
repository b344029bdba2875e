"""Builds the GraphQL schema: one type a class, its connections, the root fields.

Owns the generated types and how they are put together with the hand-written ones (``static_types``). Every field with a
value of its own is bound to what it stands for (``field_binding``); there are no resolvers.
"""

from collections.abc import Iterable
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    specified_scalar_types,
)

from kg.graphql.schema.computed_fields import COMPUTED_FIELDS, ID, ComputedField
from kg.graphql.schema.field_binding import (
    ConnectionField,
    QuestionField,
    RootField,
    RootFieldKind,
    TextsField,
    bind_field,
)
from kg.graphql.schema.filter_inputs import PLAIN_SCALARS, FilterInputs, list_of
from kg.graphql.schema.inflection import camel_case, constant_case, pluralize
from kg.graphql.schema.scalars import build_scalars
from kg.graphql.schema.static_types import (
    AnswerType,
    AspectReference,
    LanguageText,
    PageInfo,
    ParameterInput,
    QuestionAnswerType,
    QuestionType,
    SearchHitType,
    StaticTypeConverter,
)
from kg.graphql.schema.type_model import (
    LinkField,
    TypeCategory,
    TypeDefinition,
    TypeModel,
    ValueField,
    ValueKind,
    Vocabulary,
)
from kg.questions.catalogue import Catalogue
from kg.questions.question import AnswerKind, Question
from kg.search.hits import MATCHED, MAX_FIRST
from kg.search.text_index import Match
from kg.status.verdict import Reason, Status, Strength, Verdict

PAGE_SIZE_DEFAULT = 20
PAGE_SIZE_MAX = 500


def build_graphql_schema(model: TypeModel, catalogue: Catalogue) -> GraphQLSchema:
    """The schema that clients see. Raises TypeError if two of its names clash."""
    return _SchemaBuilder(model, catalogue).build()


class _SchemaBuilder:
    def __init__(self, model: TypeModel, catalogue: Catalogue) -> None:
        self.model, self.catalogue = model, catalogue
        self.types: dict[str, Any] = {}
        """The generated types by name, connections excepted."""
        self.static = StaticTypeConverter(self.types)
        self.scalars = build_scalars()
        self.enums = {name: _vocabulary_enum(vocabulary) for name, vocabulary in model.vocabularies.items()}
        self.inputs = FilterInputs(model, self.scalars, self.enums)
        self.verdict_enums = {
            "Status": _enum_of("Status", Status, "The status of a proposition, decided from the statements about it."),
            "Verdict": _enum_of(
                "Verdict",
                Verdict,
                "The answers to a yes/no question. CLAIMED and DENIED: by people whom the sources quote. Silence is"
                " never NO.",
            ),
            "Reason": _enum_of("Reason", Reason, "Why an answer is undetermined."),
            "Strength": _enum_of("Strength", Strength, "How a yes or a no is worded by the firmest who say so."),
        }
        self.search_enums = {
            "SearchedText": _enum_of("SearchedText", dict.fromkeys(MATCHED.values()), _SEARCHED_TEXT),
            "SearchMatch": _enum_of("SearchMatch", [match.name for match in Match], _SEARCH_MATCH),
        }
        acts = {name: GraphQLEnumValue(name) for name in model.acts.values()}
        self.act = GraphQLEnumType("Act", acts, description="The act of a speaker in a statement.")
        self.home_graph = model.home_graph_link()
        self.node = GraphQLInterfaceType(
            "Node",
            lambda: {"id": self._computed_field(ID)} | self._home_graph_field(),
            description="A resource with an IRI, which can be selected by id.",
        )
        self.connections: dict[str, GraphQLObjectType] = {}

    def build(self) -> GraphQLSchema:
        for definition in self.model.types.values():
            self.types[definition.name] = self._object_or_interface(definition)
        for name, members in self.model.unions.items():
            self.types[name] = self._union(name, members)
        generated = [self.types[name] for name in sorted(self.types)]
        self.types |= self.verdict_enums | self.search_enums | {"Act": self.act, self.node.name: self.node}
        self.types[AspectReference.graphql_name] = self._aspect()
        query = GraphQLObjectType("Query", self._root_fields, description="The query root.")
        return GraphQLSchema(query, types=generated, description=_DESCRIPTION)

    def _aspect(self) -> GraphQLEnumType:
        aspects = self.model.aspects()
        return self.enums[aspects.name] if aspects else _NO_ASPECT

    def _union(self, name: str, members: tuple[str, ...]) -> GraphQLUnionType:
        return GraphQLUnionType(
            name, lambda: [self.types[member] for member in members], description=f"One of: {', '.join(members)}."
        )

    def _object_or_interface(self, definition: TypeDefinition) -> GraphQLInterfaceType | GraphQLObjectType:
        make = GraphQLInterfaceType if definition.is_interface else GraphQLObjectType
        node = [self.node] if definition.is_node else []
        return make(
            definition.name,
            lambda: self._fields(definition),
            interfaces=lambda: [*node, *(self.types[name] for name in definition.interfaces)],
            description=definition.description,
        )

    def _fields(self, definition: TypeDefinition) -> dict[str, GraphQLField]:
        computed = (field for field in COMPUTED_FIELDS if field.applies_to(definition))
        fields = {field.name: self._computed_field(field) for field in computed}
        for field in definition.fields.values():
            fields |= self._field(field)
        return self._home_graph_field() | fields if definition.is_node else fields

    def _computed_field(self, computed: ComputedField) -> GraphQLField:
        type_: Any = specified_scalar_types.get(computed.type_name) or self.types[computed.type_name]
        if computed.is_list:
            type_ = list_of(type_)
        type_ = _non_null_if(type_, not computed.is_nullable)
        return bind_field(GraphQLField(type_, description=computed.description), computed)

    def _home_graph_field(self) -> dict[str, GraphQLField]:
        return {self.home_graph.name: self._link_field(self.home_graph)} if self.home_graph else {}

    def _field(self, field: ValueField | LinkField) -> dict[str, GraphQLField]:
        if isinstance(field, LinkField):
            return {field.name: self._link_field(field)}
        if field.kind is ValueKind.TEXT:
            return self._text_fields(field)
        type_: Any = self.enums[field.vocabulary] if field.vocabulary else PLAIN_SCALARS.get(field.kind)
        type_ = type_ or self.scalars[field.kind.value]
        wrapped = GraphQLNonNull(list_of(type_)) if field.is_many else _non_null_if(type_, field.is_required)
        return {field.name: bind_field(GraphQLField(wrapped, description=field.description), field)}

    def _text_fields(self, field: ValueField) -> dict[str, GraphQLField]:
        """The text in the preferred language, and all texts with their languages."""
        one = GraphQLField(
            _non_null_if(self.scalars["Text"], field.is_required),
            {"lang": GraphQLArgument(list_of(GraphQLString), description=_LANG)},
            description=field.description,
        )
        all_texts = GraphQLField(
            GraphQLNonNull(list_of(self.static.from_type(LanguageText))),
            description=f"{field.description} In every available language.",
        )
        return {field.name: bind_field(one, field), f"{field.name}Texts": bind_field(all_texts, TextsField(field))}

    def _link_field(self, link: LinkField) -> GraphQLField:
        if link.is_many:
            return self._connection_field(link.target, link.description, link)
        type_ = _non_null_if(self.types[link.target], link.is_required)
        return bind_field(GraphQLField(type_, description=link.description), link)

    def _connection_field(self, target: str, description: str, link: LinkField | None) -> GraphQLField:
        arguments = {
            "first": GraphQLArgument(
                GraphQLInt,
                description=f"Size of the page; {PAGE_SIZE_DEFAULT} by default, {PAGE_SIZE_MAX} at most.",
            ),
            "after": GraphQLArgument(GraphQLString, description="Only nodes after this cursor."),
            "last": GraphQLArgument(GraphQLInt, description="Size of the page, taken from the end."),
            "before": GraphQLArgument(GraphQLString, description="Only nodes before this cursor."),
            "offset": GraphQLArgument(GraphQLInt, description="Number of nodes to skip."),
            "where": GraphQLArgument(self.inputs.where_input(target), description="Only nodes that match this filter."),
            "orderBy": GraphQLArgument(
                list_of(self.inputs.order_input(target)),
                description="Sort keys; nodes with equal keys are ordered by IRI.",
            ),
        }
        connection = GraphQLNonNull(self._connection_type(target))
        return bind_field(GraphQLField(connection, arguments, description=description), ConnectionField(target, link))

    def _connection_type(self, target: str) -> GraphQLObjectType:
        if target not in self.connections:
            edge = GraphQLObjectType(
                f"{target}Edge",
                lambda: {
                    "cursor": GraphQLField(GraphQLNonNull(GraphQLString), description="The position of the node."),
                    "node": GraphQLField(GraphQLNonNull(self.types[target]), description="The node."),
                },
                description=f"A {target} with its cursor.",
            )
            page_info = GraphQLNonNull(self.static.from_type(PageInfo))
            self.connections[target] = GraphQLObjectType(
                f"{target}Connection",
                lambda: {
                    "edges": GraphQLField(GraphQLNonNull(list_of(edge)), description="The nodes with their cursors."),
                    "nodes": GraphQLField(GraphQLNonNull(list_of(self.types[target])), description="The nodes."),
                    "pageInfo": GraphQLField(page_info, description="The position of the page."),
                    "totalCount": GraphQLField(GraphQLNonNull(GraphQLInt), description="Number of nodes on all pages."),
                },
                description=f"A page of {target}.",
            )
        return self.connections[target]

    def _root_fields(self) -> dict[str, GraphQLField]:
        static = self.static.from_type
        fields = {
            "node": _root_field(
                self.node,
                RootFieldKind.NODE,
                "The node with this id; null if there is none.",
                id=GraphQLArgument(GraphQLNonNull(GraphQLID), description="An IRI, or a short name: `zone:idlib`."),
            ),
            "nodes": _root_field(
                GraphQLNonNull(GraphQLList(self.node)),
                RootFieldKind.NODES,
                "The nodes with these ids, in this order; null for an unknown id.",
                ids=GraphQLArgument(GraphQLNonNull(list_of(GraphQLID)), description="IRIs or short names."),
            ),
            "answer": _root_field(GraphQLNonNull(self._answers()), RootFieldKind.ANSWERS, "The yes/no questions."),
            "question": _root_field(
                static(QuestionAnswerType),
                RootFieldKind.QUESTION,
                "The answer to any question of the catalogue, by its name.",
                name=GraphQLArgument(GraphQLNonNull(GraphQLString), description="The name of the question."),
                parameters=GraphQLArgument(list_of(static(ParameterInput)), description="Its parameters."),
            ),
            "questions": _root_field(
                GraphQLNonNull(list_of(static(QuestionType))),
                RootFieldKind.QUESTIONS,
                "The questions of the catalogue.",
            ),
            "search": self._search_field(),
        }
        for definition in self.model.types.values():
            if definition.is_node:
                fields |= self._node_fields(definition)
        return fields

    def _search_field(self) -> GraphQLField:
        return _root_field(
            GraphQLNonNull(list_of(self.static.from_type(SearchHitType))),
            RootFieldKind.SEARCH,
            "What has these words in a name, an id, an address or a quote, the best first.",
            text=GraphQLArgument(GraphQLNonNull(GraphQLString), description="The words, in any order."),
            kinds=GraphQLArgument(list_of(GraphQLString), description="Only these kinds, such as `place`."),
            first=GraphQLArgument(
                GraphQLInt, description=f"How many; {PAGE_SIZE_DEFAULT} by default, {MAX_FIRST} at most."
            ),
        )

    def _node_fields(self, definition: TypeDefinition) -> dict[str, GraphQLField]:
        """The root fields of a type: one node, and the connection over all of them."""
        name = camel_case(definition.name)
        arguments = {"id": GraphQLArgument(GraphQLID, description="Its IRI, or its short name.")}
        if definition.kind:
            arguments["slug"] = GraphQLArgument(GraphQLString, description="The last part of its IRI.")
        one = GraphQLField(
            self.types[definition.name], arguments, description=f"One {definition.name}; null if there is none."
        )
        return {
            name: bind_field(one, RootField(RootFieldKind.ONE, definition.name)),
            pluralize(name): self._connection_field(definition.name, f"Every {definition.name}.", None),
        }

    def _answers(self) -> GraphQLObjectType:
        fields = {}
        for question in self.catalogue:
            if question.kind is AnswerKind.YES_NO:
                fields[answer_field_name(question, self.model)] = self._answer_field(question)
        return GraphQLObjectType("Answers", fields, description="One field for each yes/no question of the catalogue.")

    def _answer_field(self, question: Question) -> GraphQLField:
        arguments = {
            camel_case(parameter.name): GraphQLArgument(
                _non_null_if(GraphQLString, parameter.is_required), description=parameter.description
            )
            for parameter in question.parameters
        }
        description = f"{question.summary} {question.description}"
        field = GraphQLField(self.static.from_type(AnswerType), arguments, description=description)
        return bind_field(field, QuestionField(question))


def answer_field_name(question: Question, model: TypeModel) -> str:
    """The proposition class that the query of the question names first; the name of the question if it names none."""
    for word in question.template.text.replace(";", " ").split():
        name = word.removeprefix("ck:")
        if word != name and name in model.types and model.types[name].category is TypeCategory.PROPOSITION:
            return camel_case(name)
    return camel_case(question.name)


def _vocabulary_enum(vocabulary: Vocabulary) -> GraphQLEnumType:
    concepts = {concept.iri: concept for concept in vocabulary.scheme.concepts}
    values = {
        name: GraphQLEnumValue(name, description=concepts[iri].definition or concepts[iri].label)
        for name, iri in vocabulary.iris.items()
    }
    return GraphQLEnumType(vocabulary.name, values, description=vocabulary.description)


def _enum_of(name: str, members: Iterable[str], description: str) -> GraphQLEnumType:
    names = [constant_case(member) for member in members]
    return GraphQLEnumType(name, {value: GraphQLEnumValue(value) for value in names}, description=description)


def _non_null_if(type_: Any, is_required: bool) -> Any:
    return GraphQLNonNull(type_) if is_required else type_


def _root_field(type_: Any, kind: RootFieldKind, description: str, **arguments: GraphQLArgument) -> GraphQLField:
    return bind_field(GraphQLField(type_, arguments, description=description), RootField(kind))


_NO_ASPECT = GraphQLEnumType(AspectReference.graphql_name, {"NONE": GraphQLEnumValue("NONE")})
"""Of a schema without aspects."""
_SEARCHED_TEXT = "What a text that was found is: a name that identifies something, what statements call it, or words."
_SEARCH_MATCH = "How a text has the words of a search: the same, the words, by transliteration, near."
_LANG = "Language tags in order of preference; if none is available, English, else any language."
_DESCRIPTION = (
    "Who states what about a conflict. Contested content belongs to propositions, which assert nothing by themselves:"
    " a selection of it must also select who states it."
)
