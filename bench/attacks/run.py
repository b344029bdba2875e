"""Runs attacks, each on a server of its own beside well-behaved clients, and prints a table of what those saw.

``python -m bench.attacks.run``; exit code 1 if a bound is broken.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import click

from bench.attacks.bystanders import Times, observe
from bench.attacks.catalogue import ATTACKS, Attack
from bench.attacks.generated_graph import load_generated
from bench.attacks.server import KgServer, find_failures, run_server

_PAGE, _PLAIN_PAGE = "/page/zone/idlib", "/problems"
"""What well-behaved clients open; in plain mode no resource has a page."""
_IDLE_S = 3.0
_SAMPLE_S = 0.1
_HEAD_START_S = 0.7
"""Of the attackers, before the well-behaved clients connect."""
_IRIS = "SELECT DISTINCT ?s { ?s a ?c FILTER(isIRI(?s)) } LIMIT 500"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What well-behaved clients may see at most beside any attack."""

    health_p95_ms: float = 50.0
    look_up_ratio: float = 3.0
    """Of the medians under attack and idle."""
    look_up_p95_ms: float = 20.0
    new_p95_ms: float = 100.0
    """Of /healthz on new connections."""
    error_share: float = 0.01
    resident_mb: float = 400.0
    termination_s: float = 14.0
    """From SIGTERM to the end of the web process: its query timeout, its grace, and two seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attack did."""

    name: str
    idle: Times
    under_attack: Times
    resident_mb: float
    is_running: bool
    killed: float
    termination_s: float
    failures: list[str]

    @property
    def look_up_ratio(self) -> float:
        """How much slower the median look-up is than idle."""
        return self.under_attack.quantile_ms("look-up", 0.5) / self.idle.quantile_ms("look-up", 0.5)

    def broken_bounds(self, bounds: Bounds) -> list[str]:
        """The names of the bounds that do not hold."""
        held = {
            "/healthz p95": self.under_attack.quantile_ms("healthz", 0.95) < bounds.health_p95_ms,
            "look-up median": self.look_up_ratio < bounds.look_up_ratio,
            "look-up p95": self.under_attack.quantile_ms("look-up", 0.95) < bounds.look_up_p95_ms,
            "new connections": self.under_attack.quantile_ms("new", 0.95) < bounds.new_p95_ms,
            "errors": self.under_attack.error_share < bounds.error_share,
            "memory": self.resident_mb < bounds.resident_mb,
            "restart": self.is_running,
            "SIGTERM": self.termination_s < bounds.termination_s,
            "log": not self.failures,
        }
        return [name for name, holds in held.items() if not holds]

    def row(self, bounds: Bounds) -> str:
        """One line of the table."""
        times = self.under_attack
        cells = (
            f"{times.quantile_ms('healthz', 0.95):7.1f}",
            f"{self.idle.quantile_ms('look-up', 0.5):6.1f}",
            f"{self.look_up_ratio:6.1f}",
            f"{times.quantile_ms('look-up', 0.95):7.1f}",
            f"{times.quantile_ms('new', 0.95):7.1f}",
            f"{times.quantile_ms('page', 0.5):8.0f}",
            f"{len(times.errors):6}",
            f"{self.resident_mb:6.0f}",
            f"{'yes' if self.is_running else 'NO':>5}",
            f"{self.killed:6.0f}",
            f"{self.termination_s:6.1f}",
        )
        return f"{self.name:48}" + " ".join(cells) + "  " + ", ".join(self.broken_bounds(bounds))


HEADER = f"{'attack':48}" + " ".join(
    ("healthz", "idle ", "median", "look-up", "    new", "    page", "errors", "web MB", "alive", "killed", "  term"),
) + "\n" + f"{'':48}" + " ".join(
    ("p95 ms ", "ms    ", "ratio ", "p95 ms ", "p95 ms ", "  p50 ms", "      ", "   max", "     ", "      ", "     s"),
)  # fmt: skip


def run_attack(name: str, seconds: float, data: Path | None = None, idle_s: float = _IDLE_S) -> Outcome:
    """Start a server, measure it idle, attack it, and end it while the attack goes on."""
    attack = ATTACKS[name]
    options, page = (["--plain"], _PLAIN_PAGE) if attack.plain else ([], _PAGE)
    with _log_reader(attack) as stderr, run_server(*options, data=data, stderr=stderr) as server:
        iris = find_iris(server)
        asyncio.run(observe(server.port, iris, page, 0.5))
        idle = asyncio.run(observe(server.port, iris, page, idle_s))
        with _attacker(name, server.port):
            time.sleep(_HEAD_START_S)
            times, resident_mb = asyncio.run(_observe_and_sample(server, iris, page, seconds))
            is_running = server.is_running()
            killed = server.metric("conflict_kg_workers_killed_total") if is_running else 0.0
            termination_s = server.terminate()
        return Outcome(
            name, idle, times, resident_mb, is_running, killed, termination_s, find_failures(server.read_log())
        )


async def _observe_and_sample(server: KgServer, iris: list[str], page: str, seconds: float) -> tuple[Times, float]:
    most = server.resident_mb()
    observing = asyncio.create_task(observe(server.port, iris, page, seconds))
    while not observing.done():
        await asyncio.sleep(_SAMPLE_S)
        most = max(most, server.resident_mb())
    return await observing, most


@contextmanager
def _attacker(name: str, port: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "bench.attacks.catalogue", name, str(port)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _log_reader(attack: Attack) -> Iterator[int | None]:
    """The write end of a pipe that nobody reads, for an attack that wants one."""
    if attack.is_log_read:
        yield None
        return
    read_end, write_end = os.pipe()
    try:
        yield write_end
    finally:
        os.close(read_end)
        os.close(write_end)


def find_iris(server: KgServer) -> list[str]:
    """Subjects to look up."""
    _, body = server.get(f"/sparql?{urlencode({'query': _IRIS, 'format': 'json'})}")
    found = [row["s"]["value"] for row in json.loads(body)["results"]["bindings"]]
    return found or ["http://example.org/none"]


@click.command()
@click.option("--attack", "wanted", multiple=True, help="Only attacks whose name contains this; may be repeated.")
@click.option("--seconds", default=10.0, show_default=True, help="Of each attack.")
@click.option(
    "--quads", default=0, show_default=True, help="Add a graph of so many generated quads, and the attacks on it."
)
@click.option("--list", "only_list", is_flag=True, help="List the attacks.")
def main(wanted: tuple[str, ...], seconds: float, quads: int, *, only_list: bool) -> None:
    """Attack servers of our own. Exit code 1 if a bound is broken."""
    names = [
        name
        for name, attack in ATTACKS.items()
        if (not wanted or any(part in name for part in wanted)) and (quads or not attack.needs_generated)
    ]
    if only_list:
        click.echo("\n".join(names))
        return
    bounds, broken = Bounds(), False
    with tempfile.TemporaryDirectory(prefix="kg-attacks-") as work:
        data = load_generated(quads, Path(work)) if quads else None
        click.echo(HEADER)
        for name in names:
            outcome = run_attack(name, seconds, data)
            click.echo(outcome.row(bounds))
            if outcome.under_attack.errors:
                counted = Counter(error[:100] for error in outcome.under_attack.errors).most_common(3)
                click.echo(f"    errors: {counted}", err=True)
            for failure in outcome.failures[:2]:
                click.echo("    " + failure.replace("\n", "\n    "), err=True)
            broken |= bool(outcome.broken_bounds(bounds))
    sys.exit(int(broken))


if __name__ == "__main__":
    main()
