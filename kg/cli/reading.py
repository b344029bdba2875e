"""Commands that read: SPARQL, questions, exports, and quotes checked against their texts."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.options import with_settings
from kg.cli.reach import readable
from kg.cli.tables import as_text
from kg.errors import BadParameterError, UnknownNameError
from kg.export import export_prefixes, serialize_export
from kg.ingest.documents import read_bytes
from kg.ingest.verification import QuoteReport, verify_archive, verify_text
from kg.knowledge_graph import load_shipped_schema
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.formats import render_text, to_csv, to_json
from kg.questions.spans import Spans, read_spans
from kg.rdf_formats import GRAPH_SYNTAXES, RDF_BY_SUFFIX, RESULT_FORMATS
from kg.settings import Settings
from kg.source_archive import SourceArchive

_RESULTS = {format_.names[0]: format_ for format_ in RESULT_FORMATS}
_GRAPHS = {syntax.suffix: syntax for syntax in GRAPH_SYNTAXES}


@click.command()
@click.argument("sparql")
@click.option("--format", "format_", type=click.Choice(["table", *_RESULTS, *_GRAPHS]), help="Form of the result.")
@with_settings
def query(sparql: str, format_: str | None, settings: Settings) -> None:
    """Run a SPARQL query: its text, the name of a .rq file, or - for stdin.

    Solutions come as a table unless another format is asked for; graphs come as Turtle.
    """
    with readable(settings) as store:
        result = store.query(_text_of(sparql))
        click.echo(_result(result, format_), nl=False)


@click.command()
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option("--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text")
@with_settings
def ask(name: str | None, parameters: tuple[str, ...], format_: str, settings: Settings) -> None:
    """Ask the question NAME of the catalogue; without a name, list the questions."""
    catalogue = Catalogue.load()
    if name is None:
        for entry in catalogue:
            click.echo(f"{entry.name:44} {entry.summary}")
        return
    with readable(settings) as store:
        answer = catalogue.ask(name, _given(parameters), store, settings.base_iri)
        spans: Spans = {}
        if isinstance(answer, YesNoAnswer):
            shown = (statement.iri for statement in answer.statements)
            spans = read_spans(shown, store, SourceArchive(settings.archive_dir))
    if format_ == "json":
        click.echo(json.dumps(to_json(answer), indent=2, ensure_ascii=False))
    else:
        click.echo(to_csv(answer) if format_ == "csv" else render_text(answer, spans), nl=False)


@click.command()
@click.argument("graph", required=False)
@click.option(
    "--format", "format_", type=click.Choice(list(RDF_BY_SUFFIX)), default="trig", help="Syntax; trig by default."
)
@with_settings
def export(graph: str | None, format_: str, settings: Settings) -> None:
    """Print all home graphs, or the one named GRAPH, in a stable order: the same data gives the same bytes."""
    with readable(settings) as store:
        name = _graph(graph, settings) if graph else None
        if name and name not in store.graphs():
            raise UnknownNameError("home graph", str(graph), [each.value for each in store.graphs()])
        prefixes = export_prefixes(load_shipped_schema(settings.base_iri), settings.base_iri)
        sys.stdout.buffer.write(serialize_export(store.quads(name), RDF_BY_SUFFIX[format_], prefixes))


@click.command()
@click.option("--text", "text_file", type=click.Path(path_type=Path), help="The archived text of the source.")
@click.option("--source", help="Which source the text is of, where its SHA-256 does not tell.")
@with_settings
def verify(text_file: Path | None, source: str | None, settings: Settings) -> None:
    """Check every quote, offset and hash against the archived text of its source.

    The text is FILE, or is found by its SHA-256 in the archive folder. Exits with 1 when anything differs.
    """
    with readable(settings) as store:
        quads = list(store.quads())
    if text_file:
        iri = _resource(source, settings) if source else None
        found = [verify_text(quads, read_bytes(text_file), iri)]
    else:
        found = verify_archive(quads, SourceArchive(settings.archive_dir))
    for each in found:
        _tell(each)
    if not found or not all(each.holds for each in found):
        raise click.exceptions.Exit(1)


def _tell(each: QuoteReport) -> None:
    for finding in each.findings:
        click.echo(str(finding), err=True)
    click.echo(f"{each.right} of {each.total} quotes of {each.source} verified")


def _text_of(sparql: str) -> str:
    if sparql == "-":
        return sys.stdin.read()
    if sparql.endswith(".rq"):
        return read_bytes(Path(sparql)).decode("utf-8", errors="replace")
    return sparql


def _result(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, name: str | None) -> str:
    if isinstance(result, ox.QueryTriples):
        return _written(result.serialize(format=_GRAPHS[_one_of(name or "ttl", _GRAPHS)].engine))
    if name not in (None, "table"):
        return _written(result.serialize(format=_RESULTS[_one_of(str(name), _RESULTS)].engine))
    return f"{bool(result)}\n".lower() if isinstance(result, ox.QueryBoolean) else as_text(result)


def _written(data: bytes | None) -> str:
    text = (data or b"").decode()
    return text if text.endswith("\n") else f"{text}\n"


def _one_of(name: str, known: Mapping[str, object]) -> str:
    if name not in known:
        raise BadParameterError("--format", f"this result can be {', '.join(known)}")
    return name


def _given(parameters: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in parameters:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadParameterError(each, "write PARAMETER=VALUE, such as zone=zone/idlib")
        given[name] = value
    return given


def _graph(name: str, settings: Settings) -> ox.NamedNode:
    return ox.NamedNode(name if "://" in name else f"{settings.base_iri}graph/{name}")


def _resource(name: str, settings: Settings) -> str:
    return name if "://" in name else f"{settings.base_iri}id/{name}"


COMMANDS = (query, ask, export, verify)
