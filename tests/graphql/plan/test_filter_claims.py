"""A filter on what is said says who says it: in the answer, or in the extension ``claims``."""

from collections.abc import Callable
from typing import Any

import pytest
from small_world import SmallWorld, said

from kg import namespaces
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.plan.filter_claims import MAX_SPEAKERS

Execute = Callable[..., dict[str, Any]]
ACCUSED = '{perpetrator: {id: {eq: "actor:syrian-government"}}}'


def claims(content: dict[str, Any]) -> list[dict[str, Any]]:
    assert "errors" not in content
    found: list[dict[str, Any]] = content["extensions"].get("claims", [])
    return found


FILTERS = {
    "a role counted": f"{{ incidentAccounts(where: {ACCUSED}) {{ totalCount }} }}",
    "a role by the ids of propositions": f"{{ incidentAccounts(where: {ACCUSED}) {{ nodes {{ id }} }} }}",
    "a role by whether there is a page": f"{{ incidentAccounts(where: {ACCUSED}) "
    "{ pageInfo { hasNextPage } totalCount } }",
    "things by what is said of them": f"{{ incidents(where: {{accounts: {ACCUSED}}}) {{ nodes {{ id prefLabel }} }} }}",
    "actors by a role": "{ actors(where: {perpetratorIn: {exists: true}}) { nodes { id } } }",
    "actors without a role": "{ actors(where: {perpetratorIn: {exists: false}}) { nodes { id } } }",
    "all but those": f"{{ incidentAccounts(where: {{not: {ACCUSED}}}) {{ totalCount }} }}",
    "all but those, twice": f"{{ incidents(where: {{not: {{not: {{accounts: {ACCUSED}}}}}}}) {{ totalCount }} }}",
    "one of two": f'{{ incidents(where: {{or: [{{accounts: {ACCUSED}}}, {{id: {{eq: "incident:x"}}}}]}}) '
    "{ totalCount } }",
    "both of two": f"{{ incidents(where: {{and: [{{accounts: {ACCUSED}}}]}}) {{ totalCount }} }}",
    "labels letter by letter": '{ labellings(where: {label: {startsWith: "Al"}}) { totalCount } }',
    "a date": '{ incidentAccounts(where: {when: {mayBe: "2017-07"}}) { totalCount } }',
    "a derived date": '{ incidentAccounts(where: {earliest: {gte: "2017-07-01"}}) { totalCount } }',
    "a number": "{ incidentAccounts(where: {count: {minimum: {gte: 1}}}) { totalCount } }",
    "a member of an interface": '{ propositions(where: {asLabelling: {label: {contains: "a"}}}) { totalCount } }',
    "statements by what they assert": '{ statements(where: {asserts: {gist: {contains: "a"}}}) { totalCount } }',
    "statements by their words": '{ statements(where: {quote: {words: {exact: {contains: "chem"}}}}) { totalCount } }',
    "the content of positions": '{ positions(where: {content: {gist: {contains: "a"}}}) { totalCount } }',
    "a connection inside": '{ source(slug: "syria-daily-2017-08-07") { reports(where: '
    '{asserts: {gist: {contains: "a"}}}) { totalCount } } }',
    "a connection inside, by its page": '{ source(slug: "syria-daily-2017-08-07") { reports(first: 2, where: '
    '{denies: {gist: {contains: "a"}}}) { nodes { id } } } }',
    "an empty page": f"{{ incidentAccounts(first: 0, where: {ACCUSED}) {{ totalCount nodes {{ attribution }} }} }}",
    "a page beyond the last": f"{{ incidentAccounts(offset: 999, where: {ACCUSED}) "
    "{ totalCount nodes { attribution } } }",
    "whether there is a next page": f"{{ incidentAccounts(first: 0, where: {ACCUSED}) "
    "{ pageInfo { hasNextPage } } }",
    "under an alias": f"{{ n: incidentAccounts(where: {ACCUSED}) {{ totalCount }} }}",
    "that somebody denies it": "{ propositions(where: {deniedBy: {exists: true}}) { totalCount } }",
    "that nobody denies it": "{ propositions(where: {deniedBy: {exists: false}}) { nodes { id } } }",
    "statements by what they deny": '{ statements(where: {denies: {id: {eq: "proposition:sd-2017-08-07-f24"}}}) '
    "{ totalCount } }",
    "statements by who dispute them": "{ statements(where: {disputedBy: {exists: true}}) { nodes { id } } }",
    "statements by the aspect that they dispute": "{ statements(where: {disputedAspect: {eq: LABEL}}) { totalCount } }",
    "statements that were taken back": "{ statements(where: {retractedBy: {exists: true}}) { totalCount } }",
    "a statement of one act on a proposition": '{ proposition(id: "proposition:sd-2017-08-07-f24") { '
    "statements(where: {denies: {exists: true}}) { totalCount } } }",
    "statements by their hedge, in an answer": "{ propositions(where: {statements: {hedge: {eq: UNCLEAR}}}) "
    "{ nodes { id } } }",
    "statements that restate others": "{ statements(where: {restates: {exists: false}}) { totalCount } }",
    "sources by what cites them": "{ sources(where: {citedIn: {exists: true}}) { totalCount } }",
    "statements that stand": "{ statements(where: {retractedBy: {exists: false}}) { totalCount } }",
    "passages by what they cite": "{ sources(where: {passages: {cites: {exists: true}}}) { totalCount } }",
    "zones by who declares them": "{ zones(where: {declaredBy: {exists: true}}) { totalCount } }",
    "zones that nobody declares": "{ zones(where: {not: {declaredBy: {exists: true}}}) { totalCount } }",
    "a number that another number is part of": "{ incidentAccounts(where: {count: {partOfCount: {minimum: {gte: 38}}}})"
    " { totalCount } }",
    "a page that shows one of several": f"{{ incidentAccounts(first: 1, where: {ACCUSED}) "
    "{ totalCount nodes { attribution } } }",
    "whether there are more than the page shows": f"{{ incidentAccounts(first: 1, where: {ACCUSED}) "
    "{ pageInfo { hasNextPage } nodes { attribution } } }",
    "with statements, which might not be there": f"{{ incidentAccounts(where: {ACCUSED}) {{ totalCount nodes {{ id "
    "statements { nodes { attribution } } } } }",
    "in a fragment of a connection": f"{{ incidentAccounts(where: {ACCUSED}) {{ ...c }} }} "
    "fragment c on IncidentAccountConnection { totalCount }",
}


