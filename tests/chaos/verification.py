"""Whether a data directory has exactly what the clients of a run were told, after whatever has happened to it.

Reads journal and store at rest, and what writers and readers have noted. Changes nothing.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from kg.data_directory import GRAPH_STORE, JOURNAL
from kg.directory_check import Level, examine
from kg.journal.journal import read_records
from kg.knowledge_graph import load_shipped_schema
from kg.load_procedure import create_ingestor
from kg.namespaces import TYPE, value_of
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore
from kg.store.history import to_changes
from kg.validation.pyshacl_engine import PyShaclEngine
from kg.validation.validator import Validator
from tests.chaos.clients import Clients, Writer, digest_of, number_of
from tests.chaos.home_graphs import LABEL, ORGANIZATION, Quads, graph_of, is_home_graph, recorders

_NOT_OURS = {"workers", "disk", "sandbox", "open files", "ontology", "permissions"}
"""What `kg check` says of the machine, of leftovers and of shipped data."""


def verify(directory: Path, clients: Clients) -> int:
    """Fail with the first thing that is wrong; the number of commits. The server must have ended."""
    check_directory(directory)
    history = History(directory / JOURNAL)
    for writer in clients.writers:
        history.check_writer(writer)
    for reader in clients.label_readers:
        for version, content in reader.seen.items():
            assert history.labels(version) == content, f"{reader.name}: version {version} is no commit"
    for version, content in clients.graphql_reader.seen.items():
        assert history.organizations(version) == content, f"GraphQL: version {version} is no commit"
    for name, reader in clients.graph_readers.items():
        for version, content in reader.seen.items():
            assert history.graph(version, name) == content, f"{reader.name}: version {version} is no commit"
    quads = read_store(directory)
    assert quads == history.states[-1]
    expected = recorders().union(*(writer.state for writer in clients.writers))
    assert expected == {quad for quad in quads if is_home_graph(quad.graph_name)}
    assert not list_violations(quads)
    return len(history.versions) - 1


def check_directory(directory: Path) -> None:
    """``kg check --deep`` finds nothing wrong: the journal leads to what the store has, and that conforms."""
    settings = Settings(data_dir=directory)
    ingestor = create_ingestor(load_shipped_schema(settings.base_iri), settings)
    results = examine(settings, deep=ingestor.find_violations)
    wrong = [result for result in results if result.level is Level.WRONG and result.subject not in _NOT_OURS]
    assert not wrong, wrong
    assert {"journal", "history", "conformance"} <= {result.subject for result in results}


def list_violations(quads: Quads) -> list[str]:
    """What both engines find in the whole graph."""
    shapes = load_shipped_schema(DEFAULT_BASE_IRI).shapes
    found = Validator(shapes).validate(quads) + PyShaclEngine.compile(shapes).validate(quad.triple for quad in quads)
    return [str(finding) for finding in found]


def read_store(directory: Path) -> Quads:
    """All quads of the store."""
    with closing(EmbeddedStore.open_read_only(directory / GRAPH_STORE)) as store:
        return frozenset(store.quads())


class History:
    """The state after each commit of the journal; quads are shared by all states that have them."""

    def __init__(self, journal: Path) -> None:
        self.versions, self.states = ["0-000000000000"], [frozenset[ox.Quad]()]
        self._graphs: list[frozenset[str]] = [frozenset()]
        for record in read_records(journal):
            changes = list(to_changes(record))
            before = self.states[-1]
            removed = frozenset(quad for change in changes for quad in change.removed_quads())
            added = frozenset(quad for change in changes for quad in change.added_quads())
            assert removed <= before, f"version {record.version} removes what was not there"
            assert not added & before, f"version {record.version} adds what was there"
            self.states.append(before - removed | added)
            self.versions.append(record.dataset_version)
            self._graphs.append(frozenset(record.entry.graphs))

    def check_writer(self, writer: Writer) -> None:
        """Its graphs have taken exactly the states that its writes left, in this order; what it was told is there."""
        graphs = {graph_of(name).value for name in writer.plan.names}
        commits = [number for number, touched in enumerate(self._graphs) if touched & graphs]
        states = [frozenset(quad for quad in self.states[n] if value_of(quad.graph_name) in graphs) for n in commits]
        assert states == [step.after for step in writer.steps], f"{writer.name}: {_describe(states, writer)}"
        for (number, following), step in zip(pairwise([*commits, len(self.states)]), writer.steps, strict=True):
            if step.version:
                assert step.version == self.versions[number_of(step.version)], f"{step.version} is lost"
                assert number <= number_of(step.version) < following, (
                    f"{step.kind}: {step.version} is not of its commit"
                )

    def labels(self, version: str) -> str:
        """The digest of what a reader of labels gets of that version."""
        rows = (
            ",".join(map(value_of, (quad.graph_name, quad.subject, quad.object))).encode()
            for quad in self._find(version)
            if quad.predicate == LABEL and is_home_graph(quad.graph_name)
        )
        return digest_of([b"g,s,l", *rows])

    def organizations(self, version: str) -> str:
        """The digest of what GraphQL says of the organizations of that version."""
        quads = list(self._find(version))
        found = {quad.subject for quad in quads if quad.predicate == TYPE and quad.object == ORGANIZATION}
        labels = (quad for quad in quads if quad.predicate == LABEL and quad.subject in found)
        return digest_of([f"{value_of(quad.subject)},{value_of(quad.object)}".encode() for quad in labels])

    def graph(self, version: str, name: str) -> str:
        """The digest of what a reader of this graph gets of that version."""
        triples = (quad.triple for quad in self._find(version) if quad.graph_name == graph_of(name))
        return digest_of((ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines())

    def _find(self, version: str) -> Iterator[ox.Quad]:
        number = number_of(version)
        assert number < len(self.versions), f"{version} was read, and the journal ends before"
        assert self.versions[number] == version, f"{version} was read, and the journal has {self.versions[number]}"
        return iter(self.states[number])


def _describe(states: list[Quads], writer: Writer) -> str:
    kinds = [step.kind for step in writer.steps]
    for number, (state, step) in enumerate(zip(states, writer.steps, strict=False)):
        if state != step.after:
            return f"{len(states)} commits for {len(kinds)} writes; number {number} ({step.kind}) left something else"
    return f"{len(states)} commits for {len(kinds)} writes, the last of which are {kinds[-3:]}"
