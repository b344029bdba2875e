"""The dumps of a store in files: one for each home graph, and one with all of them.

Owns their folder. The same data gives the same bytes: lines are sorted within a graph, graphs by IRI, and nothing else
is in the compressed files. Only graphs that have changed are written again; the dump of all is those of the graphs, one
after the other (RFC 1952, section 2.2). A file is called after its content, so that one that is being sent stays as it
is. Graphs that are restricted are in none, unless that is wanted. Knows no HTTP.
"""

import gzip
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.access_rights import find_restricted_graphs
from kg.catalog.sorted_lines import sort_graph
from kg.errors import OverloadedError, StoreError
from kg.store.embedded import EmbeddedStore

ALL = "all"
"""The name of the dump of all graphs."""
SUFFIX = "nq.gz"
_MANIFEST, _SCRATCH = "manifest.json", "next"
_LEVEL = 6
_REST, _RETRY_S = 10, 5
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of N-Quads, compressed by gzip."""

    name: str
    """The path of the graph under the base IRI, or ALL."""
    graph: str
    """Its IRI; empty for the dump of all."""
    graph_version: str
    quads: int
    size: int
    """In bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class DumpSet:
    """The dumps of one version of the data."""

    version: str
    dumps: tuple[Dump, ...]

    def find(self, name: str) -> Dump | None:
        """The dump of that name."""
        return next((dump for dump in self.dumps if dump.name == name), None)

    def members(self) -> dict[str, Any]:
        """As JSON values."""
        return {"version": self.version, "dumps": list(map(asdict, self.dumps))}

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> "DumpSet":
        """What ``members`` describes."""
        return cls(members["version"], tuple(Dump(**dump) for dump in members["dumps"]))


class DumpFiles:
    """For any thread."""

    def __init__(
        self,
        store: EmbeddedStore,
        folder: Path,
        base_iri: str,
        clock: Callable[[], float] = time.monotonic,
        *,
        includes_restricted: bool = False,
    ) -> None:
        self._store, self._folder, self._base_iri, self._clock = store, folder, base_iri, clock
        self._includes_restricted = includes_restricted
        self._lock = threading.Lock()
        self._current = _read_manifest(folder)
        if self.is_current and self._list_dumped() != {graph.value for graph in self._list_public(store)}:
            self._current = None  # written when other graphs were public
        self._rests_until = -inf
        """Until then older dumps are good enough, so that writing them takes a tenth of one processor at most."""

    @property
    def current(self) -> DumpSet | None:
        """The dumps that were written last, perhaps of an older version; none if they have a graph restricted now."""
        if self._current is None or self._includes_restricted:
            return self._current
        restricted = {graph.value for graph in find_restricted_graphs(self._store)}
        return None if restricted & self._list_dumped() else self._current

    @property
    def is_current(self) -> bool:
        """Whether the dumps are of the version of the data that readers see."""
        return (current := self.current) is not None and current.version == self._store.version

    def path(self, dump: Dump) -> Path:
        """Where its file is."""
        return self._folder / f"{dump.sha256}.{SUFFIX}"

    def renew(self) -> DumpSet:
        """The dumps of the current version, written if they are not there.

        While others write them, and for ten times as long as that took, those of an older version. Takes about ten
        seconds for each million quads of changed graphs. Raises OverloadedError if there are none yet and others write
        them, or StoreError.
        """
        current = self.current
        if current is not None and (self.is_current or self._clock() < self._rests_until):
            return current
        if not self._lock.acquire(blocking=False):
            if current is None:
                raise OverloadedError(_RETRY_S)
            return current
        started = self._clock()
        try:
            self._current = self._write_all()
        finally:
            now = self._clock()
            self._rests_until = now + _REST * (now - started)
            self._lock.release()
        self._remove_others(self._current)
        return self._current

    def _write_all(self) -> DumpSet:
        scratch = self._folder / _SCRATCH
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            shutil.rmtree(scratch, ignore_errors=True)  # of a process that was ended meanwhile
            scratch.mkdir()
            return self._write(scratch)
        except OSError as error:
            raise StoreError(f"{self._folder}: the dumps cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _write(self, scratch: Path) -> DumpSet:
        # Before the copy is made: a version that is noted too early only has the dump written once more.
        versions = {graph.value: self._store.graph_version(graph) for graph in self._store.graphs()}
        version = self._store.checkpoint(scratch / "graph")
        known = {dump.graph: dump for dump in self._current.dumps} if self._current else {}
        snapshot = EmbeddedStore.open_read_only(scratch / "graph")
        try:
            dumps = [
                self._write_graph(snapshot.engine, graph, versions.get(graph.value, ""), known, scratch)
                for graph in self._list_public(snapshot)
            ]
        finally:
            snapshot.close()
        dump_set = DumpSet(version, (self._join(dumps, scratch), *dumps))
        staged = scratch / _MANIFEST
        staged.write_text(json.dumps(dump_set.members()), encoding="utf-8")
        os.replace(staged, self._folder / _MANIFEST)
        return dump_set

    def _list_dumped(self) -> set[str]:
        dumps = self._current.dumps if self._current else ()
        return {dump.graph for dump in dumps if dump.name != ALL}

    def _list_public(self, store: EmbeddedStore) -> list[ox.NamedNode]:
        hidden = frozenset() if self._includes_restricted else find_restricted_graphs(store)
        return [graph for graph in store.graphs() if graph not in hidden]

    def _write_graph(
        self, engine: ox.Store, graph: ox.NamedNode, graph_version: str, known: Mapping[str, Dump], scratch: Path
    ) -> Dump:
        before = known.get(graph.value)
        if before and graph_version and before.graph_version == graph_version and self.path(before).exists():
            return before
        file, quads = scratch / "part", 0
        with file.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as compressed:
            for line in sort_graph(engine, graph, scratch):
                compressed.write(line)
                quads += 1
        name = graph.value.removeprefix(self._base_iri)
        return self._keep(file, Dump(name, graph.value, graph_version, quads, 0, ""))

    def _join(self, dumps: Iterable[Dump], scratch: Path) -> Dump:
        file, quads = scratch / "part", 0
        with file.open("wb") as joined:
            for dump in dumps:
                with self.path(dump).open("rb") as part:
                    shutil.copyfileobj(part, joined, _COPY_BYTES)
                quads += dump.quads
        return self._keep(file, Dump(ALL, "", "", quads, 0, ""))

    def _keep(self, file: Path, dump: Dump) -> Dump:
        """The dump with size and digest, its file under its own name."""
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        kept = replace(dump, size=file.stat().st_size, sha256=digest)
        os.replace(file, self.path(kept))
        return kept

    def _remove_others(self, dump_set: DumpSet) -> None:
        used = {self.path(dump) for dump in dump_set.dumps}
        for file in self._folder.glob(f"*.{SUFFIX}"):
            if file not in used:
                with suppress(OSError):
                    file.unlink()


def _read_manifest(folder: Path) -> DumpSet | None:
    """The dumps that are in the folder; None if there are none that can be read."""
    try:
        return DumpSet.from_members(json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
