"""One worker, seen from inside: it answers queries over its copy of the graph until its socket closes.

It bounds its own time too, by a timer whose signal the kernel delivers whatever the engine is doing. What it is told
to change it changes before the query that comes next.
"""

import json
import signal
import socket
from typing import Any

import pyoxigraph as ox

from kg.execution import change_log, memory
from kg.execution.framing import FrameReader, FrameType, encode_frame
from kg.execution.interface import DEFAULT_MEDIA_TYPES, QueryForm
from kg.store.interface import QueryResult

CHUNK_BYTES = 65_536
SPENT = b"spent"
"""Payload of END: the worker keeps more memory than it should, and wants to be replaced."""

HEAD_END = b"\n"
"""Between the head and the bytes of an ANSWER."""
_KEEPS_MB = 64


class ResultTooLargeError(Exception):
    """The serialised result passed its cap."""


class ResultWriter:
    """A file to serialise a result into; it sends in frames of CHUNK_BYTES, a small answer at once, and has a cap."""

    def __init__(self, output: socket.socket, cap: int) -> None:
        self._output, self._cap = output, cap
        self._head = b""
        """What is still to be said before the first byte."""
        self._buffer = bytearray()
        self._total = 0

    def begin(self, kind: QueryForm, media_type: str) -> None:
        self._head = f"{kind} {media_type}".encode()

    def write(self, data: bytes) -> int:
        self._total += len(data)
        if self._total > self._cap:
            raise ResultTooLargeError
        self._buffer += data
        if len(self._buffer) >= CHUNK_BYTES:
            self._send(self._chunk())
        return len(data)

    def flush(self) -> None:
        return None

    def end(self, payload: bytes) -> None:
        if self._head and not payload:
            self._output.sendall(encode_frame(FrameType.ANSWER, self._head + HEAD_END + self._buffer))
        else:
            self._send(self._chunk() + encode_frame(FrameType.END, payload))

    def fail(self, kind: str, message: str) -> None:
        self._output.sendall(encode_frame(FrameType.ERROR, json.dumps({"kind": kind, "message": message}).encode()))

    def _chunk(self) -> bytes:
        chunk = encode_frame(FrameType.CHUNK, bytes(self._buffer)) if self._buffer else b""
        self._buffer.clear()
        return chunk

    def _send(self, data: bytes) -> None:
        head = encode_frame(FrameType.HEAD, self._head) if self._head else b""
        self._head = b""
        self._output.sendall(head + data)


def serve(engine: ox.Store, connection: socket.socket) -> None:
    """Answer until the other side closes; whoever calls has confined this process before."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    base_mb, trusted_mb = memory.resident_mb(), memory.peak_mb() + _KEEPS_MB
    inbox = FrameReader(connection)
    connection.sendall(encode_frame(FrameType.READY))
    while True:
        try:
            frame, payload = inbox.wait()
        except EOFError:
            return
        if frame is FrameType.CHANGE:
            change_log.apply_change(engine, payload)
            continue
        request = json.loads(payload)
        answer = ResultWriter(connection, request["result_bytes"])
        if not _answered(engine, request, answer):
            continue
        spent = b""
        if memory.peak_mb() > trusted_mb:
            spent, trusted_mb = _relieved(base_mb), memory.peak_mb() + _KEEPS_MB
        answer.end(spent)


def _relieved(base_mb: int) -> bytes:
    if memory.resident_mb() > base_mb + _KEEPS_MB:
        memory.give_back()
    return SPENT if memory.resident_mb() > base_mb + 2 * _KEEPS_MB else b""


def _answered(engine: ox.Store, request: dict[str, Any], answer: ResultWriter) -> bool:
    signal.setitimer(signal.ITIMER_REAL, request["seconds"])
    try:
        result = engine.query(request["text"], base_iri=request["base_iri"] or None, **_dataset(request))
        kind = form_of(result)
        media_type = request["media_type"] or DEFAULT_MEDIA_TYPES[kind]
        answer.begin(kind, media_type)
        serialize_result(result, media_type, answer)
    except SyntaxError as error:
        answer.fail("syntax", str(error))
    except MemoryError:
        answer.fail("memory", "")
    except ResultTooLargeError:
        answer.fail("size", "")
    except (OSError, ValueError, RuntimeError) as error:
        answer.fail("engine", str(error))
    else:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return False


def form_of(result: QueryResult) -> QueryForm:
    """What the engine's result is."""
    if isinstance(result, ox.QueryBoolean):
        return QueryForm.BOOLEAN
    return QueryForm.SOLUTIONS if isinstance(result, ox.QuerySolutions) else QueryForm.GRAPH


def serialize_result(result: QueryResult, media_type: str, output: Any) -> None:
    """Write the result in that format. Raises ValueError for a format that its kind does not have."""
    if isinstance(result, ox.QueryTriples):
        if (rdf := ox.RdfFormat.from_media_type(media_type)) is not None:
            result.serialize(output, rdf)
            return
    elif (table := ox.QueryResultsFormat.from_media_type(media_type)) is not None:
        result.serialize(output, table)
        return
    raise ValueError(f"a {form_of(result)} result cannot be written as {media_type}")


def _dataset(request: dict[str, Any]) -> dict[str, Any]:
    if request["default_graphs"] or request["named_graphs"]:
        return {
            "default_graph": [ox.NamedNode(iri) for iri in request["default_graphs"]],
            "named_graphs": [ox.NamedNode(iri) for iri in request["named_graphs"]],
        }
    # The engine's union option would override FROM.
    return {"use_default_graph_as_union": request["union"] and not request["names_dataset"]}
