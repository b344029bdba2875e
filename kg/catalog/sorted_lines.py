"""The quads of one graph as sorted lines of N-Quads, whatever their number; on disk, a few megabytes in memory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.store.sorted_lines import sort_lines


def sort_graph(engine: ox.Store, graph: ox.NamedNode, folder: Path) -> Iterator[bytes]:
    """The lines, in the order of their bytes. ``folder``: for files that exist while they are read."""
    ending = b" <%b> .\n" % graph.value.encode()
    with tempfile.TemporaryFile(dir=folder) as triples:
        engine.dump(triples, ox.RdfFormat.N_TRIPLES, from_graph=graph)
        triples.seek(0)
        yield from sort_lines((line.removesuffix(b" .\n") + ending for line in triples), folder)
