"""A bulk load has the change, the verdict and the violations of an ordinary load of the same files."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph
from integrity_walk import Walk

from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest.bulk import planner as planner_module
from kg.ingest.bulk.graph_after import GraphAfter
from kg.ingest.bulk.planner import BulkPlan, BulkPlanner
from kg.ingest.bulk.progress import ProgressFile, read_progress
from kg.namespaces import SKOS, value_of
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize

Quads = frozenset[ox.Quad]
SEEDS = range(4)
STEPS = 25
PlanBulk = Callable[..., BulkPlan]


@pytest.fixture
def small(knowledge_graph: InProcessGraph, post: str) -> InProcessGraph:
    """The register and the post, with the text of the post in the archive."""
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    return knowledge_graph


def parse(file: Path) -> Quads:
    return frozenset(ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS))


def write_quads(file: Path, quads: Iterable[ox.Quad]) -> Path:
    file.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    return file


def plan_in_bulk(
    graph: InProcessGraph, folder: Path, *files: Path, small: Iterable[Path] = (), conforms: bool = True
) -> BulkPlan:
    folder.mkdir(exist_ok=True)
    assert isinstance(graph.store, EmbeddedStore)
    others = [(str(file), file.read_bytes()) for file in small]
    progress, planner = ProgressFile(folder), BulkPlanner(graph.ingestor)
    return planner.plan(list(files), others, graph.store, folder, progress, conforms=conforms)


def outcome_in_bulk(graph: InProcessGraph, folder: Path, *files: Path) -> tuple[Quads, Quads] | set[Finding]:
    """What is removed and added, or the violations."""
    try:
        plan = plan_in_bulk(graph, folder, *files)
    except InputRejectedError as error:
        return comparable(error.findings)
    return parse(plan.change.removed), parse(plan.change.added)


def outcome_of_load(graph: InProcessGraph, *files: Path) -> tuple[Quads, Quads] | set[Finding]:
    try:
        documents = graph.ingestor.read_all([(str(file), file.read_bytes()) for file in files], graph.store)
        plan = graph.ingestor.plan(documents, graph.store)
    except InputRejectedError as error:
        return comparable(error.findings)
    return frozenset(plan.change.removed_quads()), frozenset(plan.change.added_quads())


def comparable(findings: Iterable[Finding]) -> set[Finding]:
    """Without suggestions, which depend on what was looked at."""
    assert all(finding.severity is Severity.VIOLATION for finding in findings)
    return {replace(finding, cure="") for finding in findings}


def subjects_of(quads: Quads) -> set[object]:
    return {quad.subject for quad in quads}


def draw_graphs(chance: random.Random, before: Quads, after: Quads) -> Quads:
    """The quads of the graphs that differ, and of some others."""
    changed = {quad.graph_name for quad in before ^ after}
    names = {quad.graph_name for quad in after if quad.graph_name in changed or chance.random() < 0.3}
    return frozenset(quad for quad in after if quad.graph_name in names)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_random_documents_are_loaded_as_by_an_ordinary_load(small: InProcessGraph, tmp_path: Path, seed: int) -> None:
    chance, verdicts = random.Random(seed), set()
    state = frozenset(small.store.quads())
    walk = Walk(small, seed)
    for step in range(STEPS):
        removed, added = walk.edits.draw(state)
        loaded = draw_graphs(chance, state, normalize((state - removed) | added))
        if not loaded or any(not isinstance(quad.graph_name, ox.NamedNode) for quad in loaded):
            continue
        file = write_quads(tmp_path / f"{step}.nq", loaded)
        expected = outcome_of_load(small, file)
        assert outcome_in_bulk(small, tmp_path / "folder", file) == expected, (removed, added)
        verdicts.add(isinstance(expected, tuple))
    assert verdicts == {True, False}


@pytest.fixture
def refuse_to_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is kept is neither read into memory nor written to a file."""

    def complete(_graph: GraphAfter) -> None:
        raise AssertionError("all that is kept is read")

    monkeypatch.setattr(GraphAfter, "complete_memory", complete)
    monkeypatch.setattr(GraphAfter, "complete_file", complete)


