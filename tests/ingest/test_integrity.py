"""The integrity rules across documents: home graphs, references and removals."""

from collections.abc import Callable
from pathlib import Path

import pytest
from in_process import InProcessGraph

from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest.integrity import RULES

Reject = Callable[[bytes, str], tuple[Finding, ...]]


def test_every_rule_says_what_it_requires() -> None:
    assert len(RULES) == len(set(RULES))
    assert all(rule.__doc__ for rule in RULES)


def test_resource_of_another_home_graph_is_rejected(post: str, reject: Reject) -> None:
    text = post.replace("zones:\n", "  - {id: place/ilm, type: Place, placeKind: town, prefLabel: Ilm}\n\nzones:\n")
    (finding,) = reject(text.encode(), "post.yaml")
    graphs = "https://w3id.org/conflict-kg/graph/"
    assert finding.subject.endswith("/id/place/ilm")
    assert finding.message == f"described in {graphs}invented and {graphs}post"
    assert finding.cure == "Describe it in one of them, and only refer to it in the other"
    assert finding.location
    assert finding.location.line == text.splitlines().index("zones:") - 1


@pytest.mark.slow
def test_resource_that_another_graph_points_at_cannot_be_removed(
    post: str, knowledge_graph: InProcessGraph, example: Path
) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    before = frozenset(knowledge_graph.store.quads())
    register = (example / "register.ttl").read_text(encoding="utf-8")
    without = "\n".join(line for line in register.splitlines() if not line.startswith("place:ilm"))
    with pytest.raises(InputRejectedError) as rejection:
        knowledge_graph.load([knowledge_graph.ingestor.read(without.encode(), "register.ttl")])
    (finding,) = rejection.value.findings
    assert finding.subject.endswith("/id/place/ilm")
    assert finding.message.startswith("would be removed, but https://")
    assert "proposition/post-ilm" in finding.message
    assert finding.cure == "Keep it, or first change what refers to it"
    assert finding.location
    assert finding.location.document == "register.ttl"
    assert frozenset(knowledge_graph.store.quads()) == before


def test_two_files_with_one_home_graph_are_rejected(post: str, register_graph: InProcessGraph) -> None:
    documents = [register_graph.ingestor.read(post.encode(), name) for name in ("one.yaml", "two.yaml")]
    with pytest.raises(InputRejectedError) as rejection:
        register_graph.load(documents)
    (finding,) = rejection.value.findings
    assert finding.message == "the same home graph as one.yaml"
    assert str(finding.location) == f"two.yaml:{post.splitlines().index('id: ../graph/post') + 1}:1"


def test_named_graph_that_does_not_describe_itself_is_rejected_by_its_file(reject: Reject, example: Path) -> None:
    text = (example / "defective-dataset.trig").read_text(encoding="utf-8")
    stray = "<https://w3id.org/conflict-kg/graph/stray> { <https://example.org/s> a <https://example.org/Class> }\n"
    findings = reject((text + stray).encode(), "a.trig")
    (finding,) = [finding for finding in findings if finding.rule == "home-graph"]
    assert finding.message == "the graph does not say what it is"
    assert finding.cure.startswith("Add <https://w3id.org/conflict-kg/graph/stray> a ck:Dossier")
    assert str(finding.location) == "a.trig"


def test_a_hash_of_zeros_is_rejected(post: str, reject: Reject) -> None:
    digest = "2f3a6f86af29b9f734f7eff421f707de0f5e73f6041c5105611831ae2423da7a"
    findings = reject(post.replace(digest, "0" * 64).encode(), "post.yaml")
    (finding,) = [finding for finding in findings if finding.rule == "text-hash"]
    assert finding.subject.endswith("/id/selector/post-zone-2")
    assert finding.message == "the SHA-256 is made of zeros"
    assert "kg verify --text" in finding.cure


def test_a_quote_of_a_source_without_a_hash_is_rejected_once(post: str, reject: Reject) -> None:
    digest = "    sha256: 86f77bef34c0544d802fc369b48e7d2f961f55023cbd0083754052b2d73fa082\n"
    assert digest in post
    (finding,) = reject(post.replace(digest, "").encode(), "post.yaml")
    assert finding.message == "quotes https://w3id.org/conflict-kg/id/source/post, whose text has no SHA-256"
    assert finding.location
    assert finding.location.line


def test_a_source_without_statements_is_loaded(post: str, knowledge_graph: InProcessGraph) -> None:
    source = "\n  - {id: source/later, type: Source, prefLabel: read later, sourceKind: report}\n"
    text = post.replace("\n  - id: source/post-video\n", f"{source}\n  - id: source/post-video\n")
    assert text != post
    assert knowledge_graph.load([knowledge_graph.ingestor.read(text.encode(), "post.yaml")]).warnings == ()