@pytest.mark.parametrize("query", FILTERS.values(), ids=FILTERS)
def test_a_filter_on_content_is_said_to_match_a_claim(query: str, execute: Execute) -> None:
    (claim, *_) = claims(execute(query))
    assert claim["message"].startswith(("The filter matches what is ", "The filter leaves out what is "))
    assert claim["speakers"]
    names = {speaker["prefLabel"] for speaker in claim["speakers"]}
    assert sum(name in claim["message"] for name in names) >= min(len(names), MAX_SPEAKERS)
    assert all(speaker["sources"] for speaker in claim["speakers"])
    assert all(source in claim["message"] for speaker in claim["speakers"] for source in speaker["sources"])


@pytest.mark.parametrize(
    "query",
    [
        f"{{ incidentAccounts(where: {ACCUSED}) {{ totalCount nodes {{ attribution }} }} }}",
        '{ zones(where: {prefLabel: {contains: "East"}}) { totalCount } }',
        '{ incidentAccounts(where: {statements: {speaker: {id: {eq: "actor:russia"}}}}) { totalCount } }',
        "{ incidentAccounts { totalCount } }",
        f"{{ incidentAccounts(first: 1, where: {ACCUSED}) {{ nodes {{ attribution }} }} }}",
        "{ statements(where: {denies: {exists: true}}) { nodes { speaker { id } reportedIn { nodes { id } } } } }",
        "{ statements(where: {hedge: {eq: UNLIKELY}}) { nodes { attribution } } }",
        "{ propositions(where: {deniedBy: {exists: true}}) { nodes { headline } } }",
        '{ statements(where: {saidWhen: {mayBe: "2017"}, reportedIn: {exists: true}}) { totalCount } }',
        '{ actor(slug: "syrian-government") { perpetratorIn(first: 500) { totalCount nodes { attribution } } } }',
        '{ actor(slug: "syrian-government") { perpetratorIn(first: 1) { nodes { attribution } } } }',
        '{ labellings(where: {label: {eq: "nobody says this"}}) { totalCount } }',
    ],
)
def test_a_filter_that_names_no_content_or_is_attributed_says_nothing(query: str, execute: Execute) -> None:
    assert claims(execute(query)) == []


