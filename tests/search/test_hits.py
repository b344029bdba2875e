"""Hits in the shipped data: who disputes a name stands beside those who use it."""

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from kg import namespaces
from kg.search.hits import find_hits
from kg.search.text_index import Candidate, Match

pytestmark = pytest.mark.slow

NAME = "Al Qa\u2019eda"


def test_name_comes_with_all_who_use_or_dispute_it(shipped_data: ShippedData) -> None:
    store = shipped_data.store()
    label = ox.NamedNode(namespaces.LABEL)
    candidates = [
        Candidate(namespaces.value_of(quad.subject), label.value, namespaces.value_of(quad.object), "en", Match.SAME)
        for quad in store.match(None, label, None)
        if namespaces.value_of(quad.object) == NAME
    ]
    (hit,) = [hit for hit in find_hits(store, NAME, candidates) if hit.iri.endswith("/idlib-opposition")]
    speakers = {(saying.speaker_name, saying.act) for saying in hit.said}
    store.close()
    assert ("United States of America", "said") in speakers
    assert {act for name, act in speakers if name == "EA WorldView"} & {"denied", "disputed"}
