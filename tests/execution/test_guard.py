"""What ends an engine is refused of queries and updates alike; hyphens in names do not."""

from collections.abc import Callable

import pytest

from kg.errors import QueryRefusedError
from kg.execution.query_guard import inspect_query
from kg.execution.update_guard import inspect_update

CHAINS = {
    "subtractions": "BIND(1{} AS ?x)".format("-1" * 2_000),
    "subtractions of decimals": "BIND(1{} AS ?x)".format("-1.5" * 2_000),
    "subtractions that end in a name": "BIND({}ex:x AS ?x)".format("1-" * 2_000),
    "products": "BIND(1{} AS ?x)".format("*1" * 2_000),
    "groups": "{?s ?p ?o} " * 2_000,
    "graphs": "GRAPH ?g {} " * 2_000,
    "subqueries": "{ SELECT * {} } " * 2_000,
    "conditions of HAVING": "{{ SELECT ?s {{}} GROUP BY ?s HAVING {} }}".format("(1) " * 2_000),
    "lateral joins": "LATERAL {} " * 2_000,
    "reified triples": "<< " * 300 + "?s ?p ?o " + ">> ?p ?o " * 300,
    "triple terms": "?s ?p " + "<<( ?s ?p " * 300 + "1 " + ")>> " * 300,
    "annotations": "?s ?p ?o " + "{| ?p ?o " * 300 + "|} " * 300,
    "reifiers": "?s ?p ?o " + "~ ?r " * 2_000,
    "a collection": "?s ?p ({})".format("1 " * 2_000),
    "collections in a collection": "?s ?p ({})".format("() " * 2_000),
    "blank nodes in a collection": "?s ?p ({})".format("[] " * 2_000),
    "values beside a collection": "VALUES ?x {{ 1 }} ?s ?p ({})".format("1 " * 2_000),
    "properties of a blank node": "[ {} ] ?p ?o".format("?p 1 ;" * 2_000),
    "patterns": "?s ?p ?o . " * 2_000,
    "union after separators": " UNION ".join(["{ ?s ?p ?o ; ?q ?r }"] * 2_000),
    "a long base": "{{ SELECT * {{ ?s ?p <{}> }} }}".format("a/" * 5_000),
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
@pytest.mark.parametrize("frame", ["SELECT * WHERE {{ {} }}", "INSERT {{}} WHERE {{ {} }}"])
def test_chain_that_ends_an_engine_is_refused(frame: str, chain: str) -> None:
    inspect = inspect_query if frame.startswith("SELECT") else inspect_update
    with pytest.raises(QueryRefusedError):
        inspect(frame.format(chain))


@pytest.mark.parametrize("inspect", [inspect_query, inspect_update])
def test_names_and_numbers_with_hyphens_are_no_subtractions(inspect: Callable[[str], object]) -> None:
    values = "my-own-prefix:a-b -1.5e-3 1e-5 <https://example.org/a-b> " * 1_500
    frame = "SELECT * WHERE {{ {} }}" if inspect is inspect_query else "DELETE {{}} WHERE {{ {} }}"
    inspect(frame.format(f"VALUES (?a ?b ?c ?d) {{ ({values.strip()}) }} ?s ?p ?a"))
