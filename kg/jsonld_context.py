"""The JSON-LD context that ontology and shapes imply: short names for classes, fields and concepts.

Owns the mapping from fields to terms; knows nothing of YAML or of documents. JSON-LD 1.1, sections 4.1 and 9.15.
"""

from collections import defaultdict
from typing import Any

from kg import namespaces
from kg.schema.model import Class, Field, Schema

CONTEXT_IRI = "https://w3id.org/conflict-kg/context"
"""How a dossier names the context; it is shipped, and never fetched."""

KEYWORDS = {"id": "@id", "type": "@type", "text": "@value", "lang": "@language"}


def build_context(schema: Schema, base_iri: str) -> dict[str, Any]:
    """The ``@context`` for data under ``base_iri``; the same schema always gives the same context."""
    shared, scoped = _terms(schema)
    found: dict[str, Any] = {"@version": 1.1, "@base": f"{base_iri}id/", "@language": "en"}
    found |= KEYWORDS | namespaces.DATA_PREFIXES
    found["ckd"] = {"@id": f"{base_iri}id/", "@prefix": True}
    found |= {section: "@included" for section in dossier_sections(schema)}
    for each in sorted(schema.classes.values(), key=lambda each: each.name):
        found[each.name] = {"@id": each.iri, "@context": scoped[each.iri]} if each.iri in scoped else each.iri
    return found | dict(sorted(shared.items()))


def dossier_sections(schema: Schema) -> dict[str, str]:
    """The plural names under which a dossier lists what it describes, each with its class."""
    return {f"{kind}s": iri for kind, iri in schema.kinds((namespaces.THING, namespaces.PROPOSITION)).items()}


def _terms(schema: Schema) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Terms that mean the same in every class, and, by class, those that do not."""
    meanings: dict[str, dict[str, tuple[Class, Any]]] = defaultdict(dict)
    for each in schema.classes.values():
        for name, field in each.fields.items():
            if field.predicate:
                meanings[name][each.iri] = (each, _term(field))
    shared: dict[str, Any] = {}
    scoped: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, by_class in meanings.items():
        definitions = [definition for _, definition in by_class.values()]
        if all(definition == definitions[0] for definition in definitions):
            shared[name] = definitions[0]
        else:
            for iri, (_, definition) in by_class.items():
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
