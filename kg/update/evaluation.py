"""SPARQL 1.1 Update evaluated to the exact change that it makes, over a private copy that stays as it was.

Owns what each operation does; the copy compares, the engine parses templates and evaluates every WHERE. Each operation
sees the effects of those before it, and an error leaves nothing behind. What an operation does to absent and empty
graphs is what the engine does. Which operations and templates are accepted is for the caller.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QueryForbiddenError, QueryRefusedError, UpdateConflictError
from kg.execution.guard import NO_CONNECTION
from kg.execution.sparql_lexer import TokenKind, tokenize
from kg.execution.update_guard import UpdateInfo, inspect_update
from kg.store.change import Change
from kg.store.sparql_text import create_syntax_error
from kg.update.operations import GraphOperation, GraphSet, GraphVerb, Modify, Operation, first_operation, slice_request
from kg.update.private_copy import GraphName, Limits, PrivateCopy
from kg.update.template import SliceParser, Template, Term, variables_of
from kg.update.using_clause import add_using

_ABSENT = "urn:x-conflict-kg:absent"
_Solution = Mapping[str, Term | None]


@dataclass(frozen=True, slots=True)
class Update:
    """One update as received; nothing in it is trusted."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    """If either is given, both together are the dataset of every WHERE (SPARQL 1.1 Protocol, section 2.2.3)."""
    base_iri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateScope:
    """What updates read where they name no graph, and what they may do. By default, as the specification has it."""

    reads_union: bool = False
    """The default graph of a WHERE without WITH and USING is the union of the named graphs."""
    default_graph: ox.NamedNode | None = None
    """Stands for the default graph in every template and pattern."""
    check_operation: Callable[[Operation], None] = lambda _: None
    """Raises an error for an operation that is not accepted; called for all of them before the first is run."""
    check_template: Callable[[Template], None] = lambda _: None
    """The same for a template or data, whose graphs are resolved."""
    complete: Callable[[Set[ox.Quad]], Set[ox.Quad]] = lambda quads: quads
    """What is inserted in the place of these quads."""
    ignores_silent_load: bool = True
    """A ``LOAD SILENT`` fails silently; else it is refused as ``LOAD`` is."""


_SPECIFICATION = UpdateScope()


def evaluate_update(engine: ox.Store, update: Update, limits: Limits) -> Change:
    """What the update would change; ``engine`` is as before when this returns or raises.

    Raises QueryRefusedError, BadParameterError, UpdateConflictError or ChangeTooLargeError.
    """
    copy = PrivateCopy(engine, limits)
    try:
        run_update(copy, update)
        return copy.change()
    finally:
        copy.restore()


def run_update(copy: PrivateCopy, update: Update, scope: UpdateScope = _SPECIFICATION) -> None:
    """Make the update in the copy. Raises as ``evaluate_update`` does, and what the scope raises."""
    info = inspect_with_dataset(update, ignores_silent_load=scope.ignores_silent_load)
    _check_syntax(info, update.base_iri)
    request = slice_request(info)
    for operation in request.operations:
        scope.check_operation(operation)
    evaluation = _Evaluation(copy, request.prologue, update.base_iri, scope)
    for operation in request.operations:
        evaluation.run(operation)


def find_graphs(update: Update) -> frozenset[ox.NamedNode] | None:
    """The named graphs that an update of data alone names; None for one whose WHERE may read any graph.

    Raises QueryRefusedError, BadParameterError or QuerySyntaxError.
    """
    info = inspect_with_dataset(update)
    _check_syntax(info, update.base_iri)
    request = slice_request(info)
    parser = SliceParser(request.prologue, update.base_iri)
    graphs: set[GraphName] = set()
    for operation in request.operations:
        if isinstance(operation, GraphOperation):
            graphs.update(parser.resolve(graph) for graph in operation.graphs if not isinstance(graph, GraphSet))
        elif operation.where is not None:
            return None
        else:
            templates = (parser.parse_data(text) for text in (operation.delete, operation.insert))
            graphs.update(quad.graph_name for template in templates for quad in template.quads)
    return frozenset(graph for graph in graphs if isinstance(graph, ox.NamedNode))


def names_graphs(update: Update) -> bool:
    """Whether the word GRAPH or USING occurs, so that more than the default graph may be read."""
    words = {token.text.upper() for token in tokenize(update.text) if token.kind is TokenKind.WORD}
    return not words.isdisjoint(("GRAPH", "USING"))


def inspect_with_dataset(update: Update, *, ignores_silent_load: bool = True) -> UpdateInfo:
    """The update as it may be given to an engine, over its dataset. Raises QueryRefusedError or BadParameterError."""
    info = inspect_update(update.text)
    if info.text != update.text and not ignores_silent_load:
        raise QueryForbiddenError("LOAD", f"{NO_CONNECTION}; send the data itself")
    text = add_using(info, update.using, update.using_named)
    return info if text == info.text else inspect_update(text)


def _check_syntax(info: UpdateInfo, base_iri: str) -> None:
    """Have the engine parse the request without running it: its first operation is one that fails."""
    start = first_operation(info)
    probe = f"{info.text[:start]}DROP GRAPH <{_ABSENT}> ;\n{info.text[start:]}"
    try:
        ox.Store().update(probe, base_iri=base_iri or None)
    except SyntaxError:
        _raise_syntax_error(info.text, base_iri)
    except RuntimeError:
        return


def _raise_syntax_error(text: str, base_iri: str) -> None:
    """The error with positions in the text as sent; nothing runs, because it does not parse."""
    try:
        ox.Store().update(text, base_iri=base_iri or None)
    except SyntaxError as error:
        raise create_syntax_error(str(error)) from error


class _Evaluation:
    """Runs the operations of one request over the copy."""

    def __init__(self, copy: PrivateCopy, prologue: str, base_iri: str, scope: UpdateScope) -> None:
        self._copy, self._prologue, self._base_iri, self._scope = copy, prologue, base_iri, scope
        self._parser = SliceParser(prologue, base_iri)
        self._graph_operations: Mapping[GraphVerb, Callable[[GraphOperation], None]] = {
            GraphVerb.CLEAR: self._clear_or_drop,
            GraphVerb.DROP: self._clear_or_drop,
            GraphVerb.CREATE: self._create,
            GraphVerb.COPY: self._transfer,
            GraphVerb.MOVE: self._transfer,
            GraphVerb.ADD: self._transfer,
        }

    def run(self, operation: Operation) -> None:
        if isinstance(operation, Modify):
            self._modify(operation)
        else:
            self._graph_operations[operation.verb](operation)

    def _modify(self, operation: Modify) -> None:
        """DELETE and INSERT; what is inserted stays, even if it is deleted by the same operation."""
        home = self._parser.resolve(operation.with_graph) if operation.with_graph else self._scope.default_graph
        parse = self._parser.parse_data if operation.where is None else self._parser.parse_template
        delete, insert = parse(operation.delete, home), parse(operation.insert, home)
        self._scope.check_template(delete)
        self._scope.check_template(insert)
        deleted: set[ox.Quad] = set()
        inserted: set[ox.Quad] = set()
        for solution in self._solutions(operation, home, delete, insert):
            deleted.update(quad for quad in delete.instantiate(solution) if quad in self._copy.engine)
            inserted.update(
                quad for quad in insert.instantiate(solution) if delete.quads or quad not in self._copy.engine
            )
            if not delete.quads:
                self._copy.check_size(len(inserted))
        self._copy.exchange(deleted, self._scope.complete(inserted))

    def _solutions(
        self, operation: Modify, home: ox.NamedNode | None, delete: Template, insert: Template
    ) -> Iterator[_Solution]:
        """The solutions of WHERE, reduced to the variables of the templates."""
        if operation.where is None:
            yield {}
            return
        names = variables_of([delete, insert])
        selected = " ".join(f"?{name}" for name in names) or "(1 AS ?one)"
        # Each solution makes its own blank nodes; without any, equal ones have equal instances.
        distinct = "" if insert.has_blank_nodes else "DISTINCT"
        text = f"{self._prologue}\nSELECT {distinct} {selected} {operation.using}\nWHERE {{\n{operation.where}\n}}"
        is_open = home is None and not operation.using
        default_graph = home if not operation.using else None
        try:
            rows = self._copy.engine.query(
                text,
                base_iri=self._base_iri or None,
                default_graph=default_graph,
                use_default_graph_as_union=is_open and self._scope.reads_union,
            )
            assert isinstance(rows, ox.QuerySolutions)
            for number, row in enumerate(rows, start=1):
                if number > self._copy.limits.max_solutions:
                    limit = f"{self._copy.limits.max_solutions:,}"
                    raise QueryRefusedError(f"the WHERE of this update has more than {limit} solutions; split it")
                yield {name: row[name] for name in names}
        except SyntaxError as error:
            raise QueryRefusedError(f"the WHERE of this update cannot be evaluated: {error}") from error
        except (RuntimeError, OSError) as error:
            raise QueryRefusedError(str(error)) from error

    def _clear_or_drop(self, operation: GraphOperation) -> None:
        (target,) = operation.graphs
        remove = self._copy.drop if operation.verb is GraphVerb.DROP else self._copy.clear
        for graph in self._graphs(target):
            if self._copy.contains(graph):
                remove(graph)
            elif not operation.is_silent:
                raise UpdateConflictError(f"The graph {graph} does not exist")

    def _create(self, operation: GraphOperation) -> None:
        for graph in self._graphs(operation.graphs[0]):
            if not self._copy.contains(graph):
                assert isinstance(graph, ox.NamedNode)
                self._copy.create(graph)
            elif not operation.is_silent:
                raise UpdateConflictError(f"The graph {graph} already exists")

    def _transfer(self, operation: GraphOperation) -> None:
        """COPY, MOVE or ADD."""
        (source,), (target,) = map(self._graphs, operation.graphs)
        if source == target:
            return
        if operation.verb is not GraphVerb.ADD:
            self._copy.drop(target)
        quads = self._copy.quads(source)
        moved = {ox.Quad(quad.subject, quad.predicate, quad.object, target) for quad in quads}
        self._copy.exchange(frozenset(), moved)
        if operation.verb is not GraphVerb.MOVE:
            return
        if not self._copy.contains(source) and not operation.is_silent:
            raise UpdateConflictError(f"The graph {source} does not exist")
        self._copy.drop(source)

    def _graphs(self, named: str | GraphSet) -> list[GraphName]:
        match named:
            case GraphSet.DEFAULT:
                return [ox.DefaultGraph()]
            case GraphSet.NAMED:
                return list(self._copy.engine.named_graphs())
            case GraphSet.ALL:
                return [ox.DefaultGraph(), *self._copy.engine.named_graphs()]
            case _:
                return [self._parser.resolve(named)]
