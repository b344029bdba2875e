"""The rows of an answer as people read them: what is said, then who says so, in which words and source.

Owns which columns are shown, under which headings, and which statements stand beside a row. The formats for programs
have every column; here those are left out that only repeat what stands beside them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import XSD
from kg.questions.answer import TableAnswer
from kg.questions.headings import heading_of
from kg.questions.statement_lookup import NamesByIri, StatementSummary, summarize_statements
from kg.status.sentence import Phrase, Sentence
from kg.status.wording import add_spaces, count, name
from kg.store.interface import Queryable
from kg.store.query_template import Solution, Term, text_of
from kg.text_direction import isolate

MAIN_COLUMNS = 4
"""Contents that have a column of their own: a page is not wider. The others stand together in one cell."""
SUMMARIZED_MAX = 500
"""Statements that the sentence above a table counts; of more, it says only how many rows there are."""
_SAMPLE = 100
"""The first rows, which decide which columns are shown: on all pages the same."""
_SPEAKERS_MAX, _TEXTS_MAX = 6, 3
_STATEMENT = "statement"
_OF_STATEMENT = frozenset({
    "act", "speaker", "hedge", "explicitness", "saidTo", "saidWhen", "source", "reporter", "words",
})  # fmt: skip
"""Columns with what is said of a statement wherever it stands."""
_VOICE = re.compile(r"by|declarer|disputer|publisher|\w+(By|Source)")
"""Columns of who says or prints a statement that is named in the row."""
_NAMELESS = frozenset({"estimate", "geometry"})
"""Nodes whose values are in columns of their own."""
_UNSTATED = ("", "not stated")
_UNTOLD = "what the row says"
"""Of a row for which the question has no words."""
_UNTOLD_HEDGES = ("", "none", "attributed", "not-given", "no-evidence")
_FALSE = ox.Literal("false", datatype=ox.NamedNode(f"{XSD}boolean"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A value under a heading."""

    heading: str
    term: Term


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement of a row, under a heading; that of the statement that says the row is empty."""

    heading: str
    summary: StatementSummary


@dataclass(frozen=True, slots=True)
class ReadableRow:
    """A row: what is said, and the statements that say it."""

    contents: tuple[Term | None, ...]
    further: tuple[Entry, ...]
    """Contents without a column of their own."""
    sayings: tuple[Saying, ...]
    unstated: tuple[Entry, ...]
    """Who says so, and where, of a row that no statement says, such as one of a reference graph."""


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """Some rows of an answer, with the headings of their contents."""

    headings: tuple[str, ...]
    rows: tuple[ReadableRow, ...]
    total: int
    """How many rows the answer has."""
    summary: Sentence
    """Who says how much of it, each speaker linked to a statement."""
    names: NamesByIri

    @property
    def has_further(self) -> bool:
        """Whether any row has contents without a column."""
        return any(row.further for row in self.rows)


def lay_out(
    answer: TableAnswer, store: Queryable, base_iri: str, first: int | None = None, offset: int = 0
) -> ReadableTable:
    """``first`` rows, or all, from ``offset`` on."""
    prefix = f"{base_iri}id/statement/"
    rows = answer.rows[offset:] if first is None else answer.rows[offset : offset + first]
    everything = _statements_in(answer.rows, prefix)
    is_summarized = len(everything) <= SUMMARIZED_MAX
    sample = answer.rows[:_SAMPLE]
    wanted = everything if is_summarized else _statements_in([*sample, *rows], prefix)
    found = summarize_statements(wanted, store)
    names = {**found.names, **answer.names}
    layout = _Layout.create(answer, sample, found.summaries, names)
    return ReadableTable(
        tuple(map(heading_of, layout.main)),
        tuple(map(layout.arrange, rows)),
        len(answer.rows),
        _summarize(answer, found.summaries, names) if is_summarized else (),
        names,
    )


def _statements_in(rows: Iterable[Solution], prefix: str) -> set[str]:
    return {text for row in rows for term in row.values() if (text := text_of(term)).startswith(prefix)}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns of an answer are shown, and how a row is arranged in them."""

    columns: tuple[str, ...]
    main: tuple[str, ...]
    asked: Set[str]
    """Parameters that every row repeats."""
    summaries: Mapping[str, StatementSummary]
    names: NamesByIri

    @classmethod
    def create(
        cls,
        answer: TableAnswer,
        sample: Sequence[Solution],
        summaries: Mapping[str, StatementSummary],
        names: NamesByIri,
    ) -> "_Layout":
        asked = {name for name, term in answer.terms.items() if all(row.get(name, term) == term for row in answer.rows)}
        layout = cls(answer.columns, (), asked, summaries, names)
        filled = Counter(column for row in sample for column in layout._contents(row, layout._sayings(row)))
        fullest = sorted(filled, key=lambda column: (-filled[column], answer.columns.index(column)))[:MAIN_COLUMNS]
        return cls(answer.columns, tuple(filter(fullest.__contains__, answer.columns)), asked, summaries, names)

    def arrange(self, row: Solution) -> ReadableRow:
        """A row in these columns."""
        sayings = self._sayings(row)
        contents = self._contents(row, sayings)
        return ReadableRow(
            tuple(contents.get(column) for column in self.main),
            tuple(Entry(heading_of(column), term) for column, term in contents.items() if column not in self.main),
            sayings,
            () if sayings else self._unstated(row),
        )

    def _unstated(self, row: Solution) -> tuple[Entry, ...]:
        found = ((column, row[column]) for column in self.columns if column in _OF_STATEMENT)
        return tuple(Entry(heading_of(column), term) for column, term in found if term is not None)

    def _sayings(self, row: Solution) -> tuple[Saying, ...]:
        """The statements that a row names, the one that says it first."""
        found: dict[str, Saying] = {}
        for column in sorted(self.columns, key=lambda column: column != _STATEMENT):
            if (summary := self.summaries.get(text_of(row[column]))) is not None:
                found.setdefault(summary.iri, Saying("" if column == _STATEMENT else heading_of(column), summary))
        return tuple(found.values())

    def _contents(self, row: Solution, sayings: Sequence[Saying]) -> dict[str, Term]:
        """The values that neither are asked for nor stand beside them: in the statements, or as the name of another."""
        beside = _told_by(sayings)
        names = {self.names.get(text_of(term)) for term in row.values()}
        contents: dict[str, Term] = {}
        for column in self.columns:
            term, text = row[column], text_of(row[column])
            is_left_out = column in _NAMELESS or column in _OF_STATEMENT or column in self.asked
            is_hedge = column.lower().endswith("hedge") and text.rsplit("/", 1)[-1] in beside
            is_name = column.endswith("Name") and text in names
            is_voice = text in beside and bool(_VOICE.fullmatch(column))
            is_beside = is_voice or text in self.summaries or is_hedge or is_name
            if term is not None and not (is_left_out or is_beside or text in _UNSTATED or term == _FALSE):
                contents[column] = term
        return contents


