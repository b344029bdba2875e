"""The catalogue of questions: one ``.rq`` file each, its parameters, its answer.

Each file opens with ``#+`` lines of YAML that say what it asks, and runs in any SPARQL 1.1 tool as it stands, each
parameter then meaning "any". Refuses to know HTTP, terminals and engines: whoever asks brings a ``Queryable``.
"""

from kg.questions.answer import RelatedStatement, StatementSummary, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.evidence import RegisterStep, decisions
from kg.questions.formats import render_text, to_csv, to_json
from kg.questions.parameter import QuestionParameter
from kg.questions.question import AnswerKind, Question
from kg.questions.table import TableAnswer

__all__ = [
    "AnswerKind",
    "Catalogue",
    "Question",
    "QuestionParameter",
    "RegisterStep",
    "RelatedStatement",
    "StatementSummary",
    "TableAnswer",
    "YesNoAnswer",
    "decisions",
    "render_text",
    "to_csv",
    "to_json",
]
