"""``kg serve``: run the HTTP server."""

import os
from math import ceil
from typing import Any

import click
import uvicorn

from kg.cli.options import merge_environment, store_options
from kg.settings import Settings

APP = "api.app:from_environment"
HTTP_PROTOCOL = "api.http.uvicorn_protocol:HttpProtocol"
"""Import strings, because nothing in kg imports api."""

SHUTDOWN_GRACE_S = 2
"""How long after the query timeout responses in progress may still run when the server is stopped."""

_PATHS = {
    "SPARQL": "sparql",
    "GraphQL": "graphql",
    "questions": "questions",
    "ontology": "ontology",
    "ready?": "readyz",
}


@click.command()
@click.option("--host", help="Address to listen on. [KG_HOST, 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on. [KG_PORT, 8000]")
@store_options
@click.option("--query-timeout-s", type=float, metavar="SECONDS", help="Longest a query may run. [KG_QUERY_TIMEOUT_S]")
@click.option("--query-memory-mb", type=int, metavar="MB", help="Memory of a query. [KG_QUERY_MEMORY_MB]")
@click.option("--workers", type=int, help="Processes that answer queries. [KG_WORKERS]")
@click.option("--empty", is_flag=True, help="Start without the shipped data. [KG_EMPTY]")
@click.option("--plain", is_flag=True, help="Serve any RDF dataset, without shapes. [KG_PLAIN]")
def serve(**options: Any) -> None:
    """Serve the graph; on first start the shipped data is loaded."""
    environment = merge_environment(options)
    settings = Settings.from_environment(environment)
    os.environ.update(environment)  # read by the app, which uvicorn imports
    base = f"http://{settings.host}:{settings.port}"
    click.echo(f"conflict-kg at {base}/", err=True)
    for label, path in _PATHS.items():
        click.echo(f"  {label:10} {base}/{path}", err=True)
    uvicorn.run(
        APP,
        factory=True,
        http=HTTP_PROTOCOL,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # the app logs requests itself
        server_header=False,
        timeout_graceful_shutdown=ceil(settings.query_timeout_s) + SHUTDOWN_GRACE_S,
    )
