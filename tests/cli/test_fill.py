"""``kg fill`` completes the quotes of a dossier in its file."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.rdf_reader import BYTE_ORDER_MARK

Run = Callable[..., Any]


def strip_positions(post: str) -> str:
    """The dossier with the words of its quotes, and nothing of where they are."""
    return re.sub(r"\n +position: .*", "", post)


@pytest.mark.slow
def test_fill_writes_offsets_and_hashes_so_that_the_quotes_are_verified(
    run: Run, example: Path, data_dir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "post.yaml"
    file.write_text(strip_positions((example / "post.yaml").read_text(encoding="utf-8")), encoding="utf-8")
    file.chmod(0o640)
    listed = run("fill", "--dry-run", "--archive-dir", example, file)
    assert "position:" not in file.read_text(encoding="utf-8")
    result = run("fill", "--archive-dir", example, file)
    assert (result.code, result.out) == (0, listed.out)
    assert "'withdraws' at " in result.out
    assert result.err == f"{file}: {len(result.out.splitlines())} quotes completed\n"
    assert strip_positions(file.read_text(encoding="utf-8")) == strip_positions(
        (example / "post.yaml").read_text(encoding="utf-8")
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.glob(".*")) == []
    assert run("load", "--quiet", "--data-dir", data_dir, file).code == 0
    assert run("verify", "--text", example / "post.txt", "--data-dir", data_dir).code == 0


@pytest.mark.slow
def test_fill_writes_the_quotes_it_finds_and_reports_the_others(run: Run, example: Path, tmp_path: Path) -> None:
    file = tmp_path / "post.yaml"
    post = strip_positions((example / "post.yaml").read_text(encoding="utf-8"))
    file.write_text(post.replace("exact: withdraws", "exact: withdrawz"), encoding="utf-8")
    result = run("fill", "--archive-dir", example, file)
    assert result.code == 1
    assert "violation: the words 'withdrawz' are not in the text" in result.err
    assert "The nearest text is 'withdraws'" in result.err
    assert file.read_text(encoding="utf-8").count("position: ") == post.count("exact: ") - 1


@pytest.mark.slow
def test_a_byte_order_mark_stays_where_it_is(run: Run, example: Path, tmp_path: Path) -> None:
    post = (example / "post.yaml").read_text(encoding="utf-8")
    marked, plain = tmp_path / "marked.yaml", tmp_path / "plain.yaml"
    marked.write_text(strip_positions(post), encoding="utf-8-sig")
    plain.write_text(strip_positions(post), encoding="utf-8")
    assert run("fill", "--archive-dir", example, marked, plain).code == 0
    assert marked.read_bytes() == BYTE_ORDER_MARK + plain.read_bytes()
    assert plain.read_text(encoding="utf-8") != strip_positions(post)


def test_fill_of_a_file_that_is_not_yaml_is_reported_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [\n")
    result = run("fill", tmp_path / "a.yaml")
    assert (result.code, result.out) == (1, "")
    assert f"{tmp_path / 'a.yaml'}:" in result.err
    assert (tmp_path / "a.yaml").read_text() == "a: [\n"
