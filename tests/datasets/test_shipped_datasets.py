"""The data sets that are shipped: their cases, and what they become conforms to the shapes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import package_data
from kg.cli import kg
from kg.datasets.conversion import convert
from kg.datasets.dataset import list_datasets, load_dataset
from kg.datasets.dataset_tests import REFUSED, run_cases
from kg.datasets.selection import choose_rule
from kg.settings import DEFAULT_BASE_IRI

FOLDER = package_data.find_folder("data") / "datasets"
NAMES = list_datasets([FOLDER])
WITH_CASES = [name for name in NAMES if (FOLDER / name / "tests").is_dir()]
IMPORTED = [case.parent for name in WITH_CASES for case in sorted((FOLDER / name / "tests").glob("*/expected.ttl"))]


@pytest.mark.parametrize("name", WITH_CASES)
def test_rows_become_what_is_expected(name: str) -> None:
    results = run_cases(load_dataset(FOLDER / name, DEFAULT_BASE_IRI))
    assert results
    assert not {result.name: result.differences for result in results if not result.passes}


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_can_be_loaded(name: str) -> None:
    assert load_dataset(FOLDER / name, DEFAULT_BASE_IRI).header


@pytest.mark.slow
@pytest.mark.parametrize("case", IMPORTED, ids=lambda case: f"{case.parents[1].name}-{case.name}")
def test_what_rows_become_conforms_to_the_shapes(case: Path, tmp_path: Path) -> None:
    rows = [str(path) for path in sorted(case.glob("rows.*"))]
    arguments = ["import", case.parents[1].name, *rows, "--select", "all"]
    result = CliRunner().invoke(kg, arguments, env={"KG_DATA_DIR": str(tmp_path)})
    assert result.exit_code == 0, result.output


def test_gdelt_selects_force_at_a_place_and_the_mentions_of_that(tmp_path: Path) -> None:
    dataset = load_dataset(FOLDER / "gdelt", DEFAULT_BASE_IRI)
    folder = FOLDER / "gdelt" / "tests" / "force-with-mentions"
    files = [folder / "rows.mentions.CSV", folder / "rows.export.CSV"]
    document = tmp_path / "rows.nq"
    result = convert(dataset, files, document, None, choose_rule("", dataset.rules))
    text = document.read_text(encoding="utf-8")
    # Two of four events, one in a country and one in a unit of it; of three mentions two are of an event that is there.
    assert (result.rows, result.left_out) == (4, 3)
    assert "statement/gdelt-900000001> " in text
    assert "news.example/again" in text
    assert "900000002" not in text
    assert "900000009" not in text


def test_acled_repeats_no_notes() -> None:
    for file in sorted((FOLDER / "acled" / "tests").glob("*/*")):
        if file.name != REFUSED and not file.name.startswith("rows."):
            text = file.read_text(encoding="utf-8")
            assert "made-up words" not in text.lower(), file
