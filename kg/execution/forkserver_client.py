"""The parent's side of a fork server: start it, have it fork and reap workers, send it changes of the graph.

For one thread that lives as long as the fork server: the kernel ends a child with the thread that started it.
"""

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

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


class ForkserverClient:
    """One fork server. With a checkpoint it holds that graph in memory; without, its workers open checkpoints."""

    def __init__(
        self, directory: Path, program: Program, checkpoint: Path | None = None, *, limit_mb: int = 0, version: int = 0
    ) -> None:
        """Start it, without waiting for it. With ``limit_mb`` it ends rather than hold much more than that."""
        self.version = version
        """Of the graph that it holds."""
        self.quads = 0
        """In the graph when it was loaded."""
        self.removed = 0
        """Quads removed since: the engine keeps their memory."""
        self.is_closed = False
        self._children = 0
        graph = [str(checkpoint), str(limit_mb)] if checkpoint else []
        self._control, theirs = socket.socketpair()
        self._frames = FrameReader(self._control)
        with theirs:
            command = [sys.executable, "-m", "kg.execution.forkserver", str(directory), str(theirs.fileno())]
            self._process = subprocess.Popen(
                [*command, str(os.getpid()), program.to_json(), *graph],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )

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
        checkpoint: Path | None = None,
        version: int = 0,
        is_writable: bool = False,
        copy_pages: bool = False,
    ) -> WorkerHandle:
        """A worker that is not ready yet, over ``checkpoint``, of that version, or over the graph held in memory.

        ``copy_pages`` copies shared memory beforehand, which takes a while. Raises StoreError.
        """
        request = {
            "checkpoint": str(checkpoint or ""),
            "is_writable": is_writable,
            "memory_mb": memory_mb,
            "copy_pages": copy_pages,
        }
        try:
            self._control.sendall(encode_frame(FrameType.FORK, json.dumps(request).encode()))
            data, descriptors, _, _ = socket.recv_fds(self._control, READ_BYTES, 1)
        except OSError as error:
            raise self._fail() from error
        if not descriptors:
            raise self._fail()
        self._children += 1
        pid = int(data[len(encode_frame(FrameType.FORK)) :])
        connection = socket.socket(fileno=descriptors[0])
        return WorkerHandle(pid, connection, self, version if checkpoint else self.version, checkpoint)

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
        exit_code = _UNKNOWN_EXIT_CODE
        with suppress(StoreError, OSError):
            self._control.sendall(encode_frame(FrameType.REAP, str(worker.pid).encode()))
            exit_code = int(self._read_reply(FrameType.REAP))
        worker.set_exit_code(exit_code)

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


def _environment() -> dict[str, str]:
    # No secret goes to processes that run queries from outside; arenas would use up the limit of address space.
    package = Path(kg.__file__).parent.parent
    paths = [str(package), *(str(Path(path).resolve()) for path in sys.path if path)]
    return {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}
