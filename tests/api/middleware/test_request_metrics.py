"""Metrics follow the requests, each request has an id, and its log line has no token and no text of a query."""

import json
import logging
import re
import time
from collections.abc import Callable

import httpx
import pytest

SELECT = "SELECT ?secret { ?secret ?p ?o } LIMIT 1"
Metric = Callable[[httpx.Client, str], float]


def test_metrics_count_requests_by_outcome(plain: httpx.Client, metric: Metric) -> None:
    ok = 'conflict_kg_queries_total{kind="query",outcome="ok"}'
    syntax = 'conflict_kg_queries_total{kind="query",outcome="query-syntax"}'
    before = {name: metric(plain, name) for name in (ok, syntax, "conflict_kg_dataset_version")}
    plain.get("/sparql", params={"query": SELECT})
    plain.get("/sparql", params={"query": "SELECT nothing"})
    plain.post("/sparql", data={"update": "INSERT DATA { <x:a> <x:b> 1 }"})
    for name, value in before.items():
        assert metric(plain, name) == value + 1
    assert metric(plain, "process_resident_memory_bytes") > 1_000_000
    assert metric(plain, 'conflict_kg_query_seconds_count{kind="query"}') >= 2
    assert metric(plain, "conflict_kg_queue_length") == 0
    plain.get("/sparql", params={"query": SELECT})
    assert metric(plain, "conflict_kg_workers") >= 1


def test_metrics_are_in_the_format_of_prometheus(client: httpx.Client) -> None:
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    for line in response.text.splitlines():
        assert line.startswith("# ") or re.fullmatch(r"[a-z_]+(\{[^}]*\})? \S+", line)


def test_each_request_has_a_log_line_without_secrets(
    plain: httpx.Client, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api.access"):
        plain.get("/sparql", params={"query": SELECT}, headers={"X-Request-ID": "mine"})
        plain.get("/sparql", params={"query": "SELECT nothing"})
        while len(messages := [record.message for record in caplog.records if record.name == "api.access"]) < 2:
            time.sleep(0.01)  # a line is written after its response has been sent
    lines = [json.loads(message) for message in messages]
    assert [line["outcome"] for line in lines] == ["ok", "query-syntax"]
    assert {"time", "request", "method", "path", "status", "seconds", "hash"} <= lines[0].keys()
    assert (lines[0]["request"], lines[0]["status"], lines[0]["asked"]) == ("mine", 200, "query")
    assert token not in " ".join(messages)
    assert "secret" not in " ".join(messages)


def test_request_id_of_the_client_is_used_if_it_is_safe(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    created = {client.get("/healthz", headers={"X-Request-ID": "not\tone"}).headers["x-request-id"] for _ in range(2)}
    assert len(created) == 2
