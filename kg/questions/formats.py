"""Answers as text for a terminal, as JSON and as CSV: the same rows in each.

Owns the words in which a verdict is told. Refuses to know who asks.
"""

import csv
import io
import textwrap
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.questions.answer import RelatedStatement, StatementSummary, YesNoAnswer
from kg.questions.spans import Spans
from kg.questions.table import Names, TableAnswer
from kg.status.verdict import Reason, Verdict
from kg.store.query_template import Term, slug_of, text_of

_CELL_MAX = 44
_SCREEN = 120
_REASONS = {
    Reason.LEFT_OPEN: "somebody says that it is not settled",
    Reason.ONLY_POSSIBLE: "nobody says more than that it is possible",
    Reason.ONLY_SUPPOSED: "it is only supposed, as one half of a condition",
    Reason.PARTLY: "only a part is said to be covered, and not which",
    Reason.ONLY_INTENDED: "it is only promised, hoped for or aimed at",
    Reason.SILENT: "no source searched speaks of it; that is not a no",
}
_VERDICTS = {
    Verdict.YES: "it is asserted, and no other recorded speaker denies or disputes it",
    Verdict.NO: "it is denied, and nobody asserts it",
    Verdict.DISPUTED: "it is asserted by some and rejected by others",
}


def explained(answer: YesNoAnswer) -> str:
    """Why the verdict is what it is, in one clause."""
    if answer.reason:
        return _REASONS[answer.reason]
    inferred = "; inferred: the statement is of a larger unit, to which a register reckons the place"
    return _VERDICTS[answer.verdict] + (inferred if answer.decision.is_inferred else "")


def name_of(term: Term | str | None, names: Names) -> str:
    """What a term is called: its name, or the last part of its IRI; a literal is called what it says."""
    text = term if isinstance(term, str) else text_of(term)
    if text in names:
        return names[text]
    is_iri = isinstance(term, str | ox.NamedNode)
    return text.rsplit("/", 1)[-1] if is_iri and "://" in text else text


def spoken(said: StatementSummary, names: Names) -> str:
    """Who does what, how worded and where, in one line."""
    hedge = "" if said.hedge == "none" else f", worded as: {said.hedge.replace('-', ' ')}"
    manner = "" if said.explicitness == "explicit" else f", {said.explicitness}"
    when = f", on {said.said_when}" if said.said_when else ""
    where = f", in {name_of(said.source, names)}"
    return f"{name_of(said.speaker, names)} {said.act}{when}{hedge}{manner}{where}"


def to_json(answer: YesNoAnswer | TableAnswer) -> dict[str, Any]:
    """The answer as values that ``json`` can write."""
    head = {
        "question": answer.entry.name,
        "summary": answer.entry.summary,
        "kind": answer.entry.kind.value,
        "parameters": {name: _term(term, answer.names) for name, term in answer.terms.items()},
    }
    return head | (_table(answer) if isinstance(answer, TableAnswer) else _verdict(answer))


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
    """The answer for a terminal, ending in a line break; with the full spans of its statements where they are given."""
    lines = [answer.entry.summary, *_given(answer), ""]
    lines += _table_lines(answer) if isinstance(answer, TableAnswer) else _verdict_lines(answer, spans)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _given(answer: YesNoAnswer | TableAnswer) -> Iterable[str]:
    return (f"  {name}: {name_of(term, answer.names)}" for name, term in answer.terms.items())


def _term(term: Term | None, names: Names) -> dict[str, str] | None:
    """A term as in SPARQL 1.1 results in JSON, with its name where it has one."""
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


def _table(table: TableAnswer) -> dict[str, Any]:
    rows = [{column: _term(row[column], table.names) for column in table.columns} for row in table.rows]
    return {"columns": list(table.columns), "rows": rows}


def _verdict(answer: YesNoAnswer) -> dict[str, Any]:
    names = answer.names
    return {
        "verdict": answer.verdict.value,
        "reason": answer.reason.value if answer.reason else None,
        "status": answer.status.value,
        "explanation": explained(answer),
        "inferred": answer.decision.is_inferred,
        "statements": [_said(said, names) for said in answer.deciding],
        "bearing": [{"how": each.how} | _said(each.said, names) for each in answer.bearing],
        "register": [
            {
                "place": _resource(step.place, names),
                "parent": _resource(step.parent, names),
                "register": _resource(step.register, names),
                "authority": _resource(step.authority, names),
            }
            for step in answer.register
        ],
        "searched": [_resource(source, names) for source in answer.searched],
    }


