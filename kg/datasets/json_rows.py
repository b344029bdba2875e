"""The rows of a JSON document: an array of objects, or one member of an object that is such an array.

Owns how an object becomes a row: its members, and those of objects in it with a point between the names; arrays are
lists, and a geometry of GeoJSON is one text. What is wrong with the document is refused as for tables.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from kg.datasets.source_format import SourceFormat, is_of_kind
from kg.datasets.table import MAX_FINDINGS, ListItem, Row
from kg.errors import Finding, InputRejectedError, SourceLocation

MAX_MB = 256
"""Larger documents are not read: they would be in memory as a whole."""
_SHOWN = 60


class _Number(str):
    """A number as it is written: 36.10 is not 36.1, and an id of twenty digits keeps them."""


class JsonReader:
    """Reads one file, once."""

    def __init__(self, path: Path, source_format: SourceFormat) -> None:
        self._path, self._format = path, source_format
        self._decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_refuse_constant)
        self._findings: list[Finding] = []

    def read(self) -> Iterator[Row]:
        """The rows, in order. Raises InputRejectedError with those that are none, once all that are good are read."""
        text = self._read_text()
        start = self._find_array(text)
        number, line, counted, seen = 0, 1, 0, dict[str, int]()
        while True:
            start = _skip(text, start, "," if number else "")
            if text[start : start + 1] == "]":
                break
            value, end = self._decode(text, start)
            number += 1
            line, counted = line + text.count("\n", counted, start), start
            members = _Members()
            if isinstance(value, Mapping):
                members.add(value, "")
            if problem := self._find_problem(value, members, seen, number, line):
                self._findings.append(problem)
                if len(self._findings) >= MAX_FINDINGS:
                    raise InputRejectedError(self._findings)
            else:
                missing = self._format.missing | {""}
                values = {name: given for name, given in members.texts.items() if given.strip() not in missing}
                yield Row(number, line, start, text[start:end], values, lists=members.lists)
            start = end
        if not number:
            raise self._reject("there is no row", "Give an array of objects.", None)
        if self._findings:
            raise InputRejectedError(self._findings)

    def _read_text(self) -> str:
        try:
            if self._path.stat().st_size > MAX_MB * 1_000_000:
                raise self._reject(f"the document has more than {MAX_MB} MB", "Part it into several files.", None)
            return self._path.read_bytes().decode(self._format.encoding)
        except OSError as error:
            raise self._reject(f"cannot be read: {error.strerror}", "Check the name.", None) from None
        except UnicodeDecodeError as error:
            cure = "Save the file as UTF-8, or name its encoding in source.toml."
            message = f"byte {error.start} is not {self._format.encoding.upper()}"
            raise self._reject(message, cure, None) from None

    def _decode(self, text: str, start: int) -> tuple[Any, int]:
        """The value that begins there, and where it ends."""
        try:
            return self._decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise self._reject(error.msg, "Correct the JSON.", error.lineno) from None
        except (ValueError, RecursionError) as error:
            raise self._reject(str(error), "Correct the JSON.", text.count("\n", 0, start) + 1) from None

    def _find_array(self, text: str) -> int:
        """Where the first row begins."""
        start = _skip(text, 0, "\ufeff")
        if self._format.rows:
            start = self._find_member(text, start)
        if text[start : start + 1] != "[":
            where = f"member {self._format.rows}" if self._format.rows else "document"
            raise self._reject(f"the {where} is no array", "Give an array of objects.", 1)
        return start + 1

    def _find_member(self, text: str, start: int) -> int:
        """Where the value of the member with the rows begins; the end of the text if there is none."""
        if text[start : start + 1] != "{":
            return len(text)
        start = _skip(text, start + 1, "")
        while text[start : start + 1] == '"':
            name, start = self._decode(text, start)
            start = _skip(text, start, ":")
            if name == self._format.rows:
                return start
            _, start = self._decode(text, start)
            start = _skip(text, start, ",")
        return len(text)

    def _find_problem(
        self, value: Any, members: "_Members", seen: dict[str, int], number: int, line: int
    ) -> Finding | None:
        if not isinstance(value, Mapping):
            return self._finding(f"row {number} is no object", "Give an array of objects.", line)
        if _has_half_character(value):
            cure = "Write the character itself, or both of its escapes."
            return self._finding(f"row {number} has half of a character: an escape of a surrogate alone", cure, line)
        if missing := sorted(self._format.required - members.texts.keys() - members.lists.keys()):
            cure = "Give the file as its maker publishes it."
            return self._finding(f"row {number} lacks {', '.join(missing)}", cure, line)
        for column, kind in self._format.kinds.items():
            given = members.texts.get(column, "").strip()
            if given and given not in self._format.missing and not is_of_kind(given, kind):
                message = f"{column} is {given[:_SHOWN]!r}, where source.toml says {kind}"
                return self._finding(message, "Correct the value, or the kind of the column.", line, given)
        if not self._format.key:
            return None
        key = members.texts.get(self._format.key, "").strip()
        if not key:
            return self._finding(f"row {number} has no {self._format.key}", "Give it the id of its maker.", line)
        if (first := seen.setdefault(key, number)) != number:
            message = f"{self._format.key} {key} of row {number} is that of row {first} too"
            return self._finding(message, "Leave one of them out.", line)
        return None

    def _finding(self, message: str, cure: str, line: int | None, value: str = "") -> Finding:
        return Finding(message, cure, SourceLocation(str(self._path), line), value=value)

    def _reject(self, message: str, cure: str, line: int | None) -> InputRejectedError:
        return InputRejectedError([*self._findings, self._finding(message, cure, line)])


@dataclass(slots=True)
class _Members:
    """The members of an object, by the names that lead to them."""

    texts: dict[str, str] = field(default_factory=dict)
    """Those with one value; empty for null."""
    lists: dict[str, list[ListItem]] = field(default_factory=dict)

    def add(self, value: Any, name: str) -> None:
        """Add a value, and what is in it."""
        if _is_geometry(value):
            self.texts[name] = _write(value)
        elif isinstance(value, Mapping):
            for member, inner in value.items():
                self.add(inner, f"{name}.{member}" if name else member)
        elif isinstance(value, list):
            self.lists[name] = [_make_item(inner) for inner in value if inner is not None]
        else:
            self.texts[name] = _write_scalar(value)


def _make_item(value: Any) -> ListItem:
    if not isinstance(value, (Mapping, list)):
        return ListItem(_write_scalar(value))
    members = _Members()
    if isinstance(value, Mapping) and not _is_geometry(value):
        members.add(value, "")
    return ListItem(_write(value), {name: text for name, text in members.texts.items() if text.strip()}, members.lists)


def _is_geometry(value: Any) -> bool:
    """Whether it is a geometry of GeoJSON, which has no other members that count. (RFC 7946, section 3.1.)"""
    return isinstance(value, Mapping) and "type" in value and isinstance(_positions(value), list)


def _positions(value: Mapping[str, Any]) -> Any:
    return value.get("coordinates", value.get("geometries"))


def _write(value: Any) -> str:
    """The value as JSON, with its numbers as they were written."""
    if isinstance(value, Mapping):
        members = (f"{json.dumps(name, ensure_ascii=False)}: {_write(inner)}" for name, inner in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    return value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _has_half_character(value: Any) -> bool:
    """Whether a text has a surrogate, which JSON can escape and no RDF literal can have. (RFC 8259, section 8.2.)"""
    try:
        _write(value).encode()
    except UnicodeEncodeError:
        return True
    return False


def _write_scalar(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value or ""


def _skip(text: str, start: int, mark: str) -> int:
    """The position after white space, and after a mark if there is one."""
    while start < len(text) and (text[start].isspace() or text[start] == mark):
        start += 1
    return start


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
