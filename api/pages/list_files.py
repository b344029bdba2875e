"""Lists as files that other programs open: CSV, workbooks, GeoJSON, JSON; written while rows are read.

Owns the layout of each format. How cells are made harmless in spreadsheets is for ``kg.spreadsheet_csv``.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from kg.spreadsheet_csv import as_text, stream_spreadsheet

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GEOJSON = "application/geo+json"
JSON = "application/json"
SUFFIXES = {"csv": CSV, "xlsx": XLSX, "geojson": GEOJSON, "json": JSON}

_CELL_MAX = 32_000
"""Characters; a cell of a workbook has at most 32,767."""
_WIDTHS = {"claim": 60, "quote": 60, "IRI": 24, "statement": 24}
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class FileRow:
    """The cells of a row by the names of columns, and where it lies."""

    cells: Mapping[str, str]
    geometry: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a file says of itself."""

    title: str
    columns: Sequence[str]
    facts: Mapping[str, str]
    """Of how the list was selected, and from which data."""


def write_file(media_type: str, head: FileHead, rows: Iterable[FileRow]) -> Iterator[bytes]:
    """The chunks of the file."""
    return _WRITERS[media_type](head, rows)


def _write_csv(head: FileHead, rows: Iterable[FileRow]) -> Iterator[bytes]:
    return stream_spreadsheet(head.columns, ([row.cells[column] for column in head.columns] for row in rows))


def _write_xlsx(head: FileHead, rows: Iterable[FileRow]) -> Iterator[bytes]:
    """A workbook has its table of contents at its end: it is written whole, row by row, and sent then."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": head.title, "created": datetime(2000, 1, 1)})  # the same bytes again
    bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("list")
    sheet.freeze_panes(1, 1)
    for number, column in enumerate(head.columns):
        sheet.set_column(number, number, _WIDTHS.get(column, _WIDTH), wrap)
        sheet.write_string(0, number, column, bold)
    count = 0
    for count, row in enumerate(rows, 1):
        for number, column in enumerate(head.columns):
            if text := row.cells[column]:
                sheet.write_string(count, number, as_text(text)[:_CELL_MAX])
    sheet.autofilter(0, 0, count, len(head.columns) - 1)
    about = book.add_worksheet("about")
    about.set_column(0, 0, 24)
    about.set_column(1, 1, 90, wrap)
    for number, (name, value) in enumerate(head.facts.items()):
        about.write_string(number, 0, name, bold)
        about.write_string(number, 1, as_text(value))
    book.close()
    yield out.getvalue()


def _write_geojson(head: FileHead, rows: Iterable[FileRow]) -> Iterator[bytes]:
    facts = json.dumps(dict(head.facts), ensure_ascii=False)
    yield f'{{"type": "FeatureCollection", "about": {facts}, "features": ['.encode()
    for number, row in enumerate(rows):
        feature = {"type": "Feature", "geometry": row.geometry, "properties": dict(row.cells)}
        yield (",\n" if number else "\n").encode() + json.dumps(feature, ensure_ascii=False).encode(errors="replace")
    yield b"\n]}\n"


def _write_json(head: FileHead, rows: Iterable[FileRow]) -> Iterator[bytes]:
    facts = json.dumps(dict(head.facts), ensure_ascii=False)
    yield f'{{"about": {facts}, "rows": ['.encode()
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n").encode()
        yield json.dumps(dict(row.cells), ensure_ascii=False).encode(errors="replace")
    yield b"\n]}\n"


_WRITERS = {CSV: _write_csv, XLSX: _write_xlsx, GEOJSON: _write_geojson, JSON: _write_json}
