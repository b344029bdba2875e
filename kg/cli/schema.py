"""``kg schema``: print the classes of the ontology and their fields."""

import json
from dataclasses import asdict

import click

from kg.cli.options import with_settings
from kg.knowledge_graph import load_shipped_schema
from kg.schema.model import Class, Schema
from kg.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings
def schema(as_json: bool, settings: Settings) -> None:
    """Print the classes and their fields, as defined by ontology and shapes."""
    shipped = load_shipped_schema(settings.base_iri)
    if as_json:
        classes = {class_.name: asdict(class_) for class_ in shipped.classes.values()}
        schemes = {iri: asdict(scheme) for iri, scheme in shipped.schemes.items()}
        click.echo(json.dumps({"classes": classes, "schemes": schemes}, indent=2, ensure_ascii=False))
    else:
        for class_ in shipped.classes.values():
            click.echo(_describe_class(class_, shipped))


def _describe_class(class_: Class, schema: Schema) -> str:
    parents = ", ".join(schema.classes[iri].name for iri in class_.parents if iri in schema.classes)
    lines = [f"{class_.name}{f' < {parents}' if parents else ''}: {class_.definition}"]
    for field in class_.fields.values():
        cardinality = ("*" if field.maximum is None else "") + ("!" if field.minimum else "")
        lines.append(f"    {field.name}{cardinality}: {field.description}")
    return "\n".join(lines)
