"""What ``source.toml`` says: how a file of a data set is written, and what its columns hold.

Owns the members of the file and what is wrong with them. Reads no rows.
"""

import codecs
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import Finding, InputRejectedError, SourceLocation

CSV, JSON = "csv", "json"
KINDS: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"[+-]?\d+"),
    "number": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?"),
    "compact date": re.compile(r"\d{8}"),
    "address": re.compile(r"\A[a-zA-Z][a-zA-Z0-9+.-]*:\S+"),
}
"""What a column may be said to hold; a value of another form shows that the columns of a row are shifted."""
_MEMBERS = {
    "file": {"format", "delimiter", "quote", "encoding", "columns", "skip", "rows"},
    "row": {"key", "required"},
    "columns": None,
    "lists": None,
    "select": None,
}
_LIST_MEMBERS = frozenset({"separator", "pattern"})


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column with several values: each parted by the separator, or each a match of the pattern."""

    separator: str = ""
    pattern: re.Pattern[str] | None = None
    """Its named groups are columns of the items; matches follow one another without anything between them."""


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """How a file is read."""

    key: str
    """The column that tells rows apart; empty if none does."""
    syntax: str = CSV
    delimiter: str = ","
    quote: str = '"'
    """Around values; empty if values are never quoted."""
    encoding: str = "utf-8"
    columns: tuple[str, ...] = ()
    """The names of the columns of a file without a header."""
    skip: str = ""
    """Rows whose first value begins so are none."""
    rows: str = ""
    """The member of a JSON object whose elements are the rows; empty if the document is their array."""
    required: frozenset[str] = frozenset()
    """Columns that a file must have, the key among them."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """What columns hold, where they are not empty: a key of KINDS."""
    lists: Mapping[str, ListColumn] = field(default_factory=dict)


def parse_source_format(text: str, file: str) -> SourceFormat:
    """The format that the text describes. Raises InputRejectedError with a finding for each mistake."""
    try:
        members = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputRejectedError([Finding(str(error), "Write TOML.", SourceLocation(file))]) from None
    return _Parser(members, file).parse()


class _Parser:
    def __init__(self, members: Mapping[str, Any], file: str) -> None:
        self._members, self._file = members, file
        self._findings: list[Finding] = []

    def parse(self) -> SourceFormat:
        for table, known in _MEMBERS.items():
            self._check_members(table, self._table(table), known)
        self._check_members("the file", self._members, set(_MEMBERS))
        file, row = self._table("file"), self._table("row")
        key = self._text("row", row, "key", "")
        result = SourceFormat(
            key=key,
            syntax=self._text("file", file, "format", CSV),
            delimiter=self._text("file", file, "delimiter", ","),
            quote=self._text("file", file, "quote", '"'),
            encoding=self._text("file", file, "encoding", "utf-8"),
            columns=tuple(self._texts("file", file, "columns")),
            skip=self._text("file", file, "skip", ""),
            rows=self._text("file", file, "rows", ""),
            required=frozenset(self._texts("row", row, "required")) | ({key} if key else frozenset()),
            kinds={
                column: self._text("columns", self._table("columns"), column, "") for column in self._table("columns")
            },
            lists={column: self._list(column, value) for column, value in self._table("lists").items()},
        )
        self._check(result)
        if self._findings:
            raise InputRejectedError(self._findings)
        return result

    def _check(self, result: SourceFormat) -> None:
        if result.syntax not in (CSV, JSON):
            self._add(f"[file] format is {result.syntax!r}", f"Write {CSV} or {JSON}.")
        for name, value in (("delimiter", result.delimiter), ("quote", result.quote)):
            if len(value) > 1 or (not value and name == "delimiter"):
                self._add(f"[file] {name} is {value!r}", "Write one character.")
        try:
            is_known = codecs.lookup(result.encoding).name in ("utf-8", "iso8859-1", "cp1252", "cp1256")
        except LookupError:
            is_known = False
        if not is_known:
            self._add(f"[file] encoding is {result.encoding!r}", "Write utf-8, iso-8859-1, cp1252 or cp1256.")
        for column, kind in result.kinds.items():
            if kind not in KINDS:
                self._add(f"[columns] {column} is {kind!r}", f"Write one of {', '.join(KINDS)}.")

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self._members.get(name, {})
        if isinstance(table, Mapping):
            return table
        self._add(f"{name} is no table", f"Write [{name}] above its members.")
        return {}

    def _check_members(self, table: str, members: Mapping[str, Any], known: set[str] | frozenset[str] | None) -> None:
        for member in members:
            if known is not None and member not in known:
                self._add(f"{table} has no member {member}", f"Write one of {', '.join(sorted(known))}.")

    def _text(self, table: str, members: Mapping[str, Any], name: str, default: str) -> str:
        value = members.get(name, default)
        if isinstance(value, str):
            return value
        self._add(f"[{table}] {name} is no text", "Write it in quotes.")
        return default

    def _texts(self, table: str, members: Mapping[str, Any], name: str) -> list[str]:
        value = members.get(name, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        self._add(f"[{table}] {name} is no list of texts", 'Write ["one", "another"].')
        return []

    def _list(self, column: str, value: Any) -> ListColumn:
        table = f"lists.{column}"
        if not isinstance(value, Mapping) or len(value) != 1 or not set(value) <= _LIST_MEMBERS:
            self._add(f"[{table}] has not one of separator and pattern", 'Write separator = "; " or a pattern.')
            return ListColumn()
        separator, pattern = self._text(table, value, "separator", ""), self._text(table, value, "pattern", "")
        try:
            return ListColumn(separator, re.compile(pattern, re.DOTALL) if pattern else None)
        except re.error as error:
            self._add(f"[{table}] pattern: {error}", "Write a regular expression of Python.")
            return ListColumn()

    def _add(self, message: str, cure: str) -> None:
        self._findings.append(Finding(message, cure, SourceLocation(self._file)))
