"""Pages of any origin may read every response, failures included; preflights are answered."""

import httpx
import pytest


def test_preflight_is_answered(client: httpx.Client) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/sparql", headers=headers)
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/nowhere"])
def test_any_origin_may_read(client: httpx.Client, path: str) -> None:  # SP-15
    headers = client.get(path).headers
    assert headers["access-control-allow-origin"] == "*"
    for name in ("Link", "ETag", "Retry-After"):
        assert name in headers["access-control-expose-headers"]
