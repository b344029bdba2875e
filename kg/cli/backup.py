"""``kg backup``: copy the data with its history to a new folder, also while it is served."""

from pathlib import Path

import click

from kg import server_client
from kg.backup import create_backup
from kg.cli.graph_access import OpenGraph, open_graph
from kg.cli.options import with_settings
from kg.errors import StoreError
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@with_settings
def backup(directory: Path, settings: Settings) -> None:
    """Copy the store and its journal, as of one commit, to DIRECTORY, which is made; with checksums of all files.

    While a server has the data open it is asked to, and goes on reading and writing meanwhile. Texts of sources
    (KG_ARCHIVE_DIR) are not part of it.
    """
    with open_graph(settings) as graph:
        if not isinstance(graph, OpenGraph):
            made = server_client.back_up(graph, directory.resolve())
            version, files, size = made["version"], made["files"], made["bytes"]
        else:
            store = graph.knowledge_graph.store
            if not isinstance(store, EmbeddedStore):
                raise StoreError("a remote engine is backed up by its own means")
            made_here = create_backup(store, settings, directory)
            version, files, size = made_here.version, len(made_here.files), made_here.size
    click.echo(f"version {version} in {directory}: {files} files, {size:,} bytes", err=True)
