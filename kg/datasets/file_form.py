"""Which form a file of a data set has, and in which dialect it is written: found in its first line.

Owns how forms are told apart: by a header, or by the number of columns where there is none. Reads no rows.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kg.datasets.file_signature import refuse_binary
from kg.datasets.source_format import JSON, Dialect, SourceFormat
from kg.errors import Finding, InputRejectedError, SourceLocation

_LINE_BYTES = 1_000_000


def find_format(path: Path, source_format: SourceFormat) -> SourceFormat:
    """The format of this file, of one form and one dialect.

    Raises InputRejectedError for a file that cannot be read, is no text or a table that is refused, or has no known
    form.
    """
    refuse_binary(path)
    if source_format.syntax == JSON or not _has_choice(source_format):
        return source_format
    line = _read_first_line(path, source_format.encoding)
    records = [(dialect, _part(line, dialect)) for dialect in _list_dialects(source_format)]
    for has_form in (_has_header, _has_width):
        for dialect, record in records:
            for form in (source_format, *source_format.forms):
                if has_form(record, form):
                    repeats = bool(form.columns) and has_form is _has_header
                    return _choose(form, dialect, repeats_columns=repeats)
    dialect, record = max(records, key=lambda pair: len(pair[1]))
    _refuse(path, source_format, record)
    return _choose(source_format, dialect)  # without a name that is known, which reading it explains


def _has_choice(source_format: SourceFormat) -> bool:
    return bool(source_format.forms or source_format.other_dialects or source_format.refused or source_format.columns)


def _list_dialects(source_format: SourceFormat) -> tuple[Dialect, ...]:
    return (Dialect(source_format.delimiter, source_format.quote), *source_format.other_dialects)


def _read_first_line(path: Path, encoding: str) -> str:
    try:
        with path.open("rb") as file:
            return file.readline(_LINE_BYTES).decode(encoding, errors="replace").removeprefix("\ufeff")
    except OSError as error:
        finding = Finding(f"cannot be read: {error.strerror}", "Check the name.", SourceLocation(str(path)))
        raise InputRejectedError([finding]) from None


def _part(line: str, dialect: Dialect) -> list[str]:
    reader = csv.reader(
        [line],
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
    )
    return [value.strip() for value in next(reader, [])]


def _has_header(record: list[str], form: SourceFormat) -> bool:
    """Whether the first line names the columns: of a form with names of its own, in small or capital letters."""
    if form.columns:
        return [name.casefold() for name in record] == [name.casefold() for name in form.columns]
    return bool(form.required | form.queried) and not form.find_missing(record)


def _has_width(record: list[str], form: SourceFormat) -> bool:
    return bool(form.columns) and len(record) == len(form.columns)


def _refuse(path: Path, source_format: SourceFormat, record: list[str]) -> None:
    """Raise InputRejectedError for a table that is known and not read, and where no form has a header of its own."""
    for table in source_format.refused:
        if len(record) in table.widths:
            raise InputRejectedError([Finding(table.message, table.cure, SourceLocation(str(path), 1))])
    forms = (source_format, *source_format.forms)
    if record and all(form.columns for form in forms):
        known = ", ".join(_describe(forms))
        message = f"the first line has {len(record)} values: {known}"
        cure = "Give the file as its maker publishes it, with the same delimiter."
        raise InputRejectedError([Finding(message, cure, SourceLocation(str(path), 1))])


def _describe(forms: tuple[SourceFormat, ...]) -> Iterator[str]:
    for form in forms:
        yield f"a row{f' of {form.form}' if form.form else ''} has {len(form.columns)}"


def _choose(form: SourceFormat, dialect: Dialect, *, repeats_columns: bool = False) -> SourceFormat:
    return replace(
        form,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        other_dialects=(),
        forms=(),
        refused=(),
        repeats_columns=repeats_columns,
    )