def test_whatever_statements_are_filtered_by_but_whose_they_are_is_said_to_match_a_claim(
    service: GraphQLService, execute: Execute
) -> None:
    """Generated from the schema: a field that is added is contested unless it says whose a statement is."""
    provenance = {"id", "and", "or", "not", "exists", "speaker", "reportedIn", "recordedBy", "saidTo",
                  "saidWhen", "saidEarliest", "saidLatest", "saidSpan"}  # fmt: skip
    names = service.schema.type_map["StatementWhere"].fields.keys()  # type: ignore[attr-defined]
    assert provenance <= names
    for name in names - provenance:
        matched = [execute(f"{{ statements(where: {where}) {{ totalCount }} }}")
                   for where in (f"{{{name}: {{exists: true}}}}", f"{{{name}: {{exists: false}}}}",
                                 f"{{not: {{{name}: {{exists: true}}}}}}")]  # fmt: skip
        for content in matched:
            assert claims(content) or not content["data"]["statements"]["totalCount"], name


ONE_COUNT = 'id: {eq: "proposition:sd-2017-08-07-f33"}'
ONE_LABEL = 'id: {eq: "proposition:aj-2017-04-19-s09-label"}'
ONE_STATEMENT = 'id: {eq: "statement:aj-2017-04-19-s13-label"}'
AFTER_ALL, BEFORE_ALL = "WyJ6Il0", "WyJhIl0"
EMPTY = {
    "a label that it has not": f'{{ labellings(where: {{{ONE_LABEL}, label: {{eq: "zebra"}}}}) {{ totalCount }} }}',
    "a role that it has": f"{{ labellings(where: {{{ONE_LABEL}, labelled: {{exists: false}}}}) {{ totalCount }} }}",
    "all acts but one": f"{{ statements(where: {{{ONE_STATEMENT}, or: [{{denies: {{exists: true}}}}, "
    "{leavesOpen: {exists: true}}, {supposes: {exists: true}}]}) { nodes { attribution } } }",
    "all wordings but one": f"{{ statements(where: {{{ONE_STATEMENT}, hedge: {{in: []}}}}) {{ totalCount }} }}",
    "two conditions, of which one selects a node": '{ labellings(where: {label: {contains: "Qa"}, '
    "labelled: {exists: false}}) { totalCount } }",
    "by a page": f"{{ labellings(where: {{{ONE_LABEL}, labelled: {{exists: false}}}}, first: 0) "
    "{ pageInfo { hasNextPage } } }",
    "between two cursors": '{ labellings(where: {label: {contains: "zebra"}}, '
    f'after: "{BEFORE_ALL}", before: "{AFTER_ALL}") {{ nodes {{ attribution }} }} }}',
    "of a parent": '{ actor(slug: "bellingcat") { statementsMade(where: {hedge: {in: []}}) { totalCount } } }',
    "of one parent of several": '{ actors(where: {id: {in: ["actor:bellingcat", "actor:ea-worldview"]}}) { nodes { '
    "statementsMade(where: {hedge: {eq: IF}}) { nodes { attribution } } } } }",
    "what is said of a thing": '{ incidents(where: {id: {eq: "incident:aj-2017-04-19-strike"}, '
    'accounts: {perpetrator: {id: {eq: "actor:iran"}}}}) { totalCount } }',
    "what is not said of a thing": '{ incidents(where: {id: {eq: "incident:aj-2017-04-19-strike"}, '
    'not: {accounts: {perpetrator: {id: {eq: "actor:iran"}}}}}) { totalCount } }',
    "an order and a cursor": f"{{ labellings(where: {{{ONE_LABEL}}}, orderBy: {{field: LABEL}}, "
    'after: "WyJ6eiIsInoiXQ") { nodes { attribution } } }',
    "an order and a cursor, with the number": f"{{ labellings(where: {{{ONE_LABEL}}}, orderBy: {{field: LABEL}}, "
    'after: "WyJ6eiIsInoiXQ") { totalCount nodes { attribution } } }',
    "statements in an order and a cursor": f"{{ statements(where: {{{ONE_STATEMENT}}}, orderBy: {{field: HEDGE}}, "
    'after: "WyJ6eiIsInoiXQ") { nodes { attribution } } }',
}


