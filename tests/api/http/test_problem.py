"""Failures are problem+json (RFC 9457) or text; an unexpected one names its request id and nothing else."""

import logging
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services


def test_unknown_address_is_a_problem(client: httpx.Client) -> None:
    response = client.get("/nowhere")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert "/nowhere" in response.json()["detail"]
    text = client.get("/nowhere", headers={"Accept": "text/plain"})
    assert text.headers["content-type"].startswith("text/plain")
    assert client.post("/healthz").status_code == 405
    assert client.post("/healthz").headers["allow"] == "GET"


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
def test_problem_about_a_lone_surrogate_is_utf8(plain_client: httpx.Client, accept: str) -> None:
    content = b'{"documents": [{"name": "\\ud800.ttl", "content": "a"}]}'
    headers = {"Content-Type": "application/json", "Accept": accept}
    response = plain_client.post("/load", content=content, headers=headers)
    assert 400 <= response.status_code < 500
    assert "ud800" in response.content.decode("utf-8")


def test_unexpected_error_is_logged_under_the_id_that_the_client_reads(
    tmp_path: Path, services_in: Callable[[Path], Services], caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(services_in(tmp_path))

    @app.get("/healthz/broken")
    def broken() -> None:
        raise RuntimeError("/secret/path")

    client = TestClient(app, raise_server_exceptions=False)
    with caplog.at_level(logging.ERROR):
        response = client.get("/healthz/broken", headers={"X-Request-ID": "id-1"})
    app.state.conflict_kg.close()
    assert (response.status_code, response.headers["x-request-id"]) == (500, "id-1")
    assert response.json()["detail"] == "Internal error; logged under request id id-1"
    assert "request id-1: GET /healthz/broken failed" in caplog.text
    assert "/secret/path" in caplog.text
