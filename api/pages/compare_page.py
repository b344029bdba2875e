"""The procedure of a comparison: sources or speakers side by side on one thing, as a page, as JSON and as CSV.

Owns which columns are compared where none are named, how much a page shows, and what the formats contain.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from api.http.links import local_path
from api.pages.comparison import CellVoice, Claims, Column, Option, Row, compare_columns
from api.pages.replies import document_reply, page_reply
from api.pages.sources import PageSources
from kg.errors import BadParameterError
from kg.execution.procedure import Procedure, Reply
from kg.namespaces import INCIDENT_CLASS, PLACE_CLASS, ZONE_CLASS
from kg.questions.parameter import QuestionParameter, resolve
from kg.spreadsheet_csv import write_spreadsheet
from kg.status.comparison import Stance
from kg.store.interface import Store
from kg.store.labels import fetch_names
from kg.store.query_template import text_of
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder
from kg.views.view_model import ValueView, link_by_name

COMPARE = "compare"
"""Arguments: ``thing``, ``sources``, ``speakers``, ``media_type``."""
JSON = "application/json"
CSV = "text/csv"
MAX_COLUMNS = 5
_COLUMNS_AT_FIRST = 3
_MAX_OPTIONS = 20
_MAX_BESIDE = 2
"""Statements of a cell on claims that say more, or less, than the row; the files have all of them."""
_ROOM = 60_000
"""Bytes of text that the rows of a page have, with what is written around them."""
_MARKUP_OF_VOICE, _MARKUP_OF_ROW = 420, 420
_BOUNDS = Bounds(listed=200)
_HEAD = (
    "about", "claim", "in the column of", "speaker", "did", "hedge", "words", "source", "taken back", "note",
    "compared", "who does not say", "incidents", "claim IRI", "statement IRI", "speaker IRI", "source IRI", "complete",
)  # fmt: skip


class CompareProcedures:
    """The procedure over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedure by name."""
        return {COMPARE: self._compare}

    def _compare(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        builder = self._describe(store, self._resolve(store, "thing", "thing", arguments["thing"]))
        claims = Claims(builder)
        columns = [
            *(Column(self._name(store, "source", text)) for text in arguments["sources"]),
            *(Column(self._name(store, "actor", text), is_speaker=True) for text in arguments["speakers"]),
        ]
        columns = list({column.value.iri: column for column in columns}.values()) or _choose_columns(claims)
        if len(columns) > MAX_COLUMNS:
            raise BadParameterError("source", f"at most {MAX_COLUMNS} are compared, sources and speakers together")
        rows = compare_columns(claims, columns) if len(columns) > 1 else []
        match arguments["media_type"]:
            case "application/json":
                return document_reply(self._write_json(store, builder, columns, rows), JSON)
            case "text/csv":
                lines = _list_cells(columns, rows, is_cut=builder.description.is_cut)
                return document_reply(write_spreadsheet(_HEAD, lines), f"{CSV}; header=present")
        return page_reply(self._render(claims, columns, rows))

    def _describe(self, store: Store, thing: str) -> ViewBuilder:
        index = self._sources.class_index
        about = describe(store, index, thing, _BOUNDS)
        kinds = (
            kind for class_ in (INCIDENT_CLASS, PLACE_CLASS, ZONE_CLASS) for kind in index.schema.subclasses(class_)
        )
        if about is None or not {*about.types(thing)} & {*kinds}:
            raise BadParameterError("thing", "sources are compared on an incident, a place or a zone")
        return view_builder(store, index, self._sources.archive, about)

    def _resolve(self, store: Store, name: str, kind: str, text: str) -> str:
        """The IRI of what an IRI, an id or a name stands for."""
        parameter = QuestionParameter.from_header(name, f"resource({kind})", "")
        terms = resolve([parameter], {name: text.strip()}, store, self._sources.settings.base_iri)
        if name not in terms:
            raise BadParameterError(name, "is empty; write an id, a name or an IRI")
        return text_of(terms[name])

    def _name(self, store: Store, kind: str, text: str) -> ValueView:
        iri = ox.NamedNode(self._resolve(store, "source" if kind == "source" else "speaker", kind, text))
        return link_by_name(iri.value, fetch_names(store, [iri]))

    def _render(self, claims: Claims, columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
        builder = claims.builder
        focus = builder.description.focus
        shown = list(_bound_rows(rows))
        headings = dict.fromkeys(row.label.heading for row in shown)
        return self._sources.renderer.render(
            "compare.html",
            iri=focus,
            thing=builder.build_link(focus),
            class_link=builder.build_class_link(focus),
            columns=columns,
            shown_sources=_list_sources(shown),
            sections=[(heading.value, [row for row in shown if row.label.heading is heading]) for heading in headings],
            count=len(rows),
            shown=len(shown),
            is_cut=builder.description.is_cut,
            sources=_list_options(claims.sources, columns, is_speaker=False),
            speakers=_list_options(claims.speakers, columns, is_speaker=True),
            max_columns=MAX_COLUMNS,
            max_beside=_MAX_BESIDE,
        )

    def _write_json(self, store: Store, builder: ViewBuilder, columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
        settings = self._sources.settings
        focus = builder.build_link(builder.description.focus)
        content = {
            "thing": _to_json(focus) | {"path": settings.path_prefix + local_path(focus.iri, settings.base_iri)},
            "columns": [
                {"kind": "speaker" if column.is_speaker else "source"} | _to_json(column.value) for column in columns
            ],
            "complete": not builder.description.is_cut,
            "rows": [_row_to_json(columns, row) for row in rows],
            "datasetVersion": store.version,
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode(errors="replace")


def _choose_columns(claims: Claims) -> list[Column]:
    """The sources that say most of it; of a single source its speakers."""
    if len(claims.sources) > 1:
        return [Column(option.value) for option in claims.sources[:_COLUMNS_AT_FIRST]]
    return [Column(option.value, is_speaker=True) for option in claims.speakers[:_COLUMNS_AT_FIRST]]


def _list_options(
    options: Sequence[Option], columns: Sequence[Column], *, is_speaker: bool
) -> list[tuple[Option, bool]]:
    """What may be compared, and whether it is; those that are compared are always among them."""
    chosen = {column.value.iri: column.value for column in columns if column.is_speaker == is_speaker}
    offered = {option.value.iri for option in options}
    silent = [Option(value, 0) for iri, value in chosen.items() if iri not in offered]
    listed = [
        option for position, option in enumerate(options) if position < _MAX_OPTIONS or option.value.iri in chosen
    ]
    return [(option, option.value.iri in chosen) for option in [*listed, *silent]]


def _list_sources(rows: Sequence[Row]) -> list[ValueView]:
    """The sources of all that is shown."""
    voices = (item.voice for row in rows for cell in row.cells for item in cell.voices)
    return list({source.iri: source for voice in voices for source in voice.sources}.values())


def _bound_rows(rows: Sequence[Row]) -> Iterator[Row]:
    """The first rows, as many as a page has room for."""
    room = _ROOM
    for row in rows:
        voices = [item for cell in row.cells for item in cell.voices]
        texts = [row.label.claim.text, row.words, *(text for item in voices for text in _texts_of(item))]
        room -= sum(len(text.encode()) for text in texts) + _MARKUP_OF_ROW + _MARKUP_OF_VOICE * len(voices)
        if room < 0:
            return
        yield row


def _texts_of(item: CellVoice) -> Iterator[str]:
    voice = item.voice
    yield from (voice.speaker.text, voice.speaker.iri, voice.statement, voice.hedge.iri, voice.note, *item.words)
    yield from (text for source in voice.sources for text in (source.text, source.iri))


def _list_cells(columns: Sequence[Column], rows: Sequence[Row], *, is_cut: bool) -> Iterator[tuple[str, ...]]:
    """A line for each statement in a cell: none has a claim without who says it; each says if there are more."""
    complete = "no: the first of what is recorded" if is_cut else "yes"
    for row in rows:
        incidents = "; ".join(incident.text for incident in row.label.incidents)
        cells = list(zip(columns, row.cells, strict=True))
        silent = "; ".join(column.value.text for column, cell in cells if not cell.voices)
        for column, item in ((column, item) for column, cell in cells for item in cell.voices):
            claim, voice = row.label.claim, item.voice
            yield (
                row.label.heading.value,
                claim.text,
                column.value.text,
                voice.speaker.text,
                voice.done,
                voice.hedge.text,
                " / ".join(item.words),
                "; ".join(source.text for source in voice.sources),
                "yes" if voice.is_retracted else "no",
                " ".join(filter(None, [voice.note, voice.content_of.text if voice.content_of else ""])),
                row.words,
                silent,
                incidents,
                claim.iri,
                voice.statement,
                voice.speaker.iri,
                " ".join(source.iri for source in voice.sources),
                complete,
            )


def _row_to_json(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    label = row.label
    return {
        "about": label.heading.value,
        "claim": _to_json(label.claim),
        "incidents": list(map(_to_json, label.incidents)),
        "partOf": label.part_of or None,
        "status": {"status": row.standing.status, "headline": row.standing.headline} if row.standing else None,
        "comparison": {"relation": row.comparison.relation.value, "words": row.words},
        "cells": [
            {
                "column": column.value.iri,
                "stance": (cell.side.stance if cell.voices else Stance.SILENT).value,
                "badge": cell.side.badge or None,
                "said": [_voice_to_json(item) for item in cell.voices],
            }
            for column, cell in zip(columns, row.cells, strict=True)
        ],
    }


def _voice_to_json(item: CellVoice) -> dict[str, Any]:
    voice = item.voice
    return {
        "statement": voice.statement,
        "speaker": _to_json(voice.speaker),
        "did": voice.done,
        "hedge": _to_json(voice.hedge),
        "words": list(item.words),
        "sources": list(map(_to_json, voice.sources)),
        "takenBack": voice.is_retracted,
        "note": voice.note or None,
        "of": _to_json(voice.content_of) if voice.content_of else None,
    }


def _to_json(value: ValueView) -> dict[str, str]:
    return {"iri": value.iri, "name": value.text}
