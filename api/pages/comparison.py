"""Sources, or speakers, side by side on one thing: claims in rows, who says what in each of them in cells.

All is read from the bounded description of the thing. Owns which claims are one row, under which heading a row stands,
and what is in a cell; where the sides agree is decided by ``kg.status.comparison``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from api.pages.claim import ClaimRow, Voice, build_claim
from api.pages.comparison_rows import Heading, RowLabel, RowLabels, rank_rows
from kg.namespaces import DECLARES, HEDGES
from kg.schema.model import local_name
from kg.status.act import Bearing, Evidence
from kg.status.comparison import SILENT_SIDE, Comparison, Relation, SideDecision, Stance, compare, relate
from kg.status.surroundings import Nearness
from kg.status.wording import deed_of
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import StandingView, StatementView, ValueView

_BESIDE = {Bearing.SPECIFIC: "saying more:", Bearing.GENERAL: "of something more general:"}


@dataclass(frozen=True, slots=True)
class Column:
    """What is compared: a source, or a speaker in any source."""

    value: ValueView
    is_speaker: bool = False

    def has(self, voice: Voice) -> bool:
        """Whether it speaks there."""
        values = (voice.speaker,) if self.is_speaker else voice.sources
        return any(value.iri == self.value.iri for value in values)

    def has_act(self, item: Evidence) -> bool:
        """Whether it is an act in this source, or of this speaker."""
        return item.speaker == self.value.iri if self.is_speaker else self.value.iri in item.origin.sources


@dataclass(frozen=True, slots=True)
class CellVoice:
    """A speaker on the claim of the row, with the words that are quoted."""

    voice: Voice
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one of the compared has on a claim; no voices where it does not say."""

    side: SideDecision
    own: tuple[CellVoice, ...]
    """On the claim itself."""
    beside: tuple[CellVoice, ...] = ()
    """What decides the side instead: on claims that say more, or less."""

    @property
    def voices(self) -> tuple[CellVoice, ...]:
        """All of them."""
        return (*self.own, *self.beside)


