from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph

from bench.generate import Generator, generate, values_path
from kg import namespaces
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore

QUADS = 10_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bench") / "data.nq"
    generate(QUADS, file)
    return file


def test_same_seed_gives_same_bytes(data: Path, tmp_path: Path) -> None:
    generate(QUADS, tmp_path / "again.nq")
    assert (tmp_path / "again.nq").read_bytes() == data.read_bytes()
    assert values_path(tmp_path / "again.nq").read_text() == values_path(data).read_text()


def test_another_seed_gives_other_data() -> None:
    assert list(Generator(QUADS, 1).generate_chunks()) != list(Generator(QUADS, 2).generate_chunks())


def test_size_is_at_least_as_requested(data: Path) -> None:
    assert QUADS <= len(data.read_text(encoding="utf-8").splitlines()) < QUADS + 6000


def test_no_quad_twice_and_each_resource_in_one_graph(data: Path) -> None:
    quads = list(ox.parse(path=data))
    assert len(set(quads)) == len(quads)
    homes = Counter(subject for subject, _ in {(quad.subject, quad.graph_name) for quad in quads})
    assert [subject for subject, count in homes.items() if count > 1] == []


def test_speakers_are_skewed_and_acts_have_their_shares() -> None:
    lines = "".join(Generator(100_000).generate_chunks()).splitlines()
    quads = [line.split(" ", 2) for line in lines]
    acts = Counter(predicate for _, predicate, _ in quads)
    statements = acts[f"<{namespaces.CK}speaker>"]
    assert 0.06 < acts[f"<{namespaces.CK}denies>"] / statements < 0.10
    assert 0.03 < acts[f"<{namespaces.CK}disputes>"] / statements < 0.07
    assert 0.07 < acts[f"<{namespaces.CK}relays>"] / statements < 0.13
    speakers = Counter(rest for _, predicate, rest in quads if predicate == f"<{namespaces.CK}speaker>")
    assert speakers.most_common(1)[0][1] > 20 * statements / len(speakers)


@pytest.mark.slow
def test_generated_data_is_ingested_unchanged(data: Path) -> None:
    """Conforms to the shapes and to the rules across documents; the derived days are those that loading derives."""
    settings = Settings(empty=True)
    knowledge_graph = InProcessGraph.create(settings, EmbeddedStore.in_memory())
    plan = knowledge_graph.ingestor.plan(
        [knowledge_graph.ingestor.read(data.read_bytes(), data.name)], knowledge_graph.store
    )
    assert frozenset(plan.change.added_quads()) == frozenset(ox.parse(path=data))
