"""Which rows of a file are imported: rules that a data set names, and rules written on the command line.

Owns the syntax of both: a column and the values or beginnings of values that select a row; all columns of a rule count.
Rows that say more about rows of the main form follow these, whose keys are in a temporary file meanwhile.
"""

import sqlite3
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from kg.errors import BadParameterError, Finding, InputRejectedError, SourceLocation, UnknownNameError
from kg.nearest_names import nearest_names

DEFAULT = "default"
ALL = "all"
"""The rule that selects every row."""


@dataclass(frozen=True, slots=True)
class SelectionRule:
    """By column, the values of which a row must have one; one that ends in ``*`` is how a value begins."""

    columns: Mapping[str, tuple[str, ...]]

    def selects(self, values: Mapping[str, str]) -> bool:
        """Whether a row with these values is imported."""
        return all(
            any(_matches(values.get(column, ""), wanted) for wanted in accepted)
            for column, accepted in self.columns.items()
        )


class SelectedKeys:
    """The keys of the rows that were selected, on disk, so that memory does not grow with the files. A context."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a temporary file, once it is larger than SQLite's cache
        self._database.execute("CREATE TABLE selected (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, key: str) -> None:
        """A row of the main form with this key is imported."""
        self._database.execute("INSERT OR IGNORE INTO selected VALUES (?)", (key,))

    def __contains__(self, key: str) -> bool:
        return self._database.execute("SELECT 1 FROM selected WHERE key = ?", (key,)).fetchone() is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()


def _matches(value: str, wanted: str) -> bool:
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def parse_rules(source: str, file: str) -> Mapping[str, SelectionRule]:
    """The rules in the tables ``[select.NAME]`` of ``source.toml``. Raises InputRejectedError."""
    tables = tomllib.loads(source).get("select", {})
    rules: dict[str, SelectionRule] = {}
    for name, columns in tables.items():
        if not isinstance(columns, Mapping) or not all(map(_are_texts, columns.values())):
            message, cure = f"[select.{name}] is no rule", 'Write COLUMN = ["value", "beginning*"].'
            raise InputRejectedError([Finding(message, cure, SourceLocation(file))])
        rules[name] = SelectionRule({column: tuple(accepted) for column, accepted in columns.items()})
    return rules


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def choose_rule(text: str, rules: Mapping[str, SelectionRule]) -> SelectionRule:
    """The rule of this name, or one written ``COLUMN=VALUE,VALUE;COLUMN=VALUE``; empty is the default of the data set.

    Raises UnknownNameError or BadParameterError.
    """
    if not text:
        return rules.get(DEFAULT, SelectionRule({}))
    if text == ALL:
        return SelectionRule({})
    if "=" not in text:
        if text not in rules:
            raise UnknownNameError("selection rule", text, nearest_names(text, rules) or (*sorted(rules), ALL))
        return rules[text]
    columns: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        column, is_written, values = part.partition("=")
        if not is_written or not column.strip():
            raise BadParameterError("--select", f"{part!r} is not COLUMN=VALUE,VALUE")
        columns[column.strip()] = tuple(value.strip() for value in values.split(","))
    return SelectionRule(columns)
