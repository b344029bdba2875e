import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.run import main


@pytest.mark.slow
def test_small_run_measures_both_engines_and_their_rows_agree(tmp_path: Path) -> None:
    sizes = ["--quads=30000", "--also=60000", "--runs=1", "--crowd-seconds=1", "--engine=none"]
    result = CliRunner().invoke(main, [*sizes, f"--results={tmp_path}"])
    assert result.exit_code == 0, result.output
    (file,) = tmp_path.glob("*.json")
    kept = json.loads(file.read_text())
    assert set(kept["engines"]) == {"ours", "oxigraph"}
    for figures in kept["engines"].values():
        assert figures["memory_used_mb"] > 0
        assert figures["disk_mb"] > 0
        assert set(figures["flows"]) == {"point", "page", "mix"}
        assert all(flow["errors"] == 0 and flow["per_second"] > 0 for flow in figures["flows"].values())
        assert figures["failed"] == {}
    assert kept["engines"]["ours"]["rows"] == kept["engines"]["oxigraph"]["rows"]
    assert "throughput, OPTIONAL-heavy" in result.output
    _graphql(kept)


def _graphql(kept: dict[str, list[dict[str, float]] | dict[str, dict[str, float]]]) -> None:
    """The number of queries is the same for few zones and for many, and both sizes of data were asked."""
    few, many = kept["graphql"]
    assert few["zones"] == 10
    assert many["zones"] > 10
    assert many["nodes"] > few["nodes"]
    assert many["queries"] == few["queries"]
    assert [int(quads) // 10_000 for quads in kept["growth"]] == [3, 6]
