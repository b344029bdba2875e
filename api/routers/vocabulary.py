"""``/ontology``, ``/shapes``, ``/vocab``, ``/alignments``, ``/context``: what the words mean, for people and programs.

Owns how terms are grouped and laid out on pages; every word of them is read from ontology and shapes. What is served
here is fixed for the life of the process.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api import services
from api.http import conneg, rdf_response
from api.http.links import compact_iri, local_path
from api.pages import render
from kg import jsonld_context, namespaces
from kg.errors import UnknownNameError
from kg.rdf_formats import GRAPH_SYNTAXES
from kg.schema.model import Class, Concept, Field, Schema, Scheme, local_name

router = APIRouter(tags=["Vocabulary"])

_QUERIES = Path(__file__).parents[1] / "pages" / "queries"
EXAMPLES = ("ontology-names", "ontology-coverage", "ontology-accounts")
_CACHE = {"Cache-Control": "max-age=300"}
_PARTS = (
    namespaces.STATEMENT,
    namespaces.PASSAGE.value,
    f"{namespaces.OA}TextPositionSelector",
    f"{namespaces.OA}TextQuoteSelector",
)
_HOME_GRAPH = f"{namespaces.CK}HomeGraph"


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a class as the page shows it; ``ranges`` are IRIs."""

    name: str
    anchor: str
    path: str
    ranges: tuple[str, ...]
    cardinality: str
    description: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A class with the fields it has of its own, and those of its superclasses by the class that has them."""

    of: Class
    rows: tuple[Row, ...]
    inherited: tuple[tuple[str, tuple[Row, ...]], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Classes shown together."""

    slug: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape on a property, or a constraint of a node shape."""

    anchor: str
    name: str
    path: str
    description: str
    message: str
    cardinality: str


@dataclass(frozen=True, slots=True)
class NodeShape:
    """A node shape with its rules."""

    anchor: str
    name: str
    targets: tuple[str, ...]
    description: str
    message: str
    is_closed: bool
    rules: tuple[Rule, ...]


class Graph:
    """The quads of a file, looked up by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.store = ox.Store()
        self.store.extend(quads)

    def objects(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[Any]:
        """The values of a property."""
        return [q.object for q in self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]

    def text(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> str:
        """One value of a property as text; empty without one."""
        return next((str(each.value) for each in self.objects(subject, predicate)), "")

    def members(self, head: Any) -> list[Any]:
        """The members of an RDF list."""
        found = []
        while head.value != f"{namespaces.RDF}nil":
            found += self.objects(head, f"{namespaces.RDF}first")
            head = self.objects(head, f"{namespaces.RDF}rest")[0]
        return found

    def path(self, node: Any) -> str:
        """A SHACL path as SPARQL writes it (SHACL, section 2.3.1)."""
        if isinstance(node, ox.NamedNode):
            return compact_iri(node.value)
        marks = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
        for inverse in self.objects(node, f"{namespaces.SH}inversePath"):
            return f"^{self.path(inverse)}"
        for alternatives in self.objects(node, f"{namespaces.SH}alternativePath"):
            return " | ".join(self.path(each) for each in self.members(alternatives))
        for name, mark in marks.items():
            for inner in self.objects(node, f"{namespaces.SH}{name}"):
                return f"({self.path(inner)}){mark}"
        return " / ".join(self.path(each) for each in self.members(node))


def cardinality(minimum: int, maximum: int | None) -> str:
    """How many values, in words."""
    if maximum is None:
        return "any number" if minimum == 0 else f"{minimum} or more"
    if minimum == maximum:
        return f"exactly {minimum}"
    return f"at most {maximum}" if minimum == 0 else f"{minimum} to {maximum}"


def groups(schema: Schema) -> tuple[Group, ...]:
    """The classes in the order a reader meets them; none is left out."""
    shapes = Graph(schema.shapes)
    families = [
        ("things", "Things", schema.subclasses(namespaces.THING)),
        ("statements", "Statement and passage", [each for each in _PARTS if each in schema.classes]),
        ("propositions", "Propositions", schema.subclasses(namespaces.PROPOSITION)),
        ("home-graphs", "Home graphs", schema.subclasses(_HOME_GRAPH)),
    ]
    placed = {iri for _, _, family in families for iri in family}
    rest = [iri for iri in schema.classes if iri not in placed]
    families.insert(3, ("counts", "Counts and geometries", rest))
    return tuple(
        Group(slug, title, tuple(_entry(schema, schema.classes[iri], shapes) for iri in family))
        for slug, title, family in families
    )


def _entry(schema: Schema, of: Class, shapes: Graph) -> Entry:
    own: list[Row] = []
    inherited: dict[str, list[Row]] = {}
    for each in of.fields.values():
        owner = _owner(schema, of, each)
        row = _row(schema, each, owner, shapes)
        (own if owner is of else inherited.setdefault(owner.name, [])).append(row)
    return Entry(of, tuple(own), tuple((name, tuple(rows)) for name, rows in inherited.items()))


def _owner(schema: Schema, of: Class, field: Field) -> Class:
    """The topmost class above or at ``of`` that has the very same field."""
    for iri in of.parents:
        parent = schema.classes.get(iri)
        same = parent.fields.get(field.name) if parent else None
        if parent and same and (same.shape, same.minimum) == (field.shape, field.minimum):
            return _owner(schema, parent, field)
    return of


def _row(schema: Schema, field: Field, owner: Class, shapes: Graph) -> Row:
    path = shapes.path(shapes.objects(ox.NamedNode(field.shape), f"{namespaces.SH}path")[0])
    return Row(
        field.name,
        f"{owner.name}.{field.name}",
        path,
        _ranges(schema, field),
        cardinality(field.minimum, field.maximum),
        field.description,
    )


def _ranges(schema: Schema, field: Field) -> tuple[str, ...]:
    if field.classes or field.scheme or field.datatype:
        return (*field.classes, *(each for each in (field.scheme, field.datatype) if each))
    known = schema.properties.get(field.predicate or "")
    of = (known.domain if field.inverse else known.range) if known else None
    if of is None and field.predicate is None:
        return (namespaces.STATEMENT,)
    return (of,) if of else ()


def node_shapes(schema: Schema) -> tuple[NodeShape, ...]:
    """The node shapes that have a target or a message, by name."""
    graph = Graph(schema.shapes)
    nodes = graph.store.quads_for_pattern(None, namespaces.TYPE, ox.NamedNode(f"{namespaces.SH}NodeShape"))
    named = sorted((q.subject for q in nodes if isinstance(q.subject, ox.NamedNode)), key=lambda each: each.value)
    return tuple(_node_shape(graph, node) for node in named)


def _node_shape(graph: Graph, node: ox.NamedNode) -> NodeShape:
    rules = [_rule(graph, each) for each in graph.objects(node, f"{namespaces.SH}property")]
    checks = [_rule(graph, each) for each in graph.objects(node, f"{namespaces.SH}sparql")]
    return NodeShape(
        local_name(node.value),
        graph.text(node, f"{namespaces.SH}name") or local_name(node.value),
        tuple(each.value for each in graph.objects(node, f"{namespaces.SH}targetClass")),
        graph.text(node, f"{namespaces.SH}description"),
        graph.text(node, f"{namespaces.SH}message"),
        graph.text(node, f"{namespaces.SH}closed") == "true",
        tuple(sorted(rules, key=lambda each: each.anchor)) + tuple(checks),
    )


def _rule(graph: Graph, shape: ox.NamedNode | ox.BlankNode) -> Rule:
    paths = graph.objects(shape, f"{namespaces.SH}path")
    minimum, maximum = (graph.text(shape, f"{namespaces.SH}{each}Count") for each in ("min", "max"))
    return Rule(
        local_name(shape.value) if isinstance(shape, ox.NamedNode) else "",
        graph.text(shape, f"{namespaces.SH}name")
        or (local_name(shape.value) if isinstance(shape, ox.NamedNode) else ""),
        graph.path(paths[0]) if paths else "",
        graph.text(shape, f"{namespaces.SH}description"),
        graph.text(shape, f"{namespaces.SH}message"),
        cardinality(int(minimum or 0), int(maximum) if maximum else None) if paths else "",
    )


def scheme_groups(scheme: Scheme) -> list[tuple[Concept | None, list[Concept]]]:
    """The concepts under their groups; those without one stand under None."""
    heads = {each.broader for each in scheme.concepts}
    found: dict[str | None, list[Concept]] = {}
    for each in scheme.concepts:
        if each.iri not in heads:
            found.setdefault(each.broader, []).append(each)
    by_iri: dict[str | None, Concept] = {each.iri: each for each in scheme.concepts}
    return [(by_iri.get(head), members) for head, members in found.items()]


def _schema(request: Request) -> Schema:
    return services.of(request).knowledge_graph.schema


def _answered(
    request: Request, wanted: str | None, quads: Sequence[ox.Quad], template: str, values: Callable[[], dict[str, Any]]
) -> Response:
    """The page or the quads, as is asked for; Turtle where everything is acceptable."""
    accept = request.headers.get("accept", "")
    if (conneg.prefers_html(accept) and not wanted) or wanted == "html":
        page = render(
            request, template, local=local_here(request), curie=compact_iri, formats=GRAPH_SYNTAXES, **values()
        )
        page.headers.update(_CACHE)
        return rdf_response.if_none_match(request, page)
    return _rdf(request, wanted, quads)


def _rdf(request: Request, wanted: str | None, quads: Sequence[ox.Quad]) -> Response:
    media_type = conneg.select_media_type(GRAPH_SYNTAXES, request.headers.get("accept", ""), wanted)
    return rdf_response.respond(request, quads, GRAPH_SYNTAXES, media_type, {"Vary": "Accept", **_CACHE})


def local_here(request: Request) -> Callable[[str], str]:
    """``local`` for the base of this server."""
    return partial(local_path, base_iri=services.of(request).settings.base_iri)


@router.get("/ontology")
def ontology(request: Request, format: str | None = None) -> Response:
    """The ontology: one page for people, or RDF."""
    schema = _schema(request)
    examples = [(_QUERIES / f"{name}.rq").read_text(encoding="utf-8") for name in EXAMPLES]
    return _answered(
        request,
        format,
        schema.ontology,
        "ontology.html",
        lambda: {
            "schema": schema,
            "groups": groups(schema),
            "examples": examples,
            "scheme_groups": scheme_groups,
            "prefixes": namespaces.QUERY_PREFIXES,
        },
    )


@router.get("/shapes")
def shapes(request: Request, format: str | None = None) -> Response:
    """The shapes: what data must look like, with a message for every rule."""
    schema = _schema(request)
    return _answered(request, format, schema.shapes, "shapes.html", lambda: {"shapes": node_shapes(schema)})


@router.get("/alignments")
def alignments(request: Request, format: str | None = None) -> Response:
    """How the terms relate to those of other vocabularies, as RDF."""
    return _rdf(request, format, _schema(request).alignments)


@router.get("/vocab")
def vocab(request: Request, format: str | None = None) -> Response:
    """All concept schemes."""
    schema = _schema(request)
    quads = [quad for quad in schema.ontology if _is_of(quad, "", namespaces.VOCAB)]
    return _answered(request, format, quads, "vocab.html", lambda: {"schemes": tuple(schema.schemes.values())})


@router.get("/vocab/{scheme}")
def scheme(request: Request, scheme: str, format: str | None = None) -> Response:
    """One concept scheme with its concepts."""
    schema = _schema(request)
    found = schema.schemes.get(f"{namespaces.VOCAB}{scheme}")
    if found is None:
        raise UnknownNameError("concept scheme", scheme, sorted(map(local_name, schema.schemes)))
    quads = [q for q in schema.ontology if _is_of(q, found.iri, f"{found.iri}/")]
    return _answered(request, format, quads, "scheme.html", lambda: {"scheme": found, "groups": scheme_groups(found)})


@router.get("/vocab/{scheme}/{concept}")
def concept(request: Request, scheme: str, concept: str) -> Response:
    """A concept is described with its scheme."""
    found = _schema(request).schemes.get(f"{namespaces.VOCAB}{scheme}")
    slugs = sorted(each.slug for each in found.concepts) if found else []
    if concept not in slugs:
        raise UnknownNameError("concept", f"{scheme}/{concept}", [f"{scheme}/{each}" for each in slugs])
    return RedirectResponse(f"/vocab/{scheme}#{concept}", 303, {"Vary": "Accept"})


@router.get("/context")
@router.get("/context.jsonld")
def json_ld_context(request: Request) -> Response:
    """The JSON-LD context that ontology and shapes imply."""
    body = {"@context": jsonld_context.build_context(_schema(request), services.of(request).settings.base_iri)}
    text = json.dumps(body, ensure_ascii=False, indent=1)
    headers = {"Vary": "Accept", **_CACHE}
    return rdf_response.if_none_match(request, Response(text, media_type="application/ld+json", headers=headers))


def _is_of(quad: ox.Quad, iri: str, namespace: str) -> bool:
    subject = quad.subject
    return isinstance(subject, ox.NamedNode) and (subject.value == iri or subject.value.startswith(namespace))


for _route in [each for each in router.routes if isinstance(each, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
