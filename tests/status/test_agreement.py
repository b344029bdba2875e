"""A question, the GraphQL API and a page report the same status, also of incomplete and contradictory records."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg import namespaces
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.schema.inflection import constant_case
from kg.knowledge_graph import load_shipped_schema
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.views import description
from kg.views.resource_view import view_builder

Record = dict[str, Any]
Link = tuple[str, str, str]
Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]

_GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
_PROPOSITIONS = ("p0", "p1", "p2")
_STATUSES = "{ propositions { nodes { id status headline attribution } } }"
_ADDED_HEDGE = "added-by-data"
"""A hedge that no vocabulary of the schema contains; the data says that it is one of possibility."""

_LINKS = ("disputes", "retracts", "restates", "relays", "basedOn", "partOfStatement")
_STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "acts": st.lists(
                st.tuples(
                    st.sampled_from(("asserts", "denies", "leavesOpen", "supposes")), st.sampled_from(_PROPOSITIONS)
                ),
                max_size=2,
            ),
            "speakers": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
            "hedges": st.lists(
                st.sampled_from(("none", "may", "claims-of", "no-evidence", "reportedly", "probably", _ADDED_HEDGE)),
                max_size=2,
                unique=True,
            ),
            "source": st.sampled_from(("", "article", "press", "copy")),
            "aspects": st.lists(st.sampled_from(("existence", "target", "intent")), max_size=2, unique=True),
            "links": st.lists(st.tuples(st.sampled_from(_LINKS), st.integers(0, 5)), max_size=2),
        }
    ),
    max_size=6,
)
_HOLDINGS = st.lists(
    st.tuples(st.sampled_from(_PROPOSITIONS), st.sampled_from(("content", "shows")), st.sampled_from(_PROPOSITIONS)),
    max_size=3,
)


def record(act: str, speakers: str = "a", hedges: tuple[str, ...] = ("none",), *links: tuple[str, int]) -> Record:
    acts = [(act, "p0")] if act else []
    return {"acts": acts, "speakers": list(speakers), "hedges": list(hedges), "links": list(links)}


DISPUTE_WITHOUT_SPEAKER = [record("asserts"), record("", "", ("none",), ("disputes", 0))]
DENIAL_WITHOUT_SPEAKER = [record("asserts"), record("denies", "")]
DENIAL_WITHOUT_HEDGE = [record("asserts"), record("denies", "b", ())]
ASSERTION_WITHOUT_SPEAKER = [record("asserts", "")]
ASSERTION_WITHOUT_HEDGE = [record("asserts", "a", ())]
ASSERTION_OF_TWO = [record("asserts", "ab"), record("", "a", ("none",), ("disputes", 0))]
ASSERTION_WITH_TWO_HEDGES = [record("asserts", "a", ("none", "may"))]
ASSERTION_WITH_ADDED_HEDGE = [record("asserts", "a", (_ADDED_HEDGE,))]
RETRACTED_DENIAL_WITHOUT_SPEAKER = [*DENIAL_WITHOUT_SPEAKER, record("", "b", ("none",), ("retracts", 1))]

CASES = [
    (DISPUTE_WITHOUT_SPEAKER, "DISPUTED"),
    (DENIAL_WITHOUT_SPEAKER, "DISPUTED"),
    (DENIAL_WITHOUT_HEDGE, "DISPUTED"),
    (ASSERTION_WITHOUT_SPEAKER, "SILENT"),
    (ASSERTION_WITHOUT_HEDGE, "ONLY_POSSIBLE"),
    (ASSERTION_OF_TWO, "DISPUTED"),
    (ASSERTION_WITH_TWO_HEDGES, "ONLY_POSSIBLE"),
    (ASSERTION_WITH_ADDED_HEDGE, "ONLY_POSSIBLE"),
    (RETRACTED_DENIAL_WITHOUT_SPEAKER, "CLAIMED"),
    ([record("asserts") | {"source": "article"}], "ASSERTED"),
    ([record("asserts") | {"source": "press"}], "CLAIMED"),
    ([record("asserts") | {"source": "copy"}], "CLAIMED"),
    ([record("asserts", "b") | {"source": "copy"}], "ASSERTED"),
]


class Readers:
    """The three ways to a status."""

    def __init__(self) -> None:
        self.schema: Schema = load_shipped_schema(DEFAULT_BASE_IRI)
        self.index = ClassIndex(self.schema)
        self.catalogue = Catalogue.load()
        self.service = GraphQLService(self.schema, self.catalogue, DEFAULT_BASE_IRI)
        self.vocabularies = self._read_vocabularies()

    def store(self, statements: list[Record], holdings: list[Link]) -> EmbeddedStore:
        store = EmbeddedStore.in_memory()
        quads = {ox.Quad(*triple, _GRAPH) for triple in triples(statements, holdings)}
        store.apply(Change.from_quads(added=frozenset(quads | self.vocabularies)))
        return store

    def by_question(self, store: EmbeddedStore) -> dict[str, str]:
        statuses = {}
        for slug in _PROPOSITIONS:
            parameters = {"proposition": slug}
            answer = self.catalogue.ask("how-does-a-proposition-stand", parameters, store, DEFAULT_BASE_IRI)
            assert isinstance(answer, YesNoAnswer)
            statuses[slug] = constant_case(answer.status)
        return statuses

    def by_graphql(self, store: EmbeddedStore) -> dict[str, str]:
        content = self.service.execute(GraphQLRequest(query=_STATUSES), store).formatted
        assert "errors" not in content, content
        nodes = content["data"]["propositions"]["nodes"]
        return {node["id"].rsplit("/", 1)[-1]: node["status"] for node in nodes}

    def by_page(self, store: EmbeddedStore) -> dict[str, str]:
        statuses = {}
        for slug in _PROPOSITIONS:
            iri = node("proposition", slug).value
            about = description.describe(store, self.index, iri)
            assert about is not None
            builder = view_builder(store, self.index, SourceArchive(None), about)
            standing = builder.build_proposition(iri).standing
            assert standing is not None
            statuses[slug] = constant_case(standing.status)
        return statuses

    def _read_vocabularies(self) -> set[ox.Quad]:
        folder = Path(__file__).parents[2] / "ontology" / "vocab"
        paths = (folder / f"{name}.ttl" for name in ("hedge", "aspect", "source-kind"))
        quads = (quad for path in paths for quad in ox.parse(path=path, base_iri=DEFAULT_BASE_IRI))
        return {ox.Quad(quad.subject, quad.predicate, quad.object, _GRAPH) for quad in quads}


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers()


@settings(max_examples=100, deadline=None)
@given(statements=_STATEMENTS, holdings=_HOLDINGS)
@example(statements=DISPUTE_WITHOUT_SPEAKER, holdings=[])
@example(statements=[record("asserts")], holdings=[("p0", "content", "p1"), ("p1", "content", "p0")])
def test_question_graphql_and_page_report_the_same_status(
    readers: Readers, statements: list[Record], holdings: list[Link]
) -> None:
    store = readers.store(statements, holdings)
    by_question = readers.by_question(store)
    assert by_question == readers.by_graphql(store)
    assert by_question == readers.by_page(store)


@pytest.mark.parametrize(("statements", "status"), CASES)
def test_an_incomplete_record_establishes_nothing_but_contests(
    readers: Readers, statements: list[Record], status: str
) -> None:
    store = readers.store(statements, [])
    assert readers.by_question(store)["p0"] == status
    assert readers.by_graphql(store)["p0"] == status
    assert readers.by_page(store)["p0"] == status


def node(kind: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{kind}/{slug}")


def ck(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.CK}{name}")


def hedge(slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.VOCAB}hedge/{slug}")


def triples(statements: list[Record], holdings: list[Link]) -> Iterator[Triple]:
    """Every proposition is a position, so that any can contain any other."""
    yield hedge(_ADDED_HEDGE), ox.NamedNode(namespaces.BROADER), hedge("may")
    for slug in _PROPOSITIONS:
        yield node("proposition", slug), namespaces.TYPE, ck("Position")
    for slug in "ab":
        yield node("actor", slug), namespaces.TYPE, ck("State")
    yield from sources()
    for holder, link, content in holdings:
        yield node("proposition", holder), ck(link), node("proposition", content)
    for number, fields in enumerate(statements):
        statement = node("statement", f"s{number}")
        yield statement, namespaces.TYPE, ck("Statement")
        for predicate, value in properties(fields, len(statements)):
            yield statement, ck(predicate), value


def properties(fields: Record, count: int) -> Iterator[tuple[str, ox.NamedNode]]:
    """The properties of a statement, of this number of them."""
    yield from ((act, node("proposition", proposition)) for act, proposition in fields["acts"])
    yield from (("speaker", node("actor", speaker)) for speaker in fields["speakers"])
    yield from (("hedge", hedge(slug)) for slug in fields["hedges"])
    yield from ((link, node("statement", f"s{other % count}")) for link, other in fields["links"])
    for slug in fields.get("aspects", ()):
        yield "disputedAspect", ox.NamedNode(f"{namespaces.VOCAB}aspect/{slug}")
    if fields.get("source"):
        yield "reportedIn", node("source", fields["source"])


def sources() -> Iterator[Triple]:
    """An article and a press statement that a publishes, and a copy by a of an article of b."""
    publisher, creator = ox.NamedNode(namespaces.PUBLISHER), ox.NamedNode(namespaces.CREATOR)
    for slug, kind in (("article", "article"), ("press", "press-statement"), ("copy", "article")):
        yield node("source", slug), namespaces.TYPE, ck("Source")
        yield node("source", slug), ck("sourceKind"), ox.NamedNode(f"{namespaces.VOCAB}source-kind/{kind}")
        yield node("source", slug), publisher, node("actor", "a")
    yield node("source", "copy"), creator, node("actor", "b")
    yield node("source", "copy"), ck("republishes"), node("source", "original")
