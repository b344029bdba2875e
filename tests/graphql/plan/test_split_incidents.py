"""A filter that only several accounts of one incident match together is empty, and a warning says who says which."""

from collections.abc import Callable
from typing import Any

import pytest

from kg.graphql.plan import split_incidents, split_statements

Execute = Callable[..., dict[str, Any]]
DOER, WEAPON = 'perpetrator: {id: {eq: "actor:united-states"}}', "weapon: {within: MISSILE}"
HOME = "https://w3id.org/conflict-kg/id/"
STRIKE = f"{HOME}incident/aj-2017-04-19-strike"
OF_STRIKE = 'incident: {id: {eq: "incident:aj-2017-04-19-strike"}}'
OF_MISSILES = 'incident: {id: {eq: "incident:aj-2017-04-19-missiles"}}'
SPOKEN = {
    "perpetrator": "asserted by Bellingcat (published by Syrian Archive); said by United States Central Command, as"
    " Bellingcat reports",
    "weapon": "said by a US official (not named) to a Washington Post reporter (not named), as Bellingcat"
    " (published by Syrian Archive) reports",
}


def warnings(execute: Execute, query: str) -> list[dict[str, Any]]:
    content = execute(f"{{ {query} }}")
    assert "errors" not in content
    found: list[dict[str, Any]] = content["extensions"].get("warnings", [])
    return found


def accounts(where: str) -> str:
    return f"incidentAccounts(where: {{{where}}}) {{ totalCount }}"


@pytest.mark.parametrize(
    "query",
    [
        accounts(f"{DOER}, {WEAPON}"),
        accounts(f"and: [{{{DOER}}}, {{{WEAPON}}}]"),
        accounts(f"{DOER}, {WEAPON}, {OF_STRIKE}"),
        f"incidentAccounts(where: {{{DOER}, {WEAPON}}}) {{ nodes {{ id attribution }} }}",
        f"incidents(where: {{accounts: {{{DOER}, {WEAPON}}}}}) {{ totalCount }}",
        f'incidents(where: {{prefLabel: {{contains: "strike"}}, accounts: {{{DOER}, {WEAPON}}}}}) {{ totalCount }}',
        f'incident(id: "{STRIKE}") {{ accounts(where: {{{DOER}, {WEAPON}}}) {{ nodes {{ attribution }} }} }}',
    ],
)
def test_roles_in_two_accounts_of_one_incident_are_a_warning_with_who_says_each(query: str, execute: Execute) -> None:
    (warning,) = warnings(execute, query)
    assert warning["incident"] == STRIKE
    assert {found["condition"]: found["attribution"] for found in warning["conditions"]} == SPOKEN
    for found in warning["conditions"]:
        assert (
            f'{found["condition"]}: {found["attribution"]} (statement(id: "{found["statement"]}"))'
            in warning["message"]
        )


def test_the_role_by_which_the_accounts_of_an_actor_are_reached_is_one_of_the_conditions(execute: Execute) -> None:
    selection = f"perpetratorIn(where: {{{WEAPON}}}) {{ nodes {{ attribution }} }}"
    (warning,) = warnings(execute, f'actor(id: "actor:united-states") {{ {selection} }}')
    spoken = {found["condition"]: found["attribution"] for found in warning["conditions"]}
    assert spoken == {"weapon": SPOKEN["weapon"], "perpetratorIn": SPOKEN["perpetrator"]}


def test_the_statements_that_are_named_say_so(execute: Execute) -> None:
    (warning,) = warnings(execute, accounts(f"{DOER}, {WEAPON}"))
    for found in warning["conditions"]:
        account = f"asserts {{ ... on IncidentAccount {{ {found['condition']} FIELDS attribution }} }}"
        fields = "{ totalCount }" if found["condition"] == "perpetrator" else ""
        query = f'{{ statement(id: "{found["statement"]}") {{ attribution {account.replace("FIELDS", fields)} }} }}'
        said = execute(query)["data"]["statement"]["asserts"]
        assert said[found["condition"]] in ({"totalCount": 1}, ["MISSILE"])
        assert said["attribution"] == found["attribution"]


def test_what_is_said_of_a_part_answers_for_the_incident_and_is_called_so(execute: Execute) -> None:
    (warning,) = warnings(execute, accounts(f"{OF_STRIKE}, count: {{countOf: {{eq: MISSILES}}}}"))
    assert [found["condition"] for found in warning["conditions"]] == ["count"]
    assert "and of its parts do: count: asserted by Bellingcat" in warning["message"]


@pytest.mark.parametrize(
    "query",
    [
        accounts(DOER),
        accounts(f"{DOER}, incidentType: {{exists: true}}"),
        accounts(f"{OF_MISSILES}, incidentType: {{eq: AIRSTRIKE}}"),
        accounts(f"{DOER}, {WEAPON}, not: {{location: {{exists: true}}}}"),
        accounts(f'{DOER}, location: {{id: {{eq: "place:jobar"}}}}'),
        f"incidents(where: {{and: [{{accounts: {{{DOER}}}}}, {{accounts: {{{WEAPON}}}}}]}}) {{ totalCount }}",
        f'incidents(where: {{prefLabel: {{contains: "zzz"}}, accounts: {{{DOER}, {WEAPON}}}}}) {{ totalCount }}',
    ],
    ids=[
        "one condition", "some match", "only the whole has it", "a negation", "no incident has both",
        "different accounts are asked for", "no such incident",
    ],
)  # fmt: skip
def test_other_filters_get_no_such_warning(query: str, execute: Execute) -> None:
    assert [warning for warning in warnings(execute, query) if "incident" in warning] == []


def test_parts_of_one_statement_are_one_warning_not_two(execute: Execute) -> None:
    (warning,) = warnings(execute, accounts(f'{DOER}, location: {{id: {{eq: "place:aleppo-province"}}}}'))
    assert "statement" in warning


def test_a_request_is_looked_at_in_few_bounded_queries(execute: Execute) -> None:
    number = split_statements.CONNECTIONS_MAX + 3
    fields = " ".join(f"a{index}: {accounts(f'{DOER}, {WEAPON}')}" for index in range(number))
    content = execute(f"{{ {fields} }}", explain=True)
    texts = [query["sparql"] for query in content["extensions"]["explain"]]
    searches = [text for text in texts if text.startswith("SELECT DISTINCT ?incident ")]
    assert len(searches) == split_statements.CONNECTIONS_MAX
    assert all(text.count(f"LIMIT {split_incidents.INCIDENTS_MAX} }}") == 2 for text in searches)
