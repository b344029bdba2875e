"""One worker process: opens a read-only checkpoint, locks itself in, answers queries until its input ends.

``python -m kg.execution.worker CHECKPOINT MEMORY_MB PARENT_PID``. Requests and answers are frames (``frames``) on
stdin and stdout. Once it has said READY it can open no connection, and has a fixed amount of memory to grow by
(``confinement``). It bounds its own time too, by a timer whose signal the kernel delivers whatever the engine is doing.
"""

import json
import signal
import sys
from typing import IO, Any

import pyoxigraph as ox

from kg.execution import DEFAULT_MEDIA_TYPES, Kind
from kg.execution.confinement import confine, die_with
from kg.execution.frames import Frame, read_exactly, written
from kg.store import QueryResult

CHUNK_BYTES = 65_536


class TooLarge(Exception):
    """The serialised result passed its cap."""


class ChunkWriter:
    """A file to serialise into, which sends what it gets in frames of CHUNK_BYTES and stops at ``cap``."""

    def __init__(self, output: IO[bytes], cap: int) -> None:
        self._output, self._cap = output, cap
        self._buffer = bytearray()
        self._total = 0

    def write(self, data: bytes) -> int:
        self._total += len(data)
        if self._total > self._cap:
            raise TooLarge
        self._buffer += data
        if len(self._buffer) >= CHUNK_BYTES:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._buffer:
            written(self._output, Frame.CHUNK, bytes(self._buffer))
            self._buffer.clear()


def main(arguments: list[str]) -> None:
    """Serve until stdin ends."""
    checkpoint, memory_mb, parent = arguments
    die_with(int(parent))
    store = ox.Store.read_only(checkpoint)
    confine(int(memory_mb))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    written(sys.stdout.buffer, Frame.READY, b"")
    while header := read_exactly(sys.stdin.buffer, 4):
        _serve(store, json.loads(read_exactly(sys.stdin.buffer, int.from_bytes(header, "big"))), sys.stdout.buffer)


def _serve(store: ox.Store, request: dict[str, Any], output: IO[bytes]) -> None:
    signal.setitimer(signal.ITIMER_REAL, request["seconds"])
    try:
        _answer(store, request, output)
    except SyntaxError as error:
        _fail(output, "syntax", str(error))
    except MemoryError:
        _fail(output, "memory", "")
    except TooLarge:
        _fail(output, "size", "")
    except (OSError, ValueError, RuntimeError) as error:
        _fail(output, "engine", str(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(store: ox.Store, request: dict[str, Any], output: IO[bytes]) -> None:
    result = store.query(request["text"], base_iri=request["base_iri"] or None, **_dataset(request))
    kind = kind_of(result)
    media_type = request["media_type"] or DEFAULT_MEDIA_TYPES[kind]
    written(output, Frame.HEAD, json.dumps({"kind": kind, "media_type": media_type}).encode())
    writer = ChunkWriter(output, request["result_bytes"])
    serialise(result, media_type, writer)
    writer.flush()
    written(output, Frame.END, b"")


def kind_of(result: QueryResult) -> Kind:
    """What the engine's result is."""
    if isinstance(result, ox.QueryBoolean):
        return Kind.BOOLEAN
    return Kind.SOLUTIONS if isinstance(result, ox.QuerySolutions) else Kind.GRAPH


def serialise(result: QueryResult, media_type: str, output: Any) -> None:
    """Write the result in that format. Raises ValueError for a format that its kind does not have."""
    if isinstance(result, ox.QueryTriples):
        if (rdf := ox.RdfFormat.from_media_type(media_type)) is not None:
            result.serialize(output, rdf)
            return
    elif (table := ox.QueryResultsFormat.from_media_type(media_type)) is not None:
        result.serialize(output, table)
        return
    raise ValueError(f"a {kind_of(result)} result cannot be written as {media_type}")


def _dataset(request: dict[str, Any]) -> dict[str, Any]:
    if request["default_graphs"] or request["named_graphs"]:
        return {
            "default_graph": [ox.NamedNode(iri) for iri in request["default_graphs"]],
            "named_graphs": [ox.NamedNode(iri) for iri in request["named_graphs"]],
        }
    # The engine's union option would override FROM.
    return {"use_default_graph_as_union": request["union"] and not request["names_dataset"]}


def _fail(output: IO[bytes], kind: str, message: str) -> None:
    written(output, Frame.ERROR, json.dumps({"kind": kind, "message": message}).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
