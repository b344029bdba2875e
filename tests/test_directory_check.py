"""Each thing that can be wrong with a data directory is found, with a cure; examining it changes nothing."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from kg import directory_check
from kg.access.issuance import make_token, revoke_token
from kg.access.scope import EVERYTHING
from kg.access.token_file import TokenFile
from kg.data_directory import MANIFEST
from kg.directory_check import CheckResult, Level, examine
from kg.errors import Finding
from kg.knowledge_graph import KnowledgeGraph
from kg.namespaces import DATASET, OWL, TYPE
from kg.server_file import SERVER_FILE
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

OTHER = "http://example.org/"
TOKEN = "a-token-that-is-in-no-finding"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A data directory with a home graph, in order."""
    directory = tmp_path / "data"
    graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/one")
    with open_graph(directory) as knowledge_graph:
        knowledge_graph.store.apply(Change.from_quads(added=[ox.Quad(graph, TYPE, DATASET, graph)]))
    directory.chmod(0o755)
    return directory


@contextmanager
def open_graph(directory: Path) -> Iterator[KnowledgeGraph]:
    knowledge_graph = KnowledgeGraph.open(Settings(data_dir=directory, empty=True))
    try:
        yield knowledge_graph
    finally:
        knowledge_graph.close()


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    paths = [folder, *folder.rglob("*")]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_mode) for path in paths}


def find_wrong(directory: Path, base_iri: str = DEFAULT_BASE_IRI) -> list[CheckResult]:
    """What is wrong, with a cure for each; nothing has changed."""
    before = snapshot(directory) if directory.exists() else {}
    results = examine(Settings(data_dir=directory, base_iri=base_iri))
    assert (snapshot(directory) if directory.exists() else {}) == before
    wrong = [result for result in results if result.level is Level.WRONG]
    assert all(result.cure for result in wrong)
    assert TOKEN not in str(results)
    return wrong


def write_server_file(directory: Path, url: str = "http://127.0.0.1:1", mode: int = 0o600) -> None:
    file = directory / SERVER_FILE
    file.write_text(json.dumps({"url": url, "token": TOKEN}))
    file.chmod(mode)


def overwrite_store(directory: Path) -> None:
    for file in (directory / "graph").glob("MANIFEST-*"):
        file.write_bytes(b"not a manifest")


def add_ontology(directory: Path) -> None:
    ontology = ox.NamedNode("https://w3id.org/conflict-kg/ontology")
    store = EmbeddedStore.open(directory / "graph")
    store.apply(
        Change.from_quads(
            added=[
                ox.Quad(ontology, TYPE, ox.NamedNode(f"{OWL}Ontology"), ontology),
                ox.Quad(ontology, ox.NamedNode(f"{OWL}versionInfo"), ox.Literal("0.0.1"), ontology),
            ]
        )
    )
    store.close()


def make_leftovers(directory: Path) -> None:
    (directory / "workers" / "graph-1").mkdir(parents=True)


def interrupt_bulk_load(directory: Path) -> None:
    (directory / "bulk" / "load").mkdir(parents=True)


class Violation(NamedTuple):
    """What is done to a directory in order, and what is found of it."""

    name: str
    make: Callable[[Path], object]
    subject: str
    message: str


def damage_journal(directory: Path) -> None:
    (segment,) = (directory / "journal").glob("*.journal")
    content = segment.read_bytes()
    segment.write_bytes(content.replace(b"Dataset", b"Dataser"))


VIOLATIONS = [
    Violation("absent", shutil.rmtree, "directory", "does not exist"),
    Violation("writable by others", lambda path: path.chmod(0o777), "permissions", "others than the owner may change"),
    Violation(
        "manifest of another version", lambda path: (path / MANIFEST).write_text('{"format": 99}'), "format", "99"
    ),
    Violation("broken manifest", lambda path: (path / MANIFEST).write_text("{"), "format", "cannot be read"),
    Violation(
        "another base",
        lambda path: (path / MANIFEST).write_text(json.dumps({"format": 1, "base_iri": OTHER, "plain": False})),
        "base IRI",
        f"the data is under {OTHER}, the settings say {DEFAULT_BASE_IRI}",
    ),
    Violation("no store", lambda path: shutil.rmtree(path / "graph"), "store", "contains no store"),
    Violation("broken store", overwrite_store, "store", "cannot be read"),
    Violation("stale address", write_server_file, "server", "left from a server that was killed"),
    Violation(
        "readable token", lambda path: write_server_file(path, mode=0o644), "server", "others than the owner may read"
    ),
    Violation("broken address", lambda path: (path / SERVER_FILE).write_text("{"), "server", "cannot be read"),
    Violation("damaged journal", damage_journal, "journal", "it ends at version 0, but the store has 1"),
    Violation("lost journal", lambda path: shutil.rmtree(path / "journal"), "journal", "it is missing"),
    Violation("checkpoints", make_leftovers, "workers", "of a server that was killed"),
    Violation("bulk load", interrupt_bulk_load, "bulk", "of loads that were interrupted"),
    Violation("another ontology", add_ontology, "ontology", "the store has version 0.0.1"),
]


