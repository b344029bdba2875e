"""A graph with violations is mended in several writes: each is accepted that adds none."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph
from oxigraph_server import run_engine

from kg.bulk_load import load_in_bulk
from kg.errors import Finding, InputRejectedError, Severity, UpdateConflictError
from kg.execution.passthrough import PassthroughExecutor
from kg.governed.interface import call_update
from kg.ingest.ingestor import Ingestor
from kg.ingest.tolerance import Tolerance
from kg.journal.record import UNKNOWN
from kg.load_procedure import create_procedures
from kg.namespaces import PREF_LABEL, VOCAB, value_of
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.remote import RemoteStore
from kg.update.evaluation import Update
from kg.write_gate import WriteGate
from kg.writer import Writer

REGISTER = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/invented")
ILM, OSTRA = (ox.NamedNode(f"{DEFAULT_BASE_IRI}id/place/{name}") for name in ("ilm", "ostra"))
PREFIXES = f"""
PREFIX actor: <{DEFAULT_BASE_IRI}id/actor/>
PREFIX place: <{DEFAULT_BASE_IRI}id/place/>
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX kind: <{VOCAB}place-kind/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
WITH <{REGISTER.value}>
"""


MENDED = "DELETE { place:ilm ck:placeKind kind:nothing } INSERT { place:ilm ck:placeKind kind:town } WHERE {}"


class Bench:
    """A writer over a graph in which a place has no name, and another is of a kind that is not described."""

    def __init__(self, store: Store, graph: InProcessGraph) -> None:
        kind = ox.NamedNode(f"{VOCAB}place-kind/town"), ox.NamedNode(f"{VOCAB}place-kind/nothing")
        of_ilm = [quad for quad in graph.store.match(ILM, None, None) if quad.object == kind[0]]
        name = list(graph.store.match(OSTRA, ox.NamedNode(PREF_LABEL), None))
        (quad,) = of_ilm
        other = ox.Quad(quad.subject, quad.predicate, kind[1], quad.graph_name)
        quads = frozenset(graph.store.quads()).difference(of_ilm, name) | {other}
        store.apply(Change.from_quads(added=quads))
        self.store, self.gate = store, WriteGate(fingerprint="of another program")
        executor = PassthroughExecutor(store, procedures=create_procedures(graph.settings))
        self.writer = Writer(graph.settings, store, executor, self.gate)

    def update(self, text: str) -> Mapping[str, Any]:
        update = Update(f"{PREFIXES}{text}")
        return self.writer.write(call_update(update, dry_run=False, timeout_s=inf), UNKNOWN)

    def refuse(self, text: str) -> set[str]:
        """The subjects of what the update is refused for."""
        before = frozenset(self.store.quads())
        with pytest.raises(InputRejectedError) as rejection:
            self.update(text)
        assert frozenset(self.store.quads()) == before
        return {finding.subject.rpartition("/id/")[2] for finding in rejection.value.findings}


@pytest.fixture(params=["embedded", "remote"])
def bench(request: pytest.FixtureRequest, register_graph: InProcessGraph) -> Bench:
    if request.param == "embedded":
        return Bench(EmbeddedStore.in_memory(), register_graph)
    bench: Bench = request.getfixturevalue("remote")
    return bench


@pytest.fixture
def remote(register_graph: InProcessGraph) -> Iterator[Bench]:
    """Over an engine of its own."""
    with run_engine("--union-default-graph") as url, closing(RemoteStore.open(f"{url}/query")) as store:
        yield Bench(store, register_graph)


@pytest.mark.slow
def test_a_graph_with_violations_is_mended_in_several_writes(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.writer.validate_all()
    first = bench.gate.violations
    assert f"{first} violations" in bench.gate.notice
    assert "place-kind/nothing is not described anywhere" in caplog.text, "of an integrity rule"
    assert "place/ostra" in caplog.text, "of a shape"

    assert bench.refuse("DELETE { place:vale skos:prefLabel ?name } WHERE { place:vale skos:prefLabel ?name }") == {
        "place/vale"
    }
    assert bench.refuse("INSERT { place:ostra ck:placeKind kind:nowhere } WHERE {}") == {"place/ostra"}
    bench.update('INSERT { actor:council skos:hiddenLabel "the C."@en } WHERE {}')
    touched = bench.update('INSERT { place:ostra skos:hiddenLabel "O."@en } WHERE {}')
    assert {warning["severity"] for warning in touched["warnings"]} == {"Warning"}
    assert bench.gate.violations == first

    bench.update(MENDED)
    assert 0 < bench.gate.violations < first
    with caplog.at_level(logging.WARNING):
        bench.update('INSERT { place:ostra skos:prefLabel "Ostra"@en } WHERE {}')
    assert "conforms again" in caplog.text
    assert (bench.gate.violations, bench.gate.notice) == (0, "")
    assert bench.refuse("INSERT { place:ilm ck:placeKind kind:nothing } WHERE {}") == {"place/ilm"}


@pytest.mark.slow
def test_a_bulk_load_is_refused_for_the_violations_of_what_is_kept(
    register_graph: InProcessGraph, post_quads: frozenset[ox.Quad], tmp_path: Path
) -> None:
    bench, file = Bench(EmbeddedStore.in_memory(), register_graph), tmp_path / "post.nq"
    file.write_bytes(ox.serialize(post_quads, format=ox.RdfFormat.N_QUADS) or b"")
    with pytest.raises(InputRejectedError) as rejection:
        load_in_bulk(bench.writer, [file], tmp_path, UNKNOWN)
    assert {ILM.value, OSTRA.value} <= {finding.subject for finding in rejection.value.findings}


@pytest.mark.slow
def test_what_others_have_changed_in_a_remote_engine_meanwhile_is_not_overwritten(
    remote: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.writer.validate_all()
    judge = Ingestor.find_violations

    def move_and_judge(ingestor: Ingestor, store: Store) -> list[Finding]:
        kinds = [quad for quad in remote.store.match(ILM, None, None) if value_of(quad.object).endswith("/nothing")]
        remote.store.apply(Change.from_quads(removed=kinds))
        return judge(ingestor, store)

    monkeypatch.setattr(Ingestor, "find_violations", move_and_judge)
    with pytest.raises(UpdateConflictError):
        remote.update(MENDED)


def test_a_violation_is_the_same_in_other_words_and_not_of_another_value() -> None:
    known = Finding("the quotes repeat 60% of the text", subject="https://example.org/s", rule="quoted-share")
    tolerance = Tolerance([known])
    worded = replace(known, message="the quotes repeat 40% of the text", cure="Keep fewer")
    others = [
        replace(known, subject="https://example.org/other"),
        replace(known, rule="other"),
        replace(known, path="other"),
        replace(known, value="other"),
    ]
    assert tolerance.select_new([known, worded, *others]) == others
    assert not tolerance.select_new([replace(others[0], severity=Severity.WARNING)])
