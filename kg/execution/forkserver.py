"""The fork server: a process that workers are forked from; with the graph in memory, each worker has it at once.

``python -m kg.execution.forkserver DIRECTORY DESCRIPTOR PARENT_PID PROGRAM``; DIRECTORY only shows in process lists
whose it is. PROGRAM is JSON: the factory of the procedures that its workers inherit, and the settings. The first one
holds no graph: its workers open checkpoints, and it forks the others, which inherit the procedures and load a graph
into memory. A fork server runs no query and has a single thread whenever it forks, because a lock held by another
thread would stay locked in the fork.
"""

import gc
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from kg.execution import memory, worker
from kg.execution.framing import FrameReader, FrameType, encode_frame
from kg.execution.graph_copy import GraphCopy
from kg.execution.procedure import load_procedures
from kg.execution.sandbox import confine, die_with_parent
from kg.settings import Settings

Serve = Callable[[GraphCopy, socket.socket], None]

_LOADING_SHARE = 2
_GC_THRESHOLDS = 5_000, 20, 50
"""A large reply takes some hundred thousand objects, nearly all of which die by reference count."""
_PIPE_BYTES = 1 << 20


def main(arguments: list[str]) -> None:
    """Serve requests until the socket closes."""
    _, descriptor, parent, program = arguments
    die_with_parent(int(parent))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(descriptor)) as control:
        factory, environment = json.loads(program)
        settings = Settings.from_environment(environment)
        procedures = load_procedures(factory, settings)
        gc.set_threshold(*_GC_THRESHOLDS)
        _serve(GraphCopy(ox.Store()), control, partial(worker.serve, procedures=procedures, union=not settings.plain))


def _serve(copy: GraphCopy, control: socket.socket, serve: Serve) -> None:
    gc.collect()
    gc.freeze()
    control.sendall(encode_frame(FrameType.READY, str(len(copy.engine)).encode()))
    frames = FrameReader(control)
    while True:
        try:
            frame_type, payload = frames.read()
        except EOFError:
            return
        match frame_type:
            case FrameType.CHANGE:
                copy.apply(payload)
            case FrameType.READY:
                control.sendall(encode_frame(FrameType.READY))
            case FrameType.FORK:
                request = json.loads(payload)
                start = _serve_graph if request.pop("is_forkserver") else partial(_serve_queries, copy)
                _fork(control, partial(start, serve=serve, **request))
            case FrameType.REAP:
                _, status = os.waitpid(int(payload), 0)
                control.sendall(encode_frame(FrameType.REAP, str(os.waitstatus_to_exitcode(status)).encode()))


def _fork(control: socket.socket, run: Callable[[socket.socket], None]) -> None:
    """Fork a process that runs this function with its end of a socket; the other end is sent to the client."""
    ours, theirs = socket.socketpair()
    forkserver = os.getpid()
    pid = os.fork()
    if pid:
        ours.close()
        socket.send_fds(control, [encode_frame(FrameType.FORK, str(pid).encode())], [theirs.fileno()])
        theirs.close()
        return
    status = 1
    try:
        theirs.close()
        control.close()
        die_with_parent(forkserver)
        run(ours)
        status = 0
    finally:
        os._exit(status)  # without the exit handlers of the fork server


def _serve_graph(control: socket.socket, *, serve: Serve, checkpoint: str, version: str, memory_mb: int) -> None:
    """Be a fork server that holds the graph of the checkpoint, of that version of the data."""
    _serve(GraphCopy(_load_in_thread(Path(checkpoint), memory_mb), version), control, serve)


def _serve_queries(
    copy: GraphCopy,
    connection: socket.socket,
    *,
    serve: Serve,
    checkpoint: str,
    version: str,
    memory_mb: int,
    copy_pages: bool,
) -> None:
    """Be a worker, over the graph of the checkpoint, or without one over that of the fork server."""
    if checkpoint:
        copy = GraphCopy(ox.Store(checkpoint), version)
    elif copy_pages:
        memory.copy_pages()
    confine(memory_mb)
    serve(copy, connection)


def _load_in_thread(checkpoint: Path, memory_mb: int) -> ox.Store:
    """The graph, loaded by a thread that ends afterwards.

    The allocator gives each thread an arena, and loading fragments it: a small query takes three times as long there as
    in the arena of the main thread, which stays clean this way.
    """
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(_load, checkpoint, memory_mb).result()


def _load(checkpoint: Path, memory_mb: int) -> ox.Store:
    """The graph of the checkpoint, with blank nodes and empty graphs; fails rather than exceed the limit by far."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    base = memory.resident_mb() + memory_mb * _LOADING_SHARE
    resource.setrlimit(resource.RLIMIT_AS, (base * 1_000_000 + (1 << 30), hard))
    read_end, write_end = os.pipe()
    # Opening a store on disk leaves threads behind, so another process does it.
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(read_end)
            die_with_parent(os.getppid())
            _dump(checkpoint, write_end)
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    engine = ox.Store()
    with open(read_end, "rb", buffering=_PIPE_BYTES) as source:
        for iri in json.loads(source.readline()):
            engine.add_graph(ox.NamedNode(iri))
        engine.bulk_extend(ox.parse(source, format=ox.RdfFormat.N_QUADS))
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the checkpoint could not be read")
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return engine


def _dump(checkpoint: Path, descriptor: int) -> None:
    store = ox.Store.read_only(str(checkpoint))
    named = [graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)]
    empty = [graph.value for graph in named if not any(store.quads_for_pattern(None, None, None, graph))]
    with open(descriptor, "wb", buffering=_PIPE_BYTES) as output:
        output.write(json.dumps(empty).encode() + b"\n")
        store.dump(output, ox.RdfFormat.N_QUADS)


if __name__ == "__main__":
    main(sys.argv[1:])
