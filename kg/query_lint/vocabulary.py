"""What the schema knows of the terms of a query: which exist, which are properties or classes, which values they have.

Made once from ontology, vocabularies and shapes. Knows no data and no query.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from kg.namespaces import CK, HOME_GRAPH, PREFIXES, TYPE, VOCAB, XSD
from kg.query_lint.datatypes import IRI, LANG_STRING, has_order
from kg.query_lint.syntax import IriTerm, Role
from kg.schema.model import Field, Property, Schema

_CLOSE = 85
"""Similarity of local names in per cent: others define more terms than the schema uses."""
_SHARED_NAMESPACES = frozenset(PREFIXES.values()) - {CK, XSD}
_SEPARATORS = re.compile("^https?:|[/#]")
_CLOSE_NAMESPACE = 90
"""Similarity of whole IRIs with the same local name."""


def split_iri(iri: str) -> tuple[str, str]:
    """The namespace and the local name."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:end], iri[end:]


def _find_nearest(text: str, known: Iterable[str], cutoff: float) -> list[str]:
    """The most similar of the known texts, in a list; an empty one if none is as similar as that."""
    found = process.extractOne(text, known, scorer=fuzz.ratio, score_cutoff=cutoff)
    return [found[0]] if found else []


@dataclass(frozen=True, slots=True)
class SchemaVocabulary:
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
    objects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For properties that lead to concepts or resources only, the namespaces of these."""
    subclasses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of classes of ours that have any."""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For classes of ours the properties that shapes give their instances, and those of their subclasses."""
    others: Mapping[tuple[Role, str], Mapping[str, str]] = field(default_factory=dict)
    """Properties and classes of other namespaces that the schema uses, by their local names in lower case."""
    namesakes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """All terms by their local names."""
    squeezed: Mapping[str, str] = field(default_factory=dict)
    """All terms by what is left without the scheme, slashes and number signs, in lower case."""

    def find_misspelt(self, name: IriTerm) -> list[str]:
        """The known term that the name is close to, if it is in no namespace of ours and is not known itself.

        Its local name is misspelt, or its namespace is: http for https, a slash for a number sign or none at all, or
        that of another vocabulary, as in ``rdfs:type``.
        """
        namespace, local = split_iri(name.iri)
        others = self.others.get((name.role, namespace), {})
        namesakes = self.namesakes.get(local, ())
        if name.iri in namesakes:
            return []
        if name.iri not in self.terms and (same := self.squeezed.get(_squeeze(name.iri))) not in (None, name.iri):
            return [str(same)]
        near = _find_nearest(local.casefold(), sorted(others), _CLOSE)
        found = [others[match] for match in near] or _find_nearest(name.iri, namesakes, _CLOSE_NAMESPACE)
        if found or namespace not in _SHARED_NAMESPACES:
            return found
        return sorted(iri for iri in namesakes if split_iri(iri)[0] in _SHARED_NAMESPACES)

    @property
    def object_namespaces(self) -> tuple[str, ...]:
        """All namespaces of concepts and resources."""
        return tuple({namespace for namespaces in self.objects.values() for namespace in namespaces})

    def find_namespace(self, prefix: str) -> str:
        """The namespace of resources of that kind or of concepts of that scheme; empty if there is neither."""
        concepts = {namespace for namespace in self.object_namespaces if namespace.startswith(VOCAB)}
        endings = (namespace for namespace in sorted({*self.kinds, *concepts}) if namespace.endswith(f"/{prefix}/"))
        return next(endings, "")

    @classmethod
    def from_schema(cls, schema: Schema, base_iri: str) -> "SchemaVocabulary":
        """The vocabulary of the schema; resources are under the base IRI."""
        quads = (*schema.ontology, *schema.alignments)
        namespaces = (CK, VOCAB, base_iri)
        subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        types = dict(_object_types(schema))
        known = {*subjects, *schema.properties, *schema.classes}
        own = frozenset(iri for iri in known if iri.startswith(namespaces))
        all_terms = {*own, *schema.properties, *types, *schema.classes, *_shared_terms((*quads, *schema.shapes))}
        return cls(
            namespaces=namespaces,
            terms=own,
            properties=frozenset(schema.properties),
            classes=frozenset(schema.classes),
            types=types,
            kinds=_classes_by_namespace(schema, base_iri),
            objects=dict(_object_namespaces(schema, base_iri)),
            subclasses=dict(_subclasses(schema)),
            fields=dict(_fields_of_classes(schema)),
            others=_terms_elsewhere({*schema.properties, *types}, schema.classes, namespaces),
            namesakes=_by_local_name(all_terms),
            squeezed={_squeeze(iri): iri for iri in sorted(all_terms)},
        )


def _shared_terms(quads: Iterable[ox.Quad]) -> set[str]:
    """The terms of vocabularies of others that ontology and shapes use."""
    nodes = {term for quad in quads for term in (quad.predicate, quad.object) if isinstance(term, ox.NamedNode)}
    return {node.value for node in nodes if split_iri(node.value)[0] in _SHARED_NAMESPACES}


def _squeeze(iri: str) -> str:
    return _SEPARATORS.sub("", iri).casefold()


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


def _object_namespaces(schema: Schema, base_iri: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The namespaces of the values of each property of ours whose shapes all say of which class or scheme they are."""
    found: dict[str, set[str | None]] = defaultdict(set)
    for class_ in schema.classes.values():
        for field_ in class_.fields.values():
            if field_.predicate is not None and not field_.inverse and field_.predicate.startswith(CK):
                found[field_.predicate] |= set(_namespaces_of(field_, schema, base_iri))
    for predicate, namespaces in found.items():
        if None not in namespaces:
            yield predicate, frozenset(namespace for namespace in namespaces if namespace is not None)


def _subclasses(schema: Schema) -> Iterator[tuple[str, frozenset[str]]]:
    for iri in schema.classes:
        below = frozenset(schema.subclasses(iri)) - {iri}
        if iri.startswith(CK) and below:
            yield iri, below


def _fields_of_classes(schema: Schema) -> Iterator[tuple[str, frozenset[str]]]:
    for class_ in schema.classes.values():
        if class_.iri.startswith(CK):
            below = [schema.classes[iri] for iri in schema.subclasses(class_.iri) if iri in schema.classes]
            fields = [field_ for sub in below for field_ in sub.fields.values() if not field_.inverse]
            yield class_.iri, frozenset(field_.predicate for field_ in fields if field_.predicate is not None)


def _namespaces_of(field_: Field, schema: Schema, base_iri: str) -> Iterator[str | None]:
    """None among them is a value of which nothing is known."""
    if field_.scheme:
        yield f"{field_.scheme}/"
    elif not field_.classes:
        yield None
    for iri in {sub for class_ in field_.classes for sub in (class_, *schema.subclasses(class_))}:
        kind = schema.classes[iri].kind if iri in schema.classes else None
        yield f"{base_iri}id/{kind}/" if kind else None


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
