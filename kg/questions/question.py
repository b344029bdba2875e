"""One question of the catalogue: its header read and checked, its query ready to be bound.

Owns the form of a question's file. Refuses to know what is answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kg.errors import BadParameterError
from kg.nearest_names import nearest_names
from kg.questions.parameter import QuestionParameter
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, SolutionSequence, Term

_MARK = "#+"


class AnswerKind(StrEnum):
    """What a question is answered with."""

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
    """The ids of those of the first source's questions that it answers."""
    template: QueryTemplate

    @classmethod
    def read(cls, path: Path) -> "Question":
        """The question in a file. Raises ValueError, naming the file, where it is not as it must be."""
        try:
            return _entry(path)
        except (ValueError, KeyError, TypeError, YAMLError) as error:
            raise ValueError(f"{path.name}: {error}") from error

    def terms(self, given: Mapping[str, str], store: Queryable, base_iri: str) -> dict[str, Term]:
        """What the texts given for the parameters mean, defaults filled in.

        Raises BadParameterError or UnknownNameError.
        """
        names = [each.name for each in self.parameters]
        for name in given:
            if name not in names:
                meant = f"; perhaps {', '.join(nearest_names(name, names))}" if nearest_names(name, names) else ""
                raise BadParameterError(name, f"{self.name} has no such parameter{meant}; it takes {', '.join(names)}")
        texts = {each.name: given.get(each.name, "").strip() or each.default for each in self.parameters}
        for each in self.parameters:
            if each.is_required and not texts[each.name]:
                raise BadParameterError(each.name, f"is required: {each.description}")
        return {each.name: each.read(texts[each.name], store, base_iri) for each in self.parameters if texts[each.name]}

    def rows(self, terms: Mapping[str, Term], store: Queryable) -> SolutionSequence:
        """The solutions for these terms; a parameter that is not among them stays open."""
        return self.template.select(store, [terms])


def _entry(path: Path) -> Question:
    template = QueryTemplate.read(path)
    lines = template.text.splitlines()
    header = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
    told: Mapping[str, Any] = YAML(typ="safe", pure=True).load("\n".join(line.removeprefix(" ") for line in header))
    parameters = tuple(QuestionParameter.declared(**each) for each in told["parameters"])
    entry = Question(
        name=path.stem,
        summary=told["summary"],
        description=told["description"].strip(),
        kind=AnswerKind(told["kind"]),
        parameters=parameters,
        example=told["example"],
        answers=tuple(told["answers"]),
        template=template,
    )
    _check(entry, told)
    return entry


def _check(entry: Question, told: Mapping[str, Any]) -> None:
    names = tuple(each.name for each in entry.parameters)
    if unknown := set(told) - {"summary", "description", "kind", "parameters", "example", "answers"}:
        raise ValueError(f"the header has no {', '.join(sorted(unknown))}")
    if names != entry.template.names:
        raise ValueError(f"the header declares {names}, the clause of values names {entry.template.names}")
    if strangers := set(entry.example) - set(names):
        raise ValueError(f"the example gives {', '.join(sorted(strangers))}, which is no parameter")
    missing = [each.name for each in entry.parameters if each.is_required and each.name not in entry.example]
    if missing:
        raise ValueError(f"the example lacks {', '.join(missing)}")
