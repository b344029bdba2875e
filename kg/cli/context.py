"""``kg context``: print the JSON-LD context of dossiers."""

import json

import click

from kg.cli.options import with_settings
from kg.jsonld_context import build_context
from kg.knowledge_graph import load_shipped_schema
from kg.settings import Settings


@click.command()
@with_settings
def context(settings: Settings) -> None:
    """Print the JSON-LD context under which dossiers are written."""
    document = {"@context": build_context(load_shipped_schema(settings.base_iri), settings.base_iri)}
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
