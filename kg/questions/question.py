"""One question of the catalogue: a ``.rq`` file whose header is checked and whose query is ready to be bound.

Owns the form of the file. Independent of answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kg import namespaces
from kg.errors import BadParameterError
from kg.nearest_names import nearest_names
from kg.questions.excerpt import read_excerpt
from kg.questions.parameter import QuestionParameter, resolve
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, SolutionSequence, Term

_HEADER_MARK = "#+"
_HEADER_KEYS = {"summary", "description", "kind", "parameters", "example", "answers"}
_OPTIONAL_KEYS = {"roles", "whether", "row", "status-of", "utterance-of", "excerpt"}
_ACCOUNTS = "accounts"
_OPTIONAL_PART = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class AnswerKind(StrEnum):
    """The form of an answer."""

    TABLE = "table"
    YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its file states it."""

    name: str
    summary: str
    description: str
    kind: AnswerKind
    parameters: tuple[QuestionParameter, ...]
    example: Mapping[str, str]
    answers: tuple[str, ...]
    """The ids of the questions about the shipped sources that it answers."""
    template: QueryTemplate
    roles: Mapping[str, tuple[str, ...]]
    """The properties of propositions that a parameter fills; a dispute of them contests the answer."""
    status_of: str
    """The parameter that is a proposition whose status is asked for, if any."""
    utterance_of: tuple[str, ...]
    """The parameters that are a speaker and a proposition, if it is asked whether the one said the other."""
    whether: str
    """The question as a clause after "whether", with parameters in braces; a part in brackets needs its parameters."""
    row: str
    """What a row says, in the same form, with columns in braces; empty where it is told by its cells alone."""
    has_excerpt: bool = False
    """Whether it is answered from ``kg.questions.excerpt``."""

    @classmethod
    def read(cls, path: Path) -> "Question":
        """The question in a file. Raises ValueError, naming the file, if it is malformed."""
        try:
            return _parse(path)
        except (ValueError, KeyError, TypeError, YAMLError) as error:
            raise ValueError(f"{path.name}: {error}") from error

    def resolve_terms(self, given: Mapping[str, str], store: Queryable, base_iri: str) -> dict[str, Term]:
        """The terms for the texts given, defaults filled in. Raises BadParameterError or UnknownNameError."""
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                nearest = nearest_names(name, names)
                hint = f"; perhaps {', '.join(nearest)}" if nearest else ""
                raise BadParameterError(name, f"{self.name} has no such parameter{hint}; it takes {', '.join(names)}")
        texts = {item.name: given.get(item.name, "").strip() or item.default for item in self.parameters}
        for parameter in self.parameters:
            if parameter.is_required and not texts[parameter.name]:
                raise BadParameterError(parameter.name, f"is required: {parameter.description}")
        return dict(resolve(self.parameters, texts, store, base_iri))

    def clause(self, names: Mapping[str, str]) -> str:
        """The question as a clause after "whether", with these names of its parameters."""
        return _fill_in(self.whether, names)

    def describe_row(self, names: Mapping[str, str]) -> str:
        """What a row says, with these names of its values; empty if the question does not tell."""
        return _fill_in(self.row, names)

    def query_text(self, terms: Mapping[str, Term]) -> str:
        """The query for these terms, as others may run it: below its summary, without the rest of its header."""
        lines = self.template.bind([terms]).splitlines()
        return "\n".join([f"# {self.summary}", *(line for line in lines if not line.startswith(_HEADER_MARK)), ""])

    def select(self, terms: Mapping[str, Term], store: Queryable) -> SolutionSequence:
        """The solutions for these terms; a parameter that is not among them stays open."""
        return self.template.select(self.select_graph(terms, store), [terms])

    def select_graph(self, terms: Mapping[str, Term], store: Queryable) -> Queryable:
        """The graph over which the query for these terms is evaluated: an excerpt, where it needs no more."""
        return read_excerpt(terms, store) if self.has_excerpt else store


def _fill_in(text: str, names: Mapping[str, str]) -> str:
    """The text with names in its braces; without the parts in brackets that have a name missing."""

    def keep(match: re.Match[str]) -> str:
        return match[1] if all(names.get(name) for name in _PLACEHOLDER.findall(match[1])) else ""

    return _PLACEHOLDER.sub(lambda match: names.get(match[1], ""), _OPTIONAL_PART.sub(keep, text))


def _parse(path: Path) -> Question:
    template = QueryTemplate.read(path)
    lines = template.text.splitlines()
    header = [line.removeprefix(_HEADER_MARK) for line in lines if line.startswith(_HEADER_MARK)]
    fields: Mapping[str, Any] = YAML(typ="safe", pure=True).load("\n".join(line.removeprefix(" ") for line in header))
    question = Question(
        name=path.stem,
        summary=fields["summary"],
        description=fields["description"].strip(),
        kind=AnswerKind(fields["kind"]),
        parameters=tuple(QuestionParameter.from_header(**declared) for declared in fields["parameters"]),
        example=fields["example"],
        answers=tuple(fields["answers"]),
        template=template,
        roles={name: tuple(namespaces.CK + role for role in roles) for name, roles in fields.get("roles", {}).items()},
        status_of=fields.get("status-of", ""),
        utterance_of=tuple(fields.get("utterance-of", ())),
        whether=fields.get("whether", ""),
        row=fields.get("row", ""),
        has_excerpt=fields.get("excerpt") == _ACCOUNTS,
    )
    _check(question, set(fields))
    return question


def _check(question: Question, header_keys: set[str]) -> None:
    names = tuple(parameter.name for parameter in question.parameters)
    if unknown := header_keys - _HEADER_KEYS - _OPTIONAL_KEYS:
        raise ValueError(f"unknown header key {', '.join(sorted(unknown))}")
    if "excerpt" in header_keys and not question.has_excerpt:
        raise ValueError(f"excerpt is not {_ACCOUNTS}")
    if names != question.template.names:
        raise ValueError(f"the header declares {names}, the VALUES clause names {question.template.names}")
    named = {
        *question.roles,
        *filter(None, [question.status_of]),
        *question.utterance_of,
        *_PLACEHOLDER.findall(question.whether),
    }
    if undeclared := named - set(names):
        raise ValueError(
            f"roles, status-of, utterance-of or whether name {', '.join(sorted(undeclared))}, which is no parameter"
        )
    if undeclared := set(question.example) - set(names):
        raise ValueError(f"the example gives {', '.join(sorted(undeclared))}, which is no parameter")
    required = (parameter.name for parameter in question.parameters if parameter.is_required)
    if missing := [name for name in required if name not in question.example]:
        raise ValueError(f"the example lacks {', '.join(missing)}")
