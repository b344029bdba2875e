"""gql, a client in Python, works unchanged: with the schema it fetches, and with a document checked against it."""

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

pytestmark = pytest.mark.slow


def test_gql_asks_and_is_told(address: str) -> None:
    transport = HTTPXTransport(url=f"{address}/graphql", trust_env=False)
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        asked = gql(
            "query ($slug: String) { zone(slug: $slug) { prefLabel labellings { nodes { label attribution } } } }"
        )
        asked.variable_values = {"slug": "idlib"}
        found = session.execute(asked)
        assert found["zone"]["labellings"]["nodes"][0] == {
            "label": "de-escalation zone", "attribution": "asserted by Russia",
        }  # fmt: skip
        with pytest.raises(TransportQueryError, match="contested"):
            session.execute(gql("{ labellings { nodes { label } } }"))
