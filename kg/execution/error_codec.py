"""Errors of ``kg.errors`` as JSON, to be sent by a worker and raised again by the process that called it.

A class is found by its name in that one family: what a worker sends names nothing else, and runs no code.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg.errors import ConflictKgError, Finding, Severity, SourceLocation


def encode_error(error: ConflictKgError) -> dict[str, Any]:
    """The error as JSON values: its class, its message and its attributes."""
    attributes = {name: _encode_value(value) for name, value in vars(error).items()}
    return {"class": type(error).__name__, "message": str(error), "attributes": attributes}


def decode_error(encoded: Mapping[str, Any]) -> ConflictKgError:
    """The error; of the family's base class where its own is unknown."""
    class_ = _CLASSES.get(encoded["class"], ConflictKgError)
    error = class_.__new__(class_)
    Exception.__init__(error, encoded["message"])
    for name, value in encoded["attributes"].items():
        setattr(error, name, _DECODERS.get(name, _decode_value)(value))
    return error


def _encode_value(value: object) -> Any:
    if isinstance(value, (tuple, list)):
        return [_encode_value(item) for item in value]
    if isinstance(value, Finding):
        return asdict(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _decode_value(value: Any) -> Any:
    return tuple(map(_decode_value, value)) if isinstance(value, list) else value


def _decode_findings(findings: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(map(decode_finding, findings))


def decode_finding(members: Mapping[str, Any]) -> Finding:
    """The finding of which these are the members, as ``dataclasses.asdict`` gives them."""
    location = members["location"]
    place = SourceLocation(**location) if location else None
    return Finding(**{**members, "location": place, "severity": Severity(members["severity"])})


_DECODERS: Mapping[str, Callable[[Any], Any]] = {"findings": _decode_findings, "directory": Path}


def _family(class_: type[ConflictKgError]) -> Iterator[type[ConflictKgError]]:
    yield class_
    for subclass in class_.__subclasses__():
        yield from _family(subclass)


_CLASSES = {class_.__name__: class_ for class_ in _family(ConflictKgError)}
