"""Mixed load for minutes against one server, while the memory of its web process is sampled.

``python -m bench.attacks.soak --minutes 10``: look-ups, queries, GraphQL, pages, questions, loads with the token,
clients that leave, and attacks that come and go. Exit code 1 if the web process grows in the second half, or ends.
"""

import asyncio
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import quote

import click

from bench.attacks import catalogue
from bench.attacks.bystanders import observe
from bench.attacks.catalogue import ATTACKS, Attacker, get, graphql, load, post, query
from bench.attacks.client import Target, request_again
from bench.attacks.run import find_iris
from bench.attacks.server import KgServer, find_failures, run_server

GROWTH_MAX = 0.05
"""Of the second half of the samples over the first quarter of that half."""
_SAMPLE_S = 2.0
_ATTACK_S = 5.0
_PAGE = "/page/zone/idlib"
_DATASET = """<https://w3id.org/conflict-kg/graph/soak> a <https://w3id.org/conflict-kg/ontology#Dataset> ;
  <http://purl.org/dc/terms/title> "Soak %d"@en ; <http://www.w3.org/2002/07/owl#versionInfo> "%d" ;
  <http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/> ;
  <https://w3id.org/conflict-kg/ontology#recordedBy> <https://w3id.org/conflict-kg/id/actor/conflict-kg> ."""
_GOVERNED_ATTACKS = (
    "graphs, pages and data, left",
    "HTML results unread",
    "results unread",
    "slow heads",
    "slow bodies",
    "HTML queries left",
    "GraphQL left",
    "hostile queries left",
    "documents: deep",
    "load without token, 60 MB",
    "a flood of connections",
)


def _ordinary_requests(iris: Sequence[str]) -> Iterator[bytes]:
    """Look-ups, queries, GraphQL, pages, data, questions, in a fixed order that differs each time."""
    chance = random.Random(20171112)
    for number in itertools.count():
        iri = chance.choice(iris)
        yield chance.choice((
            query(f"SELECT * {{ <{iri}> ?p ?o }}"),
            query(f"SELECT (COUNT(*) AS ?n{number}) {{ ?s ?p ?o }} GROUP BY ?p"),
            query(f"CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}", "text/turtle"),
            query(f"SELECT * {{ ?s ?p ?o }} LIMIT {number % 300}", "text/html"),
            graphql(f"{{ zones(first: {number % 20 + 1}) {{ nodes {{ id prefLabel }} }} }}"),
            get(f"/id/{quote(iri.rpartition('/id/')[2], safe='/')}", "text/html"),
            get(f"/page/{quote(iri.rpartition('/id/')[2], safe='/')}", "text/html"),
            get("/data/actor/russia.ttl"),
            get("/graph/places", "text/turtle"),
            get(f"/questions/who-controls-what?place={number}", "text/html"),
            get("/questions/who-calls-whom-what?label=Al%20Qa%E2%80%99eda"),
            get("/ontology", "text/html"),
            get(f"/nothing/{number}"),
        ))  # fmt: skip


def _loads() -> Iterator[bytes]:
    """A graph that is replaced again and again, and documents that do not conform."""
    for number in itertools.count():
        yield load("soak.ttl", (_DATASET % (number, number)).encode())
        yield load("soak.ttl", f"<x:s> <x:p> {number} .".encode())
        yield post("/load", b"{", "application/json")


async def run_mixed_load(server: KgServer, seconds: float) -> list[float]:
    """The memory of the web process, sampled until the time is over or the process has ended."""
    iris = find_iris(server)
    sources = catalogue.addresses(6, offset=40)
    attackers: list[Attacker] = [
        request_again(Target(server.port, next(sources)), _ordinary_requests(iris[part::4])) for part in range(4)
    ]
    attackers.append(request_again(Target(server.port, next(sources)), _loads(), pause_s=1.0))
    attackers.append(request_again(Target(server.port, next(sources)), _ordinary_requests(iris), leave_after_s=0.01))
    attackers.append(_attack_in_turn(server.port))
    tasks = [asyncio.create_task(attacker) for attacker in attackers]
    tasks.append(asyncio.create_task(_observe_until_cancelled(server, iris, seconds)))
    samples: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.is_running():
        await asyncio.sleep(_SAMPLE_S)
        samples.append(server.resident_mb())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return samples


async def _observe_until_cancelled(server: KgServer, iris: Sequence[str], seconds: float) -> None:
    times = await observe(server.port, iris, _PAGE, seconds - _SAMPLE_S)
    click.echo(f"  well-behaved: /healthz p95 {times.quantile_ms('healthz', 0.95):.1f} ms, look-up p95 "
               f"{times.quantile_ms('look-up', 0.95):.1f} ms, {len(times.errors)} errors")  # fmt: skip


async def _attack_in_turn(port: int) -> None:
    """One attack after the other, each for _ATTACK_S."""
    for name in itertools.cycle(_GOVERNED_ATTACKS):
        tasks = [asyncio.create_task(attacker) for attacker in ATTACKS[name].attackers(port)]
        try:
            await asyncio.sleep(_ATTACK_S)
        finally:
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)


def growth(samples: Sequence[float]) -> float:
    """How much more memory the last eighth of the samples has than the beginning of the second half, as a share."""
    half = len(samples) // 2
    width = max(1, len(samples) // 8)
    before, after = (statistics.median(part) for part in (samples[half : half + width], samples[-width:]))
    return after / before - 1


@click.command()
@click.option("--minutes", default=10.0, show_default=True)
def main(minutes: float) -> None:
    """Load a server of our own. Exit code 1 if its web process grows in the second half, or ends."""
    os.nice(5)
    with run_server() as server:
        samples = asyncio.run(run_mixed_load(server, minutes * 60))
        is_running = server.is_running()
        grown = growth(samples)
        step = max(1, len(samples) // 12)
        click.echo("  MB of the web process: " + " ".join(f"{value:.0f}" for value in samples[::step]))
        click.echo(f"  growth in the second half: {grown:+.1%} (at most {GROWTH_MAX:.0%})")
        termination_s = server.terminate()
        failures = find_failures(server.read_log())
        click.echo(f"  SIGTERM: ended after {termination_s:.1f} s; failures in the log: {len(failures)}")
        for failure in failures[:3]:
            click.echo(failure, err=True)
    sys.exit(int(grown >= GROWTH_MAX or not is_running or bool(failures)))


if __name__ == "__main__":
    main()
