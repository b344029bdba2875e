"""``/compare`` over HTTP: what it begins with, its formats, and what is refused. Its content: ``test_comparison``."""

import httpx
import pytest

BROWSER = {"Accept": "text/html,*/*;q=0.8"}


def test_it_begins_with_a_form(client: httpx.Client) -> None:
    response = client.get("/compare", headers=BROWSER)
    assert response.status_code == 200
    assert '<form action="/compare">' in response.text
    assert "script" not in response.text


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 400),
        ({"thing": "zone/nowhere"}, 404),
        ({"thing": "https://example.org/north"}, 404),
        ({"thing": "https://example.org/zone"}, 404),
        ({"thing": "https://example.org/town"}, 404),
        ({"thing": "zone/x", "source": ["a", "b", "c", "d", "e", "f"]}, 422),
        ({"thing": "zone/x", "format": "xml"}, 406),
    ],
)
def test_what_cannot_be_compared_is_refused(
    parameters: dict[str, str | list[str]], status: int, client: httpx.Client
) -> None:
    response = client.get("/compare", params=parameters)
    assert response.status_code == status, response.text
    assert response.json()["status"] == status
    page = client.get("/compare", params=parameters, headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html") or not parameters or status == 406
