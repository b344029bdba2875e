"""``kg ask``: answer a question of the catalogue."""

import json
from collections.abc import Sequence

import click

from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.errors import BadParameterError
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.formats import render_text, to_csv, to_json
from kg.questions.spans import Spans, read_spans
from kg.settings import Settings
from kg.source_archive import SourceArchive


@click.command()
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option("--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text")
@with_settings
def ask(name: str | None, parameters: tuple[str, ...], format_: str, settings: Settings) -> None:
    """Answer the question NAME of the catalogue; without a name, list the questions."""
    catalogue = Catalogue.load()
    if name is None:
        for question in catalogue:
            click.echo(f"{question.name:44} {question.summary}")
        return
    with open_store(settings) as store:
        answer = catalogue.ask(name, _parse_parameters(parameters), store, settings.base_iri)
        spans: Spans = {}
        if isinstance(answer, YesNoAnswer):
            statements = (statement.iri for statement in answer.statements)
            spans = read_spans(statements, store, SourceArchive(settings.archive_dir))
    if format_ == "json":
        click.echo(json.dumps(to_json(answer), indent=2, ensure_ascii=False))
    else:
        click.echo(to_csv(answer) if format_ == "csv" else render_text(answer, spans), nl=False)


def _parse_parameters(arguments: Sequence[str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals:
            raise BadParameterError(argument, "write PARAMETER=VALUE, such as zone=zone/idlib")
        parameters[name] = value
    return parameters
