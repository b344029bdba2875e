"""The engines that are measured where they are installed: how each is loaded and served, or why it is left out."""

import shutil
import sys
from pathlib import Path

from bench import virtuoso
from bench.engines import Engine, LeftOut
from bench.processes import Command, free_port

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


def others(quads: int, fuseki_jar: Path | None, rdflib_endpoint: Path | None) -> list[Engine | LeftOut]:
    """All of them, for data of this size."""
    return [_fuseki(fuseki_jar), _virtuoso(), _rdflib_endpoint(quads, rdflib_endpoint)]


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
        # It makes a folder for itself, otherwise in the working directory.
        return Command([java, "-Xmx4G", "-jar", str(jar), *options], {"FUSEKI_BASE": f"{directory}.run"})

    return Engine(name="fuseki", path="/ds/query", load=load, serve=serve)


def _virtuoso() -> Engine | LeftOut:
    server, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if server is None or isql is None:
        return LeftOut("virtuoso", "needs virtuoso-t and isql-vt (virtuoso-opensource of Debian)")

    def load(data: Path, directory: Path) -> Command:
        return Command([sys.executable, "-m", "bench.virtuoso", server, isql, str(data), str(directory)])

    def serve(directory: Path, port: int) -> Command:
        return virtuoso.server(server, directory, port, free_port())

    return Engine(name="virtuoso", path="/sparql", load=load, serve=serve, as_form=True)


def _rdflib_endpoint(quads: int, tool: Path | None) -> Engine | LeftOut:
    name = "rdflib-endpoint"
    if quads > RDFLIB_MOST_QUADS:
        return LeftOut(name, f"does not finish more than {RDFLIB_MOST_QUADS:,} quads")
    if tool is None or not tool.is_file():
        return LeftOut(name, "needs --rdflib-endpoint (the command of that name, in an environment of its own)")

    def load(data: Path, directory: Path) -> Command:
        return Command(["cp", str(data), str(directory / "data.nq")])

    def serve(directory: Path, port: int) -> Command:
        place = ["--host", "127.0.0.1", "--port", str(port)]
        return Command([str(tool), "serve", *place, str(directory / "data.nq")])

    return Engine(name=name, path="/", load=load, serve=serve)
