"""The file checks report what they are for, and the hooks of pre-commit name only commands of this repository."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scripts import check_final_newline, check_syntax


@pytest.mark.parametrize(
    ("name", "text", "is_valid"),
    [
        ("a.ttl", "<a> a <b> .", True),
        ("a.ttl", "<a> a <b>", False),
        ("a.nq", "<a> <b> <c> .", False),
        ("a.rq", "SELECT ?a { VALUES ?a { $parameter } }", True),
        ("a.rq", "SELECT ?a {", False),
        ("a.txt", "SELECT ?a {", True),
    ],
)
def test_syntax_is_checked_by_suffix(tmp_path: Path, name: str, text: str, is_valid: bool) -> None:
    file = tmp_path / name
    file.write_text(text)
    errors = check_syntax.find_errors([file])
    assert (errors == []) is is_valid
    assert all(error.startswith(f"{file}: ") for error in errors)


@pytest.mark.parametrize(
    ("content", "is_valid"),
    [(b"", True), (b"a\n", True), (b"a", False), (b"a\n\n", False), (b"\0binary", True)],
)
def test_files_end_with_one_newline(tmp_path: Path, content: bytes, is_valid: bool) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert (check_final_newline.find_errors([file]) == []) is is_valid


def test_hooks_are_local_and_run_from_the_environment(repository: Path) -> None:
    config: dict[str, Any] = YAML(typ="safe").load(repository / ".pre-commit-config.yaml")
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    for hook in config["repos"][0]["hooks"]:
        assert hook["entry"].startswith(".venv/bin/"), hook["id"]
