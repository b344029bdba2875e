"""``kg check``: examine a data directory, and change nothing."""

from typing import Any

import click

from kg.cli.options import merge_environment, store_options
from kg.directory_check import FindViolations, Level, examine, to_json
from kg.knowledge_graph import load_shipped_schema
from kg.settings import Settings


@click.command()
@store_options
@click.option(
    "--deep",
    is_flag=True,
    help="Also make all changes of the journal again, compare with the store, and judge the whole graph.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(deep: bool, as_json: bool, **options: Any) -> None:
    """Examine the data directory: permissions, lock, server, journal, versions, base IRI, space; and this machine.

    One line for each finding, with its cure. Changes nothing. Exits with 1 when something is wrong.
    """
    settings = Settings.from_environment(merge_environment(options))
    results = examine(settings, deep=_create_judge(settings) if deep else None)
    if as_json:
        click.echo(to_json(results))
    else:
        for result in results:
            cure = f"; {result.cure}" if result.cure else ""
            click.echo(f"{result.level.value:6} {result.subject}: {result.message}{cure}")
    if any(result.level is Level.WRONG for result in results):
        raise click.exceptions.Exit(1)


def _create_judge(settings: Settings) -> FindViolations:
    """What judges a graph; imported for this alone, because that takes a second."""
    from kg.load_procedure import create_ingestor

    return create_ingestor(load_shipped_schema(settings.base_iri), settings).find_violations
