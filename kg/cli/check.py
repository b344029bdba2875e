"""``kg check``: examine a data directory, and change nothing."""

from typing import Any

import click

from kg.cli.options import merge_environment, store_options
from kg.directory_check import Level, examine, to_json
from kg.settings import Settings


@click.command()
@store_options
@click.option("--deep", is_flag=True, help="Also make all changes of the journal again, and compare with the store.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(deep: bool, as_json: bool, **options: Any) -> None:
    """Examine the data directory: permissions, lock, server, journal, versions, base IRI, space; and this machine.

    One line for each finding, with its cure. Changes nothing. Exits with 1 when something is wrong.
    """
    results = examine(Settings.from_environment(merge_environment(options)), deep=deep)
    if as_json:
        click.echo(to_json(results))
    else:
        for result in results:
            cure = f"; {result.cure}" if result.cure else ""
            click.echo(f"{result.level.value:6} {result.subject}: {result.message}{cure}")
    if any(result.level is Level.WRONG for result in results):
        raise click.exceptions.Exit(1)
