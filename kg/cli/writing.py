"""Commands that bring documents in, or see whether they could come in."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from kg import server_client
from kg.cli.options import with_settings
from kg.cli.progress import Bar
from kg.cli.reach import reachable
from kg.ingest.documents import RDF_SUFFIXES, STDIN
from kg.ingest.ingestor import DOSSIER_SUFFIXES, GraphChange, LoadPlan
from kg.knowledge_graph import KnowledgeGraph
from kg.settings import Settings

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
_SYNTAX = click.option(
    "--format",
    "syntax",
    type=click.Choice([suffix.removeprefix(".") for suffix in (*DOSSIER_SUFFIXES, *RDF_SUFFIXES)]),
    default="yaml",
    help="Syntax of what comes on stdin; yaml by default.",
)
_QUIET = click.option("--quiet", is_flag=True, help="Print no warnings and no summary.")


@click.command()
@_FILES
@_SYNTAX
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
@_JSON
@_QUIET
@with_settings
def load(files: tuple[Path, ...], syntax: str, dry_run: bool, as_json: bool, quiet: bool, settings: Settings) -> None:
    """Load FILES, each replacing its home graphs: all of them or, when one does not conform, none.

    Dossiers are .yaml; RDF is .ttl, .trig, .nq, .nt, .jsonld, .rdf; - is stdin, in the syntax of --format.
    """
    plan = _planned(settings, files, syntax, dry_run=dry_run)
    _tell_warnings(plan, quiet)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in plan.graphs], indent=2))
    elif not quiet:
        _tell_change(plan, dry_run=dry_run)


@click.command()
@_FILES
@_SYNTAX
@_QUIET
@with_settings
def validate(files: tuple[Path, ...], syntax: str, quiet: bool, settings: Settings) -> None:
    """Check FILES as if they were loaded, and load nothing; - is stdin."""
    plan = _planned(settings, files, syntax, dry_run=True)
    _tell_warnings(plan, quiet)
    if not quiet:
        count = len(files)
        click.echo(f"{count} file{'s' if count > 1 else ''} conform{'' if count > 1 else 's'}", err=True)


def _planned(settings: Settings, files: tuple[Path, ...], syntax: str, *, dry_run: bool) -> LoadPlan:
    files = tuple(Path(f"{STDIN}.{syntax}") if str(file) == STDIN else file for file in files)
    with reachable(settings) as found, Bar("loading") as bar:
        if isinstance(found, KnowledgeGraph):
            documents = found.ingestor.read_all(files, bar.step)
            return found.load(documents, dry_run=dry_run, progress=bar.step)
        bar.step("through the server")
        return server_client.load(found, files, dry_run=dry_run)


def _tell_warnings(plan: LoadPlan, quiet: bool) -> None:
    for warning in () if quiet else plan.warnings:
        click.echo(str(warning), err=True)


def _tell_change(plan: LoadPlan, *, dry_run: bool) -> None:
    if not plan.graphs:
        click.echo("nothing changes" if dry_run else "nothing changed", err=True)
    for graph in plan.graphs:
        click.echo(f"{graph.graph}: +{graph.added} -{graph.removed} quads; {_resources(graph)}", err=not dry_run)
        if dry_run:
            for sign, names in (("+", graph.new), ("~", graph.changed), ("-", graph.gone)):
                for name in names:
                    click.echo(f"  {sign} {name}")


def _resources(graph: GraphChange) -> str:
    return f"{len(graph.new)} new, {len(graph.changed)} changed, {len(graph.gone)} gone"


COMMANDS = (load, validate)
