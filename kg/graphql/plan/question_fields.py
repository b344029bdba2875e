"""Questions of the catalogue, asked and answered in the shapes of the schema.

Owns the shapes; the answers are those of ``kg.questions``, and so are their words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.graphql.plan.values import NodeRef, ResolvedObject
from kg.graphql.schema.inflection import camel_case, constant_case
from kg.questions import Catalogue, Question, QuestionParameter, RegisterStep, TableAnswer, YesNoAnswer
from kg.questions.formats import explained
from kg.questions.table import Names
from kg.store.interface import Queryable
from kg.store.query_template import Term, text_of


@dataclass(frozen=True, slots=True)
class QuestionResolver:
    """Asks over a store; ``types`` are the names under which statements, places, sources and graphs are told."""

    catalogue: Catalogue
    store: Queryable
    base_iri: str

    def questions(self) -> list[ResolvedObject]:
        """The catalogue."""
        return [_question(each) for each in self.catalogue]

    def answered(self, entry: Question, arguments: Mapping[str, Any]) -> ResolvedObject:
        """The answer to a yes/no question. Raises what asking raises."""
        given = {each.name: arguments.get(camel_case(each.name)) for each in entry.parameters}
        texts = {name: text for name, text in given.items() if text is not None}
        answer = self.catalogue.ask(entry.name, texts, self.store, self.base_iri)
        assert isinstance(answer, YesNoAnswer)
        return _answer(answer)

    def asked(self, arguments: Mapping[str, Any]) -> ResolvedObject:
        """The answer to a question by its name. Raises what asking raises."""
        given = {each["name"]: each["value"] for each in arguments.get("parameters") or ()}
        answer = self.catalogue.ask(arguments["name"], given, self.store, self.base_iri)
        told = {"table": _table(answer)} if isinstance(answer, TableAnswer) else {"answer": _answer(answer)}
        return ResolvedObject(
            "QuestionAnswer", {"question": _question(answer.entry), "table": None, "answer": None} | told
        )


def _question(entry: Question) -> ResolvedObject:
    return ResolvedObject(
        "Question",
        {
            "name": entry.name,
            "summary": entry.summary,
            "description": entry.description,
            "kind": entry.kind.value,
            "parameters": [_parameter(each) for each in entry.parameters],
        },
    )


def _parameter(parameter: QuestionParameter) -> ResolvedObject:
    values = {
        "name": parameter.name,
        "type": parameter.spec,
        "description": parameter.description,
        "required": parameter.is_required,
    }
    return ResolvedObject("Parameter", values)


def _answer(answer: YesNoAnswer) -> ResolvedObject:
    return ResolvedObject(
        "Answer",
        {
            "verdict": constant_case(answer.verdict),
            "reason": constant_case(answer.reason) if answer.reason else None,
            "status": constant_case(answer.status),
            "explanation": explained(answer),
            "inferred": answer.decision.is_inferred,
            "statements": [NodeRef(each.statement, "Statement") for each in answer.deciding],
            "bearing": [
                ResolvedObject("Bearing", {"how": each.how, "statement": NodeRef(each.said.statement, "Statement")})
                for each in answer.bearing
            ],
            "register": [_step(each) for each in answer.register],
            "searched": [NodeRef(each, "Source") for each in answer.searched],
        },
    )


def _step(step: RegisterStep) -> ResolvedObject:
    values = {
        "place": NodeRef(step.place, "AnyPlace"),
        "parent": NodeRef(step.parent, "AnyPlace"),
        "register": NodeRef(step.register, "HomeGraph"),
        "authority": NodeRef(step.authority, "Source") if step.authority else None,
    }
    return ResolvedObject("RegisterStep", values)


def _table(table: TableAnswer) -> ResolvedObject:
    rows = [
        ResolvedObject("Row", {"cells": [_cell(column, row[column], table.names) for column in table.columns]})
        for row in table.rows
    ]
    return ResolvedObject("Table", {"columns": list(table.columns), "rows": rows})


def _cell(column: str, term: Term | None, names: Names) -> ResolvedObject:
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
