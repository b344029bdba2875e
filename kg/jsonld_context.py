"""The JSON-LD context that ontology and shapes imply: short names for classes, fields and concepts.

Owns the mapping from fields to terms; knows nothing of YAML or of documents. JSON-LD 1.1, sections 4.1 and 9.15.
"""

from collections import defaultdict
from typing import Any

from kg import namespaces
from kg.schema.model import Field, Schema

CONTEXT_IRI = "https://w3id.org/conflict-kg/context"
"""The IRI by which a dossier names the context; it is never fetched."""

KEYWORDS = {"id": "@id", "type": "@type", "text": "@value", "lang": "@language"}


def build_context(schema: Schema, base_iri: str) -> dict[str, Any]:
    """The ``@context`` for data under ``base_iri``; the same schema always gives the same context."""
    shared, scoped = _terms(schema)
    context: dict[str, Any] = {"@version": 1.1, "@base": f"{base_iri}id/", "@language": "en"}
    context |= KEYWORDS | namespaces.DATA_PREFIXES
    context["ckd"] = {"@id": f"{base_iri}id/", "@prefix": True}
    context |= {section: "@included" for section in dossier_sections(schema)}
    for cls in sorted(schema.classes.values(), key=lambda cls: cls.name):
        context[cls.name] = {"@id": cls.iri, "@context": scoped[cls.iri]} if cls.iri in scoped else cls.iri
    return context | dict(sorted(shared.items()))


def dossier_sections(schema: Schema) -> dict[str, str]:
    """The keys under which a dossier lists resources, each the plural of a kind, with the class of that kind."""
    return {f"{kind}s": iri for kind, iri in schema.kinds((namespaces.THING, namespaces.PROPOSITION)).items()}


def _terms(schema: Schema) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Terms with the same definition in every class; and, by class, the others (type-scoped contexts)."""
    definitions: dict[str, dict[str, Any]] = defaultdict(dict)
    for cls in schema.classes.values():
        for name, field in cls.fields.items():
            if field.predicate:
                definitions[name][cls.iri] = _term(field)
    shared: dict[str, Any] = {}
    scoped: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, by_class in definitions.items():
        first, *others = by_class.values()
        if all(definition == first for definition in others):
            shared[name] = first
        else:
            for iri, definition in by_class.items():
                scoped[iri][name] = definition
    return shared, scoped


def _term(field: Field) -> dict[str, Any]:
    if field.inverse:
        return {"@reverse": field.predicate, "@type": "@id"}
    if field.scheme:
        return {"@id": field.predicate, "@type": "@vocab", "@context": {"@vocab": f"{field.scheme}/"}}
    if field.datatype == f"{namespaces.RDF}langString":
        return {"@id": field.predicate}
    return {"@id": field.predicate, "@type": field.datatype or "@id"}
