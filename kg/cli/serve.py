"""``kg serve``: run the HTTP server."""

import os
import sys
from contextlib import suppress
from typing import Any

import click
import uvicorn

from kg.cli.options import merge_environment, store_options
from kg.cli.server import Server, raise_file_limit
from kg.cli.sockets import bind_sockets
from kg.log_writer import redirect_stderr
from kg.server_file import host_and_port
from kg.settings import Settings

APP = "api.app:from_environment"
HTTP_PROTOCOL = "api.http.uvicorn_protocol:HttpProtocol"
"""Import strings, because nothing in kg imports api."""

_STARTUP_FAILURE = 3
"""As uvicorn exits when the application fails to start."""
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
    settings.check_folders()
    raise_file_limit()
    with redirect_stderr(max_lines=settings.log_queue_lines, max_bytes=settings.log_queue_mb * 1_000_000):
        # Before the data directory is opened: a port that is in use leaves it as it was.
        sockets = bind_sockets(settings.host, settings.port)
        port = sockets[0].getsockname()[1]
        os.environ.update(environment | {"KG_PORT": str(port)})  # read by the app, which uvicorn imports
        _print_addresses(f"http://{host_and_port(settings.host, port)}")
        config = uvicorn.Config(
            APP,
            factory=True,
            http=HTTP_PROTOCOL,
            log_config=None,  # its records go to the root logger, and so through the bounded queue
            log_level="warning",
            access_log=False,  # the app logs requests itself
            server_header=False,
            proxy_headers=False,  # the protocol class reads them, from trusted proxies only
            ws="none",
        )
        config.load_app()
        server = Server(config, settings.shutdown_s)
        with suppress(KeyboardInterrupt):  # raised again by the server once it has ended
            server.run(sockets)
        if not server.started:
            sys.exit(_STARTUP_FAILURE)


def _print_addresses(base: str) -> None:
    click.echo(f"conflict-kg at {base}/", err=True)
    for label, path in _PATHS.items():
        click.echo(f"  {label:10} {base}/{path}", err=True)
