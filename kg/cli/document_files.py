"""Documents given to ``load`` and ``validate`` as files: the options for them, and the plan of loading them."""

from collections.abc import Iterable
from pathlib import Path

import click

from kg import server_client
from kg.cli.graph_access import open_graph
from kg.cli.progress import ProgressBar
from kg.errors import Finding
from kg.ingest.documents import STDIN
from kg.ingest.load_plan import LoadPlan
from kg.ingest.readers import READERS
from kg.knowledge_graph import KnowledgeGraph
from kg.settings import Settings

files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
syntax_option = click.option(
    "--format",
    "syntax",
    type=click.Choice([suffix.removeprefix(".") for suffix in READERS]),
    default="yaml",
    help="Syntax of what comes on stdin; yaml by default.",
)
quiet_option = click.option("--quiet", is_flag=True, help="Print no warnings and no summary.")


def load_files(settings: Settings, files: Iterable[Path], syntax: str, *, dry_run: bool) -> LoadPlan:
    """Load the files, here or through the server that has the data directory open. ``-`` is stdin, in ``syntax``.

    Raises InputRejectedError or StoreError.
    """
    paths = [Path(f"{STDIN}.{syntax}") if str(file) == STDIN else file for file in files]
    with open_graph(settings) as graph, ProgressBar("loading") as bar:
        if isinstance(graph, KnowledgeGraph):
            documents = graph.ingestor.read_all(paths, bar.step)
            return graph.load(documents, dry_run=dry_run, progress=bar.step)
        bar.step("through the server")
        return server_client.load_files(graph, paths, dry_run=dry_run)


def print_warnings(warnings: Iterable[Finding]) -> None:
    """Print each warning on stderr."""
    for warning in warnings:
        click.echo(str(warning), err=True)
