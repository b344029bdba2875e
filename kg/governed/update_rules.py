"""What updates may do in governed mode, where every triple belongs to a home graph and every change is judged.

Owns which operations are refused and what to do instead, and names for blank nodes. Evaluates nothing.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

import pyoxigraph as ox

from kg.errors import Finding, InputRejectedError, QueryForbiddenError
from kg.update.evaluation import UpdateScope
from kg.update.operations import GraphOperation, GraphSet, GraphVerb, Modify, Operation
from kg.update.template import Template

_SHOWN = 3
_ONE_HOME = "each resource is described in one home graph;"
_INSTEAD = {
    GraphVerb.CREATE: "a home graph exists once it has triples; INSERT DATA creates it",
    GraphVerb.COPY: f"{_ONE_HOME} PUT the graph under its new name and DELETE the old one",
    GraphVerb.MOVE: f"{_ONE_HOME} PUT the graph under its new name and DELETE the old one",
    GraphVerb.ADD: f"{_ONE_HOME} DELETE and INSERT the triples with a WHERE",
}
_WITH = "Write it inside GRAPH <IRI of a home graph> { ... }, or put WITH <IRI> before DELETE and INSERT"


def scope_of_update(base_iri: str) -> UpdateScope:
    """Any named graph may change; a WHERE reads the union of all graphs, as queries do."""
    return UpdateScope(
        reads_union=True,
        check_operation=_check_operation,
        check_template=_check_graphs_named,
        complete=_name_blank_nodes_under(base_iri),
        ignores_silent_load=False,
    )


def scope_of_patch(graph: ox.NamedNode, base_iri: str) -> UpdateScope:
    """Only this graph may change; it is the default graph of every operation."""
    return UpdateScope(
        default_graph=graph,
        check_operation=_check_patch_operation,
        check_template=_check_only(graph),
        complete=_name_blank_nodes_under(base_iri),
        ignores_silent_load=False,
    )


def _check_operation(operation: Operation) -> None:
    if isinstance(operation, Modify):
        return
    if operation.verb in _INSTEAD:
        raise QueryForbiddenError(operation.verb, _INSTEAD[operation.verb])
    if isinstance(operation.graphs[0], GraphSet):
        feature = f"{operation.verb} {operation.graphs[0]}"
        raise QueryForbiddenError(feature, f"name the graphs one by one: {operation.verb} GRAPH <IRI>")


def _check_patch_operation(operation: Operation) -> None:
    if isinstance(operation, GraphOperation):
        raise QueryForbiddenError(operation.verb, "a patch adds and removes triples; DELETE or PUT the graph instead")


def _check_graphs_named(template: Template) -> None:
    """Raises InputRejectedError for triples of the default graph, which is no home graph."""
    unnamed = [quad for quad in template.quads if isinstance(quad.graph_name, ox.DefaultGraph)]
    if unnamed:
        raise InputRejectedError(
            [Finding(f"in no graph: {_show(quad, template)}", _WITH, rule="home-graph") for quad in unnamed[:_SHOWN]]
        )


def _check_only(graph: ox.NamedNode) -> Callable[[Template], None]:
    def check(template: Template) -> None:
        others = [quad for quad in template.quads if quad.graph_name != graph]
        cure = (
            f"Patch each graph at its own address, or send the whole as an update; here, leave out GRAPH: it is {graph}"
        )
        if others:
            raise InputRejectedError(
                [
                    Finding(f"in another graph: {_show(quad, template)}", cure, rule="home-graph")
                    for quad in others[:_SHOWN]
                ]
            )

    return check


def _show(quad: ox.Quad, template: Template) -> str:
    """The triple with its variables, and its graph if it has one."""
    terms = [quad.subject, quad.predicate, quad.object]
    if not isinstance(quad.graph_name, ox.DefaultGraph):
        terms.append(quad.graph_name)
    names: Mapping[Any, str] = template.variables
    return " ".join(f"?{names[term]}" if term in names else str(term) for term in terms)


def _name_blank_nodes_under(base_iri: str) -> Callable[[Set[ox.Quad]], Set[ox.Quad]]:
    """Skolem IRIs for blank nodes (RDF 1.1 Concepts, section 3.5), new in every request."""
    names: dict[ox.BlankNode, ox.NamedNode] = {}

    def name(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        if term not in names:
            names[term] = ox.NamedNode(f"{base_iri}.well-known/genid/{secrets.token_hex(12)}")
        return names[term]

    def rename(quads: Set[ox.Quad]) -> Iterator[ox.Quad]:
        for quad in quads:
            terms = (quad.subject, quad.object, quad.graph_name)
            if any(isinstance(term, ox.BlankNode) for term in terms):
                yield ox.Quad(name(quad.subject), quad.predicate, name(quad.object), name(quad.graph_name))
            else:
                yield quad

    return lambda quads: frozenset(rename(quads))
