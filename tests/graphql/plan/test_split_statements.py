"""A filter that only several propositions of one statement match together is empty, and a warning says so."""

from collections.abc import Callable
from typing import Any

import pytest
from small_world import SmallWorld, said

from kg.graphql.execute import GraphQLRequest
from kg.graphql.plan import split_statements

Execute = Callable[..., dict[str, Any]]
DOER, PLACE = 'perpetrator: {id: {eq: "actor:united-states"}}', 'location: {id: {eq: "place:aleppo-province"}}'
STATEMENT = "https://w3id.org/conflict-kg/id/statement/aj-2017-04-19-s80"


def warnings(execute: Execute, where: str, selection: str = "totalCount", arguments: str = "") -> list[dict[str, Any]]:
    content = execute(f"{{ incidentAccounts({arguments} where: {{{where}}}) {{ {selection} }} }}")
    assert "errors" not in content
    found: list[dict[str, Any]] = content["extensions"].get("warnings", [])
    return found


@pytest.mark.parametrize(
    "where", [f"{DOER}, {PLACE}", f"and: [{{{DOER}}}, {{{PLACE}}}]", f"{DOER}, and: [{{{PLACE}}}]"]
)
@pytest.mark.parametrize("selection", ["totalCount", "nodes { id attribution }"])
def test_roles_in_two_propositions_of_one_statement_are_a_warning(where: str, selection: str, execute: Execute) -> None:
    (warning,) = warnings(execute, where, selection)
    assert (warning["field"], warning["statement"]) == ("incidentAccounts", STATEMENT)
    assert "the propositions of a statement of Bellingcat do, together" in warning["message"]
    assert f'statement(id: "{STATEMENT}")' in warning["message"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "perpetrator: said by Army, as Paper reports)"),
        (said("s3", "witness", "disputes", "st:s1"), "said by Army, as Paper reports; disputed by Witness"),
        (said("s3", "army", "retracts", "st:s2"), "location: said by Army, as Paper reports (taken back);"),
        (said("s3", "witness", "denies", "prop:who"), "denied by Witness, as Paper reports"),
    ],
    ids=["nobody disputes it", "disputed", "a part is taken back", "denied"],
)
def test_who_disputes_denies_or_took_back_a_part_is_told(more: str, told: str) -> None:
    world = SmallWorld.create()
    turtle = (
        "prop:who a ck:IncidentAccount ; ck:perpetrator actor:militia .\n"
        "prop:where a ck:IncidentAccount ; ck:location place:town .\n"
        + said("s1", "army", "asserts", "prop:who")
        + said("s2", "army", "asserts", "prop:where", more="ck:partOfStatement st:s1")
        + more
    )
    where = '{perpetrator: {id: {eq: "actor:militia"}}, location: {id: {eq: "place:town"}}}'
    query = GraphQLRequest(query=f"{{ incidentAccounts(where: {where}) {{ totalCount }} }}")
    (warning,) = world.service.execute(query, world.store(turtle)).formatted["extensions"]["warnings"]
    assert told in warning["message"]
    assert [found["condition"] for found in warning["conditions"]] == ["location", "perpetrator"]


def test_the_statement_that_is_named_has_the_roles(execute: Execute) -> None:
    account = "asserts { ... on IncidentAccount { perpetrator { totalCount } location { totalCount } attribution } }"
    selection = f"attribution {account} parts {{ nodes {{ attribution {account} }} }}"
    content = execute(f'{{ statement(id: "{STATEMENT}") {{ {selection} }} }}')
    whole = content["data"]["statement"]
    accounts = [whole["asserts"], *(part["asserts"] for part in whole["parts"]["nodes"])]
    for role in ("perpetrator", "location"):
        assert sum(account[role]["totalCount"] for account in accounts) > 0
    assert not any(account["perpetrator"]["totalCount"] and account["location"]["totalCount"] for account in accounts)


@pytest.mark.parametrize(
    "where",
    [
        DOER,
        f"{DOER}, incident: {{exists: true}}",
        f'{DOER}, location: {{id: {{eq: "place:jobar"}}}}',
        f"{DOER}, {PLACE}, not: {{weapon: {{exists: true}}}}",
        f"or: [{{{DOER}, {PLACE}}}]",
    ],
    ids=["one condition", "some match", "no statement has both", "a negation", "an alternative"],
)
def test_other_filters_get_no_such_warning(where: str, execute: Execute) -> None:
    assert [warning for warning in warnings(execute, where) if "statement" in warning] == []


def test_a_page_that_is_empty_by_its_size_or_offset_gets_no_such_warning(execute: Execute) -> None:
    matching = f"{DOER}, incident: {{exists: true}}"
    assert warnings(execute, matching, arguments="first: 0,") == []
    assert warnings(execute, matching, "nodes { id attribution }", "offset: 400,") == []


def test_a_request_is_looked_at_in_few_queries(execute: Execute) -> None:
    number = split_statements.CONNECTIONS_MAX + 3
    fields = " ".join(
        f"a{index}: incidentAccounts(where: {{{DOER}, {PLACE}}}) {{ totalCount }}" for index in range(number)
    )
    content = execute(f"{{ {fields} }}", explain=True)
    texts = [query["sparql"] for query in content["extensions"]["explain"]]
    assert sum("AS ?statement)" in text for text in texts) == split_statements.CONNECTIONS_MAX
    assert all(f"LIMIT {split_statements.STATEMENTS_MAX} }}" in text for text in texts if "AS ?statement)" in text)
