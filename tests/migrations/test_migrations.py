"""Each migration of data has a case: what it makes of data of before, and that it changes nothing a second time."""

from pathlib import Path

import pyoxigraph as ox
import pytest

HERE = Path(__file__).parent
MIGRATIONS = sorted((HERE.parents[1] / "docs" / "migrations").glob("*.ru"))


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_makes_the_data_on_file_and_nothing_more_when_repeated(migration: Path) -> None:
    store, expected = ox.Store(), ox.Store()
    store.load(path=HERE / migration.stem / "before.trig")
    expected.load(path=HERE / migration.stem / "after.trig")
    for _ in range(2):
        store.update(migration.read_text(encoding="utf-8"))
        assert set(map(str, store)) == set(map(str, expected))


def test_every_case_is_of_a_migration() -> None:
    assert {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"} == {
        path.stem for path in MIGRATIONS
    }
