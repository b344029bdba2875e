"""The command line as a function, and a data directory with an invented conflict in it."""

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
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``kg`` with these arguments, in this process and without the shipped data."""
    monkeypatch.setenv("KG_EMPTY", "true")

    def running(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["kg", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        code = int(end.value.code or 0)
        del end
        gc.collect()  # a process that ends lets go of its store; here the traceback of an error would keep it
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return running


@pytest.fixture(scope="session")
def invented(repository: Path) -> Path:
    """The folder of the invented conflict: register.ttl, post.yaml, post.txt."""
    return repository / "tests" / "ingest" / "dossier"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds register and post; not to be changed."""
    directory = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_EMPTY", "true")
        files = [str(DOSSIERS / "register.ttl"), str(DOSSIERS / "post.yaml")]
        patch.setattr(sys, "argv", ["kg", "load", "--quiet", "--data-dir", str(directory), *files])
        with pytest.raises(SystemExit) as end:
            main()
    assert not end.value.code
    return directory


@pytest.fixture
def directory(filled: Path, tmp_path: Path) -> Path:
    """A copy of the filled data directory, to change."""
    return Path(shutil.copytree(filled, tmp_path / "data"))
