from pathlib import Path

import pytest

from bench import optional_engines, virtuoso
from bench.engines import Engine, LeftOut, ours, oxigraph
from bench.optional_engines import RDFLIB_MOST_QUADS


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
def test_what_is_not_installed_is_left_out_with_what_it_needs() -> None:
    found = optional_engines.others(1000, None, None)
    assert [each.name for each in found] == ["fuseki", "virtuoso", "rdflib-endpoint"]
    assert all(isinstance(each, LeftOut) and "needs" in each.reason for each in found)


def test_rdflib_endpoint_is_asked_only_what_it_finishes(tmp_path: Path) -> None:
    tool = tmp_path / "rdflib-endpoint"
    tool.touch()
    few, many = (optional_engines.others(quads, None, tool)[-1] for quads in (RDFLIB_MOST_QUADS, RDFLIB_MOST_QUADS + 1))
    assert isinstance(few, Engine)
    assert isinstance(many, LeftOut)
    assert "100,000" in many.reason


def test_only_ours_and_oxigraph_can_spoil_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("java", "virtuoso-t", "isql-vt", "tool.jar"):
        (tmp_path / name).touch(0o755)
    installed = optional_engines.others(1000, tmp_path / "tool.jar", tmp_path / "java")
    assert [each.is_judged for each in [ours(), oxigraph()]] == [True, True]
    assert [isinstance(each, Engine) and each.is_judged for each in installed] == [False, False, False]
    assert all(isinstance(each, Engine) for each in installed)


def test_virtuoso_listens_on_loopback_and_reads_only_its_directory(tmp_path: Path) -> None:
    command = virtuoso.server("virtuoso-t", tmp_path, 1, 2)
    written = (tmp_path / "virtuoso.ini").read_text().splitlines()
    assert command.directory == tmp_path
    assert [line for line in written if line.startswith("ServerPort")] == [
        "ServerPort = 127.0.0.1:2",
        "ServerPort = 127.0.0.1:1",
    ]
    assert f"DirsAllowed = {tmp_path}" in written


def test_a_query_as_form_is_quoted() -> None:
    engine = Engine(name="x", path="/x", load=ours().load, serve=ours().serve, as_form=True)
    head, _, body = engine.request("ASK { ?a ?b 'ü&' }").partition(b"\r\n\r\n")
    assert body == b"query=ASK+%7B+%3Fa+%3Fb+%27%C3%BC%26%27+%7D"
    assert b"Content-Length: %d\r\n" % len(body) in head + b"\r\n"
    assert b"application/x-www-form-urlencoded" in head
