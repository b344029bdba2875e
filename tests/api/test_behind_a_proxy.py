"""Behind a proxy that serves the server below a path of its host: no page, redirect, form or script leaves the path."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from browser import run_in_browser, run_script
from reverse_proxy import ReverseProxy, run_proxy
from shipped_data import ShippedData
from site_crawl import addresses_in, crawl

from api.services import Services, open_services
from kg.settings import Settings

PREFIX = "/kg"
OF_EACH_KIND = 1


@pytest.fixture(scope="module", params=[False, True], ids=["passes the path", "removes the prefix"])
def proxy(
    request: pytest.FixtureRequest,
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ReverseProxy]:
    directory = shipped_data.copy(tmp_path_factory.mktemp("data"))
    with run_proxy(PREFIX, strips=request.param) as proxy:
        settings = Settings(data_dir=directory, workers=2, public_url=proxy.public_url)
        with serving(open_services(settings)) as proxy.server:
            for path in ("search?q=x", "zones"):
                while httpx.get(f"{proxy.public_url}{path}", trust_env=False).status_code == 503:
                    pass
            yield proxy


@pytest.mark.slow
def test_every_link_and_redirect_works_through_the_proxy(proxy: ReverseProxy) -> None:
    with httpx.Client(trust_env=False, timeout=60, headers={"Accept": "text/html,*/*;q=0.8"}) as client:
        visited = dict(crawl(proxy.public_url, proxy.host, client.get, OF_EACH_KIND))
    for url, response in visited.items():
        assert response.is_success or response.is_redirect or url.endswith("/nothing"), (url, response.text[:300])
        for address in addresses_in(response, url):
            assert address.startswith(proxy.public_url) or not address.startswith((proxy.host, proxy.server)), url
    assert proxy.outside == []
    paths = {url.removeprefix(proxy.public_url).partition("?")[0].partition("/")[0] for url in visited}
    assert {"", "id", "page", "data", "graph", "static", "ontology", "vocab", "questions", "sparql", "catalog"} <= paths


@pytest.mark.slow
def test_scripts_of_pages_work_through_the_proxy(proxy: ReverseProxy) -> None:
    address = proxy.public_url.rstrip("/")
    seen = run_in_browser("editors.js", address)
    hrefs = {title.rsplit("/", 1)[-1]: href for _, href, title in seen["links"]}
    assert hrefs["russia"] == f"{PREFIX}/id/actor/russia"
    assert seen["linked"]["data"]["question"]["answer"]["verdict"] == "UNDETERMINED"
    seen = run_in_browser("ask.js", address, "/questions/does-zone-cover-place", "zone=east gh", "place=عين تر")
    assert seen["answer"].startswith("UNDETERMINED")
    seen = run_in_browser("walk.js", address, "عين تر", "strike")
    assert seen["path"] == f"{PREFIX}/page/place/ein-tarma"
    assert seen["table"]
    (map_page,) = run_script("map.js", address, "/page/zone/east-ghouta").values()
    assert (map_page["complaints"], map_page["others"]) == ([], [])
    assert map_page["popups"]
    assert all(link.startswith(f"{PREFIX}/") for popup in map_page["popups"] for link in popup["links"])
    assert proxy.outside == []
