"""How many SPARQL queries a request becomes: as many as it has levels, whatever the number of rows."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kg.execution.interface import Executor
from kg.execution.passthrough import PassthroughExecutor
from kg.graphql.execute import GraphQLService
from kg.graphql.plan.batch_loader import BatchLoader
from kg.graphql.plan.sparql_session import SparqlSession
from kg.questions.catalogue import Catalogue
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change
from kg.store.remote import RemoteStore

Execute = Callable[..., dict[str, Any]]
DOCUMENTS = sorted((Path(__file__).parents[2] / "kg" / "questions").glob("*.graphql"))
MAIN = """query ($n: Int) { zones(first: $n) { nodes { prefLabel coverage { nodes { status attribution
  ... on ZoneCoverage { place { nodes { prefLabel } } }
  statements { nodes { speaker { prefLabel } quote { nodes { words { exact } } } } } } } } } }"""


def queries_of(content: dict[str, Any]) -> int:
    assert "errors" not in content, content["errors"]
    found: int = content["extensions"]["queries"]
    return found


def test_the_number_of_queries_does_not_grow_with_rows(execute: Execute) -> None:
    counts = {n: queries_of(execute(MAIN, n=n)) for n in (1, 2, 5, 50)}
    assert set(counts.values()) == {6}


@pytest.mark.parametrize("paged", ["", "(first: 2, orderBy: [{field: HEDGE}])", "(where: {hedge: {eq: NONE}})"])
def test_nor_with_parents_of_pages(paged: str, execute: Execute) -> None:
    query = f"query ($n: Int) {{ actors(first: $n) {{ nodes {{ statementsMade{paged} {{ nodes {{ id }} }} }} }} }}"
    counts = {n: queries_of(execute(query, n=n)) for n in (1, 3, 9, 100)}
    assert set(counts.values()) <= {2, 3}, "an actor without statements needs no third"


@pytest.mark.parametrize("depth", [1, 2, 5, 9])
def test_the_number_of_queries_grows_with_depth(depth: int, execute: Execute) -> None:
    query = "{ statements { nodes { " + "partOfStatement { " * depth + "speaker { id }" + " }" * depth + " } } }"
    assert queries_of(execute(query)) <= depth + 3


def test_what_is_asked_twice_is_fetched_once(execute: Execute) -> None:
    once = execute('{ zone(slug: "idlib") { prefLabel } }', explain=True)
    names = " ".join(f"n{number}: prefLabel" for number in range(30))
    often = execute(f'{{ zone(slug: "idlib") {{ {names} }} again: zone(slug: "idlib") {{ prefLabel }} }}', explain=True)
    assert [each["sparql"] for each in once["extensions"]["explain"]] == [
        each["sparql"] for each in often["extensions"]["explain"]
    ]


def test_the_total_is_counted_only_when_it_is_asked_for(execute: Execute) -> None:
    page = "zones(orderBy: [{field: PREF_LABEL}])"
    without, counted = (
        execute(f"{{ {page} {{ nodes {{ id }} {more} }} }}", explain=True) for more in ("", "totalCount")
    )
    assert "COUNT" not in str(without["extensions"])
    assert "COUNT" in str(counted["extensions"])


def test_explaining_gives_sparql_that_can_be_run(execute: Execute, executor: Executor) -> None:
    for each in execute(MAIN, explain=True, n=3)["extensions"]["explain"]:
        assert executor.query(each["sparql"])
        assert each["milliseconds"] >= 0
    assert "explain" not in execute(MAIN, n=3)["extensions"]


def test_text_of_a_client_stands_in_sparql_only_within_terms(execute: Execute) -> None:
    found = execute('{ zones(where: {prefLabel: {contains: "\\"} UNION { ?s ?p"}}) { nodes { id } } }', explain=True)
    assert '\\"} UNION { ?s ?p"' in found["extensions"]["explain"][0]["sparql"]


def test_what_was_read_is_gone_when_the_request_ends(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when garbage is next collected: that would look through all of it, amid other requests."""
    graphs: list[weakref.ref[BatchLoader]] = []

    class Seen(BatchLoader):
        def __init__(self, ledger: SparqlSession) -> None:
            super().__init__(ledger)
            graphs.append(weakref.ref(self))

    monkeypatch.setattr("kg.graphql.plan.layer_plan.BatchLoader", Seen)
    gc.collect()
    gc.disable()
    try:
        assert execute(MAIN, n=5)["data"]
        assert [each() for each in graphs] == [None]
    finally:
        gc.enable()


@pytest.fixture(scope="module")
def remote(union_engine: str, shipped_store: EmbeddedStore) -> Iterator[Executor]:
    """The shipped data in another process, behind the SPARQL Protocol."""
    with closing(RemoteStore.open(f"{union_engine}/query")) as store:
        store.apply(Change(frozenset(), frozenset(shipped_store.quads())))
        yield PassthroughExecutor(store)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_remote_engine_gives_the_same(
    document: Path, service: GraphQLService, execute_on: Callable[..., Execute], remote: Executor, catalogue: Catalogue
) -> None:
    query = document.read_text(encoding="utf-8")
    given = dict(catalogue.question(document.stem).example)
    here, there = (execute_on(service, *executor)(query, **given) for executor in ((), (remote,)))
    assert "errors" not in here, here
    assert there["data"] == here["data"]
    assert there["extensions"]["queries"] == here["extensions"]["queries"]


@pytest.mark.slow
def test_a_remote_engine_filters_orders_and_pages_alike(
    service: GraphQLService, execute_on: Callable[..., Execute], remote: Executor
) -> None:
    query = """{ statements(first: 30, offset: 5, orderBy: [{field: HEDGE, direction: DESC}, {field: SAID_WHEN}],
      where: {or: [{speaker: {prefLabel: {contains: "a"}}}, {not: {quote: {exists: true}}}]}) {
        totalCount edges { cursor node { id speaker { statementsMade(last: 2) { nodes { id } totalCount } } } } }
      places(where: {within: "place:syria"}, first: 100) { nodes { id homeGraph { id title }
        prefLabelTexts { text lang } } } }"""
    assert execute_on(service, remote)(query)["data"] == execute_on(service)(query)["data"]
