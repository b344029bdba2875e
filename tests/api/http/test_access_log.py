"""Buffered lines are all written, in their order, soon, and at the latest when the log is flushed or closed."""

import io
import threading
from collections.abc import Iterator

import pytest

from api.http.access_log import BufferedAccessLog


class ObservableStream(io.StringIO):
    """A stream whose flushes can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.flushes = threading.Semaphore(0)

    def flush(self) -> None:
        super().flush()
        self.flushes.release()


@pytest.fixture
def stream() -> ObservableStream:
    return ObservableStream()


@pytest.fixture
def log(stream: ObservableStream) -> Iterator[BufferedAccessLog]:
    log = BufferedAccessLog(stream)
    yield log
    log.close()


def write(log: BufferedAccessLog, *lines: str) -> None:
    for line in lines:
        log.write(line)


def test_lines_are_written_without_a_flush_and_in_order(stream: ObservableStream, log: BufferedAccessLog) -> None:
    for lines, text in ((("one", "two"), "one\ntwo\n"), (("three",), "one\ntwo\nthree\n")):
        write(log, *lines)
        while stream.getvalue() != text:
            assert stream.flushes.acquire(timeout=30)


def test_flush_and_close_write_what_is_buffered(stream: ObservableStream, log: BufferedAccessLog) -> None:
    write(log, "one")
    log.flush()
    assert stream.getvalue() == "one\n"
    write(log, "two")
    log.close()
    assert stream.getvalue() == "one\ntwo\n"


def test_no_line_is_lost_when_the_buffer_is_full(stream: ObservableStream, log: BufferedAccessLog) -> None:
    write(log, *map(str, range(2_500)))
    log.flush()
    assert stream.getvalue().split() == list(map(str, range(2_500)))
