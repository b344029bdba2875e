"""``kg remove``: delete home graphs, or list what deleting them would change."""

from getpass import getuser
from math import inf
from pathlib import Path

import click

from kg import server_client
from kg.cli.document_files import print_change, print_warnings, quiet_option
from kg.cli.graph_access import OpenGraph, open_graph, open_sandbox
from kg.cli.options import with_settings
from kg.document_calls import create_call, read_files
from kg.errors import UnknownNameError, UpdateConflictError
from kg.governed.interface import call_update
from kg.journal.record import Provenance
from kg.settings import Settings
from kg.update.evaluation import Update
from kg.writer import LIST_GRAPHS, LoadReport


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="GRAPH|FILE...")
@click.option("--dry-run", is_flag=True, help="Print in sentences what would change, and change nothing.")
@quiet_option
@with_settings
def remove(names: tuple[str, ...], dry_run: bool, quiet: bool, settings: Settings) -> None:
    """Delete the home graphs called GRAPH, or those that FILE contains: all of them or, when one is needed, none.

    GRAPH is an IRI or a name, as in kg export. A graph is needed if another one refers to what it describes.
    """
    graphs = [graph for name in names for graph in _find_graphs(name, settings)]
    report = _remove(graphs, settings, dry_run=dry_run)
    if not quiet:
        print_warnings(report.warnings)
        print_change(report, dry_run=dry_run)


def _find_graphs(name: str, settings: Settings) -> list[str]:
    """The IRIs of the graphs. Raises InputRejectedError for a file that cannot be read."""
    if "://" in name:
        return [name]
    if not Path(name).is_file():
        return [f"{settings.base_iri}graph/{name}"]
    with open_sandbox(settings) as sandbox:
        result = sandbox.ingest(create_call(LIST_GRAPHS, read_files([Path(name)]), {}, inf))
        result.close()
        return list(result.properties["graphs"])


def _remove(graphs: list[str], settings: Settings, *, dry_run: bool) -> LoadReport:
    """Raises UnknownNameError, InputRejectedError if a graph is needed, or StoreError."""
    text = " ;\n".join(f"DROP GRAPH <{graph}>" for graph in dict.fromkeys(graphs))
    try:
        with open_graph(settings) as graph:
            if not isinstance(graph, OpenGraph):
                return server_client.update(graph, text, dry_run=dry_run)
            call = call_update(Update(text), dry_run=dry_run, timeout_s=inf)
            provenance = Provenance(agent=getuser(), operation="remove")
            return LoadReport.from_properties(graph.writer.write(call, provenance))
    except UpdateConflictError as error:
        raise UnknownNameError("home graph", ", ".join(graphs)) from error
