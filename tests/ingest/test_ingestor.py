"""Files that are rejected as a whole, and the findings of a load."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph
from shipped_data import ShippedData

from kg import namespaces
from kg.document_calls import read_files
from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest.documents import Document, locate_file
from kg.knowledge_graph import list_shipped_documents
from kg.store.change import Change
from kg.store.proposed_change import ProposedChange

DATE = ox.NamedNode(f"{namespaces.XSD}date")
Reject = Callable[[bytes, str], tuple[Finding, ...]]

HOME_GRAPH = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix ckd: <https://w3id.org/conflict-kg/id/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<graph/other> a ck:Reference ; dcterms:title "Other"@en ; owl:versionInfo "1" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; ck:recordedBy <id/actor/conflict-kg> .
"""
ABOVE_MAXIMUM = "The best is above the maximum: correct the bounds."


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.yaml", b"", "the file contains no YAML document, or several"),
        ("list.yaml", b"- id: a\n", "a dossier is a mapping"),
        ("word.yaml", b"a word\n", "a dossier is a mapping"),
        ("bytes.yaml", b"id: \xff\n", "byte 0xff is not UTF-8"),
        ("deep.yaml", b"id: " + b"[" * 60 + b"]" * 60, "nested deeper than 40 levels"),
        ("empty.ttl", b"", "the file contains no triple"),
        ("post.docx", b"PK", "unknown kind of file '.docx'"),
        ("post", b"id: a\n", "unknown kind of file ''"),
        ("bytes.ttl", b"\xff", "byte 0xff is not UTF-8"),
        ("syntax.ttl", b"<s> <p>", "does not parse: "),
    ],
)
def test_file_that_is_no_document_is_rejected_by_its_name(name: str, data: bytes, message: str, reject: Reject) -> None:
    (finding,) = reject(data, name)
    assert finding.message.startswith(message)
    assert finding.cure or name == "syntax.ttl"
    assert finding.location
    assert finding.location.document == name


def test_findings_of_all_files_are_reported_at_once(register_graph: InProcessGraph) -> None:
    with pytest.raises(InputRejectedError) as rejection:
        register_graph.ingestor.read_all([("a.yaml", b"- a\n"), ("b.ttl", b"nonsense")])
    assert [str(finding.location).partition(":")[0] for finding in rejection.value.findings] == ["a.yaml", "b.ttl"]


def test_every_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as rejection:
        read_files([tmp_path / "gone.yaml", tmp_path, tmp_path / "lost.ttl"])
    named = [Path(finding.location.document).name for finding in rejection.value.findings if finding.location]
    assert named == ["gone.yaml", tmp_path.name, "lost.ttl"]


def test_statement_outside_any_source_is_rejected_with_a_cure(reject: Reject) -> None:
    text = f"""{HOME_GRAPH}
ckd:statement\\/homeless a ck:Statement ; ck:speaker <id/actor/council> ; ck:rationale "why"@en ;
    ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/none> ; ck:asserts ckd:proposition\\/homeless .
ckd:proposition\\/homeless a ck:Labelling ; ck:labelled <id/place/vale> ; ck:label "x"@en .
"""
    (finding,) = reject(text.encode(), "other.ttl")
    assert finding.subject.endswith("statement/homeless")
    assert finding.message.startswith("Say in which source the statement is reported")


def test_blank_nodes_are_loaded_under_iris_of_their_own(knowledge_graph: InProcessGraph) -> None:
    text = f"""{HOME_GRAPH}
[] a ck:Organization ; skos:prefLabel "Somebody"@en .
"""
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(text.encode(), "other.ttl")])
    (graph,) = plan.graphs
    assert any("/.well-known/genid/" in name for name in graph.new)


def test_maximum_below_the_minimum_is_a_warning_in_a_data_set_and_loaded(
    knowledge_graph: InProcessGraph, example: Path
) -> None:
    data = (example / "defective-dataset.trig").read_bytes()
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(data, "defective-dataset.trig")])
    (warning,) = plan.warnings
    assert warning.severity == Severity.WARNING
    assert warning.subject.endswith("/id/count/row-1")
    assert warning.message == ABOVE_MAXIMUM
    assert any(str(quad.subject).endswith("count/row-1>") for quad in knowledge_graph.store.quads())


def test_maximum_below_the_minimum_is_rejected_in_a_dossier(reject: Reject, example: Path) -> None:
    data = (example / "defective-dataset.trig").read_bytes().replace(b"a ck:Dataset", b"a ck:Dossier")
    (finding,) = reject(data, "defective-dataset.trig")
    assert finding.severity == Severity.VIOLATION
    assert finding.subject.endswith("/id/count/row-1")
    assert finding.message == ABOVE_MAXIMUM


@pytest.mark.slow
def test_days_that_an_earlier_version_derived_are_corrected_with_its_ontology_by_the_next_load_of_anything(
    shipped_data: ShippedData,
) -> None:
    graph = shipped_data.graph()
    right = frozenset(graph.store.quads())
    spans = {quad for quad in right if quad.predicate in namespaces.SPANS.values()}
    first = next(quad for quad in right if quad.predicate == namespaces.EARLIEST)
    invented = ox.Quad(first.subject, first.predicate, ox.Literal("2007-08-31", datatype=DATE), first.graph_name)
    ontology = graph.ingestor.context.ontology_graphs
    graph.store.apply(
        Change.from_quads(removed={first, min(graph.store.quads(*ontology), key=str), *spans}, added={invented})
    )
    register, *_ = (path for path in list_shipped_documents() if path.suffix == ".ttl")
    documents = graph.read_files([register])
    plan = graph.load(documents)
    assert not [warning for warning in plan.warnings if warning.rule == "edtf"]
    loaded = {name.value for document in documents for name in document.graphs}
    assert {name.value for name in ontology} < set(plan.renewed), "days of other graphs too"
    assert plan.change.touched - loaded == set(plan.renewed) - loaded == set(plan.renewed)
    assert frozenset(graph.store.quads()) == right


def test_only_the_program_itself_renews_the_ontology(example: Path) -> None:
    graph = InProcessGraph.create()
    ingestor, ontology = graph.ingestor, graph.ingestor.context.ontology
    names = {name.value for name in ingestor.context.ontology_graphs}
    (register,) = graph.read_files([example / "register.ttl"])
    assert ingestor.propose([register], graph.store).renewed == names
    brought = Document("mine.ttl", ontology, locate_file("mine.ttl"))
    assert ingestor.propose([register, brought], graph.store).renewed == frozenset()
    for added, renewed in ((register.quads, names), (register.quads | {min(ontology, key=str)}, set())):
        change = ProposedChange.over(graph.store, frozenset(), added)
        assert ingestor.propose_change(change, graph.store).renewed == renewed
    graph.load([register])
    change = ProposedChange.over(graph.store, register.quads, frozenset())
    assert ingestor.propose_change(change, graph.store).renewed == frozenset()
