"""The rows of a file of delimited text, each with its own text and where that stands.

Owns what makes a file unreadable as a table: encoding, header, delimiter, quotes, shifted columns, rows without a key.
What the values mean is for the mapping.
"""

import csv
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from kg.datasets.source_format import SourceFormat, is_of_kind, local_name
from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.nearest_names import nearest_names

MAX_FINDINGS = 20
"""Rows that cannot be read, before reading ends."""
_BYTE_ORDER_MARK = "\ufeff"
_DELIMITERS = ",;\t|"
_LINE_BYTES = 1_000_000
_SHOWN = 60
_SHIFTED = "Look whether the columns of the row are shifted, and name what stands for no value in missing of [file]."
_NAME = re.compile(r"[^\W\d]\w*(?:[ .#-]\w+)*")


@dataclass(frozen=True, slots=True)
class ListItem:
    """One of several values of a column."""

    text: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """Its own columns."""
    lists: Mapping[str, Sequence["ListItem"]] = field(default_factory=dict)
    """Those of them that have several values."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``values`` has no empty ones."""

    number: int
    """From 1."""
    line: int
    """Where it begins, from 1."""
    start: int
    """Code points of the file before it."""
    text: str
    """As it stands in the file, without the end of its line."""
    values: dict[str, str]
    lists: Mapping[str, Sequence[ListItem]] = field(default_factory=dict)
    """Columns that the syntax of the file gives several values."""
    form: str = ""
    """The form of its file; empty for the main one."""
    repeats: int = 0
    """The number of the first row that is like it; 0 if there is none before it."""


