"""The number of SPARQL queries of a request: one a layer, whatever the number of rows."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kg.graphql.execute import GraphQLService
from kg.graphql.plan.batch_loader import BatchLoader
from kg.graphql.plan.sparql_session import SparqlSession
from kg.questions.catalogue import Catalogue
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.remote import RemoteStore

Execute = Callable[..., dict[str, Any]]
DOCUMENTS = sorted((Path(__file__).parents[3] / "kg" / "questions").glob("*.graphql"))
WHOSE = "speaker { id } reportedIn { nodes { id } }"
MAIN = """query ($n: Int) { zones(first: $n) { nodes { prefLabel coverage { nodes { status attribution
  ... on ZoneCoverage { place { nodes { prefLabel } } }
  statements { nodes { speaker { prefLabel } attribution quote { nodes { words { exact } } } } } } } } } }"""


def query_count(content: dict[str, Any]) -> int:
    assert "errors" not in content, content["errors"]
    count: int = content["extensions"]["queries"]
    return count


def test_the_number_of_queries_does_not_grow_with_rows(execute: Execute) -> None:
    counts = {n: query_count(execute(MAIN, n=n)) for n in (1, 2, 5, 50)}
    assert set(counts.values()) == {9}


@pytest.mark.parametrize("paged", ["", "(first: 2, orderBy: [{field: HEDGE}])", "(where: {hedge: {eq: NONE}})"])
def test_the_number_of_queries_does_not_grow_with_parents(paged: str, execute: Execute) -> None:
    query = (
        f"query ($n: Int) {{ actors(first: $n) {{ nodes {{ statementsMade{paged} {{ nodes {{ id {WHOSE} }} }} }} }} }}"
    )
    counts = {n: query_count(execute(query, n=n)) for n in (1, 3, 9, 100)}
    assert counts[1] <= counts[9] == counts[100] <= 5


@pytest.mark.parametrize("depth", [1, 2, 5, 9])
def test_the_number_of_queries_grows_with_depth(depth: int, execute: Execute) -> None:
    query = "{ statements { nodes { " + f"{WHOSE} partOfStatement {{ " * depth + WHOSE + " }" * depth + " } } }"
    assert query_count(execute(query)) <= depth + 3


def test_values_selected_twice_are_loaded_once(execute: Execute) -> None:
    once = execute('{ zone(slug: "idlib") { prefLabel } }', explain=True)
    names = " ".join(f"n{number}: prefLabel" for number in range(30))
    often = execute(f'{{ zone(slug: "idlib") {{ {names} }} again: zone(slug: "idlib") {{ prefLabel }} }}', explain=True)
    texts = [[query["sparql"] for query in content["extensions"]["explain"]] for content in (once, often)]
    assert texts[0] == texts[1]


def test_nodes_are_counted_only_if_total_count_is_selected(execute: Execute) -> None:
    page = "zones(orderBy: [{field: PREF_LABEL}])"
    without, counted = (
        execute(f"{{ {page} {{ nodes {{ id }} {more} }} }}", explain=True) for more in ("", "totalCount")
    )
    assert "COUNT" not in str(without["extensions"])
    assert "COUNT" in str(counted["extensions"])


def test_explain_reports_sparql_that_can_be_run(execute: Execute, shipped_store: EmbeddedStore) -> None:
    for query in execute(MAIN, explain=True, n=3)["extensions"]["explain"]:
        assert shipped_store.query(query["sparql"])
        assert query["milliseconds"] >= 0
    assert "explain" not in execute(MAIN, n=3)["extensions"]


def test_client_text_occurs_in_sparql_only_inside_terms(execute: Execute) -> None:
    content = execute('{ zones(where: {prefLabel: {contains: "\\"} UNION { ?s ?p"}}) { nodes { id } } }', explain=True)
    assert '\\"} UNION { ?s ?p"' in content["extensions"]["explain"][0]["sparql"]


def test_loaded_values_are_freed_when_the_request_ends(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    """By reference counting: a garbage collection would traverse all of them during other requests."""
    loaders: list[weakref.ref[BatchLoader]] = []

    class TrackedBatchLoader(BatchLoader):
        def __init__(self, session: SparqlSession) -> None:
            super().__init__(session)
            loaders.append(weakref.ref(self))

    monkeypatch.setattr("kg.graphql.plan.layer_plan.BatchLoader", TrackedBatchLoader)
    gc.collect()
    gc.disable()
    try:
        assert execute(MAIN, n=5)["data"]
        assert [loader() for loader in loaders] == [None]
    finally:
        gc.enable()


@pytest.fixture(scope="module")
def remote(union_engine: str, shipped_store: EmbeddedStore) -> Iterator[RemoteStore]:
    """The shipped data in another process, behind the SPARQL Protocol."""
    with closing(RemoteStore.open(f"{union_engine}/query")) as store:
        store.apply(Change.from_quads(added=frozenset(shipped_store.quads())))
        yield store


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_remote_engine_gives_the_same_data(
    document: Path,
    service: GraphQLService,
    execute_on: Callable[..., Execute],
    remote: RemoteStore,
    catalogue: Catalogue,
) -> None:
    query = document.read_text(encoding="utf-8")
    variables = dict(catalogue.question(document.stem).example)
    here, there = (execute_on(service, *store)(query, **variables) for store in ((), (remote,)))
    assert "errors" not in here, here
    assert there["data"] == here["data"]
    assert there["extensions"]["queries"] == here["extensions"]["queries"]


@pytest.mark.slow
def test_a_remote_engine_filters_orders_and_pages_alike(
    service: GraphQLService, execute_on: Callable[..., Execute], remote: RemoteStore
) -> None:
    query = """{ statements(first: 30, offset: 5, orderBy: [{field: HEDGE, direction: DESC}, {field: SAID_WHEN}],
      where: {or: [{speaker: {prefLabel: {contains: "a"}}}, {not: {quote: {exists: true}}}]}) {
        totalCount edges { cursor node { id attribution
          speaker { statementsMade(last: 2) { nodes { id } totalCount } } } } }
      places(where: {within: "place:syria"}, first: 100) { nodes { id homeGraph { id title }
        prefLabelTexts { text lang } } } }"""
    assert execute_on(service, remote)(query)["data"] == execute_on(service)(query)["data"]
