"""The parent's side of a fork server: start it, have it fork and reap workers, send it changes of the graph.

For one thread that lives as long as the fork server: the kernel ends a child with the thread that started it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import kg
from kg.errors import StoreError
from kg.execution import memory
from kg.execution.framing import READ_BYTES, FrameReader, FrameType, encode_frame
from kg.execution.worker_handle import WorkerHandle
from kg.settings import Settings

_REPLY_TIMEOUT_S = 60.0
_LOAD_TIMEOUT_S = 3600.0
_UNKNOWN_EXIT_CODE = 1


@dataclass(frozen=True, slots=True)
class Program:
    """What workers run besides queries: the procedures of a factory (``kg.execution.procedure``), with settings."""

    factory: str
    settings: Settings

    def to_json(self) -> str:
        """As the fork server reads it."""
        return json.dumps([self.factory, self.settings.to_environment()])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A copy of the graph on disk, or none."""

    path: Path | None = None
    data_version: str = ""
    """As in ``kg.store.interface.Store.version``."""

    def to_members(self) -> dict[str, str]:
        """As the fork server is told of it."""
        return {"checkpoint": str(self.path or ""), "version": self.data_version}


class ForkserverClient:
    """One fork server: the first one, or one forked from it, which holds a graph in memory."""

    def __init__(self, process: "Process", control: socket.socket, version: int = 0) -> None:
        self.version = version
        """Of the graph that it holds."""
        self.quads = 0
        """In the graph when it was loaded."""
        self.removed = 0
        """Quads removed since: the engine keeps their memory."""
        self.is_closed = False
        self._children = 0
        self._process, self._control = process, control
        self._frames = FrameReader(control)
        self._ended: list[int] = []
        """Forked fork servers that have been killed and not reaped."""

    @classmethod
    def start(cls, directory: Path, program: Program) -> Self:
        """Start the first fork server, without waiting for it."""
        control, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "kg.execution.forkserver", str(directory), str(theirs.fileno())]
            process = subprocess.Popen(
                [*command, str(os.getpid()), program.to_json()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )
        return cls(process, control)

    def fork_server(self, checkpoint: Checkpoint, *, limit_mb: int, version: int) -> "ForkserverClient":
        """A fork server that loads the checkpoint, of that version, not waited for. Raises StoreError.

        It ends rather than hold much more than the limit.
        """
        while self._ended:
            self._reap(self._ended.pop())
        request = {"is_forkserver": True, **checkpoint.to_members(), "memory_mb": limit_mb}
        pid, control = self._fork(request)
        return ForkserverClient(_ForkedProcess(pid, self._ended), control, version)

    def wait_until_ready(self) -> None:
        """Wait until the graph is loaded. Raises StoreError."""
        self._control.settimeout(_LOAD_TIMEOUT_S)
        self.quads = int(self._read_reply(FrameType.READY))
        self._control.settimeout(_REPLY_TIMEOUT_S)

    @property
    def is_childless(self) -> bool:
        """Every worker forked from it has been reaped."""
        return not self._children

    def fork(
        self,
        memory_mb: int,
        *,
        checkpoint: Checkpoint | None = None,
        version: int = 0,
        copy_pages: bool = False,
    ) -> WorkerHandle:
        """A worker that is not ready yet, over ``checkpoint``, of that version, or over the graph held in memory.

        ``copy_pages`` copies shared memory beforehand, which takes a while. Raises StoreError.
        """
        request = {
            "is_forkserver": False,
            **(checkpoint or Checkpoint()).to_members(),
            "memory_mb": memory_mb,
            "copy_pages": copy_pages,
        }
        pid, connection = self._fork(request)
        self._children += 1
        path = checkpoint.path if checkpoint else None
        return WorkerHandle(pid, connection, self, version if checkpoint else self.version, path)

    def _fork(self, request: Mapping[str, Any]) -> tuple[int, socket.socket]:
        try:
            self._control.sendall(encode_frame(FrameType.FORK, json.dumps(request).encode()))
            data, descriptors, _, _ = socket.recv_fds(self._control, READ_BYTES, 1)
        except OSError as error:
            raise self._fail() from error
        if not descriptors:
            raise self._fail()
        return int(data[len(encode_frame(FrameType.FORK)) :]), socket.socket(fileno=descriptors[0])

    def apply(self, frames: bytes, version: int) -> None:
        """Update the graph held in memory to ``version``. Raises StoreError."""
        try:
            self._control.sendall(frames + encode_frame(FrameType.READY))
        except OSError as error:
            raise self._fail() from error
        self._read_reply(FrameType.READY)
        self.version = version

    def reap(self, worker: WorkerHandle) -> None:
        """Kill a worker of this fork server, wait until its memory is freed, and record its exit code."""
        worker.kill()
        self._children -= 1
        worker.set_exit_code(self._reap(worker.pid))

    def _reap(self, pid: int) -> int:
        with suppress(StoreError, OSError):
            self._control.sendall(encode_frame(FrameType.REAP, str(pid).encode()))
            return int(self._read_reply(FrameType.REAP))
        return _UNKNOWN_EXIT_CODE

    def kill(self) -> None:
        """Send SIGKILL. For any thread."""
        self._process.kill()

    def close(self) -> None:
        """End it, and with it all its workers."""
        self.is_closed = True
        self._process.kill()
        self._process.wait()
        self._control.close()

    def resident_mb(self) -> int:
        """Its resident memory."""
        return memory.resident_mb(self._process.pid)

    def _read_reply(self, expected: FrameType) -> bytes:
        try:
            frame_type, payload = self._frames.read()
        except (EOFError, OSError) as error:
            raise self._fail() from error
        assert frame_type is expected
        return payload

    def _fail(self) -> StoreError:
        self.close()
        return StoreError("the fork server of the query workers has ended")


class Process(Protocol):
    """A process of a fork server: ``subprocess.Popen``, or one that another fork server has forked."""

    @property
    def pid(self) -> int: ...

    def kill(self) -> None: ...

    def wait(self) -> object: ...


class _ForkedProcess:
    """Forked by another fork server, which reaps it later: its socket is for one thread only."""

    def __init__(self, pid: int, ended: list[int]) -> None:
        self.pid, self._ended = pid, ended

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        self._ended.append(self.pid)


def _environment() -> dict[str, str]:
    # No secret goes to processes that run queries from outside; arenas would use up the limit of address space.
    package = Path(kg.__file__).parent.parent
    paths = [str(package), *(str(Path(path).resolve()) for path in sys.path if path)]
    return {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}
