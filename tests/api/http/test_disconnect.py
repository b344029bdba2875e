"""A query is stopped when its client disconnects, whether it is in a worker or waits, and only then."""

import asyncio
import socket
import time
from collections.abc import Callable

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from api.http.disconnect import QueryRunner
from kg.execution.interface import Call, Query
from kg.execution.passthrough import CompleteResult, PassthroughExecutor
from kg.store.embedded import EmbeddedStore

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o . ?q ?r ?s . ?t ?u ?v }"
FORM = "application/x-www-form-urlencoded"
Metric = Callable[[httpx.Client, str], float]


class EndlessExecutor(PassthroughExecutor):
    """An executor whose queries end only when they are cancelled."""

    def __init__(self) -> None:
        super().__init__(EmbeddedStore.in_memory())
        self.cancelled: list[Query | Call] = []

    async def arun(self, request: Query | Call) -> CompleteResult:
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.append(request)
        raise AssertionError


def run(messages: list[Message], client: str = "") -> EndlessExecutor:
    """Run a query whose client sends these messages; the last one is a disconnect."""
    executor = EndlessExecutor()

    async def receive() -> Message:
        return messages.pop(0)

    async def run_query() -> None:
        request = Request({"type": "http", "method": "GET", "headers": [], "client_key": client}, receive)
        await QueryRunner(executor).run(request, Query(text="ASK {}"))

    with pytest.raises(ClientDisconnect):
        asyncio.run(run_query())
    return executor


def test_disconnect_cancels_the_query() -> None:
    body: Message = {"type": "http.request", "body": b"", "more_body": False}
    assert run([body, {"type": "http.disconnect"}]).cancelled


def test_query_counts_for_the_client_that_sent_it() -> None:
    executor = run([{"type": "http.disconnect"}], client="192.0.2.1")
    assert [query.client for query in executor.cancelled] == ["192.0.2.1"]


def test_cancellation_from_elsewhere_stays_a_cancellation() -> None:
    executor = EndlessExecutor()

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def cancel() -> None:
        request = Request({"type": "http", "method": "GET", "headers": []}, receive)
        task = asyncio.ensure_future(QueryRunner(executor).run(request, Query(text="ASK {}")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert executor.cancelled


@pytest.mark.slow
def test_worker_stops_when_the_client_disconnects(address: str, client: httpx.Client, metric: Metric) -> None:
    host, port = address.removeprefix("http://").split(":")
    killed = metric(client, "conflict_kg_workers_killed_total")
    with socket.create_connection((host, int(port))) as connection:
        body = f"query={ENDLESS}".replace(" ", "+")
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head + body).encode())
        while metric(client, "conflict_kg_workers_busy") != 1:
            assert metric(client, "conflict_kg_workers_killed_total") == killed, "the query ended too early"
    while metric(client, "conflict_kg_workers_busy"):
        time.sleep(0.01)
    assert metric(client, "conflict_kg_workers_killed_total") == killed + 1
