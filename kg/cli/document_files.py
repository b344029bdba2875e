"""Documents given to ``load`` and ``validate`` as files: the options for them, and the plan of loading them."""

from collections.abc import Iterable, Sequence
from getpass import getuser
from math import inf
from pathlib import Path

import click

from kg import server_client
from kg.bulk_load import BulkReport, create_folder, load_in_bulk
from kg.cli.graph_access import PROCEDURES, OpenGraph, open_graph
from kg.cli.progress import ProgressBar
from kg.document_calls import read_files
from kg.errors import Finding
from kg.ingest.bulk.progress import read_progress
from kg.ingest.documents import STDIN
from kg.ingest.load_plan import GraphChange
from kg.ingest.readers import READERS
from kg.journal.record import Provenance
from kg.remote_load import load_into_engine
from kg.settings import Settings
from kg.store.remote import RemoteStore
from kg.writer import LoadReport

files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
syntax_option = click.option(
    "--format",
    "syntax",
    type=click.Choice([suffix.removeprefix(".") for suffix in READERS]),
    default="yaml",
    help="Syntax of what comes on stdin; yaml by default.",
)
_SHOWN_GRAPHS = 20
quiet_option = click.option("--quiet", is_flag=True, help="Print no warnings and no summary.")


def load_files(settings: Settings, files: Iterable[Path], syntax: str, *, dry_run: bool) -> LoadReport:
    """Load the files, here or through the server that has the data directory open. ``-`` is stdin, in ``syntax``.

    Raises InputRejectedError or StoreError.
    """
    paths = [Path(f"{STDIN}.{syntax}") if str(file) == STDIN else file for file in files]
    with open_graph(settings) as graph, ProgressBar("loading") as bar:
        documents = read_files(paths)
        if isinstance(graph, OpenGraph):
            provenance = Provenance(agent=getuser(), operation="load")
            return graph.writer.load(documents, provenance, dry_run=dry_run, timeout_s=inf, progress=bar.step)
        bar.step("through the server")
        return server_client.load(graph, documents, dry_run=dry_run)


def load_files_in_bulk(settings: Settings, files: Sequence[Path], *, dry_run: bool) -> BulkReport:
    """The same for files that are too large for memory (``kg.bulk_load``)."""
    with open_graph(settings) as graph, create_folder(settings) as folder, ProgressBar("loading") as bar:

        def describe() -> str:
            progress = read_progress(folder)
            return progress.describe() if progress else "starting"

        with bar.following(describe):
            if isinstance(graph, OpenGraph):
                store, gate = graph.knowledge_graph.store, graph.writer.gate
                if isinstance(store, RemoteStore):
                    return load_into_engine(store, files, folder, PROCEDURES, settings, gate, dry_run=dry_run)
                provenance = Provenance(agent=getuser(), operation="load")
                return load_in_bulk(graph.writer, files, folder, provenance, dry_run=dry_run)
            return server_client.load_in_bulk(graph, files, folder, dry_run=dry_run)


def print_warnings(warnings: Iterable[Finding]) -> None:
    """Print each warning on stderr."""
    for warning in warnings:
        click.echo(str(warning), err=True)


def print_change(report: LoadReport, *, dry_run: bool) -> None:
    """Print the change by home graph; of a dry run on stdout, with the sentences."""
    if not report.graphs:
        click.echo("nothing changes" if dry_run else "nothing changed", err=True)
    for graph in report.graphs:
        summary = f"{graph.graph}: +{graph.added} -{graph.removed} quads; {_count_resources(graph)}"
        click.echo(summary, err=not dry_run)
    for resource in report.resources:
        click.echo(f"  {resource.sign} {resource.sentence}")


def print_bulk_change(report: BulkReport, *, dry_run: bool) -> None:
    """Print how many quads a bulk load changes, in the first graphs and in all."""
    if not report.graphs:
        click.echo("nothing changes" if dry_run else "nothing changed", err=True)
        return
    for graph in report.graphs[:_SHOWN_GRAPHS]:
        click.echo(f"{graph.graph}: +{graph.added:,} -{graph.removed:,} quads", err=not dry_run)
    added, removed = (sum(getattr(graph, name) for graph in report.graphs) for name in ("added", "removed"))
    click.echo(f"{len(report.graphs):,} graphs: +{added:,} -{removed:,} quads", err=not dry_run)
    if report.requests > 1:
        click.echo(f"sent in {report.requests:,} requests: until the last one, readers saw a part of it", err=True)


def _count_resources(graph: GraphChange) -> str:
    return f"{len(graph.new)} new, {len(graph.changed)} changed, {len(graph.gone)} gone"
