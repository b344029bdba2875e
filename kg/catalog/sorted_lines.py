"""The quads of one graph as sorted lines of N-Quads, whatever their number; on disk, a few megabytes in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from io import BufferedRandom
from pathlib import Path

import pyoxigraph as ox

_CHUNK_BYTES = 4_000_000
"""Sorted at once: the interpreter does nothing else meanwhile."""


def sort_graph(engine: ox.Store, graph: ox.NamedNode, folder: Path) -> Iterator[bytes]:
    """The lines, in the order of their bytes. ``folder``: for files that exist while they are read."""
    ending = b" <%b> .\n" % graph.value.encode()
    with ExitStack() as files:
        triples = files.enter_context(tempfile.TemporaryFile(dir=folder))
        engine.dump(triples, ox.RdfFormat.N_TRIPLES, from_graph=graph)
        triples.seek(0)
        chunks: list[BufferedRandom] = []
        while lines := triples.readlines(_CHUNK_BYTES):
            chunk = files.enter_context(tempfile.TemporaryFile(dir=folder))
            chunk.writelines(sorted(line.removesuffix(b" .\n") + ending for line in lines))
            chunk.seek(0)
            chunks.append(chunk)
        yield from merge(*chunks)
