"""A first engine that finds nothing is noticed by the second: writing stops, says so, and stays stopped."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from api import services as services_module
from api.services import Services, open_services
from kg.settings import Settings
from kg.write_gate import list_disagreements

pytestmark = pytest.mark.slow

TOKEN = "a-token-of-sixteen-characters"
CK = "https://w3id.org/conflict-kg/ontology#"
HOME = "https://w3id.org/conflict-kg/graph/test"
NAMED = f"""
<https://example.org/n> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CK}State> <{HOME}> .
<https://example.org/n> <http://www.w3.org/2004/02/skos/core#prefLabel> "N"@en <{HOME}> .
"""
UNNAMED = f"""
<https://example.org/u> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CK}State> <{HOME}> .
"""
DEADLINE_S = 60
Serving = Callable[..., AbstractContextManager[str]]


class Client:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def load(self, n_quads: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
        return self._http.post("/load", content=n_quads.encode(), headers=headers)

    def ask(self, subject: str) -> bool:
        response = self._http.get("/sparql", params={"query": f"ASK {{ <https://example.org/{subject}> ?p ?o }}"})
        return bool(response.json()["boolean"])

    def readiness(self) -> tuple[int, str]:
        """The status, and what is said of writing."""
        response = self._http.get("/readyz", headers={"Accept": "application/json"})
        members = response.json()
        return response.status_code, members.get("writing") or members.get("detail", "")

    def metric(self, name: str) -> float:
        lines = self._http.get("/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"conflict_kg_{name} "))


@contextmanager
def connect(serving: Serving, directory: Path, *, is_stopped: bool = False) -> Iterator[Client]:
    with (
        serving(open_in(directory), wait_until_ready=not is_stopped) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as http,
    ):
        client = Client(http)
        if is_stopped:
            wait_for(lambda: "engines differ" in client.readiness()[1])
        yield client


def open_in(directory: Path) -> Services:
    return open_services(Settings(data_dir=directory, write_token=TOKEN, workers=1, empty=True))


def sabotage(monkeypatch: pytest.MonkeyPatch, factory: str) -> None:
    monkeypatch.setattr(services_module, "FACTORY", f"sabotaged_procedures:{factory}")


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_change_that_the_first_engine_lets_through_is_refused_and_stops_writing(
    tmp_path: Path, serving: Serving, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sabotage(monkeypatch, "create")
    with connect(serving, tmp_path) as client:
        assert client.load(NAMED).status_code == 200
        assert client.readiness() == (200, "")
        assert client.metric("writing_stopped") == 0
        refused = client.load(UNNAMED)
        assert refused.status_code == 503
        assert "engines differ" in refused.json()["detail"]
        assert not client.ask("u"), "it was not committed"
        assert client.ask("n"), "reads are served"
        assert client.load(NAMED.replace("example.org/n", "example.org/m")).status_code == 503
        status, reason = client.readiness()
        assert status == 503
        assert "engines differ" in reason
        assert client.metric("writing_stopped") == 1
        assert client.metric("validation_disagreements") == 1
    assert any(record.levelno == logging.CRITICAL for record in caplog.records)
    (folder,) = list_disagreements(tmp_path)
    assert (folder / "added.nq").read_text().strip() == UNNAMED.strip()
    assert b"https://example.org/u" in (folder / "read-set.nt").read_bytes()

    with connect(serving, tmp_path, is_stopped=True) as client:
        assert client.load(NAMED).status_code == 503, "a restart alone does not resume"
    folder.rename(tmp_path.parent / "report")
    with connect(serving, tmp_path) as client:
        wait_for(lambda: client.load(NAMED.replace("example.org/n", "example.org/m")).status_code == 200)
        assert client.ask("m")


def test_a_change_that_was_answered_stops_writing_when_the_second_engine_has_looked(
    tmp_path: Path, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, "create_with_late_judge")
    with connect(serving, tmp_path) as client:
        assert client.load(NAMED).status_code == 200
        assert client.load(UNNAMED).status_code == 200
        wait_for(lambda: client.readiness()[0] == 503)
        assert client.load(NAMED).status_code == 503
        assert client.ask("u"), "it was committed"
    assert list_disagreements(tmp_path)

    # Once resumed, the graph is validated as a whole, by an engine that finds what was let through.
    for folder in list_disagreements(tmp_path):
        folder.rename(tmp_path.parent / folder.name)
    monkeypatch.setattr(services_module, "FACTORY", "sabotaged_procedures:create")
    with connect(serving, tmp_path) as client:
        wait_for(lambda: "does not conform" in client.readiness()[1])
        assert client.metric("violations") == 1
        refused = client.load(UNNAMED.replace("example.org/u", "example.org/v"))
        assert refused.status_code == 422
        assert [finding["subject"] for finding in refused.json()["findings"]] == ["https://example.org/v"]
        assert client.load(NAMED.replace("example.org/n", "example.org/m")).status_code == 200
        label = UNNAMED.replace(
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/2004/02/skos/core#prefLabel"
        )
        mended = client.load(label.replace(f"<{CK}State>", '"U"@en'))
        assert mended.status_code == 200
        assert client.readiness() == (200, "")
        assert client.load(NAMED.replace("example.org/n", "example.org/m")).status_code == 200
