"""The engines that are measured: how each is loaded and served, and why one is left out."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Command

OURS, OXIGRAPH = "ours", "oxigraph"
TIMEOUT_S = 300
RDFLIB_MOST_QUADS = 100_000
_FUSEKI = """\
PREFIX : <#>
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Server ; fuseki:services (:service) .
:service fuseki:name "ds" ; fuseki:dataset :data ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] .
:data a tdb2:DatasetTDB2 ; tdb2:location "$directory" ; tdb2:unionDefaultGraph true .
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """``load`` fills a directory from N-Quads; ``serve`` answers from it on a port of loopback under ``path``."""

    name: str
    path: str
    load: Callable[[Path, Path], Command]
    serve: Callable[[Path, int], Command]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An engine that is not measured."""

    name: str
    reason: str


def engines(quads: int, fuseki_jar: Path | None, settings: Sequence[str] = ()) -> list[Engine | LeftOut]:
    """All engines, ours and oxigraph first; ``settings`` are ``KG_NAME=VALUE`` for ours."""
    ours = Engine(OURS, "/sparql", _load_ours, lambda directory, port: _serve_ours(directory, port, settings))
    oxigraph = Engine(OXIGRAPH, "/query", _load_oxigraph, _serve_oxigraph)
    return [ours, oxigraph, _fuseki(fuseki_jar), _virtuoso(), _rdflib_endpoint(quads)]


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


def _fuseki(jar: Path | None) -> Engine | LeftOut:
    java = shutil.which("java")
    if java is None or jar is None or not jar.is_file():
        return LeftOut("fuseki", "needs java and --fuseki-jar (jena-fuseki-server of Maven Central)")

    def load(data: Path, directory: Path) -> Command:
        return Command([java, "-cp", str(jar), "tdb2.tdbloader", "--loc", str(directory), str(data)])

    def serve(directory: Path, port: int) -> Command:
        configuration = directory.with_suffix(".ttl")
        configuration.write_text(_FUSEKI.replace("$directory", str(directory)))
        options = ["--localhost", f"--port={port}", f"--config={configuration}"]
        return Command([java, "-Xmx4G", "-jar", str(jar), *options])

    return Engine("fuseki", "/ds/query", load, serve)


def _virtuoso() -> Engine | LeftOut:
    if not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        return LeftOut("virtuoso", "needs virtuoso-t and isql-vt (virtuoso-opensource of Debian)")
    return LeftOut("virtuoso", "is installed, but this harness cannot drive it yet")


def _rdflib_endpoint(quads: int) -> Engine | LeftOut:
    name, tool = "rdflib-endpoint", shutil.which("rdflib-endpoint")
    if quads > RDFLIB_MOST_QUADS:
        return LeftOut(name, f"does not finish more than {RDFLIB_MOST_QUADS:,} quads")
    if tool is None:
        return LeftOut(name, "is not installed")

    def load(data: Path, directory: Path) -> Command:
        return Command(["cp", str(data), str(directory / "data.nq")])

    def serve(directory: Path, port: int) -> Command:
        return Command([tool, "serve", "--host", "127.0.0.1", "--port", str(port), str(directory / "data.nq")])

    return Engine(name, "/", load, serve)
