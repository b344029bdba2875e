"""``kg token`` makes, lists and revokes tokens in the data directory, and shows a secret once."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
MAKE = ("token", "make", "importer", "--operation", "put", "--operation", "load", "--graph", "harbour*")


def listed(run: Run, directory: Path) -> list[dict[str, Any]]:
    result = run("token", "list", "--json", "--data-dir", directory)
    assert result.code == 0
    tokens: list[dict[str, Any]] = json.loads(result.out)
    return tokens


def test_a_token_is_printed_once_and_not_kept(run: Run, tmp_path: Path) -> None:
    directory = tmp_path / "new"
    made = run(*MAKE, "--expires", "2999-12-31", "--data-dir", directory)
    assert made.code == 0, made.err
    (text,) = made.out.splitlines()
    assert "not shown again" in made.err
    assert text not in made.err
    file = directory / "tokens.json"
    secret = text.split("_")[2]
    assert secret not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for options in ((), ("--json",)):
        shown = run("token", "list", *options, "--data-dir", directory).out
        digest = json.loads(file.read_text())["tokens"][0]["sha256"]
        assert not any(part in shown for part in (text, secret, secret[-6:], digest))
    (token,) = listed(run, directory)
    assert (token["name"], token["state"], token["expires"]) == ("importer", "active", "3000-01-01T00:00:00Z")
    assert (token["operations"], token["id"]) == (["load", "put"], text.split("_")[1])
    assert token["graphs"] == ["https://w3id.org/conflict-kg/graph/harbour*"]


def test_nothing_is_permitted_by_default(run: Run, tmp_path: Path) -> None:
    for arguments in (
        ("token", "make", "a"),
        ("token", "make", "a", "--operation", "*"),
        ("token", "make", "a", "--graph", "*"),
    ):
        assert run(*arguments, "--data-dir", tmp_path).code == 2
    assert not (tmp_path / "tokens.json").exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("a b", "--operation", "put", "--graph", "*"), "name"),
        (("a", "--operation", "backup", "--graph", "*"), "operation"),
        (("a", "--operation", "put", "--graph", "a*b"), "graph"),
        (("a", "--operation", "put", "--graph", "*", "--expires", "never"), "expires"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_made(
    run: Run, tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    result = run("token", "make", *options, "--data-dir", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert f"parameter '{named}'" in result.err
    assert not (tmp_path / "tokens.json").exists()


def test_json_has_the_token_and_what_it_may_do(run: Run, tmp_path: Path) -> None:
    made = json.loads(run(*MAKE, "--json", "--data-dir", tmp_path).out)
    assert made["token"].startswith("ckg_")
    (token,) = listed(run, tmp_path)
    assert {**token, "token": made["token"]} == made


def test_revoked_tokens_are_marked(run: Run, tmp_path: Path) -> None:
    run(*MAKE, "--data-dir", tmp_path)
    result = run("token", "revoke", "importer", "--data-dir", tmp_path)
    assert (result.code, result.out) == (0, "")
    assert listed(run, tmp_path)[0]["state"] == "revoked"
    assert "revoked" in run("token", "list", "--data-dir", tmp_path).out
    again = run("token", "revoke", "importer", "--data-dir", tmp_path)
    assert (again.code, "no token called 'importer'" in again.err) == (2, True)
    assert run(*MAKE, "--data-dir", tmp_path).code == 0, "the name is free again"


def test_a_damaged_file_is_reported_with_its_cure(run: Run, tmp_path: Path) -> None:
    run(*MAKE, "--data-dir", tmp_path)
    file = tmp_path / "tokens.json"
    file.write_text(file.read_text()[:-10])
    before = file.read_bytes()
    for arguments in (("token", "list"), MAKE, ("token", "revoke", "importer")):
        result = run(*arguments, "--data-dir", tmp_path)
        assert (result.code, result.out) == (1, "")
        assert "move it away and make new tokens" in result.err
    assert file.read_bytes() == before
