"""What the benchmark needs to know of an engine, and the two that are always measured: conflict-kg and Oxigraph."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.client import build_query_request
from bench.processes import Command
from bench.query_set import RESULTS_JSON

OURS, OXIGRAPH = "ours", "oxigraph"
TIMEOUT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """``load`` fills a directory from N-Quads; ``serve`` serves it on a port of loopback, with queries at ``path``."""

    name: str
    path: str
    load: Callable[[Path, Path], Command]
    serve: Callable[[Path, int], Command]
    must_agree: bool = False
    """Whether a failure, or rows other than ours, fails the run."""
    timeout_s: float = 30.0
    """For one response."""
    form_only: bool = False
    """Whether it accepts queries as URL-encoded forms only."""

    def build_request(self, query: str, accept: str = RESULTS_JSON) -> bytes:
        """The complete HTTP request for a query."""
        return build_query_request(self.path, query, accept, form=self.form_only)


@dataclass(frozen=True, slots=True)
class SkippedEngine:
    """An engine that is not measured, with the reason."""

    name: str
    reason: str


def create_ours(settings: Sequence[str] = ()) -> Engine:
    """conflict-kg; ``settings`` are ``KG_NAME=VALUE``."""

    def serve(directory: Path, port: int) -> Command:
        return _ours_server(directory, port, settings)

    return Engine(name=OURS, path="/sparql", load=_ours_loader, serve=serve, must_agree=True, timeout_s=TIMEOUT_S)


def create_oxigraph() -> Engine:
    """The server of Oxigraph, which conflict-kg embeds."""
    return Engine(
        name=OXIGRAPH,
        path="/query",
        load=_oxigraph_loader,
        serve=_oxigraph_server,
        must_agree=True,
        timeout_s=TIMEOUT_S,
    )


def _executable(name: str) -> str:
    """A command of the environment that runs the benchmark."""
    return str(Path(sys.executable).with_name(name))


def _ours_loader(data: Path, directory: Path) -> Command:
    # What loading costs is measured by `bench.loading`; here the store is filled directly.
    program = "import sys, pyoxigraph; pyoxigraph.Store(sys.argv[1]).bulk_load(path=sys.argv[2])"
    (directory / "graph").mkdir(parents=True)
    return Command([sys.executable, "-c", program, str(directory / "graph"), str(data)])


def _ours_server(directory: Path, port: int, settings: Sequence[str]) -> Command:
    environment = {
        "KG_DATA_DIR": str(directory),
        "KG_HOST": "127.0.0.1",
        "KG_PORT": str(port),
        "KG_EMPTY": "yes",
        "KG_QUERY_TIMEOUT_S": str(TIMEOUT_S),
    }
    environment |= dict(setting.split("=", 1) for setting in settings)
    return Command([_executable("kg"), "serve"], environment)


def _oxigraph_loader(data: Path, directory: Path) -> Command:
    return Command([_executable("oxigraph"), "load", "--location", str(directory), "--file", str(data)])


def _oxigraph_server(directory: Path, port: int) -> Command:
    options = ["--location", str(directory), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    return Command([_executable("oxigraph"), "serve", *options])
