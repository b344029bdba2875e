"""The command line while a server has the data directory open; each is a process of its own."""

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

from kg.access_rights import RESTRICTED
from kg.datasets.dataset import NO_LICENCE

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
STARTUP_TIMEOUT_S = 90.0
STATEMENTS = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/conflict-kg/ontology#Statement> }"
REFERRING = """@base <https://w3id.org/conflict-kg/> .
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<graph/more> a ck:Reference ; dcterms:title "More"@en ; dcterms:license <https://example.org/open> ;
    ck:recordedBy <id/actor/raids> ; owl:versionInfo "1" .
<id/actor/other> a ck:Organization ; skos:prefLabel "Other"@en .
"""
ROW = "https://w3id.org/conflict-kg/id/statement/row-1"


def environment(directory: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**kept, "KG_DATA_DIR": str(directory), "KG_WORKERS": "1", **more}


def run_kg(directory: Path, *arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [KG, *map(str, arguments)]
    return subprocess.run(command, env=environment(directory, **more), capture_output=True, text=True, timeout=120)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class RunningServer:
    """A running server: its process, its address and its data directory."""

    process: "subprocess.Popen[bytes]"
    url: str
    directory: Path

    def token(self) -> str:
        return str(json.loads((self.directory / "server.json").read_text())["token"])


@contextmanager
def run_server(directory: Path, log: Path, **more: str) -> Iterator[RunningServer]:
    """A server that is ready, stopped when the block ends."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [KG, "serve", "--port", str(port)], env=environment(directory, **more), stdout=output, stderr=output
        )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + STARTUP_TIMEOUT_S
        while not _is_ready(url):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield RunningServer(process, url, directory)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on a new data directory, into which it has loaded the shipped data."""
    folder = tmp_path_factory.mktemp("run_server")
    with run_server(folder / "data", folder / "log") as server:
        yield server


def test_first_start_loads_the_shipped_data(server: RunningServer) -> None:
    counted = run_kg(server.directory, "query", STATEMENTS, "--format", "csv")
    assert counted.returncode == 0, counted.stderr
    assert int(counted.stdout.split()[1]) > 75


def test_address_file_is_readable_by_its_owner_only(server: RunningServer) -> None:
    mode = (server.directory / "server.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_document_loaded_through_the_server_is_visible_to_the_next_read(server: RunningServer, example: Path) -> None:
    loaded = run_kg(server.directory, "load", example / "register.ttl", example / "defective-dataset.trig")
    assert (loaded.returncode, loaded.stdout) == (0, "")
    assert "graph/table: +" in loaded.stderr
    assert "warning: count/row-1: The best is above the maximum" in loaded.stderr
    parameters = {"query": f"ASK {{ <{ROW}> ?p ?o }}"}
    direct = httpx.get(f"{server.url}/sparql", params=parameters, trust_env=False)
    assert direct.json()["boolean"] is True
    assert run_kg(server.directory, "query", parameters["query"]).stdout == "true\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["ask", "who-declared-which-zone"], "Russia"),
        (["export", "--format", "nq"], "graph/syria-daily-2017-08-07> ."),
        (["export", "places", "--format", "ttl"], "skos:prefLabel"),
        (["query", "ASK { ?s ?p ?o }"], "true"),
        (["schema"], "Statement"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_reading_commands_work_through_the_server(server: RunningServer, arguments: list[str], expected: str) -> None:
    result = run_kg(server.directory, *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert expected in result.stdout


def test_quotes_are_verified_through_the_server(server: RunningServer, example: Path) -> None:
    assert run_kg(server.directory, "load", "--quiet", example / "register.ttl", example / "post.yaml").returncode == 0
    result = run_kg(server.directory, "verify", "--text", example / "post.txt")
    assert (result.returncode, result.stderr) == (0, "")
    assert "quotes of https://w3id.org/conflict-kg/id/source/post verified" in result.stdout


def test_rejection_through_the_server_is_reported_as_without_it(
    server: RunningServer, example: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "post.yaml"
    text = (example / "post.yaml").read_text(encoding="utf-8")
    bad.write_text(text.replace("hedge: unclear", "hedge: unclaer").replace("speaker: actor/council", "speeker: a"))
    before = run_kg(server.directory, "export").stdout
    through = run_kg(server.directory, "load", bad)
    assert (through.returncode, through.stdout) == (1, "")
    assert f"{bad}:" in through.stderr
    assert "Did you mean 'unclear'?" in through.stderr
    run_kg(tmp_path / "data", "load", example / "register.ttl", KG_EMPTY="true")
    direct = run_kg(tmp_path / "data", "load", bad, KG_EMPTY="true")
    assert through.stderr == direct.stderr
    assert run_kg(server.directory, "export").stdout == before
    assert run_kg(server.directory, "validate", bad).stderr == through.stderr


def test_dry_run_through_the_server_lists_resources_and_changes_nothing(
    server: RunningServer, example: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "register.ttl"
    text = (example / "register.ttl").read_text(encoding="utf-8")
    more = 'actor:nobody a ck:Organization ; skos:prefLabel "Nobody"@en .\n'
    changed.write_text(text.replace("<graph/invented>", "<graph/other>").partition("actor:council")[0] + more)
    before = run_kg(server.directory, "export").stdout
    dry = run_kg(server.directory, "load", "--dry-run", changed)
    assert dry.returncode == 0, dry.stderr
    assert "  + organization: Nobody\n" in dry.stdout
    assert run_kg(server.directory, "export").stdout == before


def test_load_without_a_valid_token_is_refused_and_changes_nothing(server: RunningServer) -> None:
    before = run_kg(server.directory, "export").stdout
    body = {"documents": [{"name": "a.yaml", "content": base64.b64encode(b"- a").decode()}]}
    for token in ("", "Bearer wrong", "Bearer", "Basic eDp4"):
        headers = {"Authorization": token} if token else {}
        response = httpx.post(f"{server.url}/load", json=body, headers=headers, trust_env=False)
        assert response.status_code == 401, token
        assert response.headers["www-authenticate"].split()[0] == "Bearer", token
    assert run_kg(server.directory, "export").stdout == before


def test_tokens_are_made_and_revoked_while_the_server_runs(server: RunningServer) -> None:
    made = run_kg(server.directory, "token", "make", "reader", "--operation", "load", "--graph", "one")
    token = made.stdout.strip()
    body = {"documents": [{"name": "a.yaml", "content": base64.b64encode(b"- a").decode()}], "dryRun": True}

    headers = {"Authorization": f"Bearer {token}"}

    def load() -> int:
        return httpx.post(f"{server.url}/load", json=body, headers=headers, trust_env=False).status_code

    assert load() == 422, "it may ask"
    assert httpx.delete(f"{server.url}/graph/one", headers=headers, trust_env=False).status_code == 403
    assert run_kg(server.directory, "token", "revoke", "reader").returncode == 0
    assert load() == 401
    deadline = time.monotonic() + 10
    log = server.directory.parent / "log"
    while '"reason": "revoked-token"' not in (text := log.read_text()):
        assert time.monotonic() < deadline, text
        time.sleep(0.1)
    assert '"reason": "operation-outside-scope"' in text
    assert token.split("_")[2] not in text


def test_token_of_the_data_directory_is_in_no_response(server: RunningServer) -> None:
    for path in ("/", "/openapi.json", "/healthz", "/load"):
        assert server.token() not in httpx.get(f"{server.url}{path}", trust_env=False).text


def test_second_server_on_the_data_directory_fails_and_leaves_the_address_of_the_first(server: RunningServer) -> None:
    address = (server.directory / "server.json").read_bytes()
    second = run_kg(server.directory, "serve", "--port", free_port())
    assert second.returncode != 0
    assert (server.directory / "server.json").read_bytes() == address
    assert _is_ready(server.url)


def test_export_through_the_server_has_the_same_bytes_as_without_it(data_dir: Path, tmp_path: Path) -> None:
    formats = ("trig", "nq", "ttl")
    direct = [run_kg(data_dir, "export", "--format", format_, KG_EMPTY="true").stdout for format_ in formats]
    with run_server(data_dir, tmp_path / "log", KG_EMPTY="true"):
        assert [run_kg(data_dir, "export", "--format", format_).stdout for format_ in formats] == direct
    assert not (data_dir / "server.json").exists()


def test_unknown_token_is_reported_and_changes_nothing(data_dir: Path, example: Path, tmp_path: Path) -> None:
    with run_server(data_dir, tmp_path / "log", KG_EMPTY="true") as server:
        before = run_kg(data_dir, "export").stdout
        address = data_dir / "server.json"
        address.write_text(address.read_text().replace(server.token(), "another"))
        refused = run_kg(data_dir, "load", example / "defective-dataset.trig")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "this token is not known here" in refused.stderr
        assert run_kg(data_dir, "export").stdout == before


def test_commands_work_directly_after_the_server_was_killed(tmp_path: Path) -> None:
    with run_server(tmp_path / "data", tmp_path / "log", KG_EMPTY="true") as server:
        server.process.kill()
        server.process.wait()
        assert (server.directory / "server.json").exists()
        result = run_kg(server.directory, "query", "ASK {}", KG_EMPTY="true")
        assert (result.returncode, result.stdout) == (0, "true\n")


def test_data_directory_open_in_another_process_is_reported_as_in_use(tmp_path: Path) -> None:
    program = "import sys; from kg.store.embedded import EmbeddedStore as E; from pathlib import Path; "
    program += "s = E.open(Path(sys.argv[1]) / 'graph'); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"open\n"
        result = run_kg(tmp_path, "export")
        holder.communicate()
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"kg: {tmp_path}")
    assert "in use by another process" in result.stderr


def test_graph_is_removed_through_the_server(data_dir: Path, tmp_path: Path) -> None:
    post = "https://w3id.org/conflict-kg/graph/post"
    with run_server(data_dir, tmp_path / "log", KG_EMPTY="true"):
        refused = run_kg(data_dir, "remove", "invented")
        assert (refused.returncode, "would be removed, but" in refused.stderr) == (1, True)
        dry = run_kg(data_dir, "remove", "--dry-run", "post")
        assert dry.stdout.startswith(f"{post}: +0 -")
        removed = run_kg(data_dir, "remove", "post")
        assert (removed.returncode, removed.stderr.startswith(f"{post}: +0 -")) == (0, True)
        assert run_kg(data_dir, "remove", "post").returncode == 2


def test_a_restricted_data_set_is_imported_through_the_server_and_is_in_none_of_its_answers(tmp_path: Path) -> None:
    rows, folder, more = tmp_path / "raids.csv", tmp_path / "datasets", {"KG_DATASETS_DIR": str(tmp_path / "datasets")}
    folder.mkdir()
    rows.write_text("ref,day,town,killed\na,2017-03-16,Depot,46\n", encoding="utf-8")
    directory = tmp_path / "data"
    assert run_kg(directory, "dataset", "new", rows, "--name", "raids", "--folder", folder).returncode == 0
    home = folder / "raids" / "dataset.ttl"
    rights = f"dcterms:accessRights <{RESTRICTED.value}> ;\n    dcterms:license"
    described = home.read_text(encoding="utf-8").replace("dcterms:license", rights)
    home.write_text(described.replace(NO_LICENCE, "https://example.org/copies-of-your-own"), encoding="utf-8")
    with run_server(directory, tmp_path / "log", KG_EMPTY="1") as server:
        first, second = (run_kg(directory, "import", "raids", rows, **more) for _ in range(2))
        assert "1 new" in first.stderr, first.stderr
        assert "0 new, 0 changed, 0 withdrawn, 1 unchanged" in second.stderr, second.stderr
        text = "SELECT * { GRAPH ?g { ?s ?p ?o FILTER(STRENDS(STR(?g), 'graph/raids')) } }"
        assert "raids" in run_kg(directory, "query", text).stdout
        assert "graph/raids" not in httpx.get(f"{server.url}/sparql", params={"query": text}, trust_env=False).text
        # What is written is judged with all that there is: the data set describes what this refers to.
        document = tmp_path / "more.ttl"
        document.write_text(REFERRING, encoding="utf-8")
        loaded = run_kg(directory, "load", document)
        assert loaded.returncode == 0, loaded.stderr
        document.write_text(REFERRING.replace("actor/raids", "actor/unknown"), encoding="utf-8")
        assert run_kg(directory, "load", document).returncode == 1
