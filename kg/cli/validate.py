"""``kg validate``: check documents without loading them."""

from pathlib import Path

import click

from kg.cli.document_files import files_argument, load_files, print_warnings, quiet_option, syntax_option
from kg.cli.options import with_settings
from kg.settings import Settings


@click.command()
@files_argument
@syntax_option
@quiet_option
@with_settings
def validate(files: tuple[Path, ...], syntax: str, quiet: bool, settings: Settings) -> None:
    """Check FILES as if they were loaded, and load nothing; - is stdin."""
    report = load_files(settings, files, syntax, dry_run=True)
    if not quiet:
        print_warnings(report.warnings)
        count = len(files)
        click.echo(f"{count} file{'s' if count > 1 else ''} conform{'' if count > 1 else 's'}", err=True)
