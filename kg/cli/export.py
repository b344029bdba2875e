"""``kg export``: print the home graphs, as they are or as they were, in a stable order."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import pyoxigraph as ox

from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.cli.version import find_journal, find_version
from kg.errors import UnknownNameError
from kg.export import export_prefixes, serialize_export
from kg.knowledge_graph import load_shipped_schema
from kg.rdf_formats import RDF_BY_SUFFIX
from kg.settings import Settings
from kg.store.history import restore_state
from kg.store.interface import Store


@click.command()
@click.argument("graph", required=False)
@click.option(
    "--format", "format_", type=click.Choice(list(RDF_BY_SUFFIX)), default="trig", help="Syntax; trig by default."
)
@click.option("--at", "at", metavar="VERSION", help="As of this version, from the journal: 7, or 7-5f1c02ab34cd.")
@with_settings
def export(graph: str | None, format_: str, at: str | None, settings: Settings) -> None:
    """Print all home graphs, or the one named GRAPH, in a stable order: the same data gives the same bytes."""
    with open_store(settings) if at is None else _open_version(settings, at) as store:
        name = _graph_name(graph, settings) if graph else None
        if name and name not in store.graphs():
            raise UnknownNameError("home graph", str(graph), [known.value for known in store.graphs()])
        prefixes = export_prefixes(load_shipped_schema(settings.base_iri), settings.base_iri)
        sys.stdout.buffer.write(serialize_export(store.quads(name), RDF_BY_SUFFIX[format_], prefixes))


@contextmanager
def _open_version(settings: Settings, text: str) -> Iterator[Store]:
    journal = find_journal(settings)
    yield restore_state(journal, find_version(journal, text, "--at"))


def _graph_name(name: str, settings: Settings) -> ox.NamedNode:
    return ox.NamedNode(name if "://" in name else f"{settings.base_iri}graph/{name}")
