"""What ``source.toml`` says: how a file of a data set is written, and what its columns hold.

Owns the members of the file and what is wrong with them: dialects, forms of file, columns. Reads no rows.
"""

import codecs
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
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
    "file": {"format", "delimiter", "quote", "or", "encoding", "columns", "missing", "skip", "rows", "part"},
    "row": {"key", "required", "optional", "alike"},
    "columns": None,
    "forms": None,
    "lists": None,
    "select": None,
}
_DIALECT_MEMBERS = frozenset({"delimiter", "quote"})
_FORM_MEMBERS = frozenset({"columns", "key", "required", "alike", "follows"})
_UNSAFE = re.compile(r"[^\w-]+")
_LIST_MEMBERS = frozenset({"separator", "pattern"})
_REFUSED_MEMBERS = frozenset({"widths", "message", "cure"})


def is_of_kind(value: str, kind: str) -> bool:
    """Whether a value, without white space around it, is what a column of this kind holds."""
    if not KINDS[kind].fullmatch(value):
        return False
    try:
        return not kind.endswith("date") or bool(date.fromisoformat(value.replace("-", "")[:8]))
    except ValueError:
        return False


def local_name(column: str) -> str:
    """The name of a column in a query: what cannot stand in a prefixed name is a low line."""
    return _UNSAFE.sub("_", column)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column with several values: each parted by the separator, or each a match of the pattern."""

    separator: str = ""
    pattern: re.Pattern[str] | None = None
    """Its named groups are columns of the items; matches follow one another without anything between them."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How values are parted."""

    delimiter: str = ","
    quote: str = '"'
    """Around values; empty if values are never quoted."""


