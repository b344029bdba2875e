"""A question, the GraphQL API and a page report the same status in the same words, also of faulty records."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import Phase, example, given, settings
from record_strategies import ADDED_HEDGE, HOLDINGS, PROPOSITIONS, STATEMENTS, Link, Record, node, record, triples

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.schema.inflection import constant_case
from kg.knowledge_graph import load_shipped_schema
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.standings import fetch_standings
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.status.act import Act, Bearing, Evidence, Wording
from kg.status.standing import Standing
from kg.status.verdict import Status
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.views import description
from kg.views.resource_view import view_builder

Statuses = dict[str, tuple[str, str]]
"""Of each proposition the status and the headline."""

_GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
_STATUSES = "{ propositions { nodes { id status headline attribution } } }"

DISPUTE_WITHOUT_SPEAKER = [record("asserts"), record("", "", ("none",), ("disputes", 0))]
DENIAL_WITHOUT_SPEAKER = [record("asserts"), record("denies", "")]
DENIAL_WITHOUT_HEDGE = [record("asserts"), record("denies", "b", ())]
ASSERTION_WITHOUT_SPEAKER = [record("asserts", "")]
ASSERTION_WITHOUT_HEDGE = [record("asserts", "a", ())]
ASSERTION_OF_TWO = [record("asserts", "ab"), record("", "a", ("none",), ("disputes", 0))]
ASSERTION_WITH_TWO_HEDGES = [record("asserts", "a", ("none", "may"))]
ASSERTION_WITH_ADDED_HEDGE = [record("asserts", "a", (ADDED_HEDGE,))]
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

    def by_question(self, store: EmbeddedStore) -> Statuses:
        statuses = {}
        for slug in PROPOSITIONS:
            parameters = {"proposition": slug}
            answer = self.catalogue.ask("how-does-a-proposition-stand", parameters, store, DEFAULT_BASE_IRI)
            assert isinstance(answer, YesNoAnswer)
            statuses[slug] = constant_case(answer.status), answer.headline
        return statuses

    def by_graphql(self, store: EmbeddedStore) -> Statuses:
        content = self.service.execute(GraphQLRequest(query=_STATUSES), store).formatted
        assert "errors" not in content, content
        nodes = content["data"]["propositions"]["nodes"]
        return {node["id"].rsplit("/", 1)[-1]: (node["status"], node["headline"]) for node in nodes}

    def by_page(self, store: EmbeddedStore) -> Statuses:
        statuses = {}
        for slug in PROPOSITIONS:
            iri = node("proposition", slug).value
            about = description.describe(store, self.index, iri)
            assert about is not None
            builder = view_builder(store, self.index, SourceArchive(None), about)
            standing = builder.build_proposition(iri).standing
            assert standing is not None
            statuses[slug] = constant_case(standing.status), standing.headline
        return statuses

    def standings(self, store: EmbeddedStore) -> list[Standing]:
        fetched = fetch_standings((node("proposition", slug).value for slug in PROPOSITIONS), store)
        return [fetched.standing_of(node("proposition", slug).value) for slug in PROPOSITIONS]

    def _read_vocabularies(self) -> set[ox.Quad]:
        folder = Path(__file__).parents[2] / "ontology" / "vocab"
        paths = (folder / f"{name}.ttl" for name in ("hedge", "aspect", "source-kind", "position-kind"))
        quads = (quad for path in paths for quad in ox.parse(path=path, base_iri=DEFAULT_BASE_IRI))
        return {ox.Quad(quad.subject, quad.predicate, quad.object, _GRAPH) for quad in quads}


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(statements=STATEMENTS, holdings=HOLDINGS)
@example(statements=DISPUTE_WITHOUT_SPEAKER, holdings=[])
@example(statements=[record("asserts")], holdings=[("aim", "content", "name"), ("name", "content", "aim")])
def test_question_graphql_and_page_report_the_same_status_in_the_same_words(
    readers: Readers, statements: list[Record], holdings: list[Link]
) -> None:
    store = readers.store(statements, holdings)
    by_question = readers.by_question(store)
    assert by_question == readers.by_graphql(store)
    assert by_question == readers.by_page(store)


KINDS: dict[str, Callable[[Evidence], bool]] = {
    "in an own voice": lambda act: act.is_author and act.counts_in_full,
    "by a party": lambda act: act.is_party,
    "in a press statement": lambda act: act.is_author and not act.reports_on_others,
    "reported": lambda act: not act.is_author and not act.counts_in_full,
    "reported as the claim of others": lambda act: bool(act.is_author and act.origin.claimants),
    "passed on": lambda act: bool(act.origin.relayers),
    "by hearsay": lambda act: Wording.HEARSAY in act.wordings,
    "coded by a program": lambda act: Wording.MACHINE_CODED in act.wordings,
    "computed": lambda act: act.is_computed,
    "of likelihood": lambda act: Wording.LIKELY in act.wordings,
    "on evidence": lambda act: Wording.EVIDENTIAL in act.wordings,
    "shown": lambda act: act.is_shown and act.act is Act.ASSERTS,
    "shown not to be": lambda act: act.is_shown and act.act is Act.LEAVES_OPEN,
    "without evidence": lambda act: Wording.NO_EVIDENCE in act.wordings and act.act is Act.LEAVES_OPEN,
    "intended": lambda act: act.act is Act.INTENDS,
    "a position of its holder": lambda act: act.is_made_by_being_said and bool(act.origin.position_kind),
    "declared": lambda act: act.is_made_by_being_said and act.origin.is_declared,
    "taken back": lambda act: act.is_retracted,
    "restated": lambda act: bool(act.restated),
    "by implication": lambda act: act.origin.explicitness == "implied",
    "of its own deed": lambda act: act.origin.is_own_deed,
    "a dispute that rejects": lambda act: act.act is Act.DISPUTES and act.is_by_another and act.fills_proposition,
    "a dispute beside": lambda act: act.act is Act.DISPUTES and not act.fills_proposition,
    "noted": lambda act: act.origin.is_recorders,
    "incomplete": lambda act: act.is_incomplete,
    "more specific": lambda act: act.bearing is Bearing.SPECIFIC,
    "more general": lambda act: act.bearing is Bearing.GENERAL,
    "of the same deed": lambda act: act.bearing is Bearing.CONTEXT,
}
LEAST = 3
"""Graphs of the sample in which each status and each kind of act must be."""


@pytest.mark.slow
def test_the_random_graphs_have_every_status_and_every_kind_of_act(readers: Readers) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=600, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(statements=STATEMENTS, holdings=HOLDINGS)
    def count(statements: list[Record], holdings: list[Link]) -> None:
        standings = readers.standings(readers.store(statements, holdings))
        acts = [act for standing in standings for act in standing.evidence]
        statuses: set[str] = {standing.decision.status for standing in standings}
        seen.update(statuses | {kind for kind, holds in KINDS.items() if any(map(holds, acts))})

    count()
    assert {kind: seen[kind] for kind in (*Status, *KINDS) if seen[kind] < LEAST} == {}


@pytest.mark.parametrize(("statements", "status"), CASES)
def test_an_incomplete_record_establishes_nothing_but_contests(
    readers: Readers, statements: list[Record], status: str
) -> None:
    store = readers.store(statements, [])
    assert readers.by_question(store)["deed"][0] == status
    assert readers.by_graphql(store)["deed"][0] == status
    assert readers.by_page(store)["deed"][0] == status
