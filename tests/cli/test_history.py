"""The history of the data on the command line: log, patches, earlier versions, backups; with and without a server."""

import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from bench.attacks.server import TOKEN, run_server
from kg.journal.journal import read_records

Run = Callable[..., Any]
GRAPH = "https://w3id.org/conflict-kg/graph/post"

pytestmark = pytest.mark.slow


@pytest.fixture
def changed(run: Run, data_dir: Path, tmp_path: Path, example: Path) -> Path:
    """The data directory with one more commit, which changes the description of a home graph."""
    dossier, before = (example / "post.yaml").read_text(), "description: Statements of an invented post"
    assert before in dossier
    (tmp_path / "post.yaml").write_text(dossier.replace(before, "description: changed", 1))
    assert run("load", "--quiet", "--data-dir", data_dir, tmp_path / "post.yaml").code == 0
    return data_dir


def log_of(run: Run, data_dir: Path, *options: object) -> list[dict[str, Any]]:
    result = run("log", "--json", "--data-dir", data_dir, *options)
    assert (result.code, result.err) == (0, "")
    commits: list[dict[str, Any]] = json.loads(result.out)
    return commits


def test_the_log_has_the_newest_commit_first_with_who_when_and_how_much(run: Run, changed: Path) -> None:
    newest, oldest = log_of(run, changed)
    assert newest["version"].startswith("2-")
    assert newest["previous"] == oldest["digest"]
    assert (newest["agent"], newest["operation"]) == (getpass.getuser(), "load")
    assert newest["graphs"] == [GRAPH]
    assert (newest["added"], newest["removed"]) == (1, 1)
    assert oldest["added"] > 100
    text = run("log", "--data-dir", changed).out
    assert text.startswith(f"version {newest['version']}\nAgent:     {getpass.getuser()}\n")
    assert f"Graph:     {GRAPH}\n" in text
    assert "+1 -1 quads" in text
    assert text.index(newest["version"]) < text.index(oldest["version"])


@pytest.mark.parametrize(
    ("options", "versions"),
    [
        (["-n", "1"], ["2"]),
        (["-n", "0"], []),
        (["--since", "1"], ["2"]),
        (["--since", "2"], []),
        (["--graph", GRAPH], ["2", "1"]),
        (["--graph", "post"], ["2", "1"]),
        (["--graph", "https://w3id.org/conflict-kg/graph/register", "--since", "1"], []),
    ],
)
def test_the_log_is_narrowed(run: Run, changed: Path, options: list[str], versions: list[str]) -> None:
    assert [commit["version"].partition("-")[0] for commit in log_of(run, changed, *options)] == versions


def test_a_commit_is_printed_as_rdf_patch(run: Run, changed: Path) -> None:
    lines = run("log", "--data-dir", changed, "--patch", "2").out.splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == ["H", "H", "TX", "D", "A", "TC"]
    removed, added = (
        list(ox.parse(line[2:], format=ox.RdfFormat.N_QUADS)) for line in lines if line[:2] in ("D ", "A ")
    )
    assert removed[0].subject == added[0].subject
    assert removed != added
    assert "changed" in str(added[0].object)


@pytest.mark.parametrize("version", ["9", "x", "-1", "2-ffffffffffff", "٢"])
def test_a_version_that_is_none_is_wrong_usage(run: Run, changed: Path, version: str) -> None:
    for arguments in (["log", "--patch", version], ["log", "--since", version], ["export", "--at", version]):
        result = run(*arguments, "--data-dir", changed)
        assert (result.code, result.out) == (2, "")
        assert result.err


def test_an_earlier_version_is_exported_as_it_was(run: Run, changed: Path) -> None:
    newest, oldest = log_of(run, changed)
    now = run("export", "--data-dir", changed).out
    assert run("export", "--data-dir", changed, "--at", newest["version"]).out == now
    before = run("export", "--data-dir", changed, "--at", oldest["version"], "post").out
    assert before
    assert "changed" not in before
    assert run("export", "--data-dir", changed, "--at", "1").out != now
    assert run("export", "--data-dir", changed, "--at", "0").out.strip() == ""
    assert run("export", "--data-dir", changed, "--at", "0", "post").code == 2


