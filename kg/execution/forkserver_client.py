"""The parent's side of a zygote: start it, have it fork workers, tell it of changes, learn how a worker ended.

For one thread, which must live as long as the zygote does: a child dies with the thread that started it.
"""

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import kg
from kg.errors import StoreError
from kg.execution import memory
from kg.execution.framing import READ_BYTES, FrameReader, FrameType, encode_frame
from kg.execution.worker_handle import WorkerHandle

_ANSWER_TIMEOUT_S = 60.0
_LOAD_TIMEOUT_S = 3600.0
_UNKNOWN_END = 1


class ForkserverClient:
    """One zygote. With a checkpoint it holds that graph in memory; without, its workers open checkpoints."""

    def __init__(self, directory: Path, checkpoint: Path | None = None, *, limit_mb: int = 0, version: int = 0) -> None:
        """Start it; it must be waited for. With ``limit_mb`` it ends rather than hold much more than that."""
        self.version = version
        """The state of the graph that is held."""
        self.removed = 0
        """Quads taken out of it so far: the engine keeps their memory."""
        self.is_closed = False
        self._children = 0
        graph = [str(checkpoint), str(limit_mb)] if checkpoint else []
        self._control, theirs = socket.socketpair()
        self._inbox = FrameReader(self._control)
        with theirs:
            command = [sys.executable, "-m", "kg.execution.forkserver", str(directory), str(theirs.fileno())]
            self._process = subprocess.Popen(
                [*command, str(os.getpid()), *graph],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )
        self.quads = 0

    def wait_until_ready(self) -> None:
        """Until it holds the graph. Raises StoreError."""
        self._control.settimeout(_LOAD_TIMEOUT_S)
        self.quads = int(self._answer(FrameType.READY))
        self._control.settimeout(_ANSWER_TIMEOUT_S)

    @property
    def is_childless(self) -> bool:
        """No worker forked from it is left to be reaped."""
        return not self._children

    def fork(
        self, memory_mb: int, *, checkpoint: Path | None = None, version: int = 0, own: bool = False
    ) -> WorkerHandle:
        """A worker that has yet to say READY, over ``checkpoint``, of that version, or over the graph that is held.

        ``own`` copies the memory it shares beforehand, which takes a while. Raises StoreError.
        """
        request = {"checkpoint": str(checkpoint or ""), "memory_mb": memory_mb, "own_pages": own}
        try:
            self._control.sendall(encode_frame(FrameType.FORK, json.dumps(request).encode()))
            data, descriptors, _, _ = socket.recv_fds(self._control, READ_BYTES, 1)
        except OSError as error:
            raise self._failure() from error
        if not descriptors:
            raise self._failure()
        self._children += 1
        pid = int(data[len(encode_frame(FrameType.FORK)) :])
        connection = socket.socket(fileno=descriptors[0])
        return WorkerHandle(pid, connection, self, version if checkpoint else self.version, checkpoint)

    def apply(self, frames: bytes, version: int) -> None:
        """Bring the graph that is held to ``version``. Raises StoreError."""
        try:
            self._control.sendall(frames + encode_frame(FrameType.READY))
        except OSError as error:
            raise self._failure() from error
        self._answer(FrameType.READY)
        self.version = version

    def reap(self, worker: WorkerHandle) -> None:
        """Kill a worker of this zygote, wait until its memory is free, and note how it had ended."""
        worker.kill()
        self._children -= 1
        status = _UNKNOWN_END
        with suppress(StoreError, OSError):
            self._control.sendall(encode_frame(FrameType.REAP, str(worker.pid).encode()))
            status = int(self._answer(FrameType.REAP))
        worker.ended(status)

    def kill(self) -> None:
        """SIGKILL, now. For any thread."""
        self._process.kill()

    def close(self) -> None:
        """End it, and with it all its workers."""
        self.is_closed = True
        self._process.kill()
        self._process.wait()
        self._control.close()

    def resident_mb(self) -> int:
        """What it holds now."""
        return memory.resident_mb(self._process.pid)

    def _answer(self, expected: FrameType) -> bytes:
        try:
            frame, payload = self._inbox.wait()
        except (EOFError, OSError) as error:
            raise self._failure() from error
        assert frame is expected
        return payload

    def _failure(self) -> StoreError:
        self.close()
        return StoreError("the process that query workers come from has ended")


def _environment() -> dict[str, str]:
    # Nothing secret goes to where outside queries run; arenas would eat into the limit of address space.
    package = Path(kg.__file__).parent.parent
    paths = [str(package), *(str(Path(path).resolve()) for path in sys.path if path)]
    return {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}