@pytest.fixture
def post_file(post_quads: Quads, tmp_path: Path) -> Path:
    return write_quads(tmp_path / "post.nq", post_quads)


@pytest.mark.usefixtures("refuse_to_complete")
def test_new_graphs_are_judged_without_reading_all_that_is_kept(
    knowledge_graph: InProcessGraph, post_file: Path, tmp_path: Path
) -> None:
    expected = outcome_of_load(knowledge_graph, post_file)
    assert isinstance(expected, tuple)
    assert outcome_in_bulk(knowledge_graph, tmp_path / "folder", post_file) == expected


@pytest.mark.slow
@pytest.mark.usefixtures("refuse_to_complete")
def test_new_graphs_with_faults_are_refused_as_by_an_ordinary_load(
    knowledge_graph: InProcessGraph, post_quads: Quads, tmp_path: Path
) -> None:
    state, refused = frozenset(knowledge_graph.store.quads()), 0
    kept = subjects_of(state)
    edits, graphs = Walk(knowledge_graph, 1).edits, {quad.graph_name for quad in post_quads}
    for step in range(STEPS):
        removed, added = edits.draw(state | post_quads)
        own = {quad for quad in added if quad.graph_name in graphs and quad.subject not in kept}
        file = write_quads(tmp_path / f"{step}.nq", normalize((post_quads - removed) | own))
        expected = outcome_of_load(knowledge_graph, file)
        assert outcome_in_bulk(knowledge_graph, tmp_path / "folder", file) == expected, (removed, own)
        refused += isinstance(expected, set)
    assert refused > STEPS // 4


def test_a_graph_that_does_not_conform_is_judged_whole(
    knowledge_graph: InProcessGraph, post_file: Path, tmp_path: Path
) -> None:
    name = ox.NamedNode(f"{SKOS}prefLabel")
    for quad in list(knowledge_graph.store.match(None, name, None)):
        if "/id/" in value_of(quad.subject):
            knowledge_graph.store.engine.remove(quad)  # type: ignore[attr-defined]
    with pytest.raises(InputRejectedError):
        plan_in_bulk(knowledge_graph, tmp_path / "folder", post_file, conforms=False)


def test_nothing_is_left_to_change_by_the_same_file_again(small: InProcessGraph, tmp_path: Path) -> None:
    file = write_quads(tmp_path / "all.nq", small.store.quads())
    plan = plan_in_bulk(small, tmp_path / "folder", file)
    assert (plan.change.count, plan.graphs, plan.change.graphs) == (0, (), ())


def test_findings_are_limited_and_counted(
    small: InProcessGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner_module, "MAX_FINDINGS", 3)
    quads = [quad for quad in small.store.quads() if quad.predicate.value.rpartition("#")[2] != "prefLabel"]
    with pytest.raises(InputRejectedError) as rejection:
        plan_in_bulk(small, tmp_path / "folder", write_quads(tmp_path / "all.nq", quads))
    *shown, last = rejection.value.findings
    assert len(shown) == 3
    assert last.message.endswith("further findings")


def test_a_dossier_is_loaded_with_large_files(small: InProcessGraph, tmp_path: Path, post: str) -> None:
    register = next(graph for graph in small.store.graphs() if not graph.value.endswith(("/post", "/ontology")))
    kept = [quad for quad in small.store.quads(register) if quad.predicate.value.rpartition("#")[2] != "hiddenLabel"]
    file, dossier = write_quads(tmp_path / "register.nq", kept), tmp_path / "post.yaml"
    dossier.write_text(post.replace("precision: nearby", "precision: exact"))
    plan = plan_in_bulk(small, tmp_path / "folder", file, small=[dossier])
    expected = outcome_of_load(small, file, dossier)
    assert (parse(plan.change.removed), parse(plan.change.added)) == expected


def test_the_progress_can_be_read_by_others(small: InProcessGraph, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    assert read_progress(folder) is None
    plan_in_bulk(small, folder, write_quads(tmp_path / "all.nq", small.store.quads()))
    progress = read_progress(folder)
    assert progress is not None
    assert progress.phase == "validating"