def test_an_actor_to_whom_nothing_refers_is_a_warning(post: str, knowledge_graph: InProcessGraph) -> None:
    actor = "actors:\n  - {id: actor/unnamed-post-spare, type: UnnamedActor, prefLabel: nobody}\n"
    document = knowledge_graph.ingestor.read(post.replace("actors:\n", actor, 1).encode(), "post.yaml")
    (warning,) = knowledge_graph.load([document]).warnings
    assert warning.severity == Severity.WARNING
    assert warning.subject.endswith("/id/actor/unnamed-post-spare")
    assert warning.message == "nothing refers to this actor"
    assert warning.location
    assert warning.location.line == post.splitlines().index("actors:") + 2


def test_an_actor_who_is_called_as_another_one_is_a_warning(post: str, knowledge_graph: InProcessGraph) -> None:
    text = post.replace("actors:\n", "actors:\n  - {id: actor/agency, type: Organization, prefLabel: hra}\n", 1)
    text = "speaker: actor/agency".join(text.rsplit("speaker: actor/council", 1))
    (warning,) = knowledge_graph.load([knowledge_graph.ingestor.read(text.encode(), "post.yaml")]).warnings
    assert warning.severity == Severity.WARNING
    assert warning.message == "actor/relief-agency is called 'hra' as well"
    assert "refer to actor/relief-agency" in warning.cure
    assert warning.location
    assert warning.location.line == post.splitlines().index("actors:") + 2


@pytest.mark.parametrize("prefix", ["unnamed-post-council, type: UnnamedActor", "new-council, type: Organization"])
def test_only_actors_who_are_named_are_compared(prefix: str, post: str, knowledge_graph: InProcessGraph) -> None:
    actor = f"  - {{id: actor/{prefix}, prefLabel: The Council}}\n"
    text = post.replace("actors:\n", f"actors:\n{actor}", 1)
    text = f"speaker: actor/{prefix.partition(',')[0]}".join(text.rsplit("speaker: actor/council", 1))
    warnings = knowledge_graph.load([knowledge_graph.ingestor.read(text.encode(), "post.yaml")]).warnings
    assert [warning.rule for warning in warnings] == ([] if "Unnamed" in prefix else ["known-name"])


def test_a_geometry_of_a_place_outside_a_reference_graph_is_rejected(post: str, reject: Reject) -> None:
    text = post.replace("geometry: {wkt: POINT(21.5 50.25)}", "geometry: {geometryOf: place/ilm, wkt: POINT(21 50)}")
    (finding,) = reject(text.encode(), "post.yaml")
    assert finding.message == "a geometry of a place, without a speaker"
    assert "PlaceLocation" in finding.cure


def test_a_proposition_written_twice_is_one_warning_that_names_the_other(
    post: str, knowledge_graph: InProcessGraph
) -> None:
    twice = """
      - id: st:twice
        speaker: actor/council
        leavesOpen:
          type: IncidentAccount
          incident: incident/post-friday
          incidentType: killing
          target: actor/unnamed-post-farmers
          near: place/ostra
          when: 2017-06-23~
          whenAsGiven: last Friday
          timeMode: within
          count: {countOf: killed, among: civilians, asGiven: Two, minimum: 2, maximum: 2}
        hedge: unclear
        quote: passage/post-zone
"""
    document = knowledge_graph.ingestor.read(
        post.replace("\n      - id: st:zone\n", twice + "\n      - id: st:zone\n", 1).encode(), "post.yaml"
    )
    (warning,) = knowledge_graph.load([document]).warnings
    assert warning.severity == Severity.WARNING
    assert warning.subject.endswith("/id/proposition/post-twice")
    assert warning.message == "says the same as proposition/post-farmers"
    assert warning.cure.startswith("Let its statements point at proposition/post-farmers")


def test_propositions_that_differ_in_a_count_are_two(post: str, knowledge_graph: InProcessGraph) -> None:
    accounts = """
      - id: st:TWO
        speaker: actor/council
        asserts:
          type: IncidentAccount
          incident: incident/post-friday
          count: {countOf: killed, asGiven: N, minimum: N}
        hedge: none
        quote: passage/post-zone
"""
    both = "".join(
        accounts.replace("TWO", word).replace("N,", f"{n},").replace("N}", f"{n}}}")
        for word, n in (("six", 6), ("ten", 10))
    )
    text = post.replace("\n      - id: st:zone\n", both + "\n      - id: st:zone\n", 1)
    assert knowledge_graph.load([knowledge_graph.ingestor.read(text.encode(), "post.yaml")]).warnings == ()
