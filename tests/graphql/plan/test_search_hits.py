"""The root field ``search``: what it needs, what it costs, and that nothing said is selected without who says it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from text_search import execute_with_index, index_of

from kg.graphql.execute import GraphQLRequest, GraphQLResult, GraphQLService
from kg.search.text_index import TextIndex
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

Search = Callable[..., GraphQLResult]
SEARCH_OF = 'a{0}: search(text: "{0}") {{ attribution }}'.format


@pytest.fixture(scope="module")
def index(shipped_store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextIndex]:
    with index_of(shipped_store, tmp_path_factory.mktemp("index")) as index:
        yield index


@pytest.fixture(scope="module")
def service(make_service: Callable[..., GraphQLService]) -> GraphQLService:
    return make_service()


@pytest.fixture
def search(service: GraphQLService, shipped_store: EmbeddedStore, index: TextIndex) -> Search:
    def execute(query: str, **variables: Any) -> GraphQLResult:
        return execute_with_index(service, GraphQLRequest(query=query, variables=variables), shipped_store, index)

    return execute


def data_of(result: GraphQLResult) -> Any:
    assert result.formatted.get("errors") is None, result.formatted
    return result.formatted["data"]


def code_of(result: GraphQLResult) -> str:
    (error,) = result.formatted["errors"]
    code: str = error["extensions"]["code"]
    return code


def test_request_without_candidates_names_the_texts_and_reads_nothing(service: GraphQLService) -> None:
    query = '{ a: search(text: "x") { id attribution } b: search(text: "y") { id attribution } zones { totalCount } }'

    class NoStore:
        def query(self, text: str) -> Any:
            raise AssertionError(text)

    result = service.execute(GraphQLRequest(query=query), NoStore())
    assert result.searches == ("x", "y")
    assert not result.is_executed


def test_hits_have_nodes_and_statements(search: Search) -> None:
    query = """query ($text: String!) {
      search(text: $text, kinds: ["place", "statement"], first: 5) {
        id kind name text lang matched match attribution
        node { id __typename ... on Statement { attribution } }
        statements { act hedge attribution speaker { id } reportedIn { nodes { id } } }
      }
    }"""
    first, *_ = data_of(search(query, text="عين ترما"))["search"]
    assert first["id"].endswith("/place/ein-tarma")
    assert first["node"] == {"id": first["id"], "__typename": "Place"}
    assert (first["matched"], first["match"], first["lang"]) == ("NAME", "SAME", "ar")
    assert first["attribution"] is None
    assert first["statements"] == []
    for hit in data_of(search(query, text="reduction"))["search"]:
        assert hit["kind"] == "statement"
        assert hit["matched"] == "WORDS"
        assert hit["node"]["__typename"] == "Statement"
        assert hit["statements"][0]["speaker"]["id"]
        assert "hedge:" in hit["attribution"]


def test_every_hit_that_is_said_is_attributed(search: Search) -> None:
    query = (
        "query ($text: String!) { search(text: $text, first: 100) { matched attribution statements { attribution } } }"
    )
    said = 0
    for text in ("Al Qa\u2019eda", "mosque", "killed", "terrorists"):
        for hit in data_of(search(query, text=text))["search"]:
            is_said = hit["matched"] in ("CALLED", "WORDS")
            assert bool(hit["attribution"]) == bool(hit["statements"]) == is_said
            said += is_said
    assert said > 20


def test_who_rejects_a_name_is_in_its_attribution(search: Search) -> None:
    query = '{ search(text: "Al Qa\u2019eda") { id attribution } }'
    (called,) = [hit for hit in data_of(search(query))["search"] if hit["id"].endswith("/idlib-opposition")]
    assert "said by United States of America" in called["attribution"]
    assert "denied by EA WorldView" in called["attribution"]


@pytest.mark.parametrize("selected", ["id", "text", "matched", "node { id }", "statements { id }", "__typename"])
def test_hit_without_who_says_it_is_refused(search: Search, selected: str) -> None:
    assert code_of(search(f'{{ search(text: "x") {{ {selected} }} }}')) == "ATTRIBUTION_REQUIRED"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ search(text: " ") { id attribution } }', "BAD_USER_INPUT"),
        ('{ search(text: "%s") { id attribution } }' % ("x" * 401), "BAD_USER_INPUT"),
        ('{ search(text: "x", first: 101) { id attribution } }', "PAGE_LIMIT_EXCEEDED"),
        ('{ search(text: "x", first: -1) { id attribution } }', "PAGE_LIMIT_EXCEEDED"),
        ('{ search(text: "x", kinds: ["plaice"]) { id attribution } }', "BAD_USER_INPUT"),
        (f"{{ {' '.join(map(SEARCH_OF, range(6)))} }}", "COST_LIMIT_EXCEEDED"),
    ],
)
def test_what_cannot_be_searched_is_refused(search: Search, query: str, code: str) -> None:
    assert code_of(search(query)) == code


def test_unknown_kind_is_answered_with_the_nearest(search: Search) -> None:
    (error,) = search('{ search(text: "x", kinds: ["plaice"]) { attribution } }').formatted["errors"]
    assert "'place'" in error["message"]


ACCOUNTS = "attribution node { ... on Place { accountsHere(first: 12) { nodes { id attribution } } } }"


@pytest.mark.parametrize(
    ("arguments", "selected", "cost"),
    [
        ('text: "x"', "attribution", 20),
        ('text: "x", first: 7', "attribution", 7),
        ('text: "x", first: 7', ACCOUNTS, 7 * 12),
        ('text: "x", first: 7', "statements { attribution }", 7),
    ],
)
def test_cost_counts_the_hits_and_what_is_selected_of_each(
    search: Search, arguments: str, selected: str, cost: int
) -> None:
    result = search(f"{{ search({arguments}) {{ {selected} }} }}")
    assert result.formatted["extensions"]["cost"]["asked"] == cost


def test_number_of_queries_does_not_grow_with_the_hits(search: Search) -> None:
    query = """query ($first: Int) {
      search(text: "a", first: $first) { attribution node { id homeGraph { id } } statements { attribution } }
    }"""
    few, many = (search(query, first=first).formatted["extensions"]["queries"] for first in (2, 100))
    assert many <= few + 4
