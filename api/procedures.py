"""The table of the procedures that run in the workers of the server, on one screen.

``kg.execution.procedure`` says what a procedure is. This module, and all that it imports, runs in worker processes: it
imports no web framework.
"""

from collections.abc import Mapping
from typing import Any

from api.http.form import PARSE_FORM, parse_form_in_worker
from api.pages.catalog_page import CatalogProcedures
from api.pages.compare_page import CompareProcedures
from api.pages.graphiql import GraphiqlProcedures
from api.pages.home_page import WARNINGS_PATH, HomeProcedures
from api.pages.list_page import ListProcedures
from api.pages.question_page import QuestionProcedures
from api.pages.reconcile_procedures import ReconcileProcedures
from api.pages.resource_procedures import ResourceProcedures
from api.pages.search_page import SearchProcedures
from api.pages.sources import PageSources
from api.pages.sparql_page import SparqlProcedures
from api.pages.vocabulary_page import VocabularyProcedures
from kg.access_rights import find_restricted_graphs
from kg.execution.procedure import LIST_HIDDEN, Procedures, Reply
from kg.governed.procedures import create_governed_procedures
from kg.graphql.procedure import create_graphql_procedures
from kg.knowledge_graph import load_shipped_schema
from kg.load_procedure import (
    create_bulk_procedure,
    create_ingestor,
    create_load_procedures,
    create_validation_procedures,
)
from kg.query_lint.linter import create_lint_procedure
from kg.settings import Settings
from kg.store.interface import Store
from kg.update.procedures import create_update_procedures
from kg.write_group import PREPARE_WRITES, create_group_procedure
from kg.writer import PLAN_BULK_LOAD


def create_procedures(settings: Settings) -> Procedures:
    """The procedures, over the shipped schema."""
    schema = load_shipped_schema(settings.base_iri)
    sources = PageSources.create(settings, schema)
    ingestor = create_ingestor(schema, settings)
    writes = {
        **create_load_procedures(ingestor),
        **(
            create_update_procedures(settings)
            if settings.plain
            else create_governed_procedures(ingestor, settings.change_max_quads)
        ),
    }
    return {
        **writes,
        PREPARE_WRITES: create_group_procedure(writes, ingestor.validator, ingestor),
        PLAN_BULK_LOAD: create_bulk_procedure(ingestor),
        **create_validation_procedures(ingestor.validator, ingestor),
        **create_graphql_procedures(schema, sources.catalogue, settings),
        **ResourceProcedures(sources).table(),
        **QuestionProcedures(sources).table(),
        **HomeProcedures(sources).table(),
        **CatalogProcedures(sources).table(),
        **SearchProcedures(sources).table(),
        **CompareProcedures(sources).table(),
        **ReconcileProcedures(sources).table(),
        **ListProcedures(sources).table(),
        **SparqlProcedures(sources).table(),
        **GraphiqlProcedures(sources).table(),
        **VocabularyProcedures(sources).table(),
        **create_lint_procedure(sources.lint, WARNINGS_PATH),
        PARSE_FORM: parse_form_in_worker,
        **({LIST_HIDDEN: _list_restricted} if settings.hides_restricted else {}),
    }


def _list_restricted(store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
    graphs = [graph.value for graph in find_restricted_graphs(store)]
    return Reply(media_type="", body=(), properties={"graphs": graphs})
