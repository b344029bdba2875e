"""Lines of the log that are gathered: all of them, in their order, soon, and at the latest when asked."""

import io
import time
from collections.abc import Iterator

import pytest

from api.http.access_log import FLUSH_INTERVAL_S, BufferedAccessLog


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def handler(stream: io.StringIO) -> Iterator[BufferedAccessLog]:
    handler = BufferedAccessLog(stream)
    yield handler
    handler.close()


def tell(handler: BufferedAccessLog, *lines: str) -> None:
    for line in lines:
        handler.write(line)


def test_lines_are_written_soon_and_in_order(stream: io.StringIO, handler: BufferedAccessLog) -> None:
    for lines in (("one", "two"), ("three",)):
        tell(handler, *lines)
        time.sleep(FLUSH_INTERVAL_S * 2)
    assert stream.getvalue() == "one\ntwo\nthree\n"


def test_nothing_is_lost_at_the_end(stream: io.StringIO, handler: BufferedAccessLog) -> None:
    tell(handler, "one")
    handler.flush()
    assert stream.getvalue() == "one\n"
    tell(handler, "two")
    handler.close()
    assert stream.getvalue() == "one\ntwo\n"


def test_many_lines_do_not_wait(stream: io.StringIO, handler: BufferedAccessLog) -> None:
    tell(handler, *map(str, range(2_500)))
    handler.flush()
    assert stream.getvalue().split() == list(map(str, range(2_500)))
