"""The small world of which questions are asked."""

import pytest
from small_world import SmallWorld


@pytest.fixture(scope="session")
def world() -> SmallWorld:
    return SmallWorld.create()
