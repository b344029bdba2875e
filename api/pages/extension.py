"""The columns by which a table is extended: the fields of an entity, and what is said of it, each with who says so.

Owns that no contested value is in a table without its statement, speaker, source, act and hedge: a value that says all
of it in one sentence, or columns beside each other that are refused without those of the attribution. The rows of all
columns of one class of claims are in the same order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.claim import ClaimRow, Voice, build_claim
from api.pages.sources import PageSources
from kg import namespaces
from kg.errors import BadParameterError
from kg.name_folding import fold_name
from kg.reconciliation.batch import ExtensionRequest
from kg.reconciliation.conditions import iri_of
from kg.reconciliation.entity_terms import ATTRIBUTION, CONTESTED, HOME_GRAPH, EntityProperty, EntityTerms, Part
from kg.store.interface import Store
from kg.text_direction import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE, isolate
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder
from kg.views.view_model import ValueView

MAX_IDS = 50
DEFAULT_ROWS, MAX_ROWS = 25, 200
"""Statements of one class of claims on one entity."""
MAX_CLAIMS = 250
"""Claims that are described for one request; the entities share them."""
_FOCUS_ALONE = (namespaces.PROPOSITION,)
"""A class that nothing has: every proposition is of a class below it."""
_PLAIN = str.maketrans("", "", f"{FIRST_STRONG_ISOLATE}{POP_DIRECTIONAL_ISOLATE}")
_UNDECIDED = "not decided here: too much is said of it"

SETTINGS: Sequence[Mapping[str, Any]] = (
    {
        "name": "limit",
        "label": "Statements",
        "type": "number",
        "default": DEFAULT_ROWS,
        "help_text": f"At most so many for each entity; at most {MAX_ROWS}.",
    },
    {
        "name": "speaker",
        "label": "Speaker",
        "type": "text",
        "default": "",
        "help_text": "Only what this speaker says: a name or an id, such as actor/russia.",
    },
    {
        "name": "source",
        "label": "Reported in",
        "type": "text",
        "default": "",
        "help_text": "Only what is reported in this source: a title or an id.",
    },
)
"""What a client may set for each property (data extension property settings)."""


@dataclass(frozen=True, slots=True)
class _Settings:
    limit: int
    speaker: str
    source: str

    @classmethod
    def parse(cls, property_: str, settings: Mapping[str, Any]) -> "_Settings":
        try:
            limit = int(settings.get("limit") or DEFAULT_ROWS)
        except (TypeError, ValueError, OverflowError):
            limit = 0
        if not 1 <= limit <= MAX_ROWS:
            raise BadParameterError("extend", f"limit of {property_} is a number from 1 to {MAX_ROWS}")
        return cls(limit, str(settings.get("speaker") or ""), str(settings.get("source") or ""))


@dataclass(frozen=True, slots=True)
class _Row:
    """One statement on a claim about an entity."""

    claim: ClaimRow
    voice: Voice


class TableExtension:
    """Computes the columns of a request over one store."""

    def __init__(self, store: Store, sources: PageSources, terms: EntityTerms) -> None:
        self._store, self._sources, self._terms = store, sources, terms
        self._home = f"{sources.settings.base_iri}id/"

    def extend(self, request: ExtensionRequest, address: str) -> dict[str, Any]:
        """The response. ``address``: of this server, for what is left out. Raises BadParameterError."""
        columns = [(self._terms.find_property(each.property), each) for each in request.columns]
        _refuse_unattributed(property_ for property_, _ in columns)
        chosen = [(property_, _Settings.parse(property_.id, column.settings)) for property_, column in columns]
        meta = [{"id": column.property, "name": property_.name} for property_, column in columns]
        asked = [column.property for _, column in columns]
        rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
        left = MAX_CLAIMS
        for number, id_ in enumerate(request.ids):
            # What one entity does not need is for those after it.
            share = left // (len(request.ids) - number)
            found, described = self._extend_one(id_, chosen, share, address)
            left -= described
            rows[id_] = dict(zip(asked, found, strict=True))
        return {"meta": meta, "rows": rows}

    def _extend_one(
        self, id_: str, columns: Sequence[tuple[EntityProperty, _Settings]], share: int, address: str
    ) -> tuple[list[list[dict[str, Any]]], int]:
        """The cells of one entity, and how many claims were described for them."""
        iri = iri_of(id_, self._home)
        classes = self._classes_of(columns)
        listed = min(_count_needed(columns), max(1, share // max(1, len(classes))))
        # One more than is shown tells that there are more.
        bounds, members = Bounds(listed=listed + 1), [*classes] or _FOCUS_ALONE
        about = describe(self._store, self._sources.class_index, iri, bounds, members=members) if iri else None
        if about is None:
            return [[] for _ in columns], 0
        builder = view_builder(self._store, self._sources.class_index, self._sources.archive, about)
        claims = {
            name: _find_claims(builder, name) for name in dict.fromkeys(each.claim for each, _ in columns) if name
        }
        rows: dict[tuple[str, _Settings], list[_Row]] = {}
        found = []
        for property_, settings in columns:
            if not property_.claim:
                found.append(list(self._field_values(builder, property_)))
                continue
            key = property_.claim, settings
            if key not in rows:
                told = _read_rows(builder, claims[property_.claim][:listed])
                rows[key] = [row for row in told if self._is_wanted(row, settings)]
            shown = [self._cell(row, property_.part) for row in rows[key][: settings.limit]]
            is_cut = len(rows[key]) > settings.limit or len(claims[property_.claim]) > listed
            found.append([*shown, *self._note_rest(iri, property_.part, address)] if is_cut else shown)
        return found, sum(map(len, claims.values()))

    def _classes_of(self, columns: Sequence[tuple[EntityProperty, _Settings]]) -> set[str]:
        """The classes of the claims that the columns are about."""
        subclasses = self._sources.class_index.schema.subclasses
        return {iri for property_, _ in columns if property_.claim for iri in subclasses(property_.claim)}

    def _field_values(self, builder: ViewBuilder, property_: EntityProperty) -> Iterator[dict[str, Any]]:
        focus = builder.description.focus
        if property_.id == HOME_GRAPH:
            yield {"str": builder.build_link(builder.description.home_graph(focus)).text.translate(_PLAIN)}
            return
        for field in builder.build_fields(focus):
            if field.property == property_.predicate:
                yield from (self._value(value) for value in field.values)

    def _value(self, value: ValueView) -> dict[str, Any]:
        text = value.text.translate(_PLAIN)
        if value.iri.startswith(self._home):
            return {"id": value.iri.removeprefix(self._home), "name": text}
        if value.datatype == f"{namespaces.XSD}integer" and text.lstrip("-").isdecimal():
            return {"int": int(text)}
        return {"str": text}

    def _is_wanted(self, row: _Row, settings: _Settings) -> bool:
        is_speaker = not settings.speaker or self._is_called(row.voice.speaker, settings.speaker)
        return is_speaker and (
            not settings.source or any(self._is_called(source, settings.source) for source in row.voice.sources)
        )

    def _is_called(self, value: ValueView, name: str) -> bool:
        return value.iri.removeprefix(self._home) == name or fold_name(value.text) == fold_name(name)

    def _cell(self, row: _Row, part: Part) -> dict[str, Any]:
        claim, voice = row.claim, row.voice
        match part:
            case Part.WHOLE:
                return {"str": _sentence(claim, voice)}
            case Part.VALUE:
                return {"str": claim.proposition.text.translate(_PLAIN)}
            case Part.ACT:
                return {"str": _act(voice).translate(_PLAIN)}
            case Part.SPEAKER:
                return self._value(voice.speaker)
            case Part.SOURCE:
                return self._value(voice.sources[0]) if voice.sources else {"str": "not recorded"}
            case Part.HEDGE:
                return {"str": voice.hedge.text}
            case Part.STATEMENT:
                return {"str": voice.statement}
            case Part.STATUS:
                return {"str": claim.standing.badge.translate(_PLAIN) if claim.standing else _UNDECIDED}

    def _note_rest(self, iri: str, part: Part, address: str) -> Iterator[dict[str, Any]]:
        """In the columns of what is said: that there is more, and where."""
        if part in (Part.WHOLE, Part.VALUE):
            yield {"str": f"not all: more is said of it at {address}/page/{iri.removeprefix(self._home)}"}
        else:
            yield {}


def _refuse_unattributed(properties: Iterable[EntityProperty]) -> None:
    """Raises BadParameterError where a contested part is asked for without who says it."""
    parts: dict[str, set[Part]] = {}
    for each in properties:
        if each.claim:
            parts.setdefault(each.id.partition(".")[0], set()).add(each.part)
    for name, asked in parts.items():
        missing = [part for part in ATTRIBUTION if part not in asked]
        if missing and asked & set(CONTESTED):
            contested = next(part for part in CONTESTED if part in asked)
            columns = ", ".join(f"{name}.{part}" for part in missing)
            raise BadParameterError(
                "extend", f"{name}.{contested} comes with who says so: ask for {columns} too, or only for {name}"
            )


def _count_needed(columns: Sequence[tuple[EntityProperty, _Settings]]) -> int:
    """How many claims of one class may have to be read: more than are shown, where only some of them are wanted."""
    chosen = [settings for property_, settings in columns if property_.claim]
    return max((MAX_ROWS if each.speaker or each.source else each.limit for each in chosen), default=1)


def _find_claims(builder: ViewBuilder, claim_class: str) -> list[str]:
    """The claims of a class about the focus that are described, in the order of their IRIs."""
    about = builder.description
    classes = set(builder.class_index.schema.subclasses(claim_class))
    found = about.all_referrers(about.focus) & builder.propositions
    return sorted(iri for iri in found if not classes.isdisjoint(about.types(iri)))


def _read_rows(builder: ViewBuilder, claims: Iterable[str]) -> Iterator[_Row]:
    """The statements on these claims, claim by claim."""
    for iri in claims:
        claim = build_claim(builder, builder.build_proposition(iri))
        yield from (_Row(claim, voice) for voice in claim.voices)


def _sentence(claim: ClaimRow, voice: Voice) -> str:
    """The claim with one of its speakers: what; said by whom, in which source, how hedged, by which statement."""
    sources = " and ".join(isolate(source.text) for source in voice.sources) or "a source that is not recorded"
    return (
        f"\u201c{claim.proposition.text}\u201d: {_act(voice)} by {isolate(voice.speaker.text)}, in {sources};"
        f" hedge: {voice.hedge.text}; statement {voice.statement}"
    )


def _act(voice: Voice) -> str:
    """What the speaker did; where it is not said itself, but the content of something, what of."""
    content_of = f" {voice.content_of.text}" if voice.content_of else ""
    note = f" ({voice.note}{content_of})" if voice.note else ""
    return f"{voice.done}{note}{', taken back since' if voice.is_retracted else ''}"
