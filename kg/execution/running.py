"""One query under way in one worker: its kind, its bytes, and giving the worker back exactly once."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

from kg.errors import QueryDeadline, QueryLimit, QuerySyntax
from kg.execution import Kind
from kg.execution.frames import Frame
from kg.execution.process import Bounds, WorkerProcess

Release = Callable[[WorkerProcess, bool], None]


class RunningQuery:
    """A ``Result``. Made only when the first bytes are there, so that most failures come before any byte is sent.

    A reader who stops reading would keep the worker for ever, so a result longer than the first bytes is watched by
    a timer as well.
    """

    def __init__(self, worker: WorkerProcess, request: dict[str, Any], bounds: Bounds, release: Release) -> None:
        self._worker, self._bounds, self._release = worker, bounds, release
        self._lock = threading.Lock()
        self._held = True
        self._ended_well = False
        self._expired = False
        self._timer: threading.Timer | None = None
        self._frames = worker.ask(request, bounds)
        try:
            _, head = self._next()
            self._first, self._chunk = self._next()
        except BaseException as error:
            self._give_back(ended_well=isinstance(error, QuerySyntax))
            self.close()
            raise
        described = json.loads(head)
        self.kind = Kind(described["kind"])
        self.media_type: str = described["media_type"]
        self._watch()

    def __iter__(self) -> Iterator[bytes]:
        frame, chunk = self._first, self._chunk
        try:
            while frame is not Frame.END:
                yield chunk
                frame, chunk = self._next()
            self._give_back(ended_well=True)
        finally:
            self.close()

    def close(self) -> None:
        self._give_back(ended_well=False)
        if not self._ended_well:
            self._worker.disconnect()

    def _next(self) -> tuple[Frame, bytes]:
        try:
            return next(self._frames)
        except QueryLimit:
            if self._expired:
                raise QueryDeadline(self._bounds.seconds) from None
            raise

    def _watch(self) -> None:
        if self._first is Frame.END:
            self._give_back(ended_well=True)
            return
        self._timer = threading.Timer(self._bounds.seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _expire(self) -> None:
        self._expired = True
        self._give_back(ended_well=False)

    def _give_back(self, *, ended_well: bool) -> None:
        with self._lock:
            held, self._held = self._held, False
        if held:
            self._ended_well = ended_well
            if self._timer is not None:
                self._timer.cancel()
            self._release(self._worker, ended_well)
