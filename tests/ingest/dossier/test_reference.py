"""Actors and places may be described in a reference graph that is written like a dossier."""

import pytest
from in_process import InProcessGraph

REFERENCE = """
"@context": https://w3id.org/conflict-kg/context
id: ../graph/neighbours
type: Reference
title: Actors and places of several dossiers
license: https://creativecommons.org/licenses/by/4.0/
recordedBy: actor/conflict-kg
version: "1"
actors:
  - {id: actor/coast-guard, type: ArmedGroup, prefLabel: Coast Guard, hiddenLabel: CG}
places:
  - {id: place/quay, type: Place, placeKind: site, prefLabel: {text: الرصيف, lang: ar}}
"""
OLD, NEW = (
    "speaker: actor/council\n        asserts: prop:raids",
    "speaker: actor/coast-guard\n        asserts: prop:raids",
)


@pytest.mark.slow
def test_reference_graph_in_yaml_loads_beside_the_dossier_that_refers_to_it(
    knowledge_graph: InProcessGraph, post: str
) -> None:
    assert post.count(OLD) == 1
    files = [("post.yaml", post.replace(OLD, NEW).encode()), ("neighbours.yaml", REFERENCE.encode())]
    plan = knowledge_graph.load(knowledge_graph.ingestor.read_all(files, knowledge_graph.store))
    assert plan.warnings == ()
    assert [graph.graph.rpartition("/")[2] for graph in plan.graphs] == ["neighbours", "post"]


@pytest.mark.slow
def test_actors_of_a_reference_graph_need_no_use(knowledge_graph: InProcessGraph) -> None:
    read = knowledge_graph.ingestor.read
    assert knowledge_graph.load([read(REFERENCE.encode(), "neighbours.yaml")]).warnings == ()
    as_dossier = REFERENCE.replace("type: Reference", "type: Dossier")
    (warning,) = knowledge_graph.load([read(as_dossier.encode(), "neighbours.yaml")]).warnings
    assert (warning.message, str(warning.location)) == ("nothing refers to this actor", "neighbours.yaml:10:6")
