"""The worker process: runs queries and procedures over its copy of the graph until its socket closes.

It enforces the deadline itself too, by a timer whose signal the kernel delivers whatever the engine is doing. A change
is applied before the query that follows it.
"""

import json
import signal
import socket
import traceback
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import pyoxigraph as ox

from kg.errors import ConflictKgError
from kg.execution import memory
from kg.execution.error_codec import encode_error
from kg.execution.framing import HEAD_END, REPLACE_WORKER, FrameReader, FrameType, encode_frame
from kg.execution.graph_copy import GraphCopy
from kg.execution.graph_view import GraphViews
from kg.execution.inspection import BUILT_IN
from kg.execution.interface import DEFAULT_MEDIA_TYPES, QueryForm
from kg.execution.procedure import Procedures, lint_query
from kg.execution.result_format import form_of, serialize_result
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QueryResult

CHUNK_BYTES = 65_536
_SPARE_MB = 64
_RENEWING_BLANK_NODES = 5_000
"""Of 16 bytes each."""


class _Lint(Protocol):
    def __call__(
        self, text: str, base_iri: str, graphs: Sequence[str] = (), *, is_refused: bool = False
    ) -> Mapping[str, Any]:
        """See ``procedure.lint_query``."""
        ...


class ResultTooLargeError(Exception):
    """The serialised result is larger than its limit."""


class ResultWriter:
    """A file to serialise a result into: sends frames of CHUNK_BYTES, a small result in one frame, up to a limit."""

    def __init__(self, connection: socket.socket, max_bytes: int, version: str) -> None:
        self._connection, self._max_bytes, self._version = connection, max_bytes, version
        self._head = b""
        """Form, version of the data, media type and properties, until they are sent."""
        self._buffer = bytearray()
        self._total = 0

    def begin(self, form: QueryForm, media_type: str, properties: Mapping[str, Any]) -> None:
        self._head = f"{form} {self._version} {media_type}".encode()
        if properties:
            head = {"form": form, "version": self._version, "media_type": media_type, "properties": dict(properties)}
            self._head = json.dumps(head).encode()

    def write(self, data: bytes) -> int:
        self._total += len(data)
        if self._total > self._max_bytes:
            raise ResultTooLargeError
        self._buffer += data
        if len(self._buffer) >= CHUNK_BYTES:
            self._send(self._flush_chunk())
        return len(data)

    def flush(self) -> None:
        return None

    def end(self, payload: bytes) -> None:
        if self._head and not payload:
            self._connection.sendall(encode_frame(FrameType.ANSWER, self._head + HEAD_END + self._buffer))
        else:
            self._send(self._flush_chunk() + encode_frame(FrameType.END, payload))

    def fail(self, kind: str, message: str, **members: Any) -> None:
        error = {"kind": kind, "message": message, **members}
        self._connection.sendall(encode_frame(FrameType.ERROR, json.dumps(error).encode()))

    def _flush_chunk(self) -> bytes:
        chunk = encode_frame(FrameType.CHUNK, bytes(self._buffer)) if self._buffer else b""
        self._buffer.clear()
        return chunk

    def _send(self, data: bytes) -> None:
        head = encode_frame(FrameType.HEAD, self._head) if self._head else b""
        self._head = b""
        self._connection.sendall(head + data)


