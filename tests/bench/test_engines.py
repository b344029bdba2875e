from pathlib import Path

import pytest

from bench import optional_engines, virtuoso
from bench.engines import Engine, SkippedEngine, create_ours, create_oxigraph
from bench.optional_engines import RDFLIB_MAX_QUADS


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
def test_missing_engines_are_skipped_with_what_they_need() -> None:
    engines = optional_engines.find_optional_engines(1000, None, None)
    assert [engine.name for engine in engines] == ["fuseki", "virtuoso", "rdflib-endpoint"]
    assert all(isinstance(engine, SkippedEngine) and "needs" in engine.reason for engine in engines)


def test_rdflib_endpoint_is_skipped_above_its_limit(tmp_path: Path) -> None:
    tool = tmp_path / "rdflib-endpoint"
    tool.touch()
    few, many = (
        optional_engines.find_optional_engines(quads, None, tool)[-1]
        for quads in (RDFLIB_MAX_QUADS, RDFLIB_MAX_QUADS + 1)
    )
    assert isinstance(few, Engine)
    assert isinstance(many, SkippedEngine)
    assert "100,000" in many.reason


def test_only_ours_and_oxigraph_must_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("java", "virtuoso-t", "isql-vt", "tool.jar"):
        (tmp_path / name).touch(0o755)
    installed = optional_engines.find_optional_engines(1000, tmp_path / "tool.jar", tmp_path / "java")
    assert [engine.must_agree for engine in [create_ours(), create_oxigraph()]] == [True, True]
    assert [isinstance(engine, Engine) and engine.must_agree for engine in installed] == [False, False, False]
    assert all(isinstance(engine, Engine) for engine in installed)


def test_virtuoso_listens_on_loopback_and_reads_only_its_directory(tmp_path: Path) -> None:
    command = virtuoso.server_command("virtuoso-t", tmp_path, 1, 2)
    lines = (tmp_path / "virtuoso.ini").read_text().splitlines()
    assert command.directory == tmp_path
    assert [line for line in lines if line.startswith("ServerPort")] == [
        "ServerPort = 127.0.0.1:2",
        "ServerPort = 127.0.0.1:1",
    ]
    assert f"DirsAllowed = {tmp_path}" in lines


def test_query_sent_as_form_is_url_encoded() -> None:
    engine = Engine(name="x", path="/x", load=create_ours().load, serve=create_ours().serve, form_only=True)
    head, _, body = engine.build_request("ASK { ?a ?b 'ü&' }").partition(b"\r\n\r\n")
    assert body == b"query=ASK+%7B+%3Fa+%3Fb+%27%C3%BC%26%27+%7D"
    assert b"Content-Length: %d\r\n" % len(body) in head + b"\r\n"
    assert b"application/x-www-form-urlencoded" in head