@pytest.mark.parametrize("query", EMPTY.values(), ids=EMPTY)
def test_an_empty_answer_says_whose_words_it_depends_on(query: str, execute: Execute) -> None:
    claim = claims(execute(query))[-1]
    assert claim["message"].startswith("The answer depends on what is ")
    assert all(speaker["prefLabel"] in claim["message"] for speaker in claim["speakers"])


@pytest.mark.parametrize(
    "page", [f'before: "{BEFORE_ALL}"', "last: 1, offset: 100", "first: 0", f'after: "{AFTER_ALL}"']
)
@pytest.mark.parametrize(
    "connection",
    [
        '{{ labellings(where: {{label: {{contains: "terrorist"}}}}, {}) {} }}',
        "{{ incidents(where: {{accounts: {{perpetrator: {{exists: true}}}}}}, {}) {} }}",
        '{{ actor(slug: "bellingcat") {{ statementsMade(where: {{denies: {{exists: true}}}}, {}) {} }} }}',
    ],
)
def test_whether_there_are_other_pages_is_said_to_match_a_claim(connection: str, page: str, execute: Execute) -> None:
    assert claims(execute(connection.format(page, "{ pageInfo { hasNextPage hasPreviousPage } }")))


def test_speakers_who_deny_are_named_as_well(execute: Execute) -> None:
    (claim,) = claims(execute('{ labellings(where: {label: {contains: "Qa"}}) { totalCount } }'))
    assert {(speaker["does"], speaker["prefLabel"]) for speaker in claim["speakers"]} >= {
        ("said", "United States of America"),
        ("denied", "EA WorldView"),
    }


def test_speakers_who_dispute_are_named_as_well(execute: Execute) -> None:
    (claim,) = claims(execute('{ labellings(where: {label: {contains: "community hall"}}) { totalCount } }'))
    assert {("told as a claim", "United States Department of Defense"), ("disputed", "Bellingcat")} <= {
        (speaker["does"], speaker["prefLabel"]) for speaker in claim["speakers"]
    }


@pytest.mark.parametrize(
    ("where", "does"),
    [
        (f'{ACCUSED[:-1]}, when: {{within: "2017-07-11"}}}}', "told as a claim"),
        ('{perpetrator: {id: {eq: "actor:russia"}}}', "spoken of as an aim, a promise or the like"),
        ('{shownIn: {exists: true}, gist: {contains: "a"}}', "spoken of as shown"),
    ],
)
def test_the_verb_of_a_claim_or_an_aim_is_not_that_of_an_assertion(where: str, does: str, execute: Execute) -> None:
    found = claims(execute(f"{{ incidentAccounts(where: {where}) {{ totalCount }} }}"))
    assert does in {speaker["does"] for claim in found for speaker in claim["speakers"]}


def test_the_whole_of_a_number_is_said_by_its_own_speaker(execute: Execute) -> None:
    (claim,) = claims(execute(FILTERS["a number that another number is part of"]))
    assert {"Human Rights Watch", "Syria Civil Defence"} <= {speaker["prefLabel"] for speaker in claim["speakers"]}


@pytest.mark.parametrize("number", ["totalCount", "pageInfo { hasNextPage }"])
def test_the_number_of_a_role_is_said_by_all_who_say_it(number: str, execute: Execute) -> None:
    query = (
        f'{{ actor(slug: "syrian-government") {{ perpetratorIn(first: 1) {{ {number} nodes {{ attribution }} }} }} }}'
    )
    (claim,) = claims(execute(query))
    assert claim["message"].startswith("The number counts what is said by ")
    assert len(claim["speakers"]) > 1


@pytest.mark.parametrize(
    "query",
    [
        "{ sources { nodes { citedIn { totalCount } } } }",
        '{ actor(slug: "syrian-government") { perpetratorIn(offset: 999) { totalCount nodes { attribution } } } }',
        '{ actor(slug: "syrian-government") { perpetratorIn(after: "WyJ6Il0") { pageInfo { hasPreviousPage } '
        "nodes { attribution } } } }",
        '{ zone(slug: "idlib") { declaredBy(after: "WyJ6Il0") { pageInfo { hasPreviousPage } '
        "nodes { attribution } } } }",
    ],
)
def test_the_number_of_what_is_not_shown_is_said_by_all_who_say_it(query: str, execute: Execute) -> None:
    (claim,) = claims(execute(query))
    assert claim["message"].startswith("The number counts what is ")


