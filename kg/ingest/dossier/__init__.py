"""Dossiers: YAML-LD in, quads out.

A dossier is JSON-LD 1.1 in YAML under the shipped context (``kg.jsonld_context``), with three conveniences that
any reader could undo: a node's type may be left out where its field demands one class, its id where it stands inside
another node, and a passage's source where it stands under its source.
"""

import json
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.ingest import yaml_source
from kg.ingest.documents import Document
from kg.ingest.dossier.expander import ExpandedDossier, expand_dossier
from kg.ingest.dossier.iri_resolver import IriResolver
from kg.jsonld_context import build_context
from kg.schema.model import Schema


def parse_dossier(data: bytes, name: str, schema: Schema, base_iri: str) -> Document:
    """The dossier as one home graph. Raises InputRejectedError with every finding, each with line and cure."""
    text = yaml_source.parse_yaml(data, name)
    shipped = build_context(schema, base_iri)
    names = IriResolver(text, base_iri, shipped)
    done = expand_dossier(text, schema, names)
    if done.findings:
        raise InputRejectedError(done.findings)
    graph = ox.NamedNode(done.node["id"])
    quads = _quads(json_ld(done, names, shipped), text.location(()), base_iri)
    return Document(
        name,
        frozenset(ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads),
        _locator(text, done),
    )


def json_ld(done: ExpandedDossier, names: IriResolver, shipped: dict[str, Any]) -> dict[str, Any]:
    """The completed dossier as a JSON-LD document that stands on its own."""
    return {"@context": [shipped, names.local], **done.node}


def _quads(document: dict[str, Any], location: SourceLocation, base_iri: str) -> list[ox.Quad]:
    try:
        return list(ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD, base_iri=base_iri))
    except (SyntaxError, ValueError) as error:
        raise InputRejectedError([Finding(f"is not JSON-LD: {error}", "Correct the value.", location)]) from None


def _locator(text: yaml_source.YamlSource, done: ExpandedDossier) -> Any:
    @cache
    def locate(subject: str, other: str) -> SourceLocation:
        """The place of a field of the subject, else of a reference to it by that predicate, else of the subject."""
        path = done.fields.get((subject, other)) or done.references.get((other, subject))
        return text.location(path or (*done.subjects.get(subject, ()), "id"))

    return locate
