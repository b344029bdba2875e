"""The form of a question: a field for each parameter, with what may be written into it.

Owns how fields are labelled and which concepts they offer. What a typed name means is for ``api.pages.typed_names``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from api.pages.render import QUERIES
from kg.namespaces import VOCAB
from kg.questions.headings import heading_of
from kg.questions.parameter import ParameterType, QuestionParameter
from kg.questions.question import Question
from kg.store.interface import Store
from kg.store.query_template import QueryTemplate, text_of

_CONCEPTS = QueryTemplate.read(QUERIES / "question-concepts.rq")
_DEFINITION_MAX = 110
_STATEMENTS = ("statement", "proposition")
"""Kinds that have no names: they are found by the words of a source."""
_EXAMPLES = {
    ParameterType.DATE: "one day, such as 2017-08-07",
    ParameterType.PERIOD: "a day, month, year or interval: 2017-08-07, 2017-04, 2017, 2017-03/2017-05",
    ParameterType.LANG: "a language, such as en or ar",
}


@dataclass(frozen=True, slots=True)
class Option:
    """A concept that can be chosen."""

    value: str
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form."""

    name: str
    label: str
    hint: str
    value: str
    placeholder: str
    is_required: bool
    kind: str | None
    """What is searched for while a name is typed: a kind of things, empty for any; None where nothing is."""
    options: tuple[Option, ...]
    """What can be chosen instead of typing."""


def build_form(question: Question, values: Mapping[str, str], store: Store) -> tuple[Field, ...]:
    """The fields of a question, filled in with these texts."""
    schemes = {item.of for item in question.parameters if item.type is ParameterType.CONCEPT}
    return lay_out_fields(question, values, _fetch_options(schemes, store))


def lay_out_fields(
    question: Question, values: Mapping[str, str], options: Mapping[str, Iterable[Option]]
) -> tuple[Field, ...]:
    """The same with these concepts, by their schemes; a concept of another scheme is typed."""
    return tuple(
        Field(
            name=item.name,
            label=heading_of(item.name).capitalize(),
            hint=f"{item.description.partition('; kg find')[0]}: {_describe_input(item)}",
            value=_find_value(values.get(item.name, item.default), item, options),
            placeholder="" if item.type is ParameterType.RESOURCE else question.example.get(item.name, ""),
            is_required=item.is_required,
            kind=_search_kind(item),
            options=tuple(options.get(item.of, ())) if item.type is ParameterType.CONCEPT else (),
        )
        for item in question.parameters
    )


def _find_value(text: str, item: QuestionParameter, options: Mapping[str, Iterable[Option]]) -> str:
    """The text; of a concept the value of its option."""
    if item.type is not ParameterType.CONCEPT:
        return text
    slug = text.removeprefix(f"{VOCAB}{item.of}/").removeprefix(f"{item.of}:").removeprefix(f"{item.of}/")
    labels = {option.label.lower(): option.value for option in options.get(item.of, ())}
    return labels.get(text.lower(), slug)


def _describe_input(item: QuestionParameter) -> str:
    match item.type:
        case ParameterType.RESOURCE if item.of in _STATEMENTS:
            return "type words that a source uses"
        case ParameterType.RESOURCE:
            kind = "person, group, place, zone, incident or source" if item.of == "thing" else item.of
            return f"type the name of a{'n' if kind[0] in 'aeiou' else ''} {kind}, in any spelling"
        case ParameterType.CONCEPT:
            return "choose one"
        case ParameterType.STRING:
            return "as a source spells it; capitals, accents and apostrophes do not matter"
        case _:
            return _EXAMPLES[item.type]


def _search_kind(item: QuestionParameter) -> str | None:
    if item.type is not ParameterType.RESOURCE:
        return None
    if item.of == "thing":
        return ""
    return "statement" if item.of in _STATEMENTS else item.of


def _fetch_options(schemes: Iterable[str], store: Store) -> Mapping[str, tuple[Option, ...]]:
    """The concepts of the schemes, by label; each once."""
    rows = _CONCEPTS.select_each(store, [ox.NamedNode(f"{VOCAB}{scheme}") for scheme in schemes]).rows
    found: dict[str, dict[str, Option]] = defaultdict(dict)
    for row in rows:
        scheme, concept = (text_of(row[name]).rsplit("/", 1)[-1] for name in ("scheme", "concept"))
        option = Option(concept, text_of(row["label"]), _shorten(text_of(row["definition"])))
        found[scheme].setdefault(concept, option)
    return {scheme: tuple(options.values()) for scheme, options in found.items()}


def _shorten(text: str) -> str:
    """The first sentence, or its beginning."""
    first = text.partition(". ")[0].rstrip(".")
    return first if len(first) <= _DEFINITION_MAX else f"{first[:_DEFINITION_MAX].rsplit(' ', 1)[0]} …"