@pytest.mark.parametrize(
    "condition",
    [
        "not: {labelled: {exists: true}}",
        'not: {label: {contains: "a"}}',
        "and: [{not: {labelled: {exists: true}}}]",
        "retracted",
    ],
)
def test_what_is_left_out_is_what_the_rest_of_the_filter_matches(condition: str, execute: Execute) -> None:
    if condition == "retracted":
        query = f"{{ statements(where: {{{ONE_STATEMENT}, not: {{asserts: {{exists: true}}}}}}) {{ totalCount }} }}"
    else:
        query = f"{{ labellings(where: {{{ONE_LABEL}, {condition}}}) {{ totalCount }} }}"
    alone = claims(execute(query))[0]
    every = claims(execute(query.replace(ONE_LABEL, "").replace(ONE_STATEMENT, "")))[0]
    assert alone["message"].startswith("The filter leaves out what is ")
    assert {speaker["id"] for speaker in alone["speakers"]} < {speaker["id"] for speaker in every["speakers"]}


def test_what_is_negated_twice_is_matched(execute: Execute) -> None:
    query = f"{{ labellings(where: {{{ONE_LABEL}, not: {{not: {{labelled: {{exists: true}}}}}}}}) {{ totalCount }} }}"
    (claim,) = claims(execute(query))
    assert claim["message"].startswith("The filter matches what is ")


def test_an_empty_page_before_a_cursor_is_no_filter_that_matches_nothing(execute: Execute) -> None:
    filtered = '{perpetrator: {id: {eq: "actor:united-states"}}, incidentType: {eq: AIRSTRIKE}}'
    query = f'{{ incidentAccounts(where: {filtered}, before: "{BEFORE_ALL}") {{ pageInfo {{ hasNextPage }} }} }}'
    assert "warnings" not in execute(query)["extensions"]


def test_speakers_are_those_of_the_page_if_nothing_is_counted(execute: Execute) -> None:
    query = "{{ incidents(first: 1, where: {{accounts: {0}}}) {{ {1} nodes {{ id }} }} }}"
    (some,), (everyone,) = (claims(execute(query.format(ACCUSED, more))) for more in ("", "totalCount"))
    assert {speaker["id"] for speaker in some["speakers"]} < {speaker["id"] for speaker in everyone["speakers"]}


def test_claims_of_an_alternative_are_those_of_what_it_matches(execute: Execute) -> None:
    alone = claims(execute(FILTERS["things by what is said of them"].replace("nodes { id prefLabel }", "totalCount")))
    assert claims(execute(FILTERS["one of two"])) == alone


def test_a_dispute_that_was_taken_back_is_no_live_one() -> None:
    world = SmallWorld.create()
    turtle = (
        'prop:n a ck:Labelling ; ck:labelled place:town ; ck:label "hall"@en .\n'
        + said("s1", "paper", "asserts", "prop:n")
        + said("s2", "witness", "disputes", "st:s1")
        + said("s3", "witness", "retracts", "st:s2")
        + said("s4", "army", "disputes", "st:s1")
    )
    query = '{ labellings(where: {label: {eq: "hall"}}) { totalCount } }'
    (claim,) = claims(world.service.execute(GraphQLRequest(query=query), world.store(turtle)).formatted)
    assert {(speaker["does"], speaker["prefLabel"]) for speaker in claim["speakers"]} == {
        ("said", "Paper"),
        ("disputed", "Army"),
        ("disputed and taken back", "Witness"),
    }


def test_speakers_are_sought_once_the_statements_are_known(execute: Execute) -> None:
    content = execute(f"{{ incidents(where: {{accounts: {ACCUSED}}}) {{ totalCount }} }}", explain=True)
    query = content["extensions"]["explain"][-1]["sparql"]
    path = f"?said <{namespaces.DISPUTES}>? ?statement"
    found = query.partition("SELECT DISTINCT ?statement ?by ?act WHERE")[2]
    assert found.count(path) == 1
    assert "UNION" not in found.partition(path)[2]


def test_speakers_are_not_sought_for_what_matches_nothing(execute: Execute) -> None:
    content = execute('{ incidentAccounts(where: {gist: {contains: "zzzz"}}) { totalCount } }', explain=True)
    texts = [query["sparql"] for query in content["extensions"]["explain"]]
    assert [text for text in texts if "?isRetracted" in text] == []
