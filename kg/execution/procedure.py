"""Procedures: named functions that run in a worker, over its copy of the graph and within the limits of a query.

Owns what a procedure is given, what it returns and how the table of all procedures is found. Knows none of them: a
fork server is given the import string of a factory, makes the table once, and its workers inherit it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

import pyoxigraph as ox

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
LINT_QUERY = "lint-query"
"""The procedure, if the table has it, that is called for each query; arguments: ``text``, ``base_iri``, ``is_refused``,
and ``graphs``, which the request names as the dataset.

The properties of its reply become those of the result, and the addresses in ``links`` are written into its head. It is
called before any of the result is read or, with ``is_refused``, when the engine does not parse the query.
"""
LIST_HIDDEN = "list-hidden-graphs"
"""The procedure, if the table has it, that names the graphs that requests do not read; in ``graphs``, as IRIs.

A worker calls it once for each version of the data.
"""


class ProcedureFailedError(Exception):
    """A procedure raised an exception that is none of ``kg.errors``: a bug. The message is the traceback."""


def load_procedures(factory: str, settings: Settings) -> Procedures:
    """The table that a factory makes; ``factory`` is ``package.module:function``, or empty for no procedures."""
    if not factory:
        return {}
    module, _, function = factory.partition(":")
    create = cast(Callable[[Settings], Procedures], getattr(import_module(module), function))
    return create(settings)


def lint_query(
    procedures: Procedures,
    store: Store,
    text: str,
    base_iri: str,
    graphs: Sequence[str] = (),
    *,
    is_refused: bool = False,
) -> Mapping[str, Any]:
    """What the lint of the table says of the query. Raises QueryRefusedError, in place of a result."""
    lint = procedures.get(LINT_QUERY)
    if lint is None:
        return {}
    arguments = {"text": text, "base_iri": base_iri, "graphs": graphs, "is_refused": is_refused}
    return lint(store, arguments, b"").properties


def list_hidden(procedures: Procedures, store: Store) -> frozenset[ox.NamedNode]:
    """The graphs that requests do not read."""
    list_graphs = procedures.get(LIST_HIDDEN)
    return frozenset(map(ox.NamedNode, list_graphs(store, {}, b"").properties["graphs"]) if list_graphs else ())
