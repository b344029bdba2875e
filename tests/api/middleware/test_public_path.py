"""Below the path of a public address everything works, and no link leaves it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from shipped_data import ShippedData

from api.app import create_app
from api.http.public_address import prefix_of
from api.pages.render import ASSETS, PageRenderer
from api.services import Services, open_services
from kg.errors import BadParameterError
from kg.settings import Settings

HOST = "https://example.org"
PUBLIC = f"{HOST}/kg/"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    directory = shipped_data.copy(tmp_path_factory.mktemp("data"))
    settings = Settings(data_dir=directory, workers=1, public_url=PUBLIC)
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers=BROWSER) as client,
    ):
        while 503 in [client.get(path).status_code for path in ("/search?q=x", "/zones")]:
            pass
        yield client


def test_the_proxy_may_have_removed_the_prefix(client: httpx.Client) -> None:
    for path in ("id/place/ein-tarma", "page/place/ein-tarma", "static/style.css", "sparql?query=ASK{}&format=json"):
        passed, removed = client.get(f"/kg/{path}"), client.get(f"/{path}")
        assert passed.status_code == removed.status_code < 400
        assert passed.content == removed.content
        assert passed.headers.get("location") == removed.headers.get("location")
    assert client.get("/kg").headers["location"] == "/kg/"
    assert client.get("/kgx").status_code == 404


def test_data_for_programs_leads_to_the_public_address(client: httpx.Client) -> None:
    hit = client.get("/kg/search", params={"q": "ein tarma", "format": "json"}).json()["hits"][0]
    assert hit["path"] == "/kg/id/place/ein-tarma"
    problem = client.get("/kg/id/place/none", headers={"Accept": "application/json"}).json()
    assert problem["type"].startswith("/kg/problems#")
    assert client.get("/kg/openapi.json").json()["servers"] == [{"url": "/kg"}]
    assert f"Sitemap: {PUBLIC}sitemap.xml" in client.get("/kg/robots.txt").text
    for path in ("sitemap.xml", "sitemap/0.xml"):
        assert all(url.startswith(PUBLIC) for url in re.findall("<loc>(.*?)</loc>", client.get(f"/kg/{path}").text))
    assert f"<{PUBLIC}sparql>" in client.get("/kg/sparql", headers={"Accept": "text/turtle"}).text
    assert f"<{PUBLIC}dumps/all.nq.gz>" in client.get("/kg/catalog?format=nt").text


def test_the_prefix_is_put_before_paths_in_attributes_once() -> None:
    settings = Settings(public_url=PUBLIC)
    renderer = PageRenderer(settings)
    problem = {"type": "/kg/problems#x", "title": "x", "status": 404, "detail": ' href="/y" //z'}
    page = renderer.render("error.html", problem=problem, links=[("a", "/id/a/b")], available=()).decode()
    for address in ('href="/kg/"', 'href="/kg/problems#x"', 'href="/kg/id/a/b"', 'href="/kg/static/style.css"'):
        assert address in page
    assert "/kg/kg/" not in page
    assert "/kg/y" not in page


def test_no_script_has_an_address_that_begins_at_the_root_of_the_host() -> None:
    scripts = [path for path in ASSETS.glob("*.js")]
    assert len(scripts) > 3
    for script in scripts:
        assert not re.findall(r"""["'`]/[a-z{$]""", script.read_text(encoding="utf-8")), script.name


def test_a_public_path_that_is_one_of_the_server_is_refused(tmp_path: Path) -> None:
    for url in ("https://example.org/graph/", "https://example.org/data/kg/"):
        services = open_services(Settings(data_dir=tmp_path / "data", empty=True, public_url=url))
        try:
            with pytest.raises(BadParameterError, match="KG_PUBLIC_URL"):
                create_app(services)
        finally:
            services.close()


@pytest.mark.parametrize("url", ["https://example.org", "example.org/", "https://example.org/a?b/", "https://a.org/ü/"])
def test_a_public_address_that_links_cannot_begin_with_is_refused(url: str) -> None:
    with pytest.raises(BadParameterError, match="KG_PUBLIC_URL"):
        Settings.from_environment({"KG_PUBLIC_URL": url})


def test_the_prefix_of_an_address() -> None:
    for url, prefix in ((PUBLIC, "/kg"), ("https://a.org/", ""), ("http://[::1]:8/x/y/", "/x/y")):
        assert prefix_of(url) == prefix == Settings.from_environment({"KG_PUBLIC_URL": url}).path_prefix
