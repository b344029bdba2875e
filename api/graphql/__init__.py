"""``/graphql``: GraphQL over HTTP; the schema, planning and answers are those of ``kg.graphql``."""

from api.graphql.routes import router

__all__ = ["router"]
