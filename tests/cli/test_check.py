"""``kg check`` prints one line for each finding, or JSON, and its exit code says whether something is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_directory_in_order_exits_with_0_and_one_line_for_each_finding(
    run: Callable[..., Any], data_dir: Path
) -> None:
    data_dir.chmod(0o755)
    result = run("check", "--data-dir", data_dir)
    assert (result.code, result.err) == (0, "")
    assert all(line.startswith("ok     ") for line in result.out.splitlines())
    assert "base IRI: https://w3id.org/conflict-kg/" in result.out


def test_what_is_wrong_is_a_line_with_its_cure_and_exit_code_1(run: Callable[..., Any], data_dir: Path) -> None:
    result = run("check", "--data-dir", data_dir, "--base-iri", "http://example.org/")
    assert result.code == 1
    (line,) = [line for line in result.out.splitlines() if line.startswith("wrong  base IRI: the data")]
    assert line.endswith("; set KG_BASE_IRI=https://w3id.org/conflict-kg/")


def test_json_has_the_same_findings(run: Callable[..., Any], tmp_path: Path) -> None:
    result = run("check", "--json", "--data-dir", tmp_path / "none", "--archive-dir", tmp_path / "none")
    assert result.code == 1
    wrong = [row for row in json.loads(result.out) if row["level"] == "wrong"]
    assert [row["subject"] for row in wrong] == ["directory", "KG_ARCHIVE_DIR"]
    assert all(set(row) == {"subject", "level", "message", "cure"} and row["cure"] for row in wrong)


def test_a_bad_setting_exits_with_2(run: Callable[..., Any]) -> None:
    assert run("check", "--base-iri", "foo/").code == 2
