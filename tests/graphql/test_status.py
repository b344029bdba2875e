"""The fields ``status`` and ``attribution`` agree with kg.status and with the catalogue, on shipped and random data."""

from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg import namespaces
from kg.graphql.execute import GraphQLService
from kg.graphql.schema.inflection import constant_case
from kg.knowledge_graph import load_shipped_schema
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.evidence_graph import fetch_evidence_links
from kg.settings import DEFAULT_BASE_IRI
from kg.status.attribution import NO_STATEMENT
from kg.status.standing import read_standing
from kg.status.verdict import Decision
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
IDS = f"{DEFAULT_BASE_IRI}id/"
ALL = "{ propositions(first: 500) { totalCount nodes { id status headline attribution } } }"


@pytest.fixture(scope="module")
def statuses(query_data: Execute) -> dict[str, str]:
    """The status of every proposition of the shipped data."""
    page = query_data(ALL)["propositions"]
    assert page["totalCount"] == len(page["nodes"]) > 50
    return {each["id"]: each["status"] for each in page["nodes"]}


def test_the_status_equals_the_decision_of_kg_status(statuses: dict[str, str], shipped_store: EmbeddedStore) -> None:
    decided = decide_each(statuses, shipped_store)
    assert statuses == {iri: constant_case(each.status) for iri, each in decided.items()}
    assert len(set(statuses.values())) > 3


def test_the_status_equals_the_answer_of_the_catalogue(
    statuses: dict[str, str], catalogue: Catalogue, shipped_store: EmbeddedStore
) -> None:
    for iri, status in statuses.items():
        answer = catalogue.ask("how-does-a-proposition-stand", {"proposition": iri}, shipped_store, DEFAULT_BASE_IRI)
        assert isinstance(answer, YesNoAnswer)
        assert constant_case(answer.status) == status, iri


def decide_each(propositions: Iterable[str], store: EmbeddedStore) -> dict[str, Decision]:
    iris = list(propositions)
    links = fetch_evidence_links(iris, store)
    return {iri: read_standing(links, iri).decision for iri in iris}


ACTS = ("asserts", "denies", "leavesOpen", "supposes")
HEDGES = ("none", "may", "possibly", "possibility", "unclear", "claims-of")
PROPOSITIONS = ("p0", "p1", "p2")
SPEAKERS = ("a", "b")
STATEMENT = st.fixed_dictionaries(
    {
        "act": st.sampled_from(ACTS),
        "of": st.sampled_from(PROPOSITIONS),
        "speaker": st.sampled_from(SPEAKERS),
        "hedge": st.sampled_from(HEDGES),
        "links": st.lists(
            st.tuples(st.sampled_from(("disputes", "retracts", "restates")), st.integers(0, 5)), max_size=2
        ),
    }
)
HOLDING = st.tuples(st.sampled_from(PROPOSITIONS), st.sampled_from(("content", "shows")), st.sampled_from(PROPOSITIONS))
Statement = dict[str, Any]


def node(kind: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{IDS}{kind}/{slug}")


def triples(statements: list[Statement], holdings: list[tuple[str, str, str]]) -> Iterable[ox.Triple]:
    """The statements as triples. The propositions are positions, so that any can contain any other."""

    def ck(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{namespaces.CK}{name}")

    for slug in PROPOSITIONS:
        yield ox.Triple(node("proposition", slug), namespaces.TYPE, ck("Position"))
    for slug in SPEAKERS:
        yield ox.Triple(node("actor", slug), namespaces.TYPE, ck("State"))
        yield ox.Triple(
            node("actor", slug), ox.NamedNode(f"{namespaces.SKOS}prefLabel"), ox.Literal(slug, language="en")
        )
    for holder, by, held in holdings:
        yield ox.Triple(node("proposition", holder), ck(by), node("proposition", held))
    for number, fields in enumerate(statements):
        statement = node("statement", f"s{number}")
        yield ox.Triple(statement, namespaces.TYPE, ck("Statement"))
        yield ox.Triple(statement, ck(fields["act"]), node("proposition", fields["of"]))
        yield ox.Triple(statement, ck("speaker"), node("actor", fields["speaker"]))
        yield ox.Triple(statement, ck("hedge"), ox.NamedNode(f"{namespaces.VOCAB}hedge/{fields['hedge']}"))
        for link, other in fields["links"]:
            yield ox.Triple(statement, ck(link), node("statement", f"s{other % len(statements)}"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statements=st.lists(STATEMENT, max_size=6), holdings=st.lists(HOLDING, max_size=3))
@example(
    statements=[{"act": "asserts", "of": "p0", "speaker": "a", "hedge": "none", "links": []}],
    holdings=[("p0", "content", "p1")],
)
def test_the_status_equals_the_decision_on_random_graphs(
    statements: list[Statement],
    holdings: list[tuple[str, str, str]],
    service: GraphQLService,
    execute_on: Callable[..., Execute],
) -> None:
    graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
    quads = {
        ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples(statements, holdings)
    }
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(quads | HEDGING)))
    content = execute_on(service, store)(ALL)
    assert "errors" not in content
    found = {each["id"]: each["status"] for each in content["data"]["propositions"]["nodes"]}
    decided = decide_each(found, store)
    assert set(found) == {node("proposition", each).value for each in PROPOSITIONS}
    assert found == {iri: constant_case(each.status) for iri, each in decided.items()}
    for each in content["data"]["propositions"]["nodes"]:
        # A decision has an attribution that names somebody.
        spoken = decided[each["id"]].grounds
        assert bool(spoken) <= (each["attribution"] != NO_STATEMENT)


HEDGING = {
    quad
    for quad in load_shipped_schema(DEFAULT_BASE_IRI).ontology
    if quad.predicate.value == f"{namespaces.SKOS}broader"
    and str(quad.subject).startswith(f"<{namespaces.VOCAB}hedge/")
}
