"""The Python client gql works unchanged: it fetches the schema and validates documents against it."""

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

pytestmark = pytest.mark.slow


def test_gql_executes_validated_documents(address: str) -> None:
    transport = HTTPXTransport(url=f"{address}/graphql", trust_env=False, timeout=60)
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        request = gql(
            "query ($slug: String) { zone(slug: $slug) { prefLabel labellings { nodes { label attribution } } } }"
        )
        request.variable_values = {"slug": "idlib"}
        data = session.execute(request)
        assert data["zone"]["labellings"]["nodes"][0] == {
            "label": "de-escalation zone",
            "attribution": "used by Russia, as EA WorldView reports; used by EA WorldView",
        }  # fmt: skip
        with pytest.raises(TransportQueryError, match="contested"):
            session.execute(gql("{ labellings { nodes { label } } }"))
