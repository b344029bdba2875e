"""The table of the procedures that run in the workers of the server, on one screen.

``kg.execution.procedure`` says what a procedure is. This module, and all that it imports, runs in worker processes: it
imports no web framework.
"""

from kg.execution.procedure import Procedures
from kg.graphql.procedure import create_graphql_procedures
from kg.knowledge_graph import load_shipped_schema
from kg.load_procedure import create_ingestor, create_load_procedures
from kg.questions.catalogue import Catalogue
from kg.settings import Settings


def create_procedures(settings: Settings) -> Procedures:
    """The procedures, over the shipped schema."""
    schema = load_shipped_schema(settings.base_iri)
    catalogue = Catalogue.load()
    return {
        **create_load_procedures(create_ingestor(schema, settings)),
        **create_graphql_procedures(schema, catalogue, settings),
    }
