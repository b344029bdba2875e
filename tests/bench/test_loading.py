"""The data of the benchmark of loads: whole graphs in several files, which can be loaded one after the other."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.loading import Data


@pytest.mark.slow
def test_files_have_whole_graphs_and_refer_to_no_later_ones(tmp_path: Path) -> None:
    data = Data.generate(tmp_path / "data", 6_000, 1_000, 2_000)
    quads = [list(ox.parse(path=str(file))) for file in data.files]
    assert [len(part) >= size for part, size in zip(quads, (6_000, 1_000, 2_000), strict=True)] == [True] * 3
    seen: set[ox.Quad] = set()
    for part in quads:
        assert {quad.graph_name for quad in part}.isdisjoint(quad.graph_name for quad in seen)
        seen.update(part)
        described = {quad.subject for quad in seen}
        own = {quad.object for quad in part if "/id/" in str(quad.object) and isinstance(quad.object, ox.NamedNode)}
        assert own <= described