def _said(said: StatementSummary, names: Names) -> dict[str, Any]:
    return {
        "statement": said.statement,
        "act": said.act,
        "speaker": _resource(said.speaker, names),
        "hedge": said.hedge,
        "explicitness": said.explicitness,
        "saidWhen": said.said_when or None,
        "source": _resource(said.source, names),
        "reporter": _resource(said.reporter, names),
        "words": list(said.words),
        "quoted": said.is_quoted,
    }


def _resource(iri: str, names: Names) -> dict[str, str] | None:
    return {"iri": iri} | _if("name", names.get(iri)) if iri else None


_VERDICT_COLUMNS = (
    "verdict", "reason", "inferred", "role", "statement", "act", "speaker", "hedge", "explicitness", "source", "words",
)  # fmt: skip


def _verdict_rows(answer: YesNoAnswer) -> list[list[str]]:
    """One row a statement; where there is none, one row with the verdict and the sources searched."""
    inferred = "true" if answer.decision.is_inferred else "false"
    head = [answer.verdict.value, answer.reason.value if answer.reason else "", inferred]
    shown = [("decides", said) for said in answer.deciding] + [(each.how, each.said) for each in answer.bearing]
    rows = [[*head, role, *_cells(said)] for role, said in shown]
    rows += [[*head, "searched", "", "", "", "", "", source, ""] for source in answer.searched]
    return rows or [[*head, *[""] * (len(_VERDICT_COLUMNS) - len(head))]]


def _cells(said: StatementSummary) -> list[str]:
    words = " / ".join(said.words)
    return [said.statement, said.act, said.speaker, said.hedge, said.explicitness, said.source, words]


def _verdict_lines(answer: YesNoAnswer, spans: Spans) -> list[str]:
    reason = f" ({answer.reason.value.replace('-', ' ')})" if answer.reason else ""
    lines = [f"{answer.verdict.value.upper()}{reason}: {explained(answer)}."]
    for said in answer.deciding:
        lines += ["", *_said_lines(spoken(said, answer.names), said, spans)]
    for step in answer.register:
        place, parent = name_of(step.place, answer.names), name_of(step.parent, answer.names)
        authority = f", on the authority of {name_of(step.authority, answer.names)}" if step.authority else ""
        lines += ["", f"{place} lies in {parent}: {name_of(step.register, answer.names)}{authority}"]
    if answer.bearing:
        lines += ["", "Also bearing on it, but not deciding:"]
        for each in answer.bearing:
            lines += ["", *_bearer_lines(each, answer.names, spans)]
    if answer.searched:
        lines += ["", "Sources searched:", *(f"  {name_of(source, answer.names)}" for source in answer.searched)]
    return lines


def _bearer_lines(bearer: RelatedStatement, names: Names, spans: Spans) -> list[str]:
    return _said_lines(f"[{bearer.how}] {spoken(bearer.said, names)}", bearer.said, spans)


def _said_lines(head: str, said: StatementSummary, spans: Spans) -> list[str]:
    marks = ("“", "”") if said.is_quoted else ("(", ")")
    texts = spans.get(said.statement) or said.words
    quotes = [line for words in texts for line in textwrap.wrap(f"{marks[0]}{words}{marks[1]}", 96)]
    return [head, *(f"    {line}" for line in quotes), f"    {slug_of(ox.NamedNode(said.statement))}"]


def _table_lines(table: TableAnswer) -> list[str]:
    if not table.rows:
        return ["No rows: nothing recorded here answers this. That is not a no."]
    # A column that is empty throughout, or only repeats a parameter, says nothing on a screen.
    shown = [column for column in table.columns if column not in table.terms and any(row[column] for row in table.rows)]
    texts = [[name_of(row[column], table.names) for column in shown] for row in table.rows]
    count = f"{len(table.rows)} row{'' if len(table.rows) == 1 else 's'}"
    return [*(_grid(shown, texts) or _records(shown, texts)), "", count]


def _grid(columns: list[str], texts: list[list[str]]) -> list[str]:
    """A line a row; nothing where that would be wider than a screen."""
    cells = [[_clipped(text) for text in row] for row in texts]
    widths = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]
    if sum(widths) + 2 * len(widths) > _SCREEN:
        return []
    lines = [columns, ["-" * width for width in widths], *cells]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines]


def _records(columns: list[str], texts: list[list[str]]) -> list[str]:
    """A block a row, a line a value; a dash where nothing is recorded."""
    width = max(len(column) for column in columns)
    blocks = [[f"{column:>{width}}  {text or '-'}" for column, text in zip(columns, row, strict=True)] for row in texts]
    return [line for number, block in enumerate(blocks) for line in ([""] if number else []) + block]


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CELL_MAX else line[: _CELL_MAX - 1] + "…"
