"""Procedures of ``/sparql``: its page and its service description.

The page is the YASGUI editor where its assets were built (``web/``), a plain form where not.
With a query, its result is below it: the procedure runs the query and shows the first rows.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from api.http.service_description import count_triples, describe_service
from api.pages.render import ASSETS, PageRenderer
from api.pages.replies import page_reply
from api.pages.sources import PageSources
from api.pages.table import build_table
from kg.errors import QueryLimitError, QuerySyntaxError
from kg.execution.procedure import Procedure, Reply
from kg.execution.result_format import create_engine_error
from kg.namespaces import SERVICE_PREFIXES
from kg.questions.catalogue import Catalogue
from kg.rdf_formats import RDF_BY_SUFFIX, TURTLE, serialize
from kg.store.interface import DatasetQueryable, QueryResult, Store

RESULT_PAGE = "sparql-page"
"""Arguments: ``text``, ``default_graphs``, ``named_graphs``, ``base_iri``, ``names_dataset``, ``timeout_s``,
``formats``: the names under which the whole result is offered. The query has passed the guard."""
SERVICE_DESCRIPTION = "service-description"
"""Arguments: ``endpoint``, ``suffix``, ``media_type``, ``has_counts``."""
MAX_TRIPLES = 5_000
"""Triples that the page shows of a graph."""

_SCRIPT = ASSETS / "yasgui" / "yasgui.min.js"


def has_editor() -> bool:
    """Whether the assets of the editor were built."""
    return _SCRIPT.is_file()


def render_editor(renderer: PageRenderer, catalogue: Catalogue, text: str | None, **values: Any) -> bytes:
    """The page; values: ``failure``, or ``formats`` and ``warnings`` with ``truth``, ``turtle`` or ``table``."""
    questions = [(question.name, question.summary, urlencode(question.example)) for question in catalogue]
    return renderer.render(
        "sparql.html", section="/sparql", has_editor=has_editor(), questions=questions, text=text, **values
    )


class SparqlProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {RESULT_PAGE: self._result_page, SERVICE_DESCRIPTION: self._describe_service}

    def _describe_service(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        settings = self._sources.settings
        counts = count_triples(store, settings) if arguments["has_counts"] else None
        triples = describe_service(arguments["endpoint"], settings, counts, store.version)
        body = serialize(triples, RDF_BY_SUFFIX[arguments["suffix"]], SERVICE_PREFIXES)
        return Reply(media_type=arguments["media_type"], body=[body])

    def _result_page(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        try:
            values = _result_values(_evaluate(store, arguments))
        except (QuerySyntaxError, SyntaxError):
            self._sources.lint.explain(arguments["text"])
            raise
        except (OSError, ValueError, RuntimeError) as error:
            raise create_engine_error(str(error)) from error
        formats, text = arguments["formats"], arguments["text"]
        graphs = [*arguments["default_graphs"], *arguments["named_graphs"]]
        warnings = self._sources.lint.check(store, text, graphs)
        body = render_editor(
            self._sources.renderer, self._sources.catalogue, text, formats=formats, warnings=warnings, **values
        )
        max_mb = self._sources.settings.result_max_mb
        if len(body) > max_mb * 1_000_000:
            raise QueryLimitError(
                f"stopped: the page of the result is larger than {max_mb} MB; narrow it, or use LIMIT"
            )
        return page_reply(body)


def _evaluate(store: Store, arguments: Mapping[str, Any]) -> QueryResult:
    if not isinstance(store, DatasetQueryable):
        return store.query(arguments["text"])
    return store.query_with_dataset(
        arguments["text"],
        arguments["default_graphs"],
        arguments["named_graphs"],
        arguments["timeout_s"],
        base_iri=arguments["base_iri"],
        names_dataset=arguments["names_dataset"],
    )


def _result_values(result: QueryResult) -> dict[str, Any]:
    """The result as the template shows it."""
    if isinstance(result, ox.QueryBoolean):
        return {"truth": bool(result)}
    if isinstance(result, ox.QuerySolutions):
        return {"table": build_table(result)}
    triples = list(islice(result, MAX_TRIPLES + 1))
    is_cut = len(triples) > MAX_TRIPLES
    return {"turtle": serialize(triples[:MAX_TRIPLES], TURTLE).decode(), "is_cut": is_cut}
