"""The command line as a function, and a data directory with an invented conflict."""

import gc
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.cli import main

DOSSIERS = Path(__file__).parents[1] / "ingest" / "dossier"


@dataclass(frozen=True)
class CommandResult:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., CommandResult]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``kg`` with these arguments, in this process and without the shipped data."""
    monkeypatch.setenv("KG_EMPTY", "true")

    def run_kg(*arguments: object) -> CommandResult:
        monkeypatch.setattr(sys, "argv", ["kg", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        code = int(end.value.code or 0)
        del end
        gc.collect()  # closes the store, which the traceback of an error refers to; a process would end here
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return CommandResult(code, out, err)

    return run_kg


@pytest.fixture(scope="session")
def example(repository: Path) -> Path:
    """The folder of the invented conflict: register.ttl, post.yaml, post.txt."""
    return repository / "tests" / "ingest" / "dossier"


@pytest.fixture(scope="session")
def shared_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with register and post, not to be changed."""
    directory = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_EMPTY", "true")
        files = [str(DOSSIERS / "register.ttl"), str(DOSSIERS / "post.yaml")]
        patch.setattr(sys, "argv", ["kg", "load", "--quiet", "--data-dir", str(directory), *files])
        with pytest.raises(SystemExit) as end:
            main()
    assert not end.value.code
    return directory


@pytest.fixture
def data_dir(shared_data_dir: Path, tmp_path: Path) -> Path:
    """A copy of that data directory, for one test."""
    return Path(shutil.copytree(shared_data_dir, tmp_path / "data"))
