"""The catalogue: every question of a folder, by name, and asking one.

Owns loading, looking up and the way from texts to an answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UnknownNameError
from kg.nearest_names import nearest_names
from kg.questions.answer import YesNoAnswer, answered
from kg.questions.question import AnswerKind, Question
from kg.questions.table import TableAnswer, tabled
from kg.store.interface import Queryable

_SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The questions that can be asked, sorted by name."""

    questions: Mapping[str, Question]

    @classmethod
    def load(cls, folder: Path = _SHIPPED) -> "Catalogue":
        """The questions in a folder. Raises ValueError, naming the file, where one is not as it must be."""
        read = (Question.read(path) for path in sorted(folder.glob("*.rq")))
        return cls({entry.name: entry for entry in read})

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions.values())

    def question(self, name: str) -> Question:
        """The question of that name. Raises UnknownNameError, with the near names, or all where none is near."""
        if name not in self.questions:
            raise UnknownNameError("question", name, nearest_names(name, self.questions) or tuple(self.questions))
        return self.questions[name]

    def ask(
        self, name: str, parameters: Mapping[str, str], store: Queryable, base_iri: str
    ) -> YesNoAnswer | TableAnswer:
        """The answer over the store: a table, or a verdict with the statements it rests on.

        ``parameters`` are texts as people type them. Raises UnknownNameError for a question, resource or concept
        that is not there, BadParameterError for a text that cannot be read, and what ``Queryable.query`` raises.
        """
        entry = self.question(name)
        terms = entry.terms(parameters, store, base_iri)
        return (answered if entry.kind is AnswerKind.YES_NO else tabled)(entry, terms, store)
