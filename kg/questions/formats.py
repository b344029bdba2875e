"""Answers as text for a terminal, as JSON and as CSV; each format contains the same rows.

Owns the layout. The words for decisions and statements are those of ``kg.status``.
"""

import csv
import io
import textwrap
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.questions.answer import RelatedStatement, TableAnswer, YesNoAnswer
from kg.questions.headings import heading_of
from kg.questions.spans import Spans
from kg.questions.statement_lookup import NamesByIri, StatementSummary
from kg.status.attribution import describe_statement
from kg.store.query_template import Term, slug_of, text_of
from kg.text_direction import isolate

_CELL_MAX = 44
_SCREEN = 120


def name_of(term: Term | str | None, names: NamesByIri) -> str:
    """The name of a resource, or the last segment of its IRI; the lexical form of a literal."""
    text = term if isinstance(term, str) else text_of(term)
    if text in names:
        return names[text]
    is_iri = isinstance(term, str | ox.NamedNode)
    return text.rsplit("/", 1)[-1] if is_iri and "://" in text else text


def describe(statement: StatementSummary, names: NamesByIri) -> str:
    """The speaker, act, wording and source of a statement, in one line."""
    return describe_statement(
        statement.act,
        name_of(statement.speaker, names),
        hedge=statement.hedge,
        explicitness=statement.explicitness,
        said_when=statement.said_when,
        source=name_of(statement.source, names),
        said_to=[name_of(each, names) for each in statement.said_to],
    )


def to_json(answer: YesNoAnswer | TableAnswer) -> dict[str, Any]:
    """The answer as values that ``json`` can write."""
    head = {
        "question": answer.question.name,
        "summary": answer.question.summary,
        "kind": answer.question.kind.value,
        "parameters": {name: _term_json(term, answer.names) for name, term in answer.terms.items()},
    }
    return head | (_table_json(answer) if isinstance(answer, TableAnswer) else _verdict_json(answer))


