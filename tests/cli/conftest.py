"""The command line as a function, and a data directory with an invented conflict."""

import gc
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.cli import main
from kg.execution import worker_factory
from kg.execution.forkserver_client import ForkserverClient, Program

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


class SharedForkserver(ForkserverClient):
    """A fork server that outlives the command that has started it."""

    is_ready = False

    def wait_until_ready(self) -> None:
        if not self.is_ready:
            super().wait_until_ready()
            self.is_ready = True

    def close(self) -> None:
        """Left to ``end``."""

    def end(self) -> None:
        super().close()


class SharedForkservers:
    """One fork server for all commands with the same settings."""

    def __init__(self) -> None:
        self._started: dict[str, SharedForkserver] = {}

    def start(self, directory: Path, program: Program) -> SharedForkserver:
        key = program.to_json()
        if key not in self._started:
            self._started[key] = SharedForkserver.start(directory, program)
        return self._started[key]

    def end(self) -> None:
        for forkserver in self._started.values():
            forkserver.end()


@pytest.fixture
def shared_forkserver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Spares a test that runs many commands the start of a fork server for each; every worker is a process still."""
    servers = SharedForkservers()
    monkeypatch.setattr(worker_factory, "ForkserverClient", servers)
    yield
    servers.end()


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
