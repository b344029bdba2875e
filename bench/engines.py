"""What an engine is to the benchmark, and the two that are always measured: ours, and the one below it on its own."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.client import queried
from bench.processes import Command
from bench.questions import ROWS

OURS, OXIGRAPH = "ours", "oxigraph"
TIMEOUT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """``load`` fills a directory from N-Quads; ``serve`` answers from it on a port of loopback under ``path``."""

    name: str
    path: str
    load: Callable[[Path, Path], Command]
    serve: Callable[[Path, int], Command]
    is_judged: bool = False
    """Whether an answer that differs from ours, or fails, spoils the run."""
    patience_s: float = 30.0
    """How long one answer may take."""
    as_form: bool = False
    """Whether it takes queries as forms only."""

    def request(self, query: str, media_type: str = ROWS) -> bytes:
        """A query to this engine, as it goes over the line."""
        return queried(self.path, query, media_type, form=self.as_form)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An engine that is not measured."""

    name: str
    reason: str


def ours(settings: Sequence[str] = ()) -> Engine:
    """Ours; ``settings`` are ``KG_NAME=VALUE``."""

    def serve(directory: Path, port: int) -> Command:
        return _serve_ours(directory, port, settings)

    return Engine(name=OURS, path="/sparql", load=_load_ours, serve=serve, is_judged=True, patience_s=TIMEOUT_S)


def oxigraph() -> Engine:
    """The server that comes with the engine below ours."""
    return Engine(
        name=OXIGRAPH,
        path="/query",
        load=_load_oxigraph,
        serve=_serve_oxigraph,
        is_judged=True,
        patience_s=TIMEOUT_S,
    )


def _tool(name: str) -> str:
    """A command of the environment that runs this."""
    return str(Path(sys.executable).with_name(name))


def _load_ours(data: Path, directory: Path) -> Command:
    # The door validates every graph, which takes hours for a million quads; the store is filled behind it.
    program = "import sys, pyoxigraph; pyoxigraph.Store(sys.argv[1]).bulk_load(path=sys.argv[2])"
    (directory / "graph").mkdir(parents=True)
    return Command([sys.executable, "-c", program, str(directory / "graph"), str(data)])


def _serve_ours(directory: Path, port: int, settings: Sequence[str]) -> Command:
    environment = {
        "KG_DATA_DIR": str(directory),
        "KG_HOST": "127.0.0.1",
        "KG_PORT": str(port),
        "KG_EMPTY": "yes",
        "KG_QUERY_TIMEOUT_S": str(TIMEOUT_S),
    }
    environment |= dict(setting.split("=", 1) for setting in settings)
    return Command([_tool("kg"), "serve"], environment)


def _load_oxigraph(data: Path, directory: Path) -> Command:
    return Command([_tool("oxigraph"), "load", "--location", str(directory), "--file", str(data)])


def _serve_oxigraph(directory: Path, port: int) -> Command:
    place = ["--location", str(directory), "--bind", f"127.0.0.1:{port}"]
    return Command([_tool("oxigraph"), "serve", *place, "--union-default-graph"])
