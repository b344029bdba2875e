"""What of shipped data sets is imported by default, and what is never repeated."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import package_data
from kg.cli import kg
from kg.datasets.conversion import convert
from kg.datasets.dataset import load_dataset
from kg.datasets.dataset_tests import REFUSED
from kg.datasets.selection import choose_rule
from kg.settings import DEFAULT_BASE_IRI

FOLDER = package_data.find_folder("data") / "datasets"


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


@pytest.mark.slow
def test_a_further_file_of_gdelt_withdraws_nothing(tmp_path: Path) -> None:
    cases = FOLDER / "gdelt" / "tests"
    statements = []
    for case in ("speech", "force-with-mentions", "force-with-mentions"):
        rows = [str(path) for path in sorted((cases / case).glob("rows.*"))]
        arguments = ["import", "gdelt", *rows, "--select", "all", "--json"]
        result = CliRunner().invoke(kg, arguments, env={"KG_DATA_DIR": str(tmp_path)})
        assert result.exit_code == 0, result.output
        statements.append(json.loads(result.stdout)["statements"])
    assert [(counts["new"], counts["withdrawn"]) for counts in statements] == [(9, 0), (6, 0), (0, 0)]
    assert statements[-1]["unchanged"] == 15
