"""The command that serves."""

import os
from math import ceil
from pathlib import Path
from typing import Any

import click
import uvicorn

from kg.cli.options import environment_with
from kg.settings import Settings

APP = "api.app:from_environment"
CONNECTION = "api.http.uvicorn_protocol:HttpProtocol"
"""Import strings, because nothing in kg imports api."""


GRACE_S = 2
"""How much longer than a query may run answers under way may take when the server is told to end."""


@click.command()
@click.option("--host", help="Address to listen on. [KG_HOST, 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on. [KG_PORT, 8000]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded store. [KG_DATA_DIR]")
@click.option("--store", metavar="URL", help="SPARQL 1.1 endpoint to use instead. [KG_STORE]")
@click.option("--base-iri", metavar="IRI", help="What data IRIs begin with. [KG_BASE_IRI]")
@click.option("--archive-dir", type=click.Path(path_type=Path), help="Folder with texts of sources. [KG_ARCHIVE_DIR]")
@click.option("--query-timeout-s", type=float, metavar="SECONDS", help="Longest a query may run. [KG_QUERY_TIMEOUT_S]")
@click.option("--query-memory-mb", type=int, metavar="MB", help="Memory of a query. [KG_QUERY_MEMORY_MB]")
@click.option("--workers", type=int, help="Processes that answer queries. [KG_WORKERS]")
@click.option("--empty", is_flag=True, help="Start without the shipped data. [KG_EMPTY]")
@click.option("--plain", is_flag=True, help="Serve any RDF dataset, without shapes. [KG_PLAIN]")
def serve(**flags: Any) -> None:
    """Serve the graph; on first start the shipped data is loaded."""
    environment = environment_with(flags)
    settings = Settings.from_environment(environment)
    os.environ.update(environment)
    base = f"http://{settings.host}:{settings.port}"
    click.echo(f"conflict-kg at {base}/", err=True)
    for path, what in (
        ("sparql", "SPARQL"),
        ("graphql", "GraphQL"),
        ("questions", "questions"),
        ("ontology", "ontology"),
        ("readyz", "ready?"),
    ):
        click.echo(f"  {what:10} {base}/{path}", err=True)
    uvicorn.run(
        APP,
        factory=True,
        http=CONNECTION,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # the app writes a line a request of its own
        server_header=False,
        timeout_graceful_shutdown=ceil(settings.query_timeout_s) + GRACE_S,
    )


COMMANDS = (serve,)