@dataclass(frozen=True, slots=True)
class RefusedTable:
    """A table that looks like one of the data set and is none, known by its number of columns."""

    widths: frozenset[int]
    message: str
    cure: str


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """How a file is read."""

    key: str
    """The column that tells rows apart; empty if none does."""
    syntax: str = CSV
    delimiter: str = ","
    quote: str = '"'
    """Around values; empty if values are never quoted."""
    other_dialects: tuple[Dialect, ...] = ()
    """In which the same table may be written; ``kg.datasets.file_form`` finds which."""
    encoding: str = "utf-8"
    columns: tuple[str, ...] = ()
    """The names of the columns of a file without a header."""
    missing: frozenset[str] = frozenset()
    """Texts that stand for an empty cell."""
    skip: str = ""
    """Rows whose first value begins so are none."""
    rows: str = ""
    """The member of a JSON object whose elements are the rows; empty if the document is their array."""
    is_partial: bool = False
    """Whether a file has some rows of the data set, and says nothing of others: they stay as they are."""
    required: frozenset[str] = frozenset()
    """Columns that a file must have, the key among them."""
    optional: frozenset[str] = frozenset()
    """Columns that a file may lack though queries name them."""
    queried: frozenset[str] = frozenset()
    """Columns that queries name, as in ``local_name``, where each file has a header and they are to be in it."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """What columns hold, where they are not empty: a key of KINDS."""
    lists: Mapping[str, ListColumn] = field(default_factory=dict)
    alike: tuple[str, ...] = ()
    """Columns of which no two rows should have the same values; a row that repeats another one says so."""
    form: str = ""
    """The name of this form of file; empty for the main one."""
    follows: str = ""
    """The column that names a row of the main form, without which a row of this form does not count."""
    repeats_columns: bool = False
    """Whether the first line repeats ``columns``."""
    forms: tuple["SourceFormat", ...] = ()
    """The other forms of file that the data set has."""
    refused: tuple[RefusedTable, ...] = ()

    def find_missing(self, header: Collection[str]) -> list[str]:
        """The columns that a header lacks, sorted: those that are required, and those that queries name."""
        missing = self.required - set(header)
        known = {local_name(name) for name in (*header, *self.optional, *missing)}
        return sorted(missing | (self.queried - known))


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
        self._check_members("the file", self._members, {*_MEMBERS, "refused"})
        file, row = self._table("file"), self._table("row")
        result = SourceFormat(
            key="",
            syntax=self._text("file", file, "format", CSV),
            delimiter=self._text("file", file, "delimiter", ","),
            quote=self._text("file", file, "quote", '"'),
            other_dialects=tuple(self._dialect(members) for members in self._tables("file.or", file.get("or", []))),
            encoding=self._text("file", file, "encoding", "utf-8"),
            columns=tuple(self._texts("file", file, "columns")),
            missing=frozenset(self._texts("file", file, "missing")),
            skip=self._text("file", file, "skip", ""),
            rows=self._text("file", file, "rows", ""),
            is_partial=self._flag("file", file, "part"),
            kinds={
                column: self._text("columns", self._table("columns"), column, "") for column in self._table("columns")
            },
            lists={column: self._list(column, value) for column, value in self._table("lists").items()},
            refused=tuple(
                self._refused(members) for members in self._tables("refused", self._members.get("refused", []))
            ),
        )
        result = replace(result, optional=frozenset(self._texts("row", row, "optional")))
        result = self._add_rows(result, "row", row)
        result = replace(result, forms=tuple(self._list_forms(result)))
        self._check(result)
        if self._findings:
            raise InputRejectedError(self._findings)
        return result

    def _add_rows(self, format_: SourceFormat, table: str, members: Mapping[str, Any]) -> SourceFormat:
        """The format with what is said of its rows."""
        key = self._text(table, members, "key", "", "Name one column, or leave key out if none alone tells rows apart.")
        required = frozenset(self._texts(table, members, "required"))
        alike = tuple(self._texts(table, members, "alike"))
        return replace(format_, key=key, required=required | ({key} if key else set()), alike=alike)

    def _list_forms(self, main: SourceFormat) -> Iterator[SourceFormat]:
        for name, members in self._table("forms").items():
            table = f"forms.{name}"
            if not isinstance(members, Mapping):
                self._add(f"{table} is no table", f"Write [{table}] above its members.")
                continue
            self._check_members(table, members, _FORM_MEMBERS)
            follows = self._text(table, members, "follows", "")
            if follows and not main.key:
                self._add(f"[{table}] follows {follows}, and main rows have no key", "Give [row] a key.")
            columns = tuple(self._texts(table, members, "columns"))
            form = replace(main, columns=columns, form=name, follows=follows, refused=())
            yield self._add_rows(form, table, members)

    def _dialect(self, members: Mapping[str, Any]) -> Dialect:
        self._check_members("file.or", members, _DIALECT_MEMBERS)
        return Dialect(self._text("file.or", members, "delimiter", ","), self._text("file.or", members, "quote", '"'))

    def _refused(self, members: Mapping[str, Any]) -> RefusedTable:
        self._check_members("refused", members, _REFUSED_MEMBERS)
        widths = members.get("widths", [])
        if not isinstance(widths, list) or not widths or not all(isinstance(width, int) for width in widths):
            self._add("[refused] widths is no list of numbers", "Write widths = [57, 58].")
            widths = []
        message, cure = (self._text("refused", members, name, "") for name in ("message", "cure"))
        return RefusedTable(frozenset(widths), message, cure)

    def _check(self, result: SourceFormat) -> None:
        if result.syntax not in (CSV, JSON):
            self._add(f"[file] format is {result.syntax!r}", f"Write {CSV} or {JSON}.")
        for dialect in (Dialect(result.delimiter, result.quote), *result.other_dialects):
            for name, value in (("delimiter", dialect.delimiter), ("quote", dialect.quote)):
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

    def _tables(self, name: str, value: Any) -> list[Mapping[str, Any]]:
        if isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
            return value
        self._add(f"{name} is no list of tables", f"Write [[{name}]] above the members of each.")
        return []

    def _check_members(self, table: str, members: Mapping[str, Any], known: set[str] | frozenset[str] | None) -> None:
        for member in members:
            if known is not None and member not in known:
                self._add(f"{table} has no member {member}", f"Write one of {', '.join(sorted(known))}.")

    def _text(
        self, table: str, members: Mapping[str, Any], name: str, default: str, cure: str = "Write it in quotes."
    ) -> str:
        value = members.get(name, default)
        if isinstance(value, str):
            return value
        self._add(f"[{table}] {name} is no text", cure)
        return default

    def _flag(self, table: str, members: Mapping[str, Any], name: str) -> bool:
        value = members.get(name, False)
        if not isinstance(value, bool):
            self._add(f"[{table}] {name} is {value!r}", "Write true or false.")
        return value is True

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
