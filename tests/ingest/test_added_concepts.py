"""Concepts that a reference graph adds to a scheme work like shipped ones; closed schemes take none."""

from collections.abc import Callable

import pytest
from in_process import InProcessGraph

from kg.errors import Finding, InputRejectedError

Reject = Callable[[bytes, str], tuple[Finding, ...]]

REFERENCE = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix weapon: <https://w3id.org/conflict-kg/vocab/weapon/> .

<graph/weapons> a ck:Reference ;
    dcterms:title "More weapons"@en ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    ck:recordedBy <id/actor/conflict-kg> ;
    owl:versionInfo "1" .

weapon:barrel-bomb a skos:Concept ;
    skos:prefLabel "barrel bomb"@en ;
    skos:definition "A barrel filled with explosives, rolled out of a helicopter."@en ;
    skos:example "\\"barrel bombs\\""@en ;
    skos:broader weapon:bomb ;
    skos:inScheme <https://w3id.org/conflict-kg/vocab/weapon> .
"""


def use(post: str) -> str:
    changed = post.replace("weapon: rocket", "weapon: barrel-bomb")
    assert changed != post
    return changed


def reject_reference(text: str, reject: Reject) -> list[str]:
    return sorted(finding.message for finding in reject(text.encode(), "weapons.ttl"))


def test_a_dossier_names_a_concept_that_is_loaded_with_it(post: str, knowledge_graph: InProcessGraph) -> None:
    files = [("post.yaml", use(post).encode()), ("weapons.ttl", REFERENCE.encode())]
    plan = knowledge_graph.load(knowledge_graph.ingestor.read_all(files, knowledge_graph.store))
    assert {change.graph.rpartition("/")[2] for change in plan.graphs} == {"post", "weapons"}


def test_a_dossier_names_a_concept_that_was_loaded_before(post: str, knowledge_graph: InProcessGraph) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(REFERENCE.encode(), "weapons.ttl")])
    files = [("post.yaml", use(post).encode())]
    knowledge_graph.load(knowledge_graph.ingestor.read_all(files, knowledge_graph.store))
    used = "https://w3id.org/conflict-kg/vocab/weapon/barrel-bomb"
    (quad,) = [quad for quad in knowledge_graph.store.quads() if str(quad.object) == f"<{used}>"]
    assert str(quad.graph_name).endswith("graph/post>")


def test_a_concept_that_no_graph_adds_is_refused(post: str, reject: Reject) -> None:
    (finding,) = reject(use(post).encode(), "post.yaml")
    assert finding.message == "'barrel-bomb' is not a concept of the scheme of weapons and equipment"


@pytest.mark.slow
def test_a_concept_in_use_cannot_be_removed(post: str, knowledge_graph: InProcessGraph) -> None:
    files = [("post.yaml", use(post).encode()), ("weapons.ttl", REFERENCE.encode())]
    knowledge_graph.load(knowledge_graph.ingestor.read_all(files, knowledge_graph.store))
    without = REFERENCE[: REFERENCE.index("weapon:barrel-bomb a")]
    with pytest.raises(InputRejectedError) as rejection:
        knowledge_graph.load([knowledge_graph.ingestor.read(without.encode(), "weapons.ttl")])
    (finding,) = rejection.value.findings
    assert finding.subject.endswith("weapon/barrel-bomb")


def test_a_closed_scheme_says_that_it_is_closed(reject: Reject) -> None:
    text = REFERENCE.replace("vocab/weapon", "vocab/extent").replace("weapon:bomb", "weapon:part")
    (finding,) = [finding for finding in reject(text.encode(), "weapons.ttl") if finding.rule == "concept"]
    assert finding.message == "the scheme of extents is closed"
    assert finding.cure == "Choose one of: whole, most, some, part, unspecified"


def test_a_hedge_needs_a_group(reject: Reject) -> None:
    above = "skos:topConceptOf <https://w3id.org/conflict-kg/vocab/hedge>"
    text = REFERENCE.replace("skos:broader weapon:bomb", above).replace("vocab/weapon", "vocab/hedge")
    (finding,) = [finding for finding in reject(text.encode(), "weapons.ttl") if finding.rule == "concept"]
    assert finding.message == "a hedge without a group"
    assert finding.cure.endswith(
        "skos:broader: flat, attribution, evidential, likelihood, possibility, openness, distance, record"
    )


def test_a_concept_belongs_to_a_reference_graph(reject: Reject) -> None:
    assert reject_reference(REFERENCE.replace("ck:Reference", "ck:Dossier"), reject) == [
        "a concept outside a reference graph"
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('    skos:prefLabel "barrel bomb"@en ;\n', "no prefLabel"),
        ('    skos:definition "A barrel filled with explosives, rolled out of a helicopter."@en ;\n', "no definition"),
        ('    skos:example "\\"barrel bombs\\""@en ;\n', "no example"),
        ("    skos:broader weapon:bomb ;\n", "no place among the concepts of its scheme"),
    ],
)
def test_a_concept_is_described_as_shipped_ones_are(line: str, message: str, reject: Reject) -> None:
    assert line in REFERENCE
    assert reject_reference(REFERENCE.replace(line, ""), reject) == [message]


def test_a_broader_concept_is_of_the_same_scheme(reject: Reject) -> None:
    hedge = "<https://w3id.org/conflict-kg/vocab/hedge/may>"
    messages = reject_reference(REFERENCE.replace("skos:broader weapon:bomb", f"skos:broader {hedge}"), reject)
    assert messages == ["a broader concept of another scheme"]


@pytest.mark.parametrize(
    ("iri", "slug"),
    [("https://example.org/barrel-bomb", "barrel-bomb"), ("https://w3id.org/conflict-kg/vocab/weapon/", "SLUG")],
)
def test_the_iri_of_a_concept_is_below_that_of_its_scheme(iri: str, slug: str, reject: Reject) -> None:
    text = REFERENCE.replace("weapon:barrel-bomb a", f"<{iri}> a")
    (finding,) = reject(text.encode(), "weapons.ttl")
    assert finding.message == "the IRI is not below that of its scheme"
    assert finding.cure == f"Call it <https://w3id.org/conflict-kg/vocab/weapon/{slug}>"


def test_a_shipped_concept_is_described_in_the_ontology_only(reject: Reject) -> None:
    messages = reject_reference(REFERENCE.replace("weapon:barrel-bomb a", "weapon:drone a"), reject)
    assert [message.partition(" ")[0] for message in messages] == ["described"]
