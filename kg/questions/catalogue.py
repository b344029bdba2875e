"""The catalogue: every question of a folder by name, and the way from a name and texts to an answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UnknownNameError
from kg.nearest_names import nearest_names
from kg.questions.answer import TableAnswer, YesNoAnswer, answer_table, answer_yes_no
from kg.questions.question import AnswerKind, Question
from kg.store.interface import Queryable

_SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The questions that can be asked, sorted by name."""

    questions: Mapping[str, Question]

    @classmethod
    def load(cls, folder: Path = _SHIPPED) -> "Catalogue":
        """The questions in a folder. Raises ValueError, naming the file, if one is malformed."""
        questions = (Question.read(path) for path in sorted(folder.glob("*.rq")))
        return cls({question.name: question for question in questions})

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions.values())

    def question(self, name: str) -> Question:
        """The question of that name. Raises UnknownNameError, with the nearest names, or all if none is near."""
        if name not in self.questions:
            raise UnknownNameError("question", name, nearest_names(name, self.questions) or tuple(self.questions))
        return self.questions[name]

    def ask(
        self, name: str, parameters: Mapping[str, str], store: Queryable, base_iri: str
    ) -> YesNoAnswer | TableAnswer:
        """The answer over the store. ``parameters`` are texts as people type them.

        Raises UnknownNameError for a question, resource or concept that does not exist, BadParameterError for a text
        that cannot be parsed, and what ``Queryable.query`` raises.
        """
        question = self.question(name)
        terms = question.resolve_terms(parameters, store, base_iri)
        return (answer_yes_no if question.kind is AnswerKind.YES_NO else answer_table)(question, terms, store)
