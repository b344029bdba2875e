"""``kg publish``: write the whole site as static files, which work from any web host."""

from importlib import import_module
from pathlib import Path

import click

from kg import data_directory, server_client
from kg.cli.options import with_settings
from kg.cli.progress import ProgressBar
from kg.errors import BadParameterError, StoreLockedError
from kg.server_file import read_address
from kg.settings import Settings

PUBLISHER = "api.static_site.publisher"
"""By its name, because nothing in kg imports api."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--base-url", metavar="URL", help="Where the copy will be; without it, the base IRI of the data.")
@with_settings
def publish(folder: Path, base_url: str | None, settings: Settings) -> None:
    """Write the whole site into DIR as static files: pages, data in every format, dumps, and a search without a server.

    DIR is replaced when all is written; a DIR with other files is refused. The same version gives the same bytes.
    """
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise BadParameterError("--base-url", f"{base_url!r} is no address that begins with http:// or https://")
    publisher = import_module(PUBLISHER)
    with ProgressBar("publishing") as bar:

        def show(written: int, known: int) -> None:
            bar.show(f"{written:,} of {known:,} files")

        try:
            done = publisher.publish(settings, folder, base_url or "", "", show)
        except StoreLockedError:
            done = publisher.publish(settings, folder, base_url or "", _find_server(settings), show)
    click.echo(f"{done.files:,} files in {folder}: {done.resources:,} resources and home graphs", err=True)
    if done.left_out:
        click.echo(f"left out: {done.left_out:,} documents that are too large for their format", err=True)
    if done.without_file:
        click.echo(f"left out: {done.without_file:,} resources whose IRIs cannot be names of files", err=True)


def _find_server(settings: Settings) -> str:
    """The address of the server that has the data directory open. Raises StoreLockedError where none answers."""
    data_directory.check_recorded(settings)
    address = read_address(settings.data_dir)
    if address is None or not server_client.is_alive(address):
        raise StoreLockedError(settings.data_dir)
    return address.url
