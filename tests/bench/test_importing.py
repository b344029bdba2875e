"""The benchmark of imports, on a file of a few hundred rows."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_rows import write_rows

from bench.importing import ImportTimes, main
from bench.loading import Load


def test_aims_are_about_medians_and_the_highest_memory() -> None:
    times = ImportTimes((Load(40, 900), Load(60, 1_600), Load(50, 800)), (Load(10, 1), Load(11, 1), Load(30, 1)))
    ratio, memory = times.aims
    assert ratio.ratio == pytest.approx(50 / 11)
    assert memory.ratio == pytest.approx(1.6)
    assert [ratio.is_met, memory.is_met] == [True, False]


@pytest.mark.slow
def test_imports_and_loads_are_measured(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(write_rows(tmp_path / "rows.csv", 200)), "--rounds", "1"])
    assert result.exit_code == 0, result.output
    assert "rows.csv: " in result.output
    for name in ("oxigraph load", "kg import", "memory of it"):
        assert name in result.output
