"""``python -m bench.pages``: what a page, a list and a search take in a large graph, beside a small one.

Both servers are ours, with the shipped data and data of the same generator. The same kinds of addresses are asked for
in turns, each address once, so that no answer comes from a cache; medians are compared. The things of the shipped data
are the same in both graphs. Of the generated ones those that are named most often have pages that say more in the large
graph, where they are named thousands of times.
"""

import contextlib
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import click
import pyoxigraph as ox

from bench.aims import Aim
from bench.attacks.server import run_server
from bench.client import Connection
from bench.clients import time_request
from bench.engine_server import EngineServer, run_engine
from bench.engines import TIMEOUT_S, create_ours
from bench.generate import generate, values_path
from kg.data_directory import GRAPH_STORE
from kg.namespaces import PREF_LABEL, value_of
from kg.settings import DEFAULT_BASE_IRI

_FOLDER = Path(__file__).parent
_PATH = re.compile(rf"{re.escape(DEFAULT_BASE_IRI)}id/(\w+)/[^/]+")
_LABEL = ox.NamedNode(PREF_LABEL)
_SHIPPED = {"actor": "speaker"}
"""The names of values that are not those of paths."""
LISTS = ("incidents", "actors", "places", "zones", "sources", "statements")
_PAGES = {
    "incident": "an incident",
    "zone": "a zone",
    "statement": "a statement",
    "place": "a place",
    "source": "a source",
    "speaker": "an actor",
}
"""Of what there are pages, by the name of the values."""
_WARM = 3
"""Requests of each kind that are not measured."""


def build_addresses(
    shipped: Mapping[str, Sequence[str]], values: Mapping[str, Sequence[str]], count: int
) -> Mapping[str, list[str]]:
    """So many different addresses of each kind, for things that are shipped, and for some generated with the data."""
    addresses: dict[str, list[str]] = {}
    for origin, things in (("shipped", shipped), ("generated", values)):
        for kind, what in _PAGES.items():
            pages = [f"/page/{_path_of(iri)}?" for iri in things[kind]]
            addresses[f"page of {what}, {origin}"] = _repeat(pages, count)
    for name in LISTS:
        addresses[f"list of {name}"] = [f"/{name}?{urlencode({'page': 1, 'first': 20 + at})}" for at in range(count)]
    for origin, things in (("shipped", shipped), ("generated", values)):
        words = [word.strip('"') for word in things["word"]]
        addresses[f"search, {origin}"] = [
            f"/search?{urlencode({'q': words[at % len(words)], 'first': 20 + at})}" for at in range(count)
        ]
    return addresses


def _path_of(iri: str) -> str:
    return quote(iri.strip("<>").partition("/id/")[2])


def _repeat(addresses: Sequence[str], count: int) -> list[str]:
    """Spread from the frequent to the rare; where there are fewer, a parameter that means nothing makes others."""
    if len(addresses) >= count:
        return [addresses[at * len(addresses) // count].rstrip("?") for at in range(count)]
    return [f"{addresses[at % len(addresses)]}{at // len(addresses) or ''}".rstrip("?") for at in range(count)]


def measure(servers: Sequence[EngineServer], addresses: Sequence[Mapping[str, list[str]]]) -> Iterator[Aim]:
    """The ratio of the medians of the second server to those of the first, by kind of address."""
    for kind in addresses[0]:
        times: list[list[float]] = [[], []]
        with contextlib.ExitStack() as resources:
            connections = [resources.enter_context(Connection(server.port, TIMEOUT_S)) for server in servers]
            for number in range(len(addresses[0][kind])):
                for place in (0, 1) if number % 2 else (1, 0):
                    elapsed = time_request(connections[place], _request(addresses[place][kind][number]))
                    if number >= _WARM:
                        times[place].append(elapsed)
        small, large = map(statistics.median, times)
        yield Aim(f"{kind}: {large:.1f} ms to {small:.1f} ms in the small graph", large / small, 2, True)


def _request(address: str) -> bytes:
    head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Encoding: identity\r\n\r\n"
    return head.encode()


def _wait_for_indexes(server: EngineServer) -> None:
    """Until lists and searches answer. Raises RuntimeError if they do not in time."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            with Connection(server.port, TIMEOUT_S) as connection:
                for address in ("/search?q=a", *(f"/{name}" for name in LISTS)):
                    connection.send(_request(address))
                return
        except RuntimeError:
            time.sleep(1)
    raise RuntimeError("lists and searches do not answer")


def read_shipped(work: Path, file: Path) -> Mapping[str, list[str]]:
    """The shipped data as N-Quads in the file; its things, statements and names by the names of generated values."""
    with run_server(work=work) as server:
        server.terminate()
        store = ox.Store.read_only(str(server.directory / "data" / GRAPH_STORE))
        store.dump(str(file), ox.RdfFormat.N_QUADS)
        subjects = {quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)}
        labels = {value_of(quad.object) for quad in store.quads_for_pattern(None, _LABEL, None)}
    found: dict[str, list[str]] = {"word": sorted(label for label in labels if label.count(" ") < 2)}
    for subject in sorted(subjects):
        if path := _PATH.fullmatch(subject):
            found.setdefault(_SHIPPED.get(path[1], path[1]), []).append(f"<{subject}>")
    return found


@dataclass(frozen=True, slots=True)
class _Measurement:
    work: Path
    count: int

    def run(self, less: int, quads: int) -> list[Aim]:
        file = self.work / "shipped.nq"
        shipped = read_shipped(self.work, file)
        with contextlib.ExitStack() as resources:
            started = [self._start(resources, size, file, shipped) for size in (less, quads)]
            servers, addresses = zip(*started, strict=True)
            return list(measure(servers, addresses))

    def _start(
        self, resources: contextlib.ExitStack, quads: int, file: Path, shipped: Mapping[str, list[str]]
    ) -> tuple[EngineServer, Mapping[str, list[str]]]:
        data = self.work / f"data-{quads}.nq"
        generate(quads, data, 1)
        with data.open("ab") as whole, file.open("rb") as part:
            shutil.copyfileobj(part, whole)
        server = resources.enter_context(
            run_engine(create_ours(), data, self.work, lambda text: click.echo(text, err=True))
        )
        _wait_for_indexes(server)
        values = json.loads(values_path(data).read_text(encoding="utf-8"))
        return server, build_addresses(shipped, values, self.count + _WARM)


def _report(text: str) -> None:
    click.echo(text, err=True)


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the large graph.")
@click.option("--less", default=10_000, show_default=True, help="Size of the small graph.")
@click.option("--count", default=25, show_default=True, help="Addresses of each kind.")
@click.option("--strict", is_flag=True, help="Exit with 1 if an aim is not met.")
def main(quads: int, less: int, count: int, strict: bool) -> None:
    """Print what pages, lists and searches take in a large graph, as ratios to a small one."""
    work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
    try:
        aims = _Measurement(work, count).run(less, quads)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    click.echo("\n".join(map(str, aims)))
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


if __name__ == "__main__":
    main()
