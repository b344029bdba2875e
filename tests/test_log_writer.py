"""The log writer: whoever logs never waits; lines are written in order, or dropped and counted."""

import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from kg.log_writer import LINE_MAX_CHARACTERS, LogHandler, LogStream, LogWriter

TIMEOUT_S = 30.0


@dataclass
class Pipe:
    """A pipe that is read when ``read`` is called."""

    reader: int
    writer: int

    def read(self, lines: int) -> list[str]:
        """The next lines; waits for them."""
        data = b""
        while data.count(b"\n") < lines:
            data += os.read(self.reader, 65_536)
        return data.decode().splitlines()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """The end for writing stays open: the thread of a writer that was stuck still uses its number."""
    pipe = Pipe(*os.pipe())
    yield pipe
    with suppress(OSError):  # closed by a test
        os.close(pipe.reader)


def fill(writer: LogWriter, lines: int, size: int = 100) -> None:
    for number in range(lines):
        writer.write(f"{number} ".ljust(size, "x"))


def drain(pipe: Pipe, writer: LogWriter) -> list[str]:
    """All that is written until the writer has nothing left, while it is read."""
    chunks: list[bytes] = []
    end = b"end of the test\n"

    def read() -> None:
        while not b"".join(chunks[-2:]).endswith(end):
            chunks.append(os.read(pipe.reader, 65_536))

    thread = threading.Thread(target=read)
    thread.start()
    assert writer.flush(TIMEOUT_S)
    writer.write(end.decode().strip())
    thread.join(TIMEOUT_S)
    return b"".join(chunks).decode().splitlines()[:-1]


def test_lines_are_written_in_order_without_a_flush(pipe: Pipe) -> None:
    writer = LogWriter(pipe.writer)
    for line in ("one", "two"):
        writer.write(line)
    assert pipe.read(2) == ["one", "two"]
    writer.write("three")
    assert pipe.read(1) == ["three"]
    assert writer.dropped == 0


def test_flush_returns_once_everything_is_written(pipe: Pipe) -> None:
    writer = LogWriter(pipe.writer)
    writer.write("one")
    assert writer.flush(TIMEOUT_S)
    assert pipe.read(1) == ["one"]


@pytest.mark.parametrize(("max_lines", "max_bytes"), [(500, 10**9), (10**9, 50_000)])
def test_lines_beyond_the_queue_are_dropped_and_counted_in_a_line(pipe: Pipe, max_lines: int, max_bytes: int) -> None:
    writer = LogWriter(pipe.writer, max_lines=max_lines, max_bytes=max_bytes)
    fill(writer, 10_000)  # a pipe holds about 650 of them
    assert writer.dropped > 5_000
    lines = drain(pipe, writer)
    notices = [json.loads(line)["message"] for line in lines if line.startswith("{")]
    assert sum(int(notice.split()[0]) for notice in notices) == writer.dropped
    numbers = [int(line.split()[0]) for line in lines if not line.startswith("{")]
    assert numbers == sorted(numbers)
    assert len(numbers) + writer.dropped == 10_000


def test_flush_gives_up_when_nobody_reads(pipe: Pipe) -> None:
    writer = LogWriter(pipe.writer)
    fill(writer, 2_000)
    assert not writer.flush(0.3)


def test_lines_are_counted_when_the_reader_is_gone(pipe: Pipe) -> None:
    os.close(pipe.reader)
    writer = LogWriter(pipe.writer)
    fill(writer, 100)
    assert writer.flush(TIMEOUT_S)
    assert writer.dropped == 100


def test_a_descriptor_that_does_not_block_is_waited_for(pipe: Pipe) -> None:
    os.set_blocking(pipe.writer, False)
    writer = LogWriter(pipe.writer)
    fill(writer, 2_000)
    assert len(drain(pipe, writer)) == 2_000


def test_nobody_who_logs_waits_while_the_writer_is_stuck(pipe: Pipe) -> None:
    writer = LogWriter(pipe.writer, max_lines=1_000)
    logger = logging.Logger("test")
    logger.addHandler(LogHandler(writer))
    stream = LogStream(writer)
    done = threading.Event()

    def log() -> None:
        for number in range(5_000):
            logger.error("record %s", number)
            print("text", file=stream, flush=True)
        done.set()

    threading.Thread(target=log, daemon=True).start()
    assert done.wait(TIMEOUT_S)


def test_a_record_is_one_line_of_json_with_a_bounded_traceback(pipe: Pipe) -> None:
    writer = LogWriter(pipe.writer)
    logger = logging.Logger("test")
    logger.addHandler(LogHandler(writer))
    try:
        raise ValueError("x" * 100_000 + " the end")
    except ValueError:
        logger.exception("failed: %s", "/a\nb\u202e\udc80")
    (line,) = pipe.read(1)
    assert line.isascii()
    assert len(line) < 3 * LINE_MAX_CHARACTERS
    members = json.loads(line)
    assert (members["level"], members["logger"], members["message"]) == ("error", "test", "failed: /a\nb\u202e\udc80")
    assert members["error"].startswith("Traceback")
    assert members["error"].endswith("the end")
    assert "characters left out" in members["error"]


def test_a_stream_writes_whole_lines_of_each_thread_and_cuts_long_ones(pipe: Pipe) -> None:
    writer = LogWriter(pipe.writer)
    stream = LogStream(writer)
    stream.write("one ")
    thread = threading.Thread(target=lambda: stream.write("other\n"))
    thread.start()
    thread.join()
    stream.write("line\n" + "x" * 50_000 + "\n")
    lines = pipe.read(3)
    assert lines[:2] == ["other", "one line"]
    assert len(lines[2]) < LINE_MAX_CHARACTERS + 100
