"""Has changes judged again that were answered already: by the second engine, in a query worker, one at a time."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore
from typing import Protocol

from kg.errors import ConflictKgError, OverloadedError, QueryLimitError, ServiceClosingError
from kg.execution.interface import Call, Result
from kg.store.change import Change
from kg.validation.second_judge import SecondOpinion
from kg.write_gate import Disagreement, WriteGate

_log = logging.getLogger(__name__)

JUDGE_AGAIN = "judge-again"
"""The procedure of ``kg.load_procedure``; its content is a read set, and its reply says whether the engines agree."""
_WAITING = 64
_ATTEMPTS = 3
_PAUSE_S = 1.0


class CallExecutor(Protocol):
    """The part of ``kg.execution.interface.Executor`` that is needed here."""

    def run(self, request: Call) -> Result: ...


class LaterJudge:
    """Judges changes one after the other; closes the gate if the engines differ."""

    def __init__(self, executor: CallExecutor, gate: WriteGate) -> None:
        self._executor, self._gate = executor, gate
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="second-judge")
        self._room = BoundedSemaphore(_WAITING)
        self._is_closed = False
        self.not_judged = 0
        """Changes that could not be judged again, because a limit was reached."""

    def submit(self, change: Change, opinion: SecondOpinion) -> None:
        """Have a committed change judged; waits while too many others wait."""
        if self._is_closed:
            return
        self._room.acquire()
        with suppress(RuntimeError):  # it is being closed
            self._thread.submit(self._judge, change, opinion)

    def wait(self) -> None:
        """Return when all that was submitted is judged."""
        self._thread.submit(lambda: None).result()

    def close(self) -> None:
        """Judge no more."""
        self._is_closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _judge(self, change: Change, opinion: SecondOpinion) -> None:
        try:
            agrees = self._ask(opinion)
        except ServiceClosingError:
            return
        except ConflictKgError as error:
            self.not_judged += 1
            _log.warning("a change was not judged by the second engine: %s", error)
            return
        finally:
            self._room.release()
        if not agrees:
            self._gate.stop(Disagreement(change, opinion.read_set, opinion.conforms, is_committed=True))

    def _ask(self, opinion: SecondOpinion) -> bool:
        call = Call(
            procedure=JUDGE_AGAIN,
            arguments={"conforms": opinion.conforms},
            content=opinion.read_set,
            client="second judge",
        )
        for _ in range(_ATTEMPTS - 1):
            with suppress(OverloadedError, QueryLimitError):
                return self._run(call)
            if self._is_closed:
                raise ServiceClosingError
            time.sleep(_PAUSE_S)
        return self._run(call)

    def _run(self, call: Call) -> bool:
        result = self._executor.run(call)
        try:
            return bool(result.properties["agrees"])
        finally:
            result.close()
