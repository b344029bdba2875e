"""Commands that print what the data is made of: the schema and the JSON-LD context."""

import json
from dataclasses import asdict

import click

from kg.cli.options import with_settings
from kg.jsonld_context import build_context as context_of
from kg.knowledge_graph import load_shipped_schema
from kg.schema.model import Class, Schema
from kg.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings
def schema(as_json: bool, settings: Settings) -> None:
    """Print the classes and their fields, as ontology and shapes have them."""
    found = load_shipped_schema(settings.base_iri)
    if as_json:
        classes = {each.name: asdict(each) for each in found.classes.values()}
        schemes = {iri: asdict(scheme) for iri, scheme in found.schemes.items()}
        click.echo(json.dumps({"classes": classes, "schemes": schemes}, indent=2, ensure_ascii=False))
    else:
        for each in found.classes.values():
            click.echo(_described(each, found))


@click.command()
@with_settings
def context(settings: Settings) -> None:
    """Print the JSON-LD context under which dossiers are written."""
    document = {"@context": context_of(load_shipped_schema(settings.base_iri), settings.base_iri)}
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _described(each: Class, schema: Schema) -> str:
    above = ", ".join(schema.classes[p].name for p in each.parents if p in schema.classes)
    lines = [f"{each.name}{f' < {above}' if above else ''}: {each.definition}"]
    for field in each.fields.values():
        many = "*" if field.maximum is None else ""
        must = "!" if field.minimum else ""
        lines.append(f"    {field.name}{many}{must}: {field.description}")
    return "\n".join(lines)


COMMANDS = (schema, context)
