"""What people mean who type names into the form of a question: one thing, or several of which they choose.

Owns when a name is settled. Candidates come from the text index; what they are is for ``kg.search.hits``. A name that
nothing is called is left as it was typed: the question then refuses it, with the nearest names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from api.pages.render import QUERIES
from kg.errors import BadParameterError
from kg.questions.parameter import ParameterType, QuestionParameter
from kg.questions.question import Question
from kg.search.hits import Hit, Saying, find_hits
from kg.search.text_index import Candidate, Match
from kg.store.interface import Store
from kg.store.query_template import QueryTemplate, text_of

_CONTENTS = QueryTemplate.read(QUERIES / "contents-of-statements.rq")
_BRACKETED = re.compile(r".*\[(?P<id>[a-z-]+[:/][A-Za-z0-9][A-Za-z0-9._~-]*)\]\s*", re.DOTALL)
_NAMING = ("name", "title")
"""What a text is by which a thing is called: other names are tried where no thing is called so."""
_SAID = ("called", "words")
_CHOICES_MAX = 10
_STATEMENT, _PROPOSITION, _THING = "statement", "proposition", "thing"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a typed name may mean."""

    id: str
    """As a parameter has it: ``place/ein-tarma``."""
    iri: str
    kind: str
    name: str
    text: str
    """The text that has the words, where it is not the name."""
    matched: str
    said: tuple[Saying, ...]
    """Who says the words, where they are said."""
    is_exact: bool
    """It is called exactly so, or was named by its id."""


@dataclass(frozen=True, slots=True)
class TypedNames:
    """The texts of parameters, with names replaced by ids; and for those that may mean several, the choices."""

    texts: Mapping[str, str]
    choices: Mapping[str, tuple[Choice, ...]]


def name_with_id(name: str, iri: str, base_iri: str) -> str:
    """A name for a field of the form, with the id that settles what it means."""
    return f"{name} [{iri.removeprefix(f'{base_iri}id/')}]"


def is_typed(item: QuestionParameter, text: str) -> bool:
    """Whether the text of this parameter may be a name."""
    return item.type is ParameterType.RESOURCE and "://" not in text and not _BRACKETED.fullmatch(text)


def resolve_names(
    question: Question,
    parameters: Mapping[str, str],
    candidates: Mapping[str, Sequence[Sequence[Any]]],
    store: Store,
    base_iri: str,
) -> TypedNames:
    """What the texts mean; ``candidates``: what a text index has found for each of them."""
    texts, choices = dict(parameters), dict[str, tuple[Choice, ...]]()
    for item in question.parameters:
        text = parameters.get(item.name, "").strip()
        if item.type is not ParameterType.RESOURCE or not text:
            continue
        if bracketed := _BRACKETED.fullmatch(text):
            text = texts[item.name] = bracketed["id"]
        if _is_described(item, text, store, base_iri):
            continue
        found = _find_choices(item, text, candidates.get(item.name, ()), store, base_iri)
        if len(found) == 1 and found[0].is_exact:
            texts[item.name] = found[0].id
        elif found:
            choices[item.name] = found[:_CHOICES_MAX]
    return TypedNames(texts, choices)


def _is_described(item: QuestionParameter, text: str, store: Store, base_iri: str) -> bool:
    """Whether the text is the id of something that can be asked for, or is refused for what it is."""
    try:
        term = item.parse(text, base_iri)
    except BadParameterError:
        # The id of a statement stands for what it says.
        return item.of != _PROPOSITION or not text.startswith((f"{_STATEMENT}/", f"{_STATEMENT}:"))
    return isinstance(term, ox.NamedNode) and any(store.match(term, None, None))


def _find_choices(
    item: QuestionParameter, text: str, candidates: Sequence[Sequence[Any]], store: Store, base_iri: str
) -> tuple[Choice, ...]:
    """What the text may mean; where something is called exactly so, only that."""
    if item.of == _PROPOSITION and text.startswith((f"{_STATEMENT}/", f"{_STATEMENT}:")):
        iri = f"{base_iri}id/{text.replace(':', '/', 1)}"
        return _propositions([Hit(iri, _STATEMENT, "", "", "", "", "id", "same", ())], store, base_iri)
    kind = {_PROPOSITION: _STATEMENT, _THING: ""}.get(item.of, item.of)
    rows = (Candidate(subject, about, words, lang, Match(match)) for subject, about, words, lang, match in candidates)
    hits = [
        hit
        for hit in find_hits(store, text, rows, kind)
        if hit.iri.startswith(f"{base_iri}id/") and (kind == _STATEMENT or hit.kind != _STATEMENT)
    ]
    if item.of == _PROPOSITION:
        return _propositions(hits, store, base_iri)
    same = [hit for hit in hits if hit.match == "same" and hit.matched not in _SAID]
    named = [hit for hit in same if hit.matched in _NAMING]
    return tuple(_create_choice(hit, hit.iri, base_iri) for hit in named or same or hits)


def _propositions(hits: Sequence[Hit], store: Store, base_iri: str) -> tuple[Choice, ...]:
    """The propositions of statements, each with the words and the speaker of the first."""
    rows = _CONTENTS.select_each(store, [ox.NamedNode(hit.iri) for hit in hits]).rows
    contents = [(text_of(row["statement"]), text_of(row["proposition"])) for row in rows]
    found: dict[str, Choice] = {}
    for hit in hits:
        for statement, proposition in contents:
            if statement == hit.iri:
                found.setdefault(proposition, _create_choice(hit, proposition, base_iri))
    return tuple(found.values())


def _create_choice(hit: Hit, iri: str, base_iri: str) -> Choice:
    return Choice(
        id=iri.removeprefix(f"{base_iri}id/"),
        iri=iri,
        kind=hit.kind,
        name=hit.name,
        text=hit.text if hit.text != hit.name else "",
        matched=hit.matched,
        said=hit.said,
        is_exact=hit.match == "same" and hit.matched not in _SAID,
    )
