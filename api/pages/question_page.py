"""Questions of the catalogue: the procedures that answer them, the list of all, and the page with form and answer.

Owns which format an answer is written in, and its pages; its content and its words are ``kg.questions``'.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from api.pages.question_form import build_form
from api.pages.render import HTML
from api.pages.replies import document_reply, page_reply
from api.pages.sources import PageSources
from api.pages.typed_names import name_with_id, resolve_names
from kg.errors import BadParameterError
from kg.execution.procedure import Procedure, Reply
from kg.execution.result_format import serialize_result
from kg.namespaces import VOCAB
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.formats import describe, name_of, to_csv, to_json
from kg.questions.headings import heading_of, with_headings
from kg.questions.parameter import ParameterType
from kg.questions.question import Question
from kg.questions.spans import read_spans
from kg.questions.spreadsheet import SPREADSHEET, to_spreadsheet
from kg.questions.statement_lookup import NamesByIri
from kg.questions.table_layout import lay_out
from kg.rdf_formats import RESULTS_JSON, RESULTS_TSV, RESULTS_XML
from kg.store.interface import Queryable, Store
from kg.store.query_template import Term, text_of
from kg.views.incident_names import name_incidents

ANSWER = "question-answer"
"""Arguments: ``question``, ``parameters``, ``media_type``, ``page``. For a page the content is, in JSON, what the text
index has found for the names among the parameters."""
FORM = "question-form"
"""Arguments: ``question``, ``parameters``, ``failure``: why there is no answer, or None."""
LISTING = "question-listing"
"""Arguments: ``media_type``."""
JSON = "application/json"
CSV = "text/csv"
QUERY = "application/sparql-query"
PAGE_ROWS = 30
"""Rows of an answer on a page: it stays below 100 KB."""
_SECTION = "/questions"
_RESULT_TYPES = frozenset({RESULTS_JSON.media_type, RESULTS_XML.media_type, RESULTS_TSV.media_type})
"""Those of SPARQL, of the query with its parameters; the CSV of an answer has the same rows."""

_INCIDENT = "/id/incident/"
_COLUMN = re.compile(r"\?(\w+)")


class QuestionProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {ANSWER: self._answer, FORM: self._form, LISTING: self._list}

    def _list(self, _store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        questions = list(self._sources.catalogue)
        if arguments["media_type"] != HTML:
            return document_reply(_to_json_bytes([_describe(question) for question in questions]), JSON)
        links = {question.name: _example_link(question) for question in questions}
        described = {question.name: _word_description(question) for question in questions}
        render = self._sources.renderer.render
        return page_reply(
            render("questions.html", section=_SECTION, questions=questions, links=links, descriptions=described)
        )

    def _answer(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        catalogue, base_iri = self._sources.catalogue, self._sources.settings.base_iri
        question, parameters = catalogue.question(arguments["question"]), arguments["parameters"]
        media_type = arguments["media_type"]
        if media_type == HTML:
            return self._page(store, question, parameters, json.loads(content or b"{}"), arguments["page"])
        if media_type == QUERY or media_type in _RESULT_TYPES:
            terms = question.resolve_terms(parameters, store, base_iri)
            query = question.query_text(terms)
            if media_type == QUERY:
                return _query_reply(query)
            return _result_reply(question.select_graph(terms, store), query, media_type)
        answer = catalogue.ask(question.name, parameters, store, base_iri)
        match media_type:
            case "text/csv":
                return document_reply(to_csv(answer).encode(), f"{CSV}; header=present")
            case "spreadsheet":
                return document_reply(to_spreadsheet(answer, store, base_iri), SPREADSHEET)
            case _:
                return document_reply(_to_json_bytes({**to_json(answer), "datasetVersion": store.version}), JSON)

    def _form(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        question = self._sources.catalogue.question(arguments["question"])
        return self._render(store, question, arguments["parameters"], failure=arguments["failure"])

    def _page(
        self, store: Store, question: Question, parameters: Mapping[str, str], found: Mapping[str, Any], page: int
    ) -> Reply:
        """The answer; or the form, where a name may mean several things."""
        base_iri = self._sources.settings.base_iri
        typed = resolve_names(question, parameters, found, store, base_iri)
        if typed.choices:
            choices = {
                name: [(choice, _link(question, {**typed.texts, name: choice.id})) for choice in options]
                for name, options in typed.choices.items()
            }
            return self._render(store, question, parameters, choices=choices, typed=parameters, heading_of=heading_of)
        answer = self._sources.catalogue.ask(question.name, typed.texts, store, base_iri)
        answer, recorded = _name_incidents(answer, store, (page - 1) * PAGE_ROWS), answer.names
        values = self._answer_values(store, answer, page)
        settled = {name: _to_text(term, base_iri) for name, term in answer.terms.items()}
        values |= {
            "asked": [(heading_of(name), term, name_of(term, answer.names)) for name, term in answer.terms.items()],
            "clause": question.clause({name: name_of(term, answer.names) for name, term in answer.terms.items()}),
            "address": _link(question, settled),
            "query": question.query_text(answer.terms),
            "dataset_version": store.version,
            "pages": _Pages(page, _count_pages(values["total"])),
        }
        filled = {name: _fill_in(question, name, term, recorded, base_iri) for name, term in answer.terms.items()}
        return self._render(store, question, filled, **values)

    def _render(self, store: Store, question: Question, parameters: Mapping[str, str], **values: Any) -> Reply:
        values = {"failure": None, "choices": None, "address": None} | values
        body = self._sources.renderer.render(
            "question.html",
            section=_SECTION,
            question=question,
            fields=build_form(question, parameters, store),
            example=_example_link(question),
            description=_word_description(question),
            **values,
        )
        return page_reply(body)

    def _answer_values(self, store: Store, answer: YesNoAnswer | TableAnswer, page: int) -> dict[str, Any]:
        """What the template shows of an answer: this page of its rows or statements."""
        offset = (page - 1) * PAGE_ROWS
        base_iri = self._sources.settings.base_iri
        if isinstance(answer, TableAnswer):
            table = lay_out(answer, store, base_iri, PAGE_ROWS, offset)
            names: Mapping[str, str] = table.names
            values: dict[str, Any] = {"table": table, "total": table.total}
            shown = [saying.summary.iri for row in table.rows for saying in row.sayings]
        else:
            told = [("decides", statement) for statement in answer.grounds]
            told += [(related.how, related.statement) for related in answer.related]
            names, values = answer.names, {"answer": answer, "told": told[offset:][:PAGE_ROWS], "total": len(told)}
            shown = [statement.iri for _, statement in values["told"]]
        if page > max(1, _count_pages(values["total"])):
            raise BadParameterError("page", f"there are {_count_pages(values['total'])} pages")
        return values | {
            "describe": lambda statement: describe(statement, names),
            "spans": read_spans(shown, store, self._sources.archive),
            "name_of": lambda iri: name_of(iri, names),
        }


def _name_incidents(answer: TableAnswer | YesNoAnswer, store: Store, offset: int) -> TableAnswer | YesNoAnswer:
    """The answer with incidents named as on their pages: those asked about, and those of the rows that are shown."""
    rows = answer.rows[offset:][:PAGE_ROWS] if isinstance(answer, TableAnswer) else ()
    named = {text_of(term) for terms in (answer.terms, *rows) for term in terms.values()}
    incidents = name_incidents(store, sorted(iri for iri in named & answer.names.keys() if _INCIDENT in iri))
    return replace(answer, names={**answer.names, **{iri: str(name) for iri, name in incidents.items()}})


@dataclass(frozen=True, slots=True)
class _Pages:
    """Which page of an answer this is, of how many."""

    number: int
    count: int


def _count_pages(total: int) -> int:
    return -(-total // PAGE_ROWS)


def _query_reply(query: str) -> Reply:
    return document_reply(query.encode(), QUERY)


def _result_reply(graph: Queryable, query: str, media_type: str) -> Reply:
    out = BytesIO()
    serialize_result(graph.query(query), media_type, out)
    return document_reply(out.getvalue(), media_type)


def _to_text(term: Term, base_iri: str) -> str:
    """A term as a parameter has it: short where it has a short form."""
    return text_of(term).removeprefix(f"{base_iri}id/").removeprefix(VOCAB)


def _fill_in(question: Question, name: str, term: Term, names: NamesByIri, base_iri: str) -> str:
    """What a field has that stands for the term: of a thing its name, with its id."""
    item = next(item for item in question.parameters if item.name == name)
    if item.type is not ParameterType.RESOURCE or text_of(term) not in names:
        return _to_text(term, base_iri)
    return name_with_id(names[text_of(term)], text_of(term), base_iri)


def _to_json_bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode(errors="replace")


def _word_description(question: Question) -> str:
    """How a question is answered, with the columns of its query in the words of the heads of tables."""
    return with_headings(question.description, set(_COLUMN.findall(question.template.text)))


def _describe(question: Question) -> dict[str, object]:
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description,
        "kind": question.kind.value,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.spec,
                "required": parameter.is_required,
                "default": parameter.default or None,
                "description": parameter.description,
            }
            for parameter in question.parameters
        ],
        "example": dict(question.example),
        "href": f"/questions/{question.name}",
    }


def _example_link(question: Question) -> str:
    return _link(question, question.example)


def _link(question: Question, parameters: Mapping[str, str]) -> str:
    """The address of an answer; it has a question mark, so that a format can follow."""
    return f"/questions/{question.name}?{urlencode(parameters)}"
