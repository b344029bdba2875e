"""``kg load``: load documents, or list what loading them would change."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from kg.bulk_load import needs_bulk_load
from kg.cli.document_files import (
    files_argument,
    load_files,
    load_files_in_bulk,
    print_bulk_change,
    print_change,
    print_warnings,
    quiet_option,
    syntax_option,
)
from kg.cli.options import with_settings
from kg.settings import Settings


@click.command()
@files_argument
@syntax_option
@click.option("--dry-run", is_flag=True, help="Print in sentences what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
@quiet_option
@with_settings
def load(files: tuple[Path, ...], syntax: str, dry_run: bool, as_json: bool, quiet: bool, settings: Settings) -> None:
    """Load FILES, each replacing its home graphs: all of them or, when one does not conform, none.

    Dossiers are .yaml; RDF is .ttl, .trig, .nq, .nt, .jsonld, .rdf; - is stdin, in the syntax of --format.
    """
    if needs_bulk_load(files, settings):
        _load_in_bulk(settings, files, dry_run=dry_run, as_json=as_json, quiet=quiet)
        return
    report = load_files(settings, files, syntax, dry_run=dry_run)
    if not quiet:
        print_warnings(report.warnings)
    if as_json:
        click.echo(json.dumps([asdict(graph) for graph in report.graphs], indent=2))
    elif not quiet:
        print_change(report, dry_run=dry_run)


def _load_in_bulk(settings: Settings, files: tuple[Path, ...], *, dry_run: bool, as_json: bool, quiet: bool) -> None:
    report = load_files_in_bulk(settings, files, dry_run=dry_run)
    if not quiet:
        print_warnings(report.warnings)
    if as_json:
        click.echo(json.dumps(report.members()["graphs"], indent=2))
    elif not quiet:
        print_bulk_change(report, dry_run=dry_run)