def to_csv(answer: YesNoAnswer | TableAnswer) -> str:
    """The rows as CSV (RFC 4180), terms as in SPARQL results; of a verdict, a row for each statement shown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if isinstance(answer, TableAnswer):
        writer.writerow(answer.columns)
        writer.writerows([text_of(row[column]) for column in answer.columns] for row in answer.rows)
        return out.getvalue()
    writer.writerow(_VERDICT_COLUMNS)
    writer.writerows(_verdict_rows(answer))
    return out.getvalue()


def render_text(answer: YesNoAnswer | TableAnswer, spans: Spans = MappingProxyType({})) -> str:
    """The answer for a terminal, ending in a line break; statements with a span show it instead of their quotes."""
    lines = [answer.question.summary, *_parameter_lines(answer), ""]
    lines += _table_lines(answer) if isinstance(answer, TableAnswer) else _verdict_lines(answer, spans)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _parameter_lines(answer: YesNoAnswer | TableAnswer) -> Iterable[str]:
    return (f"  {name}: {isolate(name_of(term, answer.names))}" for name, term in answer.terms.items())


def _term_json(term: Term | None, names: NamesByIri) -> dict[str, str] | None:
    """A term as in SPARQL 1.1 results in JSON, with its name if it has one."""
    match term:
        case None:
            return None
        case ox.NamedNode():
            return {"type": "uri", "value": term.value} | _if("name", names.get(term.value))
        case ox.Literal():
            datatype = (
                None if term.language or term.datatype.value == f"{namespaces.XSD}string" else term.datatype.value
            )
            return (
                {"type": "literal", "value": term.value}
                | _if("xml:lang", term.language)
                | _if("datatype", datatype)
            )  # fmt: skip
        case _:
            return {"type": "bnode", "value": text_of(term)}


def _if(key: str, value: str | None) -> dict[str, str]:
    return {key: value} if value else {}


def _table_json(table: TableAnswer) -> dict[str, Any]:
    rows = [{column: _term_json(row[column], table.names) for column in table.columns} for row in table.rows]
    return {"columns": list(table.columns), "rows": rows}


def _verdict_json(answer: YesNoAnswer) -> dict[str, Any]:
    names = answer.names
    return {
        "verdict": answer.verdict.value,
        "reason": answer.reason.value if answer.reason else None,
        "status": answer.status.value,
        "headline": answer.headline,
        "strength": answer.decision.strength.value if answer.decision.strength else None,
        "disputedAspects": [aspect.rsplit("/", 1)[-1] for aspect in answer.decision.disputed_aspects],
        "inferred": answer.decision.is_inferred,
        "statements": [_statement_json(statement, names) for statement in answer.grounds],
        "bearing": [{"how": related.how} | _statement_json(related.statement, names) for related in answer.related],
        "referenceSteps": [
            {
                "place": _resource_json(step.place, names),
                "parent": _resource_json(step.parent, names),
                "reference": _resource_json(step.reference, names),
                "authority": _resource_json(step.authority, names),
            }
            for step in answer.reference_steps
        ],
        "searched": [_resource_json(source, names) for source in answer.searched],
    }


def _statement_json(statement: StatementSummary, names: NamesByIri) -> dict[str, Any]:
    return {
        "statement": statement.iri,
        "act": statement.act,
        "speaker": _resource_json(statement.speaker, names),
        "hedge": statement.hedge,
        "explicitness": statement.explicitness,
        "saidWhen": statement.said_when or None,
        "saidTo": [_resource_json(each, names) for each in statement.said_to],
        "source": _resource_json(statement.source, names),
        "reporter": _resource_json(statement.reporter, names),
        "words": list(statement.words),
        "quoted": statement.is_quoted,
    }


def _resource_json(iri: str, names: NamesByIri) -> dict[str, str] | None:
    return {"iri": iri} | _if("name", names.get(iri)) if iri else None


_VERDICT_COLUMNS = (
    "verdict", "reason", "inferred", "role", "statement", "act", "speaker", "hedge", "explicitness", "source", "words",
)  # fmt: skip


def _verdict_rows(answer: YesNoAnswer) -> list[list[str]]:
    """One row for each statement and source searched; one row with the verdict alone if there is neither."""
    inferred = "true" if answer.decision.is_inferred else "false"
    head = [answer.verdict.value, answer.reason.value if answer.reason else "", inferred]
    rows = [[*head, "decides", *_cells(statement)] for statement in answer.grounds]
    rows += [[*head, related.how, *_cells(related.statement)] for related in answer.related]
    rows += [[*head, "searched", "", "", "", "", "", source, ""] for source in answer.searched]
    return rows or [[*head, *[""] * (len(_VERDICT_COLUMNS) - len(head))]]


def _cells(statement: StatementSummary) -> list[str]:
    described = [statement.iri, statement.act, statement.speaker, statement.hedge, statement.explicitness]
    return [*described, statement.source, " / ".join(statement.words)]


def _verdict_lines(answer: YesNoAnswer, spans: Spans) -> list[str]:
    lines = [answer.headline]
    for statement in answer.grounds:
        lines += ["", *_statement_lines(describe(statement, answer.names), statement, spans)]
    for step in answer.reference_steps:
        place, parent, reference, authority = (
            isolate(name_of(iri, answer.names)) for iri in (step.place, step.parent, step.reference, step.authority)
        )
        on_authority = f", on the authority of {authority}" if authority else ""
        lines += ["", f"{place} lies in {parent}: {reference}{on_authority}"]
    if answer.related:
        lines += ["", "Also bearing on it, but not deciding:"]
        for related in answer.related:
            lines += ["", *_related_lines(related, answer.names, spans)]
    if answer.searched:
        lines += [
            "",
            "Sources searched:",
            *(f"  {isolate(name_of(source, answer.names))}" for source in answer.searched),
        ]
    return lines


def _related_lines(related: RelatedStatement, names: NamesByIri, spans: Spans) -> list[str]:
    return _statement_lines(f"[{related.how}] {describe(related.statement, names)}", related.statement, spans)


def _statement_lines(head: str, statement: StatementSummary, spans: Spans) -> list[str]:
    marks = ("“", "”") if statement.is_quoted else ("(", ")")
    texts = spans.get(statement.iri) or statement.words
    quotes = [line for words in texts for line in textwrap.wrap(f"{marks[0]}{words}{marks[1]}", 96)]
    return [head, *(f"    {line}" for line in quotes), f"    {slug_of(ox.NamedNode(statement.iri))}"]


def _table_lines(table: TableAnswer) -> list[str]:
    if not table.rows:
        return ["No rows: nothing recorded here answers this. That is not a no."]
    # Columns that are empty throughout or repeat a parameter are left out.
    shown = [column for column in table.columns if column not in table.terms and any(row[column] for row in table.rows)]
    texts = [[name_of(row[column], table.names) for column in shown] for row in table.rows]
    count = f"{len(table.rows)} row{'' if len(table.rows) == 1 else 's'}"
    headings = list(map(heading_of, shown))
    return [*(_grid(headings, texts) or _records(headings, texts)), "", count]


def _grid(columns: list[str], texts: list[list[str]]) -> list[str]:
    """One line for each row; none if that would be wider than a screen."""
    cells = [[isolate(_truncate(text)) for text in row] for row in texts]
    widths = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]
    if sum(widths) + 2 * len(widths) > _SCREEN:
        return []
    lines = [columns, ["-" * width for width in widths], *cells]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines]


def _records(columns: list[str], texts: list[list[str]]) -> list[str]:
    """One block for each row, one line for each value; nothing for a variable that is unbound."""
    width = max(len(column) for column in columns)
    blocks = [
        [f"{column:>{width}}  {isolate(text)}" for column, text in zip(columns, row, strict=True) if text]
        for row in texts
    ]
    return [line for number, block in enumerate(blocks) for line in ([""] if number else []) + block]


def _truncate(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CELL_MAX else line[: _CELL_MAX - 1] + "…"