def serve(copy: GraphCopy, connection: socket.socket, procedures: Procedures, *, union: bool) -> None:
    """Run queries and procedures until the peer closes the connection; the caller has confined this process before.

    ``union``: what procedures query is the union of all named graphs.
    """
    procedures = {**BUILT_IN, **procedures}
    renew_random_numbers()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    base_mb, accepted_peak_mb = memory.resident_mb(), memory.peak_mb() + _SPARE_MB
    views = GraphViews(copy, procedures, union=union)
    frames = FrameReader(connection)
    connection.sendall(encode_frame(FrameType.READY))
    while True:
        try:
            frame_type, payload = frames.read()
        except EOFError:
            return
        if frame_type is FrameType.CHANGE:
            copy.apply(payload)
            views.follow()
            continue
        head, _, content = payload.partition(HEAD_END) if frame_type is FrameType.CALL else (payload, b"", b"")
        request = json.loads(head)
        writer = ResultWriter(connection, request["result_bytes"], copy.version)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        if frame_type is FrameType.CALL:
            is_complete = _call(views.of(request).store, request, content, procedures, writer)
        else:
            view = views.of(request)
            is_complete = _run(view.engine, partial(lint_query, procedures, view.store), request, writer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not is_complete:
            continue
        end = b""
        if memory.peak_mb() > accepted_peak_mb:
            end, accepted_peak_mb = _release_memory(base_mb), memory.peak_mb() + _SPARE_MB
        writer.end(end)


def renew_random_numbers() -> None:
    """Make the engine draw new entropy: its generator was copied by the fork.

    Else ``UUID()``, ``RAND()`` and new blank nodes would be the same in every worker. It does so after 64 kB.
    """
    for _ in range(_RENEWING_BLANK_NODES):
        ox.BlankNode()


def _release_memory(base_mb: int) -> bytes:
    """Return freed memory to the system; REPLACE_WORKER if too much stays."""
    if memory.resident_mb() > base_mb + _SPARE_MB:
        memory.trim()
    return REPLACE_WORKER if memory.resident_mb() > base_mb + 2 * _SPARE_MB else b""


def _run(engine: ox.Store, lint: _Lint, request: dict[str, Any], writer: ResultWriter) -> bool:
    """Run the query; False after writing an error."""
    try:
        result = _evaluate(engine, lint, request)
        graphs = [*request["default_graphs"], *request["named_graphs"]]
        properties = lint(request["text"], request["base_iri"], graphs)
        form = form_of(result)
        media_type = request["media_type"] or DEFAULT_MEDIA_TYPES[form]
        writer.begin(form, media_type, properties)
        serialize_result(result, media_type, writer, properties.get("links", ()))
    except SyntaxError as error:
        writer.fail("syntax", str(error))
    except ConflictKgError as error:
        writer.fail("raised", "", error=encode_error(error))
    except MemoryError:
        writer.fail("memory", "")
    except ResultTooLargeError:
        writer.fail("size", "")
    except (OSError, ValueError, RuntimeError) as error:
        writer.fail("engine", str(error))
    else:
        return True
    return False


def _evaluate(engine: ox.Store, lint: _Lint, request: dict[str, Any]) -> QueryResult:
    """The result. Raises SyntaxError, or the error of the lint in its place."""
    try:
        return engine.query(request["text"], base_iri=request["base_iri"] or None, **_dataset(request))
    except SyntaxError:
        lint(request["text"], request["base_iri"], is_refused=True)
        raise


def _call(
    store: EmbeddedStore, request: dict[str, Any], content: bytes, procedures: Procedures, writer: ResultWriter
) -> bool:
    """Run the procedure; False after writing an error."""
    try:
        reply = procedures[request["procedure"]](store, request["arguments"], content)
        writer.begin(QueryForm.REPLY, reply.media_type, reply.properties)
        for chunk in reply.body:
            writer.write(chunk)
    except ConflictKgError as error:
        writer.fail("raised", "", error=encode_error(error))
    except MemoryError:
        writer.fail("memory", "")
    except ResultTooLargeError:
        writer.fail("size", "")
    except Exception:  # noqa: BLE001 -- a bug in a procedure: reported to the caller, which logs it
        writer.fail("failed", traceback.format_exc())
    else:
        return True
    return False


def _dataset(request: dict[str, Any]) -> dict[str, Any]:
    if request["default_graphs"] or request["named_graphs"]:
        return {
            "default_graph": [ox.NamedNode(iri) for iri in request["default_graphs"]],
            "named_graphs": [ox.NamedNode(iri) for iri in request["named_graphs"]],
        }
    # The union option of the engine would override FROM.
    return {"use_default_graph_as_union": request["union"] and not request["names_dataset"]}
