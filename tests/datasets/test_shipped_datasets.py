"""Every data set that is shipped has cases, all of which pass; what their rows become can be loaded."""

from pathlib import Path

import pytest
from in_process import InProcessGraph
from shipped_data import ShippedData

from kg.datasets.conversion import convert
from kg.datasets.dataset import Dataset, list_datasets, load_dataset
from kg.datasets.dataset_tests import EXPECTED, FINDINGS, REFUSED, run_cases
from kg.datasets.selection import SelectionRule
from kg.package_data import find_folder
from kg.settings import DEFAULT_BASE_IRI

SHIPPED = find_folder("data") / "datasets"
NAMES = list_datasets([SHIPPED])


def load(name: str) -> Dataset:
    return load_dataset(SHIPPED / name, DEFAULT_BASE_IRI)


@pytest.mark.parametrize("name", NAMES)
def test_all_cases_pass(name: str) -> None:
    results = run_cases(load(name))
    assert results
    assert [(result.name, result.differences) for result in results if not result.passes] == []


@pytest.mark.parametrize("name", NAMES)
def test_cases_show_good_rows_findings_and_a_file_that_is_refused(name: str) -> None:
    shown = {path.name for path in (SHIPPED / name / "tests").glob("*/*")}
    assert shown >= {EXPECTED, FINDINGS, REFUSED}


@pytest.fixture(scope="module")
def graph(shipped_data: ShippedData) -> InProcessGraph:
    return shipped_data.graph()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_rows_become_can_be_loaded(name: str, graph: InProcessGraph, tmp_path: Path) -> None:
    dataset = load(name)
    concepts = [dataset.concepts] if dataset.concepts else []
    for expected in sorted((dataset.folder / "tests").glob(f"*/{EXPECTED}")):
        document = tmp_path / f"{expected.parent.name}.nq"
        convert(dataset, sorted(expected.parent.glob("rows*")), document, None, SelectionRule({}))
        graph.load(graph.read_files([document, *concepts]), dry_run=True)
