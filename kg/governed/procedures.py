"""The procedures of governed writes: each evaluated and judged in the ingest worker, over exactly the current state.

Owns what each kind of write does to the graph, and its precondition. What a change must conform to is ``kg.ingest``'s.
The body of a reply is ``Change.to_bytes``; its properties are those of ``kg.ingest.load_plan.LoadPlan``.
"""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyoxigraph as ox

from kg.errors import (
    ChangeTooLargeError,
    Finding,
    InputRejectedError,
    PreconditionFailedError,
    PreconditionRequiredError,
    QuerySyntaxError,
    UnknownNameError,
)
from kg.execution.procedure import Procedure, Reply
from kg.governed import interface
from kg.governed.graph_document import check_charset, read_graph_document
from kg.governed.interface import Presence, Unconditional
from kg.governed.private_graph import check_unmoved, open_private_copy
from kg.governed.update_rules import scope_of_patch, scope_of_update
from kg.ingest.ingestor import Ingestor
from kg.ingest.load_plan import LoadPlan
from kg.namespaces import DOSSIER, TYPE
from kg.rdf_formats import N_QUADS
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QuadLookup, Store
from kg.store.proposed_change import ProposedChange
from kg.update.evaluation import Update, find_graphs, names_graphs, run_update
from kg.update.private_copy import Limits, PrivateCopy

Arguments = Mapping[str, Any]
_UNBOUNDED = Limits(sys.maxsize)
"""For the owner of the data."""


def create_governed_procedures(ingestor: Ingestor, max_quads: int) -> dict[str, Procedure]:
    """The procedures by their names, with this ingestor; a change has at most so many quads."""
    writes = _GovernedWrites(ingestor, Limits(max_quads))
    return {
        interface.UPDATE: writes.update,
        interface.PUT_GRAPH: writes.put,
        interface.POST_GRAPH: writes.post,
        interface.PATCH_GRAPH: writes.patch,
        interface.DELETE_GRAPH: writes.delete,
    }


class _GovernedWrites:
    def __init__(self, ingestor: Ingestor, limits: Limits) -> None:
        self._ingestor, self._limits = ingestor, limits

    def update(self, store: Store, arguments: Arguments, content: bytes) -> Reply:
        using, using_named = tuple(arguments["using"]), tuple(arguments["using_named"])
        update = Update(content.decode(), using, using_named, arguments["base_iri"])
        scope = scope_of_update(self._ingestor.base_iri)
        graphs = None if isinstance(store, EmbeddedStore) else find_graphs(update)
        return self._reply_change(store, arguments, lambda copy: run_update(copy, update, scope), graphs)

    def put(self, store: Store, arguments: Arguments, content: bytes) -> Reply:
        """The graph replaced by the document (Graph Store Protocol, section 5.3)."""
        graph, exists = _check_precondition(store, arguments)
        document = read_graph_document(self._ingestor, store, graph, arguments["content_type"], content)
        if not document.quads and not document.findings:
            cure = "Say what the graph is, with title, licence, recordedBy and version; or DELETE it"
            finding = Finding("the document contains no triple", cure, document.locate("", ""), rule="home-graph")
            raise InputRejectedError([finding])
        plan = self._ingestor.plan([document], store, with_sentences=arguments["dry_run"])
        # here, and not only where it is committed: further writes of a group are prepared over this one
        if plan.change.removed_count + plan.change.added_count > self._limits_of(arguments).max_quads:
            raise ChangeTooLargeError(self._limits.max_quads)
        return _reply(plan, arguments, is_new=not exists)

    def post(self, store: Store, arguments: Arguments, content: bytes) -> Reply:
        """The document added to the graph (section 5.5)."""
        graph, exists = _check_precondition(store, arguments)
        if not exists:
            return self.put(store, arguments, content)
        document = read_graph_document(self._ingestor, store, graph, arguments["content_type"], content)
        return self._reply_change(store, arguments, lambda copy: copy.exchange(frozenset(), document.quads), [graph])

    def patch(self, store: Store, arguments: Arguments, content: bytes) -> Reply:
        """The graph changed by an update of it alone."""
        graph, exists = _check_precondition(store, arguments)
        if not exists:
            raise UnknownNameError("graph", graph.value)
        check_charset(arguments["content_type"], [interface.PATCH_MEDIA_TYPE])
        update = Update(_decode(content), base_iri=graph.value)
        scope = scope_of_patch(graph, self._ingestor.base_iri)
        graphs = None if names_graphs(update) else [graph]
        return self._reply_change(store, arguments, lambda copy: run_update(copy, update, scope), graphs)

    def delete(self, store: Store, arguments: Arguments, _content: bytes) -> Reply:
        """The graph removed (section 5.4)."""
        graph, exists = _check_precondition(store, arguments)
        if not exists:
            raise UnknownNameError("graph", graph.value)
        return self._reply_change(store, arguments, lambda copy: copy.drop(graph), [graph])

    def _reply_change(
        self,
        store: Store,
        arguments: Arguments,
        make: Callable[[PrivateCopy], None],
        graphs: Collection[ox.NamedNode] | None,
    ) -> Reply:
        """The change that ``make`` makes in a private copy of these graphs, or of all, judged."""
        with open_private_copy(store, self._limits_of(arguments), graphs) as copy:
            make(copy)
        change = ProposedChange.over(store, copy.removed, copy.added)
        plan = self._ingestor.plan_change(change, store, with_sentences=arguments["dry_run"])
        check_unmoved(store, change)
        emptied = replace(plan.change, dropped=tuple(sorted(_find_emptied(change))))
        return _reply(replace(plan, change=emptied), arguments)

    def _limits_of(self, arguments: Arguments) -> Limits:
        return self._limits if arguments["is_bounded"] else _UNBOUNDED


def _find_emptied(change: ProposedChange) -> Iterator[str]:
    """Graphs without a quad after the change: such a home graph does not exist."""
    for graph in {quad.graph_name for quad in change.removed}:
        if isinstance(graph, ox.NamedNode) and not any(True for _ in change.after.match(None, None, None, graph)):
            yield graph.value


def _decode(patch: bytes) -> str:
    try:
        return patch.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = patch.count(b"\n", 0, error.start) + 1
        raise QuerySyntaxError(f"byte 0x{patch[error.start]:02x} in line {line} is not UTF-8") from None


def _check_precondition(store: Store, arguments: Arguments) -> tuple[ox.NamedNode, bool]:
    """The graph, and whether it exists. Raises PreconditionFailedError or PreconditionRequiredError."""
    graph = ox.NamedNode(arguments["graph"])
    exists = next(iter(store.match(None, None, None, graph)), None) is not None
    presence = Presence(arguments["presence"])
    if (presence is Presence.PRESENT and not exists) or (presence is Presence.ABSENT and exists):
        raise PreconditionFailedError(graph.value, "it exists" if exists else "there is none")
    if presence is Presence.ANY and exists and _is_guarded(store, graph, Unconditional(arguments["refused"])):
        raise PreconditionRequiredError(graph.value)
    return graph, exists


def _is_guarded(store: QuadLookup, graph: ox.NamedNode, refused: Unconditional) -> bool:
    if refused is Unconditional.DOSSIERS:
        return DOSSIER in {quad.object for quad in store.match(graph, TYPE, None)}
    return refused is Unconditional.ALL


def _reply(plan: LoadPlan, arguments: Arguments, *, is_new: bool = False) -> Reply:
    properties = {**plan.members(dry_run=arguments["dry_run"]), "is_new": is_new}
    return Reply(media_type=N_QUADS.media_type, body=[plan.change.to_bytes()], properties=properties)
