"""Files of a data set to one document of N-Quads, with what is found about their rows.

Owns the order of the steps, the numbers about it, and the report of findings. What the document must conform to is for
loading it.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kg.datasets.batch_executor import BatchExecutor, choose_executor
from kg.datasets.dataset import CHECKS, MAPPING, Dataset
from kg.datasets.file_form import find_format
from kg.datasets.json_rows import JsonReader
from kg.datasets.mapping import FileMapping, MappedBatch, Mapping, RowFinding, batches
from kg.datasets.query_text import trace_rows
from kg.datasets.row_graph import RowGraph, SourceFile
from kg.datasets.row_lines import RowLines
from kg.datasets.selection import SelectedKeys, SelectionRule
from kg.datasets.shared_statements import SharedStatements
from kg.datasets.source_format import JSON, SourceFormat
from kg.datasets.table import Row, TableReader
from kg.errors import Finding, InputRejectedError, SourceLocation

Report = Callable[[int, float], None]
"""Is told how many rows have been mapped, and which part of the files."""
_CHUNK = 1 << 20
_FIELDS = ("file", "row", "line", "rule", "value", "message")


@dataclass(slots=True)
class Conversion:
    """What became of the rows."""

    rows: int = 0
    """That were mapped."""
    left_out: int = 0
    """By the selection rule."""
    rules: Counter[str] = field(default_factory=Counter)
    """In how many rows something was found by each rule."""

    def count(self, rows: int, findings: Iterable[RowFinding]) -> None:
        """Add what became of a batch."""
        self.rows += rows
        self.rules.update(rule for rule, _ in dict.fromkeys((found.rule, found.row) for found in findings))


def convert(
    dataset: Dataset,
    files: Sequence[Path],
    document: Path,
    findings: Path | None,
    rule: SelectionRule,
    report: Report = lambda _rows, _part: None,
    executor: BatchExecutor | None = None,
    row_lines: RowLines | None = None,
) -> Conversion:
    """Write the rows that the rule selects as N-Quads, and what is found about them as JSON lines or, by suffix, CSV.

    The bytes are the same wherever rows are mapped: by ``executor``, or what is fastest here. ``row_lines`` notes which
    statements are made of which lines. Raises ClusterError, or InputRejectedError for a file that is no such table and
    for a mapping that cannot be run.
    """
    result = Conversion()
    trace = trace_rows(dataset.mapping)
    mapping = Mapping(dataset.mapping, trace, dataset.checks, dataset.codes, dataset.base_iri, dataset.graph)
    tables = _order_by_form(files, dataset)
    sizes = [_size(file) for file, _ in tables]
    executor = executor or choose_executor(sum(sizes))
    with (
        document.open("wb") as out,
        _FindingsFile(findings) as listed,
        SelectedKeys() as keys,
        SharedStatements() as shared,
    ):
        out.write(ox.serialize(dataset.header, format=ox.RdfFormat.N_QUADS) or b"")
        kept = keys if dataset.source_format.forms else None
        for number, (file, source_format) in enumerate(tables):
            source = describe_file(file, source_format.encoding)
            step = FileMapping(mapping, RowGraph(source, source_format.lists))
            # Files, processes and connections end here, and not when and in which thread generators are collected.
            with ExitStack() as stack:
                read = stack.enter_context(closing(_read(file, source_format)))
                rows = _select(read, rule, result, source_format, kept)
                for mapped in stack.enter_context(closing(_map(executor, step, batches(rows), dataset))):
                    out.write(mapped.quads)
                    found = mapped.findings if source_format.form else (*mapped.findings, *shared.find(file, mapped))
                    result.count(mapped.rows, found)
                    listed.write(file, found)
                    if row_lines is not None:
                        row_lines.note(file, mapped.made)
                    done = sizes[number] * mapped.start / max(source.characters, 1)
                    report(result.rows, (sum(sizes[:number]) + done) / max(sum(sizes), 1))
    return result


def describe_file(path: Path, encoding: str) -> SourceFile:
    """Name, hash and length of a file. Raises InputRejectedError."""
    digest, characters = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        with path.open(encoding=encoding, errors="replace", newline="") as text:
            while part := text.read(_CHUNK):
                characters += len(part)
    except OSError as error:
        raise _cannot_read(path, error) from None
    return SourceFile(path.name, digest.hexdigest(), characters)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _cannot_read(path, error) from None


def _cannot_read(path: Path, error: OSError) -> InputRejectedError:
    finding = Finding(f"cannot be read: {error.strerror}", "Check the name.", SourceLocation(str(path)))
    return InputRejectedError([finding])


def _order_by_form(files: Sequence[Path], dataset: Dataset) -> list[tuple[Path, SourceFormat]]:
    """The files with their formats, those of the main form first: rows of others count for its rows only."""
    tables = [(file, find_format(file, dataset.source_format)) for file in files]
    return sorted(tables, key=lambda table: bool(table[1].form))


def _read(path: Path, source_format: SourceFormat) -> Generator[Row, None, None]:
    reader = JsonReader if source_format.syntax == JSON else TableReader
    yield from reader(path, source_format).read()


def _select(
    rows: Iterable[Row],
    rule: SelectionRule,
    result: Conversion,
    source_format: SourceFormat,
    keys: SelectedKeys | None,
) -> Iterator[Row]:
    """The rows that count: of the main form those that the rule selects, whose keys are kept, else their followers."""
    for row in rows:
        if source_format.follows:
            is_selected = keys is not None and row.values.get(source_format.follows, "") in keys
        else:
            is_selected = bool(source_format.form) or rule.selects(row.values)
        if not is_selected:
            result.left_out += 1
            continue
        if keys is not None and not source_format.form and source_format.key:
            keys.add(row.values[source_format.key])
        yield row


def _map(
    executor: BatchExecutor, step: FileMapping, batches: Iterable[Sequence[Row]], dataset: Dataset
) -> Generator[MappedBatch, None, None]:
    try:
        yield from executor.map(step, batches)
    except (SyntaxError, ValueError) as error:
        names = f"{MAPPING} or {CHECKS}" if dataset.checks else MAPPING
        location = SourceLocation(str(dataset.folder))
        raise InputRejectedError([Finding(f"{names} cannot be run: {error}", "Correct it.", location)]) from None


class _FindingsFile:
    """The report of findings: CSV if the name of the file says so, else a JSON object a line; none without a file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> "_FindingsFile":
        if self._path is not None:
            self._file = self._path.open("w", encoding="utf-8", newline="")
            if self._is_csv:
                csv.writer(self._file).writerow(_FIELDS)
        return self

    def write(self, file: Path, findings: Sequence[RowFinding]) -> None:
        if self._file is None:
            return
        lines = [{"file": file.name, **asdict(finding)} for finding in findings]
        if self._is_csv:
            csv.writer(self._file).writerows([line[name] for name in _FIELDS] for line in lines)
        else:
            self._file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def _is_csv(self) -> bool:
        return self._path is not None and self._path.suffix.lower() == ".csv"
