"""Folders that are removed at the end, or after their maker was killed, and not before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.locked_folder import create_locked_folder, remove_abandoned

_HOLD = """
import sys
from pathlib import Path
from kg.locked_folder import create_locked_folder

with create_locked_folder(Path(sys.argv[1]), "work-") as folder:
    (folder / "rows").write_bytes(b"row")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_removed_at_the_end_and_after_an_error(tmp_path: Path) -> None:
    with create_locked_folder(tmp_path) as folder:
        (folder / "rows").write_bytes(b"row")
    with pytest.raises(ZeroDivisionError), create_locked_folder(tmp_path):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_the_folder_of_a_process_that_was_killed_is_removed_and_one_in_use_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        remove_abandoned(tmp_path, "work-")
        assert (folder / "rows").read_bytes() == b"row"
        process.kill()
    assert folder.exists()
    remove_abandoned(tmp_path, "other-")
    assert folder.exists()
    remove_abandoned(tmp_path, "work-")
    assert not folder.exists()


def test_what_is_no_folder_or_a_link_to_one_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "work-file").write_bytes(b"")
    os.symlink(elsewhere, tmp_path / "work-link")
    remove_abandoned(tmp_path, "work-")
    assert {path.name for path in tmp_path.iterdir()} == {"elsewhere", "work-file", "work-link"}


def test_a_folder_that_another_process_took_for_abandoned_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(dir: Path, prefix: str) -> str:  # noqa: A002 -- the name of the parameter that is replaced
        made.append(f"{dir}/{prefix}{len(made)}")
        if len(made) > 1:  # the first is gone before it can be locked
            os.mkdir(made[-1])
        return made[-1]

    monkeypatch.setattr("tempfile.mkdtemp", make)
    with create_locked_folder(tmp_path, "work-") as folder:
        assert folder.name == "work-1"