class TableReader:
    """Reads one file of one form, once."""

    def __init__(self, path: Path, source_format: SourceFormat) -> None:
        self._path, self._format = path, source_format
        self.header: list[str] = list(source_format.columns)
        """The names of the columns, once a row has been read."""
        self._lines = self._start = 0
        self._pending: list[str] = []
        """The lines of the row that is read."""
        self._findings: list[Finding] = []

    def read(self) -> Iterator[Row]:
        """The rows, in order. Raises InputRejectedError with the lines that are none, once all that are good are read.

        A file that cannot be read as a table at all is refused before its first row.
        """
        try:
            with self._path.open("rb") as file, closing(sqlite3.connect("")) as seen:
                seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
                seen.execute("CREATE TABLE alike (digest BLOB PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID")
                yield from self._read_rows(self._part(self._decode(file)), seen)
        except OSError as error:
            raise self._reject(f"cannot be read: {error.strerror}", "Check the name.", None) from None
        if self._findings:
            raise InputRejectedError(self._findings)

    def _part(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """The values of each row."""
        return csv.reader(
            lines,
            delimiter=self._format.delimiter,
            quotechar=self._format.quote or None,
            quoting=csv.QUOTE_MINIMAL if self._format.quote else csv.QUOTE_NONE,
            strict=True,
        )

    def _decode(self, file: Iterator[bytes]) -> Iterator[str]:
        for number, line in enumerate(file, 1):
            try:
                text = line.decode(self._format.encoding)
            except UnicodeDecodeError as error:
                message = f"byte 0x{line[error.start]:02x} is not {self._format.encoding.upper()}"
                cure = "Save the file as UTF-8, or name its encoding in source.toml."
                raise self._reject(message, cure, number) from None
            if "\0" in text:
                raise self._reject("there is a NUL character", "Save the file as UTF-8 text.", number)
            if number == 1:
                text = text.removeprefix(_BYTE_ORDER_MARK)
            self._pending.append(text)
            yield text

    def _read_rows(self, records: Iterator[list[str]], seen: sqlite3.Connection) -> Iterator[Row]:
        if self._format.repeats_columns or not self.header:
            found = self._read_header(records)
            self.header = self.header or found
        header = self.header
        number = 0
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except csv.Error as error:
                cure = "Close the quotes of the row, or double those inside a value."
                raise self._reject(f"the row cannot be parted into values: {error}", cure, self._lines + 1) from None
            line, start, text = self._take_text()
            if not record or (self._format.skip and record[0].startswith(self._format.skip)):
                continue
            number += 1
            values = self._read_values(header, record)
            if problem := self._find_problem(header, record, values, line, seen):
                self._findings.append(problem)
                if len(self._findings) >= MAX_FINDINGS:
                    raise self._reject(f"further rows are not read after {MAX_FINDINGS} such", "", line)
                continue
            repeats = self._find_alike(values, number, seen) if self._format.alike else 0
            yield Row(number, line, start, text, values, form=self._format.form, repeats=repeats)
        if not number:
            raise self._reject("there is no row", "Give a file with a header and rows.", None)

    def _read_values(self, header: Sequence[str], record: Sequence[str]) -> dict[str, str]:
        """By column, without those that are empty; white space around a value counts in texts alone."""
        missing, kinds = self._format.missing, self._format.kinds
        stripped = ((column, value, value.strip()) for column, value in zip(header, record, strict=False))
        return {
            column: text if column in kinds else value
            for column, value, text in stripped
            if text and text not in missing
        }

    def _take_text(self) -> tuple[int, int, str]:
        """Line, position and text of the row that has just been read."""
        line, start, text = self._lines + 1, self._start, "".join(self._pending)
        self._lines += len(self._pending)
        self._start += len(text)
        self._pending.clear()
        return line, start, text.rstrip("\r\n")

    def _read_header(self, records: Iterator[list[str]]) -> list[str]:
        try:
            header = [name.strip() for name in next(records, [])]
        except csv.Error as error:
            raise self._reject(f"the header cannot be read: {error}", "Correct its quotes.", 1) from None
        self._take_text()
        if not header:
            raise self._reject("the file is empty", "Give a file with a header and rows.", None)
        missing = self._format.find_missing(header)
        if missing and not self._format.repeats_columns:
            raise self._reject(*self._explain_header(header, missing), 1)
        if repeated := sorted({name for name in header if header.count(name) > 1}):
            raise self._reject(f"the header names {', '.join(repeated)} twice", "Give each column one name.", 1)
        return header

    def _explain_header(self, header: Sequence[str], missing: Sequence[str]) -> tuple[str, str]:
        if len(header) == 1:
            likely = _most_frequent(header[0], _DELIMITERS.replace(self._format.delimiter, ""))
            if likely in header[0]:
                message = f"the header has one column, parted by {self._format.delimiter!r}"
                cure = f"The file seems to be parted by {likely!r}: save it with {self._format.delimiter!r}"
                return message, f"{cure}, or correct delimiter in source.toml."
        known = self._format.required | self._format.queried
        if not any(map(_NAME.fullmatch, header)) or not known & {*header, *map(local_name, header)}:
            shown = ", ".join(header)[:_SHOWN]
            return f"there is no header: the first line is {shown!r}", f"Begin with a line that names {missing[0]} ..."
        near = {name: nearest_names(name, header)[:1] for name in missing}
        shown = ", ".join(f"{name} (nearest: {names[0]})" if names else name for name, names in near.items())
        cure = "Give the file as its maker publishes it, or correct what the data set reads"
        return f"the header lacks {shown}", f"{cure}; if a file may lack it, name it in optional of [row]."

    def _find_problem(
        self, header: Sequence[str], record: Sequence[str], values: dict[str, str], line: int, seen: sqlite3.Connection
    ) -> Finding | None:
        if len(record) != len(header):
            message = f"the row has {len(record)} values, the header {len(header)} names"
            return self._finding(message, "Look for a delimiter or a quote too many or too few.", line)
        for column, kind in self._format.kinds.items():
            value = values.get(column)
            if value is not None and not is_of_kind(value, kind):
                message = f"{column} is {value[:_SHOWN]!r}, not {_with_article(kind)}"
                return self._finding(message, _SHIFTED, line, value)
        if not self._format.key:
            return None
        key = values.get(self._format.key)
        if key is None:
            return self._finding(f"the row has no {self._format.key}", "Give the row the id of its maker.", line)
        return self._find_same(key, line, seen)

    def _find_same(self, key: str, line: int, seen: sqlite3.Connection) -> Finding | None:
        if seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)).rowcount:
            return None
        (first,) = seen.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()
        return self._finding(f"{self._format.key} {key} stands on line {first} too", "Leave one of them out.", line)

    def _find_alike(self, values: dict[str, str], number: int, seen: sqlite3.Connection) -> int:
        """The number of the first row with the same values in the columns that should differ, or 0."""
        text = "\0".join(values.get(column, "") for column in self._format.alike)
        digest = sha256(text.encode()).digest()
        if seen.execute("INSERT OR IGNORE INTO alike VALUES (?, ?)", (digest, number)).rowcount:
            return 0
        (first,) = seen.execute("SELECT row FROM alike WHERE digest = ?", (digest,)).fetchone()
        return int(first)

    def _finding(self, message: str, cure: str, line: int, value: str = "") -> Finding:
        return Finding(message, cure, SourceLocation(str(self._path), line), value=value)

    def _reject(self, message: str, cure: str, line: int | None) -> InputRejectedError:
        location = SourceLocation(str(self._path), line)
        return InputRejectedError([*self._findings, Finding(message, cure, location)])


def guess_delimiter(path: Path) -> str:
    """What seems to part the values of the first line. Raises InputRejectedError if the file cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            return _most_frequent(lines.readline(_LINE_BYTES), _DELIMITERS)
    except OSError as error:
        finding = Finding(f"cannot be read: {error.strerror}", "Check the name.", SourceLocation(str(path)))
        raise InputRejectedError([finding]) from None


def _most_frequent(text: str, marks: str) -> str:
    return max(marks, key=text.count)


def _with_article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
