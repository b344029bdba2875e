"""The engines that are measured if installed: how to load and serve each, or why it is skipped."""

import shutil
import sys
from pathlib import Path

from bench import virtuoso
from bench.engines import Engine, SkippedEngine
from bench.processes import Command, find_free_port

RDFLIB_MAX_QUADS = 100_000
_FUSEKI = """\
PREFIX : <#>
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Server ; fuseki:services (:service) .
:service fuseki:name "ds" ; fuseki:dataset :data ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] ,
        [ fuseki:operation fuseki:update ; fuseki:name "update" ] .
:data a tdb2:DatasetTDB2 ; tdb2:location "$directory" ; tdb2:unionDefaultGraph true .
"""


def find_optional_engines(
    quads: int, fuseki_jar: Path | None, rdflib_endpoint: Path | None
) -> list[Engine | SkippedEngine]:
    """All optional engines for data of this size."""
    return [create_fuseki(fuseki_jar), _virtuoso(), _rdflib_endpoint(quads, rdflib_endpoint)]


def create_fuseki(jar: Path | None) -> Engine | SkippedEngine:
    """Apache Jena Fuseki over TDB2, for queries and updates."""
    java = shutil.which("java")
    if java is None or jar is None or not jar.is_file():
        return SkippedEngine("fuseki", "needs java and --fuseki-jar (jena-fuseki-server of Maven Central)")

    def load(data: Path, directory: Path) -> Command:
        return Command([java, "-cp", str(jar), "tdb2.tdbloader", "--loc", str(directory), str(data)])

    def serve(directory: Path, port: int) -> Command:
        configuration = directory.with_suffix(".ttl")
        configuration.write_text(_FUSEKI.replace("$directory", str(directory)))
        options = ["--localhost", f"--port={port}", f"--config={configuration}"]
        # Fuseki creates this folder; the default is in the working directory.
        return Command([java, "-Xmx4G", "-jar", str(jar), *options], {"FUSEKI_BASE": f"{directory}.run"})

    return Engine(name="fuseki", path="/ds/query", load=load, serve=serve)


def _virtuoso() -> Engine | SkippedEngine:
    server, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if server is None or isql is None:
        return SkippedEngine("virtuoso", "needs virtuoso-t and isql-vt (virtuoso-opensource of Debian)")

    def load(data: Path, directory: Path) -> Command:
        return Command([sys.executable, "-m", "bench.virtuoso", server, isql, str(data), str(directory)])

    def serve(directory: Path, port: int) -> Command:
        return virtuoso.server_command(server, directory, port, find_free_port())

    return Engine(name="virtuoso", path="/sparql", load=load, serve=serve, form_only=True)


def _rdflib_endpoint(quads: int, tool: Path | None) -> Engine | SkippedEngine:
    name = "rdflib-endpoint"
    if quads > RDFLIB_MAX_QUADS:
        return SkippedEngine(name, f"does not finish more than {RDFLIB_MAX_QUADS:,} quads")
    if tool is None or not tool.is_file():
        return SkippedEngine(name, "needs --rdflib-endpoint (the command of that name, in its own environment)")

    def load(data: Path, directory: Path) -> Command:
        return Command(["cp", str(data), str(directory / "data.nq")])

    def serve(directory: Path, port: int) -> Command:
        options = ["--host", "127.0.0.1", "--port", str(port)]
        return Command([str(tool), "serve", *options, str(directory / "data.nq")])

    return Engine(name=name, path="/", load=load, serve=serve)