def find_history(directory: Path) -> CheckResult:
    results = examine(Settings(data_dir=directory), deep=lambda _: [])
    return next(result for result in results if result.subject == "history")


def test_the_violations_of_the_whole_graph_are_found_with_examples(directory: Path) -> None:
    settings = Settings(data_dir=directory)
    violation = Finding("no name", subject="https://example.org/id/actor/one")

    def judge(found: list[Finding], settings: Settings = settings) -> list[CheckResult]:
        return [result for result in examine(settings, deep=lambda _: found) if result.subject == "conformance"]

    assert [result.level for result in judge([])] == [Level.OK]
    (result,) = judge([violation] * 7)
    assert result.level is Level.WRONG
    assert result.message.startswith("7 violations")
    assert result.message.count("actor/one: no name") == 5
    assert result.cure
    assert judge([violation], Settings(data_dir=directory, plain=True)) == []


def test_a_store_that_is_what_its_journal_leads_to_is_in_order(directory: Path) -> None:
    assert find_history(directory).level is Level.OK
    assert not [result for result in examine(Settings(data_dir=directory)) if result.subject == "history"]


def test_what_the_store_has_beside_its_journal_is_found_with_an_example_and_a_cure(directory: Path) -> None:
    add_ontology(directory)
    result = find_history(directory)
    assert result.level is Level.WRONG
    assert "has 2 quads that the journal does not lead to, and lacks 0" in result.message
    assert "0.0.1" in result.message or "Ontology" in result.message
    assert result.cure
    shutil.rmtree(directory / "graph")
    with open_graph(directory):
        pass
    assert find_history(directory).level is Level.OK, "the cure is one"


def test_nothing_is_wrong_with_a_directory_in_order(directory: Path) -> None:
    assert find_wrong(directory) == []


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: violation.name)
def test_each_violation_is_found(directory: Path, violation: Violation) -> None:
    violation.make(directory)
    found = [(result.subject, result.message) for result in find_wrong(directory)]
    assert any(subject == violation.subject and violation.message in message for subject, message in found), found


def test_home_graphs_under_another_base_are_found_without_a_manifest(directory: Path) -> None:
    (directory / MANIFEST).unlink()
    (wrong,) = find_wrong(directory, OTHER)
    assert (wrong.subject, wrong.cure) == ("base IRI", f"set KG_BASE_IRI={DEFAULT_BASE_IRI}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_another_owner_is_found(directory: Path) -> None:
    os.chown(directory, 12345, -1)
    assert [wrong.subject for wrong in find_wrong(directory)] == ["owner"]


@pytest.mark.parametrize("has_file", [True, False])
def test_a_process_that_has_the_store_open_and_does_not_answer_is_named(directory: Path, has_file: bool) -> None:
    program = "import sys, pyoxigraph; s = pyoxigraph.Store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(directory / "graph")]
    if has_file:
        write_server_file(directory)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"open\n"
        (wrong,) = find_wrong(directory)
        holder.communicate()
    expected = "no server answers at http://127.0.0.1:1" if has_file else "it has published no address"
    assert wrong.message == f"process {holder.pid} has the store open, but {expected}"


def test_little_space_is_found(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(directory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    assert [wrong.subject for wrong in find_wrong(directory)] == ["disk"]


def test_a_low_limit_of_open_files_is_found(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (512, 512))
    assert [wrong.subject for wrong in find_wrong(directory)] == ["open files"]


def test_a_kernel_without_seccomp_is_found(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory_check, "can_refuse_network", lambda: False)
    assert [wrong.subject for wrong in find_wrong(directory)] == ["sandbox"]


@pytest.mark.parametrize("name", ["archive_dir", "graphql_documents"])
def test_an_unreadable_folder_is_found(directory: Path, name: str) -> None:
    results = examine(Settings(data_dir=directory, **{name: directory / "none"}))  # type: ignore[arg-type]
    assert [result.subject for result in results if result.level is Level.WRONG] == [f"KG_{name.upper()}"]


def test_an_engine_that_does_not_answer_is_found_and_the_data_directory_left_out(tmp_path: Path) -> None:
    results = examine(Settings(data_dir=tmp_path / "none", store="http://127.0.0.1:1/query"))
    assert [result.subject for result in results if result.level is Level.WRONG] == ["engine"]


def test_tokens_are_counted_and_a_file_that_admits_nobody_is_found(directory: Path) -> None:
    file, now = TokenFile(directory), datetime.now(UTC)
    for name in ("a", "b", "c"):
        _, text = make_token(file, name, EVERYTHING, now + timedelta(hours=1), now)
    revoke_token(file, "b", now)
    results = examine(Settings(data_dir=directory))
    assert [result.message for result in results if result.subject == "tokens"] == ["2 active, 0 expired, 1 revoked"]
    assert text.split("_")[2] not in str(results)
    file.path.chmod(0o644)
    (result,) = find_wrong(directory)
    assert (result.subject, result.cure) == ("tokens", f"chmod 600 {file.path}")
    file.path.write_text("{")
    (result,) = find_wrong(directory)
    assert result.subject == "tokens"
    assert "make new tokens" in result.cure
