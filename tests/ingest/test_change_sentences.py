"""A dry run says what would change in sentences: who does what to what, worded how."""

import re

import pytest
from in_process import InProcessGraph

from kg.ingest.change_sentences import ResourceChange, compare_resources
from kg.store.proposed_change import ProposedChange


def changes(graph: InProcessGraph, text: str) -> dict[str, ResourceChange]:
    """The changes that loading the post would make, by the last part of the IRI."""
    plan = graph.ingestor.plan([graph.ingestor.read(text.encode(), "post.yaml")], graph.store, with_sentences=True)
    return {change.iri.partition("/id/")[2]: change for change in plan.resources}


@pytest.fixture
def loaded(knowledge_graph: InProcessGraph, post: str) -> InProcessGraph:
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    return knowledge_graph


@pytest.mark.slow
@pytest.mark.parametrize(
    ("iri", "sentence"),
    [
        (
            "statement/post-rejects",
            "River Guard denies: River Guard is called bandits (attributed);"
            " disputes: “The Council asserts: River Guard is called bandits”; disputed aspect: label",
        ),
        ("statement/post-zone", "The Council declares: zone declared for the Vale"),
        ("statement/post-near", "Harbour Post asserts: Ostra is near Vale"),
        (
            "statement/post-farmers",
            "whoever told of the farmers asserts: killing on two farmers near Ostra (2017-06-23~)"
            " Two (killed, civilians), minimum: 2, maximum: 2"
            " [Friday, the post] (were-said-to)",
        ),
        ("actor/unnamed-post-farmers", "unnamed actor: two farmers"),
    ],
)
def test_each_new_statement_and_thing_is_a_sentence(
    iri: str, sentence: str, knowledge_graph: InProcessGraph, post: str
) -> None:
    assert changes(knowledge_graph, post)[iri] == ResourceChange(
        "+", f"https://w3id.org/conflict-kg/id/{iri}", sentence
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("proposition", "sentence"),
    [
        (
            "{type: TerritorialControl, actor: actor/river-guard, place: place/ilm, controlKind: control}",
            "River Guard controls Ilm",
        ),
        ("{type: IncidentAccount, target: place/ilm}", "something happened to Ilm"),
    ],
)
def test_what_is_said_is_a_sentence_with_its_verb(
    proposition: str, sentence: str, knowledge_graph: InProcessGraph, post: str
) -> None:
    text = post.replace("denies: {type: ZoneBoundary, zone: zone/vale}", f"denies: {proposition}")
    assert changes(knowledge_graph, text)["statement/post-map"].sentence.startswith(f"Harbour Post denies: {sentence}")


@pytest.mark.slow
def test_a_statement_on_another_one_quotes_its_sentence_and_names_to_whom_it_was_said(
    knowledge_graph: InProcessGraph, post: str
) -> None:
    addressed = post.replace("retracts: st:may", "saidTo: actor/council\n        retracts: st:may")
    sentence = changes(knowledge_graph, addressed)["statement/post-withdrawn"].sentence
    assert sentence.startswith("Harbour Post, to The Council, retracts: \u201cHarbour Post asserts: ")
    assert sentence.endswith(" (not-given)\u201d")


@pytest.mark.slow
def test_resources_that_are_gone_are_in_the_order_of_their_numbers(knowledge_graph: InProcessGraph, post: str) -> None:
    numbered = post.replace("st:may", "st:10").replace("st:near", "st:9")
    knowledge_graph.load([knowledge_graph.ingestor.read(numbered.encode(), "post.yaml")])
    quads, graph = frozenset(knowledge_graph.store.quads()), "https://w3id.org/conflict-kg/graph/post"
    change = ProposedChange.over(knowledge_graph.store, quads, frozenset())
    gone = compare_resources(change, [graph], knowledge_graph.ingestor.schema)
    numbers = [number for change in gone if (number := change.iri.rpartition("-")[2]).isdecimal()]
    assert numbers == ["9", "10"]


@pytest.mark.slow
def test_only_what_differs_is_listed(loaded: InProcessGraph, post: str) -> None:
    assert changes(loaded, post) == {}
    text = post.replace("label: bandits}", "label: robbers}").replace("prefLabel: fishermen}", "prefLabel: anglers}")
    found = changes(loaded, text)
    assert found["statement/post-rejects"].sign == "~"
    assert found["statement/post-rejects"].sentence.startswith(
        "River Guard denies: River Guard is called robbers (attributed)"
    )
    assert found["actor/unnamed-post-fishermen"].sentence == "unnamed actor: anglers"
    assert all(change.sign == "~" for change in found.values())
    without = re.sub(r"\n      - id: st:near\n(?:        .*\n)+", "\n", post)
    assert without != post
    assert {change.sign for change in changes(loaded, without).values()} == {"-"}


@pytest.mark.slow
def test_a_load_that_is_made_has_no_sentences(knowledge_graph: InProcessGraph, post: str) -> None:
    assert knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")]).resources == ()


@pytest.mark.slow
def test_a_changed_bound_of_a_count_is_listed(loaded: InProcessGraph, post: str) -> None:
    found = changes(loaded, post.replace("asGiven: at least five, minimum: 5", "asGiven: at least five, minimum: 4"))
    assert [(change.sign, "minimum: 4" in change.sentence) for change in found.values()] == [("~", True)]


@pytest.mark.slow
def test_changes_are_listed_in_the_order_of_the_document(knowledge_graph: InProcessGraph, post: str) -> None:
    lines = [
        post.index(f"- id: st:{iri.partition('/post-')[2]}\n")
        for iri in changes(knowledge_graph, post)
        if iri.startswith("statement/")
    ]
    assert lines == sorted(lines)