def _told_by(sayings: Sequence[Saying]) -> set[str]:
    """What the lines about these statements tell."""
    told: set[str] = set()
    for saying in sayings:
        summary = saying.summary
        told.update({summary.speaker, summary.source, summary.reporter, summary.hedge} - {""})
    return told


def _summarize(answer: TableAnswer, summaries: Mapping[str, StatementSummary], names: NamesByIri) -> Sentence:
    """How many statements in how many sources, and what each speaker says in them."""
    deciding = _deciding(answer, summaries)
    if not deciding:
        return ()
    told = _describe_rows(answer, names)
    deeds: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for summary in deciding:
        text = f"{told.get(summary.iri) or _UNTOLD}{_wording(summary)}" if told else summary.iri
        deeds[summary.speaker][summary.deed].setdefault(text, summary.iri)
    speakers = sorted(deeds, key=lambda speaker: -sum(map(len, deeds[speaker].values())))
    sources = {summary.source for summary in deciding}
    phrases = [Phrase(f"{count(len(deciding), 'statement')} in {count(len(sources), 'source')}. ")]
    for speaker in speakers[:_SPEAKERS_MAX]:
        phrases += _describe_speaker(_name_of(speaker, names), deeds[speaker], has_texts=bool(told))
    more = len(speakers) - _SPEAKERS_MAX
    phrases.append(Phrase(f"And {count(more, 'more speaker')}." if more > 0 else ""))
    return tuple(phrase for phrase in phrases if phrase.text)


def _describe_speaker(speaker: str, deeds: Mapping[str, Mapping[str, str]], *, has_texts: bool) -> Iterator[Phrase]:
    """What a speaker does and says, each linked to its statement: "A said: 38 bodies; 5 bodies (children)." """
    if not has_texts:
        (first, *_), *_ = (tuple(said.values()) for said in deeds.values())
        yield Phrase(f"{speaker} {', '.join(f'{deed} {_times(len(said))}' for deed, said in deeds.items())}", first)
        yield Phrase(". ")
        return
    for number, (deed, said) in enumerate(deeds.items()):
        yield Phrase(f"; {deed}: " if number else f"{speaker} {deed}: ")
        for place, (text, statement) in enumerate(list(said.items())[:_TEXTS_MAX]):
            yield Phrase("; " if place else "")
            yield Phrase(text, statement)
        more = len(said) - _TEXTS_MAX
        yield Phrase(f"; and {more} more" if more > 0 else "")
    yield Phrase(". ")


def _describe_rows(answer: TableAnswer, names: NamesByIri) -> dict[str, str]:
    """What the rows say, by the statement that says it; of several rows of one, the first."""
    told: dict[str, str] = {}
    for row in answer.rows if _STATEMENT in answer.columns and answer.question.row else ():
        values = {column: _value_name(term, names) for column, term in row.items()}
        told.setdefault(text_of(row[_STATEMENT]), answer.question.describe_row(values).strip())
    return told


def _wording(summary: StatementSummary) -> str:
    """The hedge, unless the verb tells it, or there is none."""
    is_told = summary.act == "asserts" and summary.deed != "said"
    return "" if is_told or summary.hedge in _UNTOLD_HEDGES else f" (worded as: {add_spaces(summary.hedge)})"


def _value_name(term: Term | None, names: NamesByIri) -> str:
    text = text_of(term)
    if text in _UNSTATED:
        return ""
    return _name_of(text, names) if isinstance(term, ox.NamedNode) else isolate(text)


def _name_of(iri: str, names: NamesByIri) -> str:
    return name(iri, lambda iri: names.get(iri, add_spaces(iri.rsplit("/", 1)[-1])))


def _deciding(answer: TableAnswer, summaries: Mapping[str, StatementSummary]) -> Sequence[StatementSummary]:
    """The statements that say the rows; where the question has no column for them, all that it names."""
    columns = [_STATEMENT] if _STATEMENT in answer.columns else answer.columns
    iris = dict.fromkeys(text_of(row[column]) for row in answer.rows for column in columns)
    return [summaries[iri] for iri in iris if iri in summaries]


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")
