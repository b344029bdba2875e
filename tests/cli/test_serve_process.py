"""``kg serve`` as a process: its log never stops it, its port and its address are those that it says."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
TIMEOUT_S = 90.0
REQUESTS = 1_000
"""Their lines, of 400 bytes and more, are many times what a pipe holds."""


def environment(directory: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**kept, "KG_DATA_DIR": str(directory), "KG_WORKERS": "1", "KG_EMPTY": "true", **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_kg(directory: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [KG, *arguments]
    return subprocess.run(command, env=environment(directory) | more, capture_output=True, text=True, timeout=60)


@contextmanager
def serve(directory: Path, *arguments: str, stderr: int, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([KG, "serve", *arguments], env=environment(directory, **more), stderr=stderr)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def wait_until_ready(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        assert process.poll() is None, f"exit code {process.returncode}"
        assert time.monotonic() < deadline
        try:
            if httpx.get(f"{url}/readyz", trust_env=False, timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)


def send_requests(url: str, count: int, connections: int = 4) -> None:
    """Requests that are logged with a long path; each is answered."""

    def send(_: int) -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
            for _ in range(count // connections):
                assert client.get(f"/nothing/{'x' * 300}").status_code == 404

    with ThreadPoolExecutor(connections) as executor:
        list(executor.map(send, range(connections)))


def end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    assert process.returncode in (0, -signal.SIGTERM)


@pytest.mark.parametrize("reader", ["does not read", "is gone"])
def test_a_reader_of_the_log_that_stops_reading_stops_nobody(tmp_path: Path, reader: str) -> None:
    reading, writing = os.pipe()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    try:
        with serve(tmp_path / "data", "--port", str(port), stderr=writing) as process:
            os.close(writing)
            if reader == "is gone":
                os.close(reading)
            wait_until_ready(process, url)
            send_requests(url, REQUESTS)
            metrics = httpx.get(f"{url}/metrics", trust_env=False).text
            assert httpx.get(f"{url}/healthz", trust_env=False).is_success
            if reader == "is gone":
                dropped = re.search(r"^conflict_kg_log_lines_dropped_total (\S+)$", metrics, re.MULTILINE)
                assert dropped
                assert float(dropped[1]) > 0
            end(process)
    finally:
        if reader != "is gone":
            os.close(reading)


def test_the_log_goes_on_once_it_is_read_again(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with serve(tmp_path / "data", "--port", str(port), stderr=writing) as process, os.fdopen(reading) as log:
        os.close(writing)
        wait_until_ready(process, url)
        send_requests(url, REQUESTS)
        process.send_signal(signal.SIGTERM)
        lines = log.read().splitlines()
    paths = [json.loads(line).get("path", "") for line in lines if line.startswith("{")]
    assert sum(path.startswith("/nothing/") for path in paths) == REQUESTS


def test_every_line_of_the_log_is_ascii_and_json_whatever_a_path_contains(tmp_path: Path) -> None:
    port = free_port()
    with serve(tmp_path / "data", "--port", str(port), stderr=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(process, url)
        httpx.get(f"{url}/a%E2%80%A8b%E2%80%AE", trust_env=False)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert log.isascii()
    lines = [line for line in log.decode().splitlines() if "conflict-kg at" not in line and not line.startswith("  ")]
    assert all(json.loads(line) for line in lines)
    assert "/a\u2028b\u202e" in [json.loads(line).get("path") for line in lines]


def test_a_port_in_use_is_one_line_and_leaves_the_data_directory_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = subprocess.run(
            [KG, "serve", "--port", str(port)],
            env=environment(tmp_path / "data"),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert result.returncode == 2
    assert result.stderr == (
        f"kg: parameter 'KG_PORT': 127.0.0.1:{port} is in use by another process; choose another\n"
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["::1", "::", "0.0.0.0"])
def test_a_server_is_reached_by_the_command_line_whatever_it_listens_on(tmp_path: Path, host: str) -> None:
    data = tmp_path / "data"
    with serve(data, "--host", host, "--port", "0", stderr=subprocess.PIPE) as process:
        assert process.stderr
        printed = process.stderr.readline().decode().split()[-1].rstrip("/")
        port = int(printed.rpartition(":")[2])
        loopback = "127.0.0.1" if "." in host else "[::1]"
        assert printed == f"http://{host if '.' in host else f'[{host}]'}:{port}"
        url = f"http://{loopback}:{port}"
        wait_until_ready(process, url)
        assert json.loads((data / "server.json").read_text())["url"] == url
        asked = subprocess.run(
            [KG, "query", "ASK {}"], env=environment(data), capture_output=True, text=True, timeout=60
        )
        assert (asked.returncode, asked.stdout, asked.stderr) == (0, "true\n", "")
        home = httpx.get(f"{url}/", headers={"Accept": "text/html"}, trust_env=False)
        assert home.status_code == 200
        assert f"{loopback}:{port}/sparql" in home.text
        base = httpx.get(f"{url}/sparql", params={"query": "SELECT (<x> AS ?base) {}"}, trust_env=False)
        assert base.json()["results"]["bindings"][0]["base"]["value"] == f"{url}/x"
        end(process)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("KG_PORT", "99999"),
        ("KG_QUERY_TIMEOUT_S", "nan"),
        ("KG_BASE_IRI", "foo/"),
        ("KG_BASE_IRI", "javascript:alert(1)/"),
        ("KG_STORE", "engine"),
        ("KG_HOST", "no.such.host.invalid"),
        ("KG_HOST", "192.0.2.1"),
        ("KG_DATA_DIR", __file__),
        ("KG_ARCHIVE_DIR", f"{__file__}/none"),
        ("KG_WORKERS", "-1"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_its_variable(tmp_path: Path, variable: str, text: str) -> None:
    result = run_kg(tmp_path / "data", "serve", **{"KG_PORT": "0", variable: text})
    assert result.returncode == 2, result.stderr
    assert result.stderr.startswith(f"kg: parameter '{variable}': ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_another_base_iri_is_refused_by_server_and_command_line_with_and_without_a_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    document = Path(__file__).parents[1] / "ingest" / "dossier" / "register.ttl"
    assert run_kg(data, "load", "--quiet", str(document)).returncode == 0
    other = {"KG_BASE_IRI": "http://example.org/"}
    expected = "is under the base IRI https://w3id.org/conflict-kg/, not http://example.org/; set KG_BASE_IRI="

    def is_refused(*arguments: str) -> bool:
        result = run_kg(data, *arguments, **other)
        return (
            result.returncode == 1 and expected in result.stderr and result.stderr.splitlines()[-1].startswith("kg: ")
        )

    assert is_refused("export")
    assert is_refused("serve", "--port", "0")
    with serve(data, "--port", "0", stderr=subprocess.PIPE) as process:
        assert process.stderr
        wait_until_ready(process, process.stderr.readline().decode().split()[-1].rstrip("/"))
        checked = run_kg(data, "check")
        assert f"process {process.pid} has the store open and answers at http://127.0.0.1:" in checked.stdout
        assert is_refused("query", "ASK {}")
        assert is_refused("load", str(document))
        assert run_kg(data, "query", "ASK {}").returncode == 0