def test_what_has_no_journal_has_no_log(run: Run, tmp_path: Path) -> None:
    for arguments in (["log"], ["export", "--at", "1"]):
        result = run(*arguments, "--data-dir", tmp_path / "nothing")
        assert result.code == 1
        assert "no journal" in result.err


def test_a_backup_is_made_and_restored(run: Run, changed: Path, tmp_path: Path) -> None:
    exported = run("export", "--data-dir", changed).out
    made = run("backup", tmp_path / "backup", "--data-dir", changed)
    assert made.code == 0
    assert "version 2-" in made.err
    assert run("backup", tmp_path / "backup", "--data-dir", changed).code == 1
    assert run("restore", tmp_path / "backup", "--data-dir", changed).code == 1
    restored = run("restore", tmp_path / "backup", "--data-dir", tmp_path / "restored")
    assert restored.code == 0
    assert run("export", "--data-dir", tmp_path / "restored").out == exported
    assert run("check", "--deep", "--data-dir", tmp_path / "restored").code == 0
    (tmp_path / "backup" / "graph" / "CURRENT").write_text("damaged")
    refused = run("restore", tmp_path / "backup", "--data-dir", tmp_path / "other")
    assert refused.code == 1
    assert "CURRENT" in refused.err


def put(port: int, number: int) -> None:
    response = httpx.put(
        f"http://127.0.0.1:{port}/graphs",
        params={"graph": f"http://example.org/{number}"},
        content=f"<x:s> <x:p> {number} .",
        headers={"Content-Type": "text/turtle", "Authorization": f"Bearer {TOKEN}"},
        trust_env=False,
    )
    assert response.status_code == 201


def test_log_export_and_backup_work_while_a_server_has_the_data_open(run: Run, tmp_path: Path) -> None:
    with run_server("--plain", settings={"KG_EMPTY": "true", "KG_WORKERS": "1"}, work=tmp_path) as server:
        data_dir = server.directory / "data"
        for number in range(3):
            put(server.port, number)
        assert [commit["operation"] for commit in log_of(run, data_dir)] == ["graph PUT"] * 3 or log_of(run, data_dir)
        at_2 = run("export", "--data-dir", data_dir, "--at", "2", "--format", "nq").out
        assert len(at_2.splitlines()) == 2
        made = run("backup", tmp_path / "backup", "--data-dir", data_dir)
        assert (made.code, "version 3-" in made.err) == (0, True)
        assert run("backup", tmp_path / "backup", "--data-dir", data_dir).code == 1
        put(server.port, 9)
        assert run("check", "--data-dir", data_dir).out.count("journal") >= 1
    restored = tmp_path / "restored"
    assert run("restore", tmp_path / "backup", "--data-dir", restored).code == 0
    assert len(list(read_records(restored / "journal"))) == 3
    checked = run("check", "--deep", "--data-dir", restored)
    assert "lead to exactly what the store has" in checked.out


def test_only_the_command_line_of_the_machine_may_name_a_directory(tmp_path: Path) -> None:
    with run_server("--plain", settings={"KG_EMPTY": "true", "KG_WORKERS": "1"}, work=tmp_path) as server:
        url, parameters = f"http://127.0.0.1:{server.port}/backup", {"directory": str(tmp_path / "backup")}
        assert httpx.post(url, params=parameters, trust_env=False).status_code == 401
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert httpx.post(url, params=parameters, headers=headers, trust_env=False).status_code == 403
        owner = json.loads((server.directory / "data" / "server.json").read_text())["token"]
        headers = {"Authorization": f"Bearer {owner}"}
        relative = httpx.post(url, params={"directory": "backup"}, headers=headers, trust_env=False)
        assert relative.status_code == 400
        assert not (tmp_path / "backup").exists()
