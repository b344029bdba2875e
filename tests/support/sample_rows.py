"""Files of many rows made of the shipped sample of UCDP GED, and what a mapping of them gives."""

import csv
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kg.datasets.batch_executor import BatchExecutor
from kg.datasets.conversion import convert
from kg.datasets.dataset import load_dataset
from kg.datasets.selection import SelectionRule
from kg.package_data import find_folder
from kg.settings import DEFAULT_BASE_IRI

UCDP = find_folder("data") / "datasets" / "ucdp-ged"


def write_rows(path: Path, count: int, first_id: int = 1_000_000) -> Path:
    """A file of so many rows, each with an id of its own."""
    with (UCDP / "sample.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(count):
            writer.writerow([first_id + number, *rows[number % len(rows)][1:]])
    return path


def convert_with(
    executor: BatchExecutor,
    file: Path,
    *,
    mapping: str = "",
    report: Callable[[int, float], None] = lambda _rows, _part: None,
) -> tuple[bytes, bytes]:
    """The document and the findings; with another mapping than that of UCDP, if one is given."""
    dataset = load_dataset(UCDP, DEFAULT_BASE_IRI)
    dataset = replace(dataset, mapping=mapping or dataset.mapping)
    with tempfile.TemporaryDirectory() as name:
        document, findings = Path(name) / "rows.nq", Path(name) / "findings.jsonl"
        convert(dataset, [file], document, findings, SelectionRule({}), report, executor)
        return document.read_bytes(), findings.read_bytes()
