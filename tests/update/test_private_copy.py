"""A private copy is as it was, even after a step that the engine could not finish."""

from typing import cast

import pyoxigraph as ox
import pytest

from kg.update.private_copy import Limits, PrivateCopy


def _quad(number: int) -> ox.Quad:
    return ox.Quad(ox.NamedNode(f"x:s{number}"), ox.NamedNode("x:p"), ox.Literal(number), ox.NamedNode("x:g"))


class FullDisk:
    """An engine that has no room for more quads, once."""

    def __init__(self, engine: ox.Store) -> None:
        self._engine, self._is_full = engine, True

    def extend(self, quads: set[ox.Quad]) -> None:
        if self._is_full:
            self._is_full = False
            raise OSError("no space left on device")
        self._engine.extend(quads)

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def __contains__(self, quad: ox.Quad) -> bool:
        return quad in self._engine


def test_step_that_fails_half_way_is_put_back() -> None:
    engine = ox.Store()
    engine.extend(map(_quad, range(3)))
    before = set(engine)
    copy = PrivateCopy(cast(ox.Store, FullDisk(engine)), Limits(max_quads=10))
    with pytest.raises(OSError, match="no space"):
        copy.exchange({_quad(0), _quad(1)}, {_quad(7)})
    assert set(engine) != before
    copy.restore()
    assert set(engine) == before
