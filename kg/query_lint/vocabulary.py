"""What the schema knows of the terms of a query: which exist, which are properties or classes, which values they have.

Made once from ontology, vocabularies and shapes. Knows no data and no query.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import pyoxigraph as ox

from kg.namespaces import CK, HOME_GRAPH, TYPE, VOCAB
from kg.query_lint.datatypes import IRI, LANG_STRING, has_order
from kg.query_lint.syntax import Name, Role
from kg.schema.model import Field, Property, Schema

_CLOSE = 0.85
"""Similarity of local names: others define more terms than the schema uses."""
_CLOSE_NAMESPACE = 0.9
"""Similarity of whole IRIs with the same local name."""


def split_iri(iri: str) -> tuple[str, str]:
    """The namespace and the local name."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:end], iri[end:]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of our own namespaces, and the types of what properties lead to; the empty one knows none."""

    namespaces: tuple[str, ...] = ()
    """Every term of these is described by the ontology or by the data."""
    terms: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For properties all of whose values are of known types."""
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The classes of the resources in a namespace."""
    others: Mapping[tuple[Role, str], Mapping[str, str]] = field(default_factory=dict)
    """Properties and classes of other namespaces that the schema uses, by their local names in lower case."""
    namesakes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All terms by their local names."""

    def find_misspelt(self, name: Name) -> list[str]:
        """The known term that the name is close to, if it is in no namespace of ours and is not known itself.

        Its local name is misspelt, or its namespace is: http for https, a slash for a number sign.
        """
        namespace, local = split_iri(name.iri)
        others = self.others.get((name.role, namespace), {})
        namesakes = self.namesakes.get(local, ())
        if name.iri in namesakes:
            return []
        near = get_close_matches(local.casefold(), others, 1, _CLOSE)
        return [others[match] for match in near] or get_close_matches(name.iri, namesakes, 1, _CLOSE_NAMESPACE)

    @classmethod
    def from_schema(cls, schema: Schema, base_iri: str) -> "Vocabulary":
        """The vocabulary of the schema; resources are under the base IRI."""
        quads = (*schema.ontology, *schema.alignments)
        namespaces = (CK, VOCAB, base_iri)
        subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        types = dict(_object_types(schema))
        known = {*subjects, *schema.properties, *schema.classes}
        own = frozenset(iri for iri in known if iri.startswith(namespaces))
        return cls(
            namespaces,
            own,
            frozenset(schema.properties),
            frozenset(schema.classes),
            types,
            _classes_by_namespace(schema, base_iri),
            _terms_elsewhere({*schema.properties, *types}, schema.classes, namespaces),
            _by_local_name({*own, *schema.properties, *types, *schema.classes}),
        )


def _by_local_name(iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    namesakes: dict[str, tuple[str, ...]] = {}
    for iri in iris:
        local = split_iri(iri)[1]
        namesakes[local] = (*namesakes.get(local, ()), iri)
    return namesakes


def _terms_elsewhere(
    properties: Iterable[str], classes: Iterable[str], own: tuple[str, ...]
) -> dict[tuple[Role, str], dict[str, str]]:
    terms: dict[tuple[Role, str], dict[str, str]] = defaultdict(dict)
    for role, iris in ((Role.PREDICATE, properties), (Role.CLASS, classes)):
        for iri in iris:
            namespace, local = split_iri(iri)
            if not iri.startswith(own):
                terms[role, namespace][local.casefold()] = iri
    return dict(terms)


def _classes_by_namespace(schema: Schema, base_iri: str) -> dict[str, tuple[str, ...]]:
    classes: dict[str, tuple[str, ...]] = {f"{base_iri}graph/": tuple(schema.subclasses(HOME_GRAPH))}
    for class_ in schema.classes.values():
        if class_.kind:
            namespace = f"{base_iri}id/{class_.kind}/"
            classes[namespace] = (*classes.get(namespace, ()), class_.iri)
    return classes


def _object_types(schema: Schema) -> Iterator[tuple[str, frozenset[str]]]:
    """The types of the values of each property: those of its shapes or its range, and those in the ontology itself."""
    types: dict[str, set[str | None]] = defaultdict(set)
    for class_ in schema.classes.values():
        for field_ in class_.fields.values():
            if field_.predicate is not None and not field_.inverse:
                types[field_.predicate].add(_field_type(field_))
    for property_ in schema.properties.values():
        types[property_.iri].add(_range_type(property_, schema))
        if len(types[property_.iri]) > 1:
            types[property_.iri].discard(None)
    for quad in schema.ontology:
        if quad.predicate.value in types:
            types[quad.predicate.value].add(_term_type(quad.object))
    types[TYPE.value] = {IRI}
    for predicate, known in types.items():
        if None not in known:
            yield predicate, frozenset(type_ for type_ in known if type_ is not None)


def _field_type(field_: Field) -> str | None:
    return field_.datatype or (IRI if field_.classes or field_.scheme else None)


def _range_type(property_: Property, schema: Schema) -> str | None:
    if property_.range is None:
        return None
    if property_.range in schema.classes:
        return IRI
    return property_.range if has_order(property_.range) else None


def _term_type(term: object) -> str:
    if isinstance(term, ox.Literal):
        return LANG_STRING if term.language else term.datatype.value
    return IRI
