"""Procedures: named functions that run in a worker, over its copy of the graph and within the limits of a query.

Owns what a procedure is given, what it returns and how the table of all procedures is found. Knows none of them: a
fork server is given the import string of a factory, makes the table once, and its workers inherit it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from kg.settings import Settings
from kg.store.interface import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a procedure returns."""

    media_type: str
    body: Iterable[bytes]
    """The chunks of the body; sent while they are produced."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """JSON values about the reply, sent before the body."""


Procedure = Callable[[Store, Mapping[str, Any], bytes], Reply]
"""From the worker's own copy of the graph, arguments (JSON values) and content (not parsed yet) to the reply.

Raises errors of ``kg.errors``, which reach the caller unchanged; any other exception is a bug and reaches the caller as
ProcedureFailedError.
"""
Procedures = Mapping[str, Procedure]


class ProcedureFailedError(Exception):
    """A procedure raised an exception that is none of ``kg.errors``: a bug. The message is the traceback."""


def load_procedures(factory: str, settings: Settings) -> Procedures:
    """The table that a factory makes; ``factory`` is ``package.module:function``, or empty for no procedures."""
    if not factory:
        return {}
    module, _, function = factory.partition(":")
    create = cast(Callable[[Settings], Procedures], getattr(import_module(module), function))
    return create(settings)
