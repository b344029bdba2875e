"""The rows of a JSON document: an array of objects, or one member of an object that is such an array.

Owns how an object becomes a row: its members, and those of objects in it with a point between the names. What is wrong
with the document is refused as for tables.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.datasets.source_format import SourceFormat
from kg.datasets.table import Row
from kg.errors import Finding, InputRejectedError, SourceLocation

MAX_MB = 256
"""Larger documents are not read: they would be in memory as a whole."""


class JsonReader:
    """Reads one file, once."""

    def __init__(self, path: Path, source_format: SourceFormat) -> None:
        self._path, self._format = path, source_format

    def read(self) -> Iterator[Row]:
        """The rows, in order. Raises InputRejectedError."""
        text = self._read_text()
        decoder, start = json.JSONDecoder(), self._find_array(text)
        number, seen = 0, dict[str, int]()
        while True:
            start = _skip(text, start, "," if number else "")
            if text[start : start + 1] == "]":
                break
            try:
                value, end = decoder.raw_decode(text, start)
            except json.JSONDecodeError as error:
                raise self._reject(error.msg, "Correct the JSON.", error.lineno) from None
            number += 1
            line = text.count("\n", 0, start) + 1
            if not isinstance(value, Mapping):
                raise self._reject(f"row {number} is no object", "Give an array of objects.", line)
            values = {name: text for name, text in _flatten(value, "") if text.strip()}
            self._check(values, line, seen)
            yield Row(number, line, start, text[start:end], values)
            start = end
        if not number:
            raise self._reject("there is no row", "Give an array of objects.", None)

    def _read_text(self) -> str:
        try:
            if self._path.stat().st_size > MAX_MB * 1_000_000:
                raise self._reject(f"the document has more than {MAX_MB} MB", "Part it into several files.", None)
            return self._path.read_bytes().decode(self._format.encoding)
        except OSError as error:
            raise self._reject(f"cannot be read: {error.strerror}", "Check the name.", None) from None
        except UnicodeDecodeError as error:
            raise self._reject(f"byte {error.start} is not UTF-8", "Save the file as UTF-8.", None) from None

    def _find_array(self, text: str) -> int:
        """Where the first row begins."""
        start = _skip(text, 0, "")
        if self._format.rows:
            start = text.find(f'"{self._format.rows}"')
            start = _skip(text, start + len(self._format.rows) + 2, ":") if start >= 0 else len(text)
        if text[start : start + 1] != "[":
            where = f"member {self._format.rows}" if self._format.rows else "document"
            raise self._reject(f"the {where} is no array", "Give an array of objects.", 1)
        return start + 1

    def _check(self, values: Mapping[str, str], line: int, seen: dict[str, int]) -> None:
        key = self._format.key
        if not key:
            return
        if key not in values:
            raise self._reject(f"the row has no {key}", "Give the row the id of its maker.", line)
        first = seen.setdefault(values[key], line)
        if first != line:
            raise self._reject(f"{key} {values[key]} stands on line {first} too", "Leave one of them out.", line)

    def _reject(self, message: str, cure: str, line: int | None) -> InputRejectedError:
        return InputRejectedError([Finding(message, cure, SourceLocation(str(self._path), line))])


def _skip(text: str, start: int, mark: str) -> int:
    """The position after white space, and after a mark if there is one."""
    while start < len(text) and (text[start].isspace() or text[start] == mark):
        start += 1
    return start


def _flatten(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """The texts of a value by the names that lead to them; of arrays by position, and as a whole."""
    if isinstance(value, Mapping):
        for member, inner in value.items():
            yield from _flatten(inner, f"{name}.{member}" if name else member)
    elif isinstance(value, list):
        yield name, json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif value is not None:
        yield name, str(value)
