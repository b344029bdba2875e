"""``kg query``: run a SPARQL query."""

import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.cli.result_table import format_table
from kg.errors import BadParameterError, QuerySyntaxError
from kg.execution.result_format import serialize_result
from kg.ingest.documents import read_bytes
from kg.knowledge_graph import load_shipped_schema
from kg.query_lint.linter import QueryLint
from kg.rdf_formats import GRAPH_SYNTAXES, RESULT_FORMATS
from kg.settings import Settings
from kg.store.interface import QueryResult, Store

_RESULT_FORMATS = {format_.names[0]: format_ for format_ in RESULT_FORMATS}
_GRAPH_SYNTAXES = {syntax.suffix: syntax for syntax in GRAPH_SYNTAXES}
_FORMATS = ["table", *_RESULT_FORMATS, *_GRAPH_SYNTAXES]


@click.command()
@click.argument("sparql")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="Form of the result.")
@with_settings
def query(sparql: str, format_: str | None, settings: Settings) -> None:
    """Run a SPARQL query: its text, the name of a .rq file, or - for stdin.

    Solutions are printed as a table unless another format is selected; graphs are printed as Turtle. What explains an
    empty result is a warning on stderr.
    """
    lint = QueryLint.create(load_shipped_schema(settings.base_iri), settings)
    with open_store(settings) as store:
        text = _read_query(sparql)
        result = _run(store, lint, text)
        for warning in lint.check(store, text):
            click.echo(f"warning: {warning}", err=True)
        click.echo(_serialize(result, format_), nl=False)


def _run(store: Store, lint: QueryLint, text: str) -> QueryResult:
    """The result. Raises QuerySyntaxError, with a cure if the lint knows one."""
    try:
        return store.query(text)
    except QuerySyntaxError:
        lint.explain(text)
        raise


def _read_query(sparql: str) -> str:
    if sparql != "-" and not sparql.lower().endswith((".rq", ".sparql")):
        return sparql
    data = sys.stdin.buffer.read() if sparql == "-" else read_bytes(Path(sparql))
    return data.decode("utf-8-sig", errors="replace")


def _serialize(result: QueryResult, name: str | None) -> str:
    if isinstance(result, ox.QueryTriples):
        _require_format(name or "ttl", _GRAPH_SYNTAXES)
        return _write(result, _GRAPH_SYNTAXES[name or "ttl"].media_type)
    if name not in (None, "table"):
        _require_format(str(name), _RESULT_FORMATS)
        return _write(result, _RESULT_FORMATS[str(name)].media_type)
    return f"{bool(result)}\n".lower() if isinstance(result, ox.QueryBoolean) else format_table(result)


def _require_format(name: str, known: Mapping[str, object]) -> None:
    if name not in known:
        raise BadParameterError("--format", f"this result can be {', '.join(known)}")


def _write(result: QueryResult, media_type: str) -> str:
    """The result in that format, as the server writes it. Raises NotRepresentableError."""
    output = BytesIO()
    serialize_result(result, media_type, output)
    text = output.getvalue().decode()
    return text if text.endswith("\n") else f"{text}\n"
