import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.run import main
from bench.verdict import Aim


@pytest.mark.slow
def test_small_run_measures_both_engines_and_their_rows_agree(tmp_path: Path) -> None:
    arguments = ["--quads=10000", "--runs=1", "--crowd-seconds=1", "--engine=none", f"--results={tmp_path}"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    (file,) = tmp_path.glob("*.json")
    kept = json.loads(file.read_text())
    assert set(kept["engines"]) == {"ours", "oxigraph"}
    for figures in kept["engines"].values():
        assert figures["memory_used_mb"] > 0
        assert figures["disk_mb"] > 0
        assert set(figures["flows"]) == {"point", "page", "mix"}
        assert all(flow["errors"] == 0 and flow["per_second"] > 0 for flow in figures["flows"].values())
    assert kept["engines"]["ours"]["rows"] == kept["engines"]["oxigraph"]["rows"]
    assert "throughput, OPTIONAL-heavy" in result.output


def test_an_aim_that_was_not_measured_is_not_met() -> None:
    assert not Aim("x", None, 1.0, at_most=True).is_met
    assert Aim("x", 0.4, 0.5, at_most=True).is_met
    assert not Aim("x", 0.4, 0.5, at_most=False).is_met
