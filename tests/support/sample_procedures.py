"""Procedures for tests: each does one thing that a procedure can do, well or badly."""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg.errors import Finding, InputRejectedError, Severity, SourceLocation, UnknownNameError
from kg.execution.procedure import Procedure, Reply
from kg.settings import Settings
from kg.store.change import Change
from kg.store.interface import Store

TEXT = "text/plain"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def create(settings: Settings) -> Mapping[str, Procedure]:
    def echo(_store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        properties = {"workers": settings.workers, "arguments": dict(arguments)}
        return Reply(media_type=TEXT, body=[content], properties=properties)

    return {
        "echo": echo,
        "count": count,
        "add": add,
        "reject": reject,
        "fail": fail,
        "sleep": sleep,
        "crash": crash,
        "allocate": allocate,
        "stream": stream,
        "priority": priority,
    }


def count(store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
    rows = store.query(COUNT)
    assert isinstance(rows, ox.QuerySolutions)
    return Reply(media_type=TEXT, body=[next(rows)["n"].value.encode()])


def add(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
    quad = ox.Quad(*(ox.NamedNode(arguments[name]) for name in ("s", "p", "o", "g")))
    store.apply(Change.from_quads(added=frozenset([quad])))
    return count(store, arguments, content)


def reject(_store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    if arguments.get("unknown"):
        raise UnknownNameError("zone", "nowhere", ["somewhere"])
    location = SourceLocation("a.yaml", 3)
    raise InputRejectedError([Finding("wrong", "right", location, severity=Severity.WARNING), Finding("bad")])


def fail(_store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
    raise KeyError("a bug")


def sleep(_store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    time.sleep(arguments["seconds"])
    return Reply(media_type=TEXT, body=[b"awake"])


def priority(_store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
    return Reply(media_type=TEXT, body=[str(os.getpriority(os.PRIO_PROCESS, 0)).encode()])


def crash(_store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
    signal.raise_signal(signal.SIGSEGV)
    raise AssertionError


def allocate(_store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    return Reply(media_type=TEXT, body=[str(len(bytearray(arguments["bytes"]))).encode()])


def stream(_store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    def chunks() -> Iterator[bytes]:
        for _ in range(arguments["chunks"]):
            yield b"x" * 100_000
        if arguments.get("crashes"):
            signal.raise_signal(signal.SIGSEGV)

    return Reply(media_type=TEXT, body=chunks())