@dataclass(frozen=True, slots=True)
class Row:
    """A claim, with a cell for each of the compared."""

    label: RowLabel
    standing: StandingView | None
    cells: tuple[Cell, ...]
    comparison: Comparison
    words: str
    """Where they agree or contradict each other."""

    @property
    def is_spoken(self) -> bool:
        """Whether any of the compared speaks of it."""
        return any(cell.voices for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Option:
    """A source or speaker that may be compared, and how many statements it has on the thing."""

    value: ValueView
    statements: int


@dataclass(frozen=True)
class Claims:
    """The claims about the thing in focus, each with all voices; made once for options and rows."""

    builder: ViewBuilder

    @cached_property
    def rows(self) -> Mapping[str, ClaimRow]:
        """By proposition, in the order of IRIs; what says exactly the same is one claim."""
        builder = self.builder
        propositions = builder.description.all_referrers(builder.description.focus) & builder.propositions
        merged: dict[str, ClaimRow] = {}
        for iri in sorted(propositions):
            claim = build_claim(builder, builder.build_proposition(iri))
            if claim.voices:
                first = next((same for same in self._find_same(iri) if same in merged), iri)
                merged[first] = _merge(merged[first], claim) if first in merged else claim
        return merged

    @cached_property
    def declarations(self) -> tuple[StatementView, ...]:
        """The statements that declare it."""
        about = self.builder.description
        return tuple(map(self.builder.build_statement, sorted(about.referrers(DECLARES, about.focus))))

    def _find_same(self, proposition: str) -> Iterator[str]:
        surroundings = self.builder.standings.fetched.surroundings
        for other, nearness in (surroundings.near(proposition) if surroundings else {}).items():
            if nearness is Nearness.SAME:
                yield other

    @cached_property
    def sources(self) -> tuple[Option, ...]:
        """Those that say something of it; who says most comes first."""
        return _count(self._voices, lambda voice: voice.sources)

    @cached_property
    def speakers(self) -> tuple[Option, ...]:
        """Those who say something of it; who says most comes first."""
        return _count(self._voices, lambda voice: (voice.speaker,))

    @property
    def _voices(self) -> Iterator[Voice]:
        for claim in self.rows.values():
            yield from claim.voices
        for statement in self.declarations:
            yield from _read_declaration(statement)


def compare_columns(claims: Claims, columns: Sequence[Column]) -> list[Row]:
    """The rows on which any of the compared speaks: by heading, and in it those of which most speak first."""
    labels = RowLabels(claims.builder, claims.rows)
    rows = [_declared_row(claims, columns)] if claims.declarations else []
    for iri, claim in claims.rows.items():
        label = labels.read(iri)
        cells, comparison = _build_cells(labels, iri, claim, columns)
        words = comparison.describe(_namer(columns))
        rows.append(Row(label, claim.standing, cells, comparison, words))
    return rank_rows(row for row in rows if row.is_spoken)


def _build_cells(
    labels: RowLabels, iri: str, claim: ClaimRow, columns: Sequence[Column]
) -> tuple[tuple[Cell, ...], Comparison]:
    builder = labels.builder
    standing = builder.standings.standing_of(iri)
    if standing is None:
        voices = [_select_voices(builder, claim, column) for column in columns]
        sides = {
            column.value.iri: SideDecision(Stance.UNDECIDED, "") if found else SILENT_SIDE
            for column, found in zip(columns, voices, strict=True)
        }
        cells = tuple(Cell(side, found) for side, found in zip(sides.values(), voices, strict=True))
        return cells, Comparison(Relation.UNDECIDED, sides, is_in_full=False)
    name_of = builder.standings.fetched.graph.name_of
    comparison = compare(standing, {column.value.iri: column.has_act for column in columns}, name_of)
    cells = tuple(_build_cell(labels, claim, column, comparison.sides[column.value.iri]) for column in columns)
    return cells, comparison


def _build_cell(labels: RowLabels, claim: ClaimRow, column: Column, side: SideDecision) -> Cell:
    """Who speaks of the claim itself, and if the side is decided by that only in part, of what says more or less."""
    own = _select_voices(labels.builder, claim, column)
    shown = {item.voice.statement for item in own}
    deciding = side.decision.deciding if side.decision else ()
    beside = [item for item in deciding if item.statement not in shown and item.bearing in _BESIDE]
    if shown & {item.statement for item in deciding}:
        beside = []
    distinct = list({item.statement: item for item in beside}.values())
    return Cell(side, own, tuple(_read_beside(labels, item) for item in distinct))


def _select_voices(builder: ViewBuilder, claim: ClaimRow, column: Column) -> tuple[CellVoice, ...]:
    return tuple(
        CellVoice(voice, _read_words(builder.build_statement(voice.statement)))
        for voice in claim.voices
        if column.has(voice)
    )


def _read_words(statement: StatementView) -> tuple[str, ...]:
    return tuple(quote.exact for quote in statement.quotes if quote.exact)


def _read_beside(labels: RowLabels, item: Evidence) -> CellVoice:
    """An act on a proposition that says more, or less; it may be outside of the description."""
    builder = labels.builder
    name_of = builder.standings.fetched.graph.name_of

    def link(iri: str) -> ValueView:
        return ValueView(name_of(iri), iri)

    is_described = item.proposition in builder.propositions
    content = labels.link(item.proposition) if is_described else link(item.proposition)
    hedge = builder.build_link(f"{HEDGES}{item.origin.hedge}") if item.origin.hedge else ValueView("not recorded")
    voice = Voice(
        speaker=link(item.speaker) if item.speaker else ValueView("not recorded"),
        done=deed_of(item),
        hedge=hedge,
        statement=item.statement,
        sources=tuple(map(link, item.origin.sources)),
        is_retracted=item.is_retracted,
        note=_BESIDE[item.bearing],
        content_of=content,
    )
    return CellVoice(voice, item.origin.quotes)


def _declared_row(claims: Claims, columns: Sequence[Column]) -> Row:
    """Who declares the zone; a declaration is no claim, so the sides are by what was taken back or disputed."""
    cells = []
    for column in columns:
        voices = [
            (CellVoice(voice, _read_words(statement)), voice)
            for statement in claims.declarations
            for voice in _read_declaration(statement)
            if column.has(voice)
        ]
        stance = _combine([_stance_of(voice) for _, voice in voices])
        cells.append(Cell(SideDecision(stance, "", is_in_full=False), tuple(item for item, _ in voices)))
    comparison = relate({column.value.iri: cell.side for column, cell in zip(columns, cells, strict=True)})
    focus = claims.builder.build_link(claims.builder.description.focus)
    label = RowLabel(Heading.DECLARED, replace(focus, text="it was declared"), (), ())
    return Row(label, None, tuple(cells), comparison, comparison.describe(_namer(columns)))


def _combine(stances: Collection[Stance]) -> Stance:
    """The stance of one side: what was taken back counts only where nothing else is left."""
    settled = {*stances} - {Stance.OPEN}
    if len(settled) > 1:
        return Stance.DISPUTES
    return settled.pop() if settled else Stance.OPEN if stances else Stance.SILENT


def _stance_of(voice: Voice) -> Stance:
    if voice.is_retracted:
        return Stance.OPEN
    return Stance.REJECTS if voice.done == "disputed" else Stance.AFFIRMS


def _read_declaration(statement: StatementView) -> Iterator[Voice]:
    yield Voice(
        statement.speaker,
        "declared it",
        statement.hedge,
        statement.iri,
        statement.sources,
        bool(statement.retracted_by),
        "telling it again" if statement.restates else "",
    )
    for dispute in statement.disputes:
        yield Voice(
            dispute.speaker, "disputed", dispute.hedge, dispute.statement.iri, dispute.sources, dispute.is_retracted
        )


def _merge(one: ClaimRow, other: ClaimRow) -> ClaimRow:
    return replace(
        one,
        says=(*one.says, *other.says),
        rejects=(*one.rejects, *other.rejects),
        leaves_open=(*one.leaves_open, *other.leaves_open),
    )


def _count(voices: Iterable[Voice], select: Callable[[Voice], Iterable[ValueView]]) -> tuple[Option, ...]:
    statements: dict[str, set[str]] = {}
    values: dict[str, ValueView] = {}
    for voice in voices:
        for value in select(voice):
            if value.iri:
                values.setdefault(value.iri, value)
                statements.setdefault(value.iri, set()).add(voice.statement)
    counted = Counter({iri: len(found) for iri, found in statements.items()})
    ordered = sorted(counted, key=lambda iri: (-counted[iri], iri))
    return tuple(Option(values[iri], counted[iri]) for iri in ordered)


def _namer(columns: Sequence[Column]) -> Callable[[str], str]:
    names = {column.value.iri: column.value.text for column in columns}
    return lambda iri: names.get(iri, local_name(iri))
