"""What operators have: numbers, a line a request without secrets, work that stops, an end that waits."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

SELECT = "SELECT ?secret { ?secret ?p ?o } LIMIT 1"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o . ?q ?r ?s . ?t ?u ?v }"
SLOW_STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 30000"
FORM = "application/x-www-form-urlencoded"


def number(client: httpx.Client, line: str) -> float:
    """The value of a sample, by its name and labels; 0 where there is none."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_numbers_follow_what_happens(plain: httpx.Client, timeout_s: float) -> None:
    ok = 'conflict_kg_queries_total{kind="query",outcome="ok"}'
    syntax = 'conflict_kg_queries_total{kind="query",outcome="query-syntax"}'
    before = {line: number(plain, line) for line in (ok, syntax, "conflict_kg_dataset_version")}
    plain.get("/sparql", params={"query": SELECT})
    plain.get("/sparql", params={"query": "SELECT nothing"})
    plain.post("/sparql", data={"update": "INSERT DATA { <x:a> <x:b> 1 }"})
    for line, value in before.items():
        assert number(plain, line) == value + 1
    assert number(plain, "process_resident_memory_bytes") > 1_000_000
    assert number(plain, 'conflict_kg_query_seconds_count{kind="query"}') >= 2
    assert number(plain, "conflict_kg_queue_length") == 0
    plain.get("/sparql", params={"query": SELECT})
    assert number(plain, "conflict_kg_workers") >= 1


def test_numbers_are_in_the_format_of_prometheus(client: httpx.Client) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for line in answer.text.splitlines():
        assert line.startswith("# ") or re.fullmatch(r"[a-z_]+(\{[^}]*\})? \S+", line)


def test_line_a_request_without_secrets(plain: httpx.Client, token: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="api.access"):
        plain.get("/sparql", params={"query": SELECT}, headers={"X-Request-ID": "mine"})
        plain.get("/sparql", params={"query": "SELECT nothing"})
        time.sleep(0.1)
    lines = [json.loads(record.message) for record in caplog.records if record.name == "api.access"]
    assert [line["outcome"] for line in lines] == ["ok", "query-syntax"]
    assert {"time", "request", "method", "path", "status", "seconds", "hash"} <= lines[0].keys()
    assert (lines[0]["request"], lines[0]["status"], lines[0]["asked"]) == ("mine", 200, "query")
    told = " ".join(record.message for record in caplog.records if record.name == "api.access")
    assert token not in told
    assert "secret" not in told


@pytest.mark.slow
def test_work_stops_when_the_client_leaves(address: str, client: httpx.Client, timeout_s: float) -> None:
    host, port = address.removeprefix("http://").split(":")
    killed = number(client, "conflict_kg_workers_killed_total")
    with socket.create_connection((host, int(port))) as connection:
        body = f"query={ENDLESS}".replace(" ", "+")
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head + body).encode())
        time.sleep(0.3)
        assert number(client, "conflict_kg_workers_busy") == 1
    time.sleep(0.3)
    assert number(client, "conflict_kg_workers_busy") == 0
    assert number(client, "conflict_kg_workers_killed_total") == killed + 1


@pytest.mark.slow
def test_full_queue_says_when_to_come_back(serving, services_in, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    answers: list[httpx.Response] = []
    with serving(services_in(tmp_path)) as address:
        ask = lambda: answers.append(  # noqa: E731
            httpx.get(f"{address}/sparql", params={"query": ENDLESS}, trust_env=False, timeout=30)
        )
        threads = [threading.Thread(target=ask) for _ in range(40)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    refused = [each for each in answers if each.status_code == 503]
    assert refused
    assert all(int(each.headers["retry-after"]) > 0 for each in refused)
    assert all(each.json()["type"].endswith("#overloaded") for each in refused)
    assert {each.status_code for each in answers} <= {503, 504}


@pytest.fixture
def server(tmp_path: Path) -> "subprocess.Popen[str]":
    """A process of its own, as operators start it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "kg"), "serve", "--port", str(port), "--data-dir", str(tmp_path)]
    environment = os.environ | {"KG_WORKERS": "1", "KG_PLAIN": "true", "KG_WRITE_TOKEN": "a-token-for-tests-only"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    process.address = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{process.address}/readyz", trust_env=False).is_success:  # type: ignore[attr-defined]
                break
        except httpx.TransportError:
            time.sleep(0.1)
    return process


@pytest.mark.slow
def test_end_waits_for_answers_under_way(server: "subprocess.Popen[str]") -> None:
    address = server.address  # type: ignore[attr-defined]
    data = "INSERT DATA { " + " ".join(f"<x:s{n}> <x:p> {n} ." for n in range(100)) + " }"
    headers = {"Content-Type": "application/sparql-update", "Authorization": "Bearer a-token-for-tests-only"}
    assert httpx.post(f"{address}/sparql", content=data, headers=headers, trust_env=False).status_code == 204
    rows = 0
    with (
        httpx.Client(trust_env=False, timeout=30) as client,
        client.stream("GET", f"{address}/sparql", params={"query": SLOW_STREAM, "format": "csv"}) as answer,
    ):
        lines = answer.iter_lines()
        for _ in range(10):
            next(lines)
            rows += 1
        server.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{address}/healthz", trust_env=False)
        rows += sum(1 for _ in lines)
    assert rows == 30001
    _, log = server.communicate(timeout=15)
    assert server.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in log
    last = json.loads([line for line in log.splitlines() if '"asked": "query"' in line][-1])
    assert (last["outcome"], last["status"]) == ("ok", 200)
