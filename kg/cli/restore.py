"""``kg restore``: make a data directory from a backup."""

from pathlib import Path

import click

from kg.backup import restore_backup
from kg.cli.options import with_settings
from kg.errors import StoreError
from kg.settings import Settings


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True))
@with_settings
def restore(directory: Path, settings: Settings) -> None:
    """Restore the backup in DIRECTORY into the data directory, which must be empty or not there.

    Every file is checked by its SHA-256; a backup that is damaged or incomplete is refused.
    """
    if settings.store:
        raise StoreError("a backup is restored into a data directory, not into the engine of KG_STORE")
    restored = restore_backup(directory, settings)
    click.echo(f"version {restored.version} in {settings.data_dir}: {len(restored.files)} files", err=True)
