"""Procedures for the terms: ontology, shapes, vocabularies, alignments and context, as pages and as RDF.

All of it is read from ontology and shapes, but for the concepts that reference graphs add. How pages group and order
the terms is for ``api.pages.ontology_page``.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from api.pages.ontology_page import build_shape_section, group_classes, group_concepts, list_shapes, place_rules
from api.pages.render import read_query
from api.pages.replies import document_reply, page_reply, rdf_reply
from api.pages.sources import PageSources
from api.pages.term_page import build_term_page, find_term, find_use
from kg import jsonld_context, namespaces
from kg.added_concepts import extend_schema, read_added_concepts
from kg.execution.procedure import Procedure, Reply
from kg.rdf_formats import GRAPH_SYNTAXES, JSON_LD, RDF_BY_SUFFIX
from kg.schema.model import Class, NodeShape, Property, Schema, Scheme, local_name
from kg.store.interface import Store
from kg.store.query_template import text_of

VOCABULARY_PAGE = "vocabulary-page"
"""Arguments: ``subject``: one of the below, the path of a term or node shape below one, or the name of a scheme."""
VOCABULARY_DATA = "vocabulary-data"
"""Arguments: ``subject``, ``suffix``, ``media_type``."""
CONTEXT = "jsonld-context"

ONTOLOGY, SHAPES, ALIGNMENTS, SCHEMES = "/ontology", "/shapes", "/alignments", "/vocab"
"""Subjects; each is the path of its page."""
SUBJECTS = (ONTOLOGY, SHAPES, ALIGNMENTS, SCHEMES)
_VERSION_IRI = ox.NamedNode(f"{namespaces.OWL}versionIRI")
EXAMPLES = ("ontology-names", "ontology-coverage", "ontology-accounts", "ontology-dates", "ontology-distances")


class VocabularyProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {VOCABULARY_PAGE: self._page, VOCABULARY_DATA: self._data, CONTEXT: self._context}

    def _page(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        schema = extend_schema(self._sources.schema, store)
        if (term := _find_term(schema, arguments["subject"])) is not None:
            template, section, values = "term.html", ONTOLOGY, self._term_values(store, schema, term)
        else:
            template, section, values = _page_values(schema, arguments["subject"])
        return page_reply(self._sources.renderer.render(template, section=section, formats=GRAPH_SYNTAXES, **values))

    def _term_values(self, store: Store, schema: Schema, term: Class | Property) -> dict[str, Any]:
        sources = self._sources
        return {
            "term": build_term_page(schema, sources.catalogue, term),
            "use": find_use(store, sources.class_index, sources.archive, term),
        }

    def _data(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        subject = arguments["subject"]
        quads = _select_quads(self._sources.schema, subject)
        if not subject.startswith("/"):
            scheme = _find_scheme(self._sources.schema, subject).iri
            quads = [*quads, *(quad for quad in read_added_concepts(store) if _describes(quad, "", f"{scheme}/"))]
        syntax, max_mb = RDF_BY_SUFFIX[arguments["suffix"]], self._sources.settings.result_max_mb
        return rdf_reply(quads, syntax, arguments["media_type"], max_mb)

    def _context(self, _store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        context = jsonld_context.build_context(self._sources.schema, self._sources.settings.base_iri)
        text = json.dumps({"@context": context}, ensure_ascii=False, indent=1)
        return document_reply(text.encode(), JSON_LD.media_type)


def _page_values(schema: Schema, subject: str) -> tuple[str, str, dict[str, Any]]:
    """The template, the section of the navigation and the values of a page."""
    match subject:
        case "/ontology":
            values = {
                "schema": schema,
                "groups": group_classes(schema),
                "examples": list(map(read_query, EXAMPLES)),
                "prefixes": namespaces.QUERY_PREFIXES,
            }
            return "ontology.html", ONTOLOGY, values
        case "/shapes":
            shapes = list_shapes(schema)
            return "shapes.html", SHAPES, {"shapes": shapes, "places": place_rules(shapes)}
        case "/vocab":
            return "vocab.html", SCHEMES, {"schemes": tuple(schema.schemes.values())}
        case _ if (shape := find_shape(schema, subject)) is not None:
            return "shape.html", SHAPES, {"shape": build_shape_section(shape)}
        case _:
            scheme = _find_scheme(schema, subject)
            return "scheme.html", SCHEMES, {"scheme": scheme, "groups": group_concepts(scheme)}


def _select_quads(schema: Schema, subject: str) -> Sequence[ox.Quad]:
    match subject:
        case "/ontology":
            return schema.ontology
        case "/shapes":
            return _label_blank_nodes(schema.shapes)
        case "/alignments":
            return schema.alignments
        case _ if (term := _find_term(schema, subject)) is not None:
            return [quad for quad in (*schema.ontology, *schema.alignments) if _describes(quad, term.iri, "")]
        case _ if (shape := find_shape(schema, subject)) is not None:
            return _label_blank_nodes(_select_shape(schema, shape))
        case "/vocab":
            return [quad for quad in schema.ontology if _describes(quad, "", namespaces.VOCAB)]
        case _:
            iri = _find_scheme(schema, subject).iri
            return [quad for quad in schema.ontology if _describes(quad, iri, f"{iri}/")]


def _label_blank_nodes(quads: Sequence[ox.Quad]) -> Sequence[ox.Quad]:
    """The quads with the labels of RDFC-1.0, so that the same shapes give the same bytes in every process."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return list(dataset)


def _find_term(schema: Schema, subject: str) -> Class | Property | None:
    name = subject.removeprefix(f"{ONTOLOGY}/")
    return find_term(schema, name) if name != subject else None


def is_version(schema: Schema, name: str) -> bool:
    """Whether this is the last part of the version IRI of the ontology that is served."""
    return any(quad.predicate == _VERSION_IRI and text_of(quad.object).endswith(f"/{name}") for quad in schema.ontology)


def find_shape(schema: Schema, subject: str) -> NodeShape | None:
    """The node shape of a path below that of the shapes."""
    return next((shape for shape in schema.node_shapes if f"{SHAPES}/{local_name(shape.iri)}" == subject), None)


def _select_shape(schema: Schema, shape: NodeShape) -> list[ox.Quad]:
    """The quads of a node shape, of its rules, and of the blank nodes below them."""
    by_subject: dict[object, list[ox.Quad]] = defaultdict(list)
    for quad in schema.shapes:
        by_subject[quad.subject].append(quad)
    rules = [rule.iri for rule in shape.constraints if rule.iri]
    reached: list[object] = [ox.NamedNode(iri) for iri in dict.fromkeys((shape.iri, *rules))]
    for node in reached:  # which grows
        for quad in by_subject.get(node, ()):
            if isinstance(quad.object, ox.BlankNode) and quad.object not in reached:
                reached.append(quad.object)
    return [quad for node in reached for quad in by_subject.get(node, ())]


def _find_scheme(schema: Schema, name: str) -> Scheme:
    return schema.schemes[f"{namespaces.VOCAB}{name}"]


def _describes(quad: ox.Quad, iri: str, namespace: str) -> bool:
    """Whether the subject is this IRI or lies in the namespace, if there is one."""
    subject = quad.subject
    is_below = isinstance(subject, ox.NamedNode) and bool(namespace) and subject.value.startswith(namespace)
    return is_below or (isinstance(subject, ox.NamedNode) and subject.value == iri)
