import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.run import main


@pytest.mark.slow
def test_small_run_measures_both_engines_and_their_rows_agree(tmp_path: Path) -> None:
    sizes = ["--quads=30000", "--also=60000", "--runs=1", "--crowd-seconds=1", "--engine=none"]
    run = CliRunner().invoke(main, [*sizes, f"--results={tmp_path}"])
    assert run.exit_code == 0, run.output
    (file,) = tmp_path.glob("*.json")
    results = json.loads(file.read_text())
    assert set(results["engines"]) == {"ours", "oxigraph"}
    for figures in results["engines"].values():
        assert figures["memory_used_mb"] > 0
        assert figures["disk_mb"] > 0
        assert set(figures["throughput"]) == {"point", "page", "mix"}
        assert all(result["errors"] == 0 and result["per_second"] > 0 for result in figures["throughput"].values())
        assert figures["failed"] == {}
    assert results["engines"]["ours"]["rows"] == results["engines"]["oxigraph"]["rows"]
    assert "throughput, OPTIONAL-heavy" in run.output
    _check_graphql(results)


def _check_graphql(results: dict[str, Any]) -> None:
    """Few and many zones take the same number of queries, and both data sets were measured."""
    few, many = results["graphql"]
    assert few["zones"] == 10
    assert many["zones"] > 10
    assert many["nodes"] > few["nodes"]
    assert many["queries"] == few["queries"]
    assert [int(quads) // 10_000 for quads in results["growth"]] == [3, 6]
