"""Every version of a store can be restored from its journal, exactly, unless something of it was redacted."""

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from random_commits import RandomHistory, list_empty_graphs

from kg.errors import HistoryRedactedError, StoreError
from kg.journal.record import UNKNOWN
from kg.store.embedded import EmbeddedStore
from kg.store.history import compare, restore_state

from .conftest import addition, quad

SEED, LENGTH = 7, 60


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a random history."""
    directory = tmp_path_factory.mktemp("data")
    history = RandomHistory(SEED)
    with closing(EmbeddedStore.open(directory / "graph", journal=directory / "journal")) as store:
        while history.length < LENGTH:
            store.commit([(history.draw(), UNKNOWN) for _ in range(3)])
    return directory


@pytest.mark.parametrize("version", [0, 1, 2, 31, LENGTH])
def test_a_version_is_restored_as_it_was(directory: Path, version: int) -> None:
    restored = restore_state(directory / "journal", version)
    history = RandomHistory(SEED).skip_to(version)
    assert set(restored.quads()) == history.quads
    assert list_empty_graphs(restored.engine) == history.empty_graphs
    assert restored.version.startswith(f"{version}-" if version else "0")


def test_the_last_version_is_what_the_store_has(directory: Path) -> None:
    store = EmbeddedStore.open_read_only(directory / "graph")
    assert not compare(store, restore_state(directory / "journal", LENGTH))
    difference = compare(store, restore_state(directory / "journal", LENGTH - 1))
    assert difference
    assert difference.example
    store.close()


def test_a_version_after_the_last_is_an_error_that_names_the_last(directory: Path) -> None:
    with pytest.raises(StoreError, match=f"ends at version {LENGTH}"):
        restore_state(directory / "journal", LENGTH + 1)


def redact(segment: Path, text: bytes) -> None:
    """Replace the row with this text by its digest, as ``kg.journal.record`` says."""
    lines = segment.read_bytes().splitlines(keepends=True)
    (number,) = [number for number, line in enumerate(lines) if text in line]
    lines[number] = b"X " + sha256(lines[number]).hexdigest().encode() + b"\n"
    start = max(at for at, line in enumerate(lines[:number]) if line.startswith(b"B "))
    end = next(at for at, line in enumerate(lines[number:], number) if line.startswith(b"C "))
    lines[start] = b"B %d\n" % sum(map(len, lines[start + 1 : end]))
    segment.write_bytes(b"".join(lines))


def test_versions_before_a_redacted_row_are_restored_and_those_from_it_on_are_refused(tmp_path: Path) -> None:
    with closing(EmbeddedStore.open(tmp_path / "graph", journal=tmp_path / "journal")) as store:
        for number, value in enumerate(["kept", "secret", "later"]):
            store.apply(addition(quad("a", value, f"g{number}")))
    redact(tmp_path / "journal" / "000000000001.journal", b"secret")
    assert set(restore_state(tmp_path / "journal", 1).quads()) == {quad("a", "kept", "g0")}
    for version in (2, 3):
        with pytest.raises(HistoryRedactedError, match="1 rows of version 2"):
            restore_state(tmp_path / "journal", version)
    with closing(EmbeddedStore.open(tmp_path / "graph", journal=tmp_path / "journal")) as store:
        assert len(list(store.quads())) == 3, "the store itself has all that was flushed"
        store.apply(addition(quad("a", "more")))
