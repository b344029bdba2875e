"""A server that holds the data directory, and the command line that works through it; each a process of its own."""

import base64
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
PATIENCE_S = 90.0
STATEMENTS = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/conflict-kg/ontology#Statement> }"
ROW = "https://w3id.org/conflict-kg/id/statement/row-1"


def environment(directory: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**kept, "KG_DATA_DIR": str(directory), "KG_WORKERS": "1", **more}


def ran(directory: Path, *arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [KG, *map(str, arguments)]
    return subprocess.run(command, env=environment(directory, **more), capture_output=True, text=True, timeout=120)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Serving:
    """A running server: its process, its address and its data directory."""

    process: "subprocess.Popen[bytes]"
    url: str
    directory: Path

    def token(self) -> str:
        return str(json.loads((self.directory / "server.json").read_text())["token"])


@contextmanager
def serving(directory: Path, log: Path, **more: str) -> Iterator[Serving]:
    """A server of its own, ready; ended by its process when done."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [KG, "serve", "--port", str(port)], env=environment(directory, **more), stdout=output, stderr=output
        )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + PATIENCE_S
        while not _ready(url):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield Serving(process, url, directory)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server on a new directory, into which it has loaded the shipped data."""
    folder = tmp_path_factory.mktemp("serving")
    with serving(folder / "data", folder / "log") as found:
        yield found


def test_the_first_start_loads_the_shipped_data(server: Serving) -> None:
    counted = ran(server.directory, "query", STATEMENTS, "--format", "csv")
    assert counted.returncode == 0, counted.stderr
    assert int(counted.stdout.split()[1]) > 75


def test_only_the_owner_can_read_where_the_server_is(server: Serving) -> None:
    mode = (server.directory / "server.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_document_loaded_through_the_server_is_seen_by_the_next_read(server: Serving, invented: Path) -> None:
    loaded = ran(server.directory, "load", invented / "register.ttl", invented / "defective-dataset.trig")
    assert (loaded.returncode, loaded.stdout) == (0, "")
    assert "graph/table: +" in loaded.stderr
    assert "warning: count/row-1: The best is above the maximum" in loaded.stderr
    asked = {"query": f"ASK {{ <{ROW}> ?p ?o }}"}
    direct = httpx.get(f"{server.url}/sparql", params=asked, trust_env=False)
    assert direct.json()["boolean"] is True
    assert ran(server.directory, "query", asked["query"]).stdout == "true\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "who-declared-which-zone"], "Russia"),
        (["export", "--format", "nq"], "graph/syria-daily-2017-08-07> ."),
        (["export", "places", "--format", "ttl"], "skos:prefLabel"),
        (["query", "ASK { ?s ?p ?o }"], "true"),
        (["schema"], "Statement"),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_commands_that_read_work_through_the_server(server: Serving, arguments: list[str], said: str) -> None:
    found = ran(server.directory, *arguments)
    assert (found.returncode, found.stderr) == (0, "")
    assert said in found.stdout


def test_quotes_are_verified_through_the_server(server: Serving, invented: Path) -> None:
    assert ran(server.directory, "load", "--quiet", invented / "register.ttl", invented / "post.yaml").returncode == 0
    found = ran(server.directory, "verify", "--text", invented / "post.txt")
    assert (found.returncode, found.stderr) == (0, "")
    assert "quotes of https://w3id.org/conflict-kg/id/source/post verified" in found.stdout


def test_what_is_refused_through_the_server_is_told_as_without_it(
    server: Serving, invented: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "post.yaml"
    text = (invented / "post.yaml").read_text(encoding="utf-8")
    bad.write_text(text.replace("hedge: unclear", "hedge: unclaer").replace("speaker: actor/council", "speeker: a"))
    before = ran(server.directory, "export").stdout
    through = ran(server.directory, "load", bad)
    assert (through.returncode, through.stdout) == (1, "")
    assert f"{bad}:" in through.stderr
    assert "Did you mean 'unclear'?" in through.stderr
    direct = ran(tmp_path / "data", "load", bad, KG_EMPTY="true")
    assert through.stderr == direct.stderr
    assert ran(server.directory, "export").stdout == before
    assert ran(server.directory, "validate", bad).stderr == through.stderr


def test_a_dry_run_through_the_server_lists_resources_and_changes_nothing(
    server: Serving, invented: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "register.ttl"
    text = (invented / "register.ttl").read_text(encoding="utf-8")
    more = 'actor:nobody a ck:Organization ; skos:prefLabel "Nobody"@en .\n'
    changed.write_text(text.replace("<graph/invented>", "<graph/other>").partition("actor:council")[0] + more)
    before = ran(server.directory, "export").stdout
    dry = ran(server.directory, "load", "--dry-run", changed)
    assert dry.returncode == 0, dry.stderr
    assert "  + https://w3id.org/conflict-kg/id/actor/nobody\n" in dry.stdout
    assert ran(server.directory, "export").stdout == before


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Bearer", "Basic eDp4"])
def test_loading_without_a_right_token_is_refused_and_changes_nothing(server: Serving, token: str) -> None:
    before = ran(server.directory, "export").stdout
    body = {"documents": [{"name": "a.yaml", "content": base64.b64encode(b"- a").decode()}]}
    headers = {"Authorization": token} if token else {}
    answer = httpx.post(f"{server.url}/load", json=body, headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].split()[0] == "Bearer"
    assert ran(server.directory, "export").stdout == before


def test_the_token_of_the_directory_is_told_to_nobody_else(server: Serving) -> None:
    for path in ("/", "/openapi.json", "/healthz", "/load"):
        assert server.token() not in httpx.get(f"{server.url}{path}", trust_env=False).text


def test_a_second_server_on_the_directory_is_refused_and_leaves_the_first_in_charge(server: Serving) -> None:
    told = (server.directory / "server.json").read_bytes()
    second = ran(server.directory, "serve", "--port", free_port())
    assert second.returncode != 0
    assert (server.directory / "server.json").read_bytes() == told
    assert _ready(server.url)


def test_an_export_through_the_server_has_the_same_bytes_as_without_it(directory: Path, tmp_path: Path) -> None:
    formats = ("trig", "nq", "ttl")
    direct = [ran(directory, "export", "--format", each, KG_EMPTY="true").stdout for each in formats]
    with serving(directory, tmp_path / "log", KG_EMPTY="true"):
        assert [ran(directory, "export", "--format", each).stdout for each in formats] == direct
    assert not (directory / "server.json").exists()


def test_a_token_that_the_server_does_not_know_is_told_and_changes_nothing(
    directory: Path, invented: Path, tmp_path: Path
) -> None:
    with serving(directory, tmp_path / "log", KG_EMPTY="true") as found:
        before = ran(directory, "export").stdout
        address = directory / "server.json"
        address.write_text(address.read_text().replace(found.token(), "another"))
        refused = ran(directory, "load", invented / "defective-dataset.trig")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "this token may not write" in refused.stderr
        assert ran(directory, "export").stdout == before


def test_when_the_server_was_killed_its_address_is_stale_and_commands_work_directly(tmp_path: Path) -> None:
    with serving(tmp_path / "data", tmp_path / "log", KG_EMPTY="true") as found:
        found.process.kill()
        found.process.wait()
        assert (found.directory / "server.json").exists()
        answered = ran(found.directory, "query", "ASK {}", KG_EMPTY="true")
        assert (answered.returncode, answered.stdout) == (0, "true\n")


def test_a_directory_held_by_a_process_that_answers_nothing_is_told_as_in_use(tmp_path: Path) -> None:
    hold = "import sys; from kg.store.embedded import EmbeddedStore as E; from pathlib import Path; "
    hold += "s = E.open(Path(sys.argv[1]) / 'graph'); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        found = ran(tmp_path, "export")
        holder.communicate()
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith(f"kg: {tmp_path}")
    assert "in use by another process" in found.stderr
