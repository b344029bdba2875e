"""A dossier parsed into a document: YAML, its quotes completed, expanded to JSON-LD, parsed to quads of its home graph.

Owns the order of these steps and the map from subjects and predicates back to lines of the file.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg.errors import Finding, GraphSyntaxError, InputRejectedError, SourceLocation
from kg.ingest import yaml_source
from kg.ingest.documents import Document, Locate
from kg.ingest.dossier.expander import ExpandedDossier, expand_dossier
from kg.ingest.dossier.iri_resolver import IriResolver
from kg.ingest.dossier.quote_completion import find_quotes
from kg.ingest.yaml_source import Path
from kg.jsonld_context import build_context, dossier_sections
from kg.rdf_formats import JSON_LD
from kg.rdf_reader import read_quads
from kg.schema.model import Schema
from kg.source_archive import SourceArchive

_ID = re.compile(r"""\bid:\s*["']?([^\s,}"']+)""")


def parse_dossier(
    data: bytes, name: str, schema: Schema, base_iri: str, archive: SourceArchive | None = None
) -> Document:
    """The dossier as one home graph, its quotes completed from the texts of the archive.

    The document has a finding, with line and cure, for each part that cannot be read. Raises InputRejectedError where
    nothing can.
    """
    source = yaml_source.parse_readable(data, name, _find_list_keys(schema))
    quotes = find_quotes(source, archive or SourceArchive(None))
    source = quotes.complete(source)
    context = build_context(schema, base_iri)
    resolver = IriResolver(source, base_iri, context)
    dossier = expand_dossier(source, schema, resolver)
    findings = [*(finding for _, finding in source.findings), *dossier.findings, *quotes.findings]
    graph = ox.NamedNode(dossier.node.get("id", base_iri))
    try:
        quads = _parse_json_ld(to_json_ld(dossier, resolver, context), source.location(()), base_iri)
    except InputRejectedError as error:
        raise InputRejectedError(findings or error.findings) from None
    unread = [*(path for path, _ in source.findings), *dossier.unread, *quotes.missing]
    return Document(
        name,
        frozenset(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads),
        _create_locate(source, dossier),
        tuple(findings),
        frozenset(_find_incomplete(dossier, unread)) if findings else frozenset(),
        frozenset(_find_declared(source, resolver)) if findings else frozenset(),
    )


def _find_list_keys(schema: Schema) -> frozenset[str]:
    """The keys that take several values wherever they are allowed."""
    fields = [field for cls in schema.classes.values() for field in cls.fields.values()]
    single = {field.name for field in fields if field.maximum == 1}
    return frozenset(({field.name for field in fields} | dossier_sections(schema).keys()) - single)


def _find_incomplete(dossier: ExpandedDossier, unread: Iterable[Path]) -> Iterator[str]:
    """The innermost resource around each path."""
    subjects = {path: iri for iri, path in dossier.subjects.items()}
    for path in unread:
        around = (path[:length] for length in range(len(path), -1, -1))
        yield from [subjects[part] for part in around if part in subjects][:1]


def _find_declared(source: yaml_source.YamlSource, resolver: IriResolver) -> Iterator[str]:
    """The ids in the dossier, those in the parts of it that are not YAML included.

    Where an id is missing or repeated, the prefix of all ids of that kind: one of them was meant.
    """
    yield from resolver.used
    for match in _ID.finditer(source.unread):
        with suppress(ValueError):
            yield resolver.resolve(match[1].rstrip(":"))


def to_json_ld(dossier: ExpandedDossier, resolver: IriResolver, context: dict[str, Any]) -> dict[str, Any]:
    """The expanded dossier as a JSON-LD document with its context."""
    return {"@context": [context, resolver.local_context], **dossier.node}


def _parse_json_ld(document: dict[str, Any], location: SourceLocation, base_iri: str) -> list[ox.Quad]:
    try:
        return list(read_quads(json.dumps(document).encode(), JSON_LD, base_iri))
    except GraphSyntaxError as error:
        raise InputRejectedError([Finding(f"is not JSON-LD: {error}", "Correct the value.", location)]) from None


def _create_locate(source: yaml_source.YamlSource, dossier: ExpandedDossier) -> Locate:
    @cache
    def locate(subject: str, other: str) -> SourceLocation:
        """The location of a field of the subject, else of a reference to it by that predicate, else of the subject."""
        path = dossier.fields.get((subject, other)) or dossier.references.get((other, subject))
        return source.location(path or (*dossier.subjects.get(subject, ()), "id"))

    return locate
