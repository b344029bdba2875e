"""The shipped data without samples, loaded once for all test processes: validating it takes several seconds.

Owns the copies that tests get. That a server and the command line load it themselves is tested in ``tests/cli``.
"""

import fcntl
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

from in_process import InProcessGraph

from kg.knowledge_graph import KnowledgeGraph
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore


@dataclass(frozen=True, slots=True)
class ShippedData:
    """A data directory with the shipped data. Must not be changed."""

    directory: Path

    @classmethod
    def prepare(cls, folder: Path) -> "ShippedData":
        """The data directory in this folder, made by the first of the processes that share the folder."""
        directory, staged = folder / "shipped-data", folder / "shipped-data.next"
        with (folder / "shipped-data.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not directory.exists():
                _load(Settings(data_dir=staged, samples=False))
                staged.rename(directory)
        return cls(directory)

    def copy(self, to: Path) -> Path:
        """A data directory of the caller's own; ``to`` must not exist, or be empty."""
        return Path(copytree(self.directory, to, dirs_exist_ok=True))

    def store(self) -> EmbeddedStore:
        """A store of its own in memory."""
        store = EmbeddedStore.in_memory()
        with closing(EmbeddedStore.open_read_only(self.directory / "graph")) as shipped:
            store.apply(Change.from_quads(added=frozenset(shipped.quads())))
        return store

    def graph(self, settings: Settings | None = None) -> InProcessGraph:
        """A knowledge graph of its own in memory."""
        return InProcessGraph.create(settings, self.store())


def _load(settings: Settings) -> None:
    with closing(KnowledgeGraph.open(settings)) as graph:
        InProcessGraph.create(settings, graph.store).load_shipped()
