"""A description as compact JSON-LD: a tree that can be read as plain JSON, with the part of the served context it uses.

Its root is the focus. Propositions stand in what they are about, statements in their proposition, parts in what they
are parts of; things and home graphs follow as ``@included``. Each resource is described at one place and named by its
IRI elsewhere, so that the tree has exactly the triples of the description. Owns the order and the nesting; terms are
those of ``kg.jsonld_context``. Fetches nothing.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.jsonld_context import KEYWORDS, build_context, dossier_sections
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class

_MAX_DEPTH = 24
"""Of nested resources; what is deeper is included."""
_MAX_EXACT = 2**53
"""Integers beyond are no numbers of JSON for most readers (RFC 8259, section 6)."""
_SLUG = re.compile(r"[\w.-]+")
_ID, _TYPE, _TEXT, _LANGUAGE = "id", "type", "text", "lang"
_STRING, _INTEGER, _BOOLEAN = (f"{namespaces.XSD}{name}" for name in ("string", "integer", "boolean"))

Node = dict[str, Any]


class CompactTerms:
    """The terms of the served context, by class and property; made once."""

    def __init__(self, index: ClassIndex, base_iri: str) -> None:
        self.index = index
        self.context = build_context(index.schema, base_iri)
        self.sections = {iri: section for section, iri in dossier_sections(index.schema).items()}
        scoped = (entry["@context"] for entry in self.context.values() if _is_class_with_scope(entry))
        self._reserved = {*self.context, *(name for names in scoped for name in names)}

    def forward(self, cls: Class | None) -> Mapping[str, str]:
        """The terms of the properties of a class, by IRI."""
        return self._terms(cls, inverse=False)

    def inverse(self, cls: Class | None) -> Mapping[str, str]:
        """The terms of the inverse properties of a class, by IRI."""
        return self._terms(cls, inverse=True)

    def definition(self, cls: Class | None, term: str) -> Mapping[str, Any]:
        """What the context says of a term in a node of the class."""
        entry = self.context.get(cls.name) if cls else None
        scope = entry["@context"] if isinstance(entry, dict) and "@context" in entry else {}
        definition: Mapping[str, Any] = scope.get(term) or self.context[term]
        return definition

    def concept(self, iri: str, scheme: str) -> str:
        """A concept as a value of a field with that scheme: its slug, or its IRI where the slug is something else."""
        slug = iri.removeprefix(scheme)
        is_plain = iri.startswith(scheme) and _SLUG.fullmatch(slug) and slug not in self._reserved
        return slug if is_plain else iri

    def select_context(self, terms: Iterable[str]) -> dict[str, Any]:
        """The part of the context that has these terms, and the prefixes and keywords."""
        used = {"@version", "@language", *KEYWORDS, *namespaces.DATA_PREFIXES, *terms}
        return {name: entry for name, entry in self.context.items() if name in used}

    @staticmethod
    def _terms(cls: Class | None, *, inverse: bool) -> Mapping[str, str]:
        fields = cls.fields.items() if cls else ()
        return {field.predicate: name for name, field in fields if field.predicate and field.inverse == inverse}


def _is_class_with_scope(entry: Any) -> bool:
    return isinstance(entry, dict) and "@context" in entry and "@type" not in entry


def write_compact(terms: CompactTerms, quads: Iterable[ox.Quad], focus: str) -> bytes | None:
    """The triples of the quads as a JSON-LD document about the focus; None for blank nodes and triple terms."""
    tree = _Tree(terms, focus)
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
            return None
        tree.add(quad.subject.value, quad.predicate.value, quad.object)
    return json.dumps(tree.build(), ensure_ascii=False, indent=1).encode()


class _Tree:
    """The nodes of one document."""

    def __init__(self, terms: CompactTerms, focus: str) -> None:
        self._terms, self._index, self._focus = terms, terms.index, focus
        self._properties: dict[str, dict[str, set[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(set))
        self._referrers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._types: dict[str, frozenset[str]] = {}
        self._placed: set[str] = set()
        self._used: set[str] = set()

    def add(self, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        """Add a triple."""
        self._properties[subject][predicate].add(value)
        if isinstance(value, ox.NamedNode):
            self._referrers[value.value][predicate].add(subject)

    def build(self) -> Node:
        """The document."""
        for iri, properties in self._properties.items():
            types = properties.get(namespaces.TYPE.value, set())
            self._types[iri] = frozenset(type_.value for type_ in types)
        self._placed.add(self._focus)
        root = self._build_node(self._focus, 0)
        for iri in sorted(self._properties, key=lambda iri: (self._rank(iri), iri)):
            if iri not in self._placed:
                self._placed.add(iri)
                section = self._section(iri)
                root.setdefault(section, []).append(self._build_node(iri, 0))
        return {"@context": self._terms.select_context(self._used), **root}

    def _rank(self, iri: str) -> int:
        """The order of what is included: contents first, so that their statements and parts are placed in them."""
        types = self._types[iri]
        ranks = (self._index.propositions, self._index.statements, self._index.things, self._index.graphs)
        return next((rank for rank, classes in enumerate(ranks) if types & classes), len(ranks))

    def _section(self, iri: str) -> str:
        """The key of what is included: that of its kind in a dossier, if it has one."""
        schema = self._index.schema
        for cls, section in self._terms.sections.items():
            if self._types[iri] & set(schema.subclasses(cls)) and self._terms.context.get(section) == "@included":
                self._used.add(section)
                return section
        return "@included"

    def _class_of(self, iri: str) -> Class | None:
        """The class whose terms a node has: with several classes the scope of terms would depend on their names."""
        types = self._types.get(iri, frozenset())
        return self._index.class_of(types) if len(types & self._index.schema.classes.keys()) == 1 else None

    def _build_node(self, iri: str, depth: int) -> Node:
        node: Node = {_ID: iri}
        if types := sorted(self._types.get(iri, ())):
            node[_TYPE] = _one_or_all([self._compact_class(type_) for type_ in types])
        forward = {key: value for key, value in self._properties.get(iri, {}).items() if key != namespaces.TYPE.value}
        children = self._claim_children(iri, depth)
        cls = self._class_of(iri)
        names = self._terms.forward(cls)
        for predicate, values in sorted(forward.items(), key=lambda item: names.get(item[0], item[0])):
            self._add_values(node, cls, predicate, sorted(values, key=str), children)
        self._add_referrers(node, iri, children)
        self._placed -= children  # whose property has no place for a node
        return {key: self._resolve(value, children, depth) for key, value in node.items()}

    def _claim_children(self, iri: str, depth: int) -> set[str]:
        """What stands in this node, and from now on nowhere else."""
        found = {subject for subjects in self._inverse_fields(iri).values() for subject in subjects}
        types = self._types.get(iri, frozenset())
        for values in self._properties.get(iri, {}).values():
            found |= {value.value for value in values if isinstance(value, ox.NamedNode)}
        is_thing = bool(types & (self._index.things | self._index.graphs)) and iri != self._focus
        children = {
            child
            for child in found
            if child in self._properties and child not in self._placed and not is_thing and self._is_nested(child, iri)
        }
        if depth >= _MAX_DEPTH:
            children = set()
        self._placed |= children
        return children

    def _is_nested(self, iri: str, parent: str) -> bool:
        """Whether it may stand in the parent: not a thing, and not a statement in another if what it says is there."""
        types, index = self._types[iri], self._index
        if types & (index.things | index.graphs):
            return False
        if not types & index.statements or not self._types.get(parent, frozenset()) & index.statements:
            return True
        said = (value for act in index.acts for value in self._properties.get(iri, {}).get(act, ()))
        return not any(value.value in self._properties for value in said)

    def _inverse_fields(self, iri: str) -> dict[str, list[str]]:
        """The statements and propositions that refer to this one, by term."""
        types = self._types.get(iri, frozenset())
        if iri != self._focus and not types & (self._index.propositions | self._index.statements):
            return {}
        said = self._index.propositions | self._index.statements
        inverse = self._terms.inverse(self._class_of(iri))
        fields: dict[str, list[str]] = {}
        for predicate, subjects in self._referrers.get(iri, {}).items():
            listed = sorted(subject for subject in subjects if self._types[subject] & said)
            if predicate in inverse and listed:
                fields[inverse[predicate]] = listed
        return dict(sorted(fields.items()))

    def _add_referrers(self, node: Node, iri: str, children: set[str]) -> None:
        for term, subjects in self._inverse_fields(iri).items():
            self._used.add(term)
            node[term] = [_Child(subject) if subject in children else subject for subject in subjects]
            children -= set(subjects)

    def _add_values(
        self,
        node: Node,
        cls: Class | None,
        predicate: str,
        values: Sequence[ox.NamedNode | ox.Literal],
        children: set[str],
    ) -> None:
        term = self._terms.forward(cls).get(predicate)
        if term is None or term in node:
            key = namespaces.prefixed_name(predicate, namespaces.DATA_PREFIXES)
            node[key] = _one_or_all([self._write_value(value, {}, children) for value in values])
            return
        self._use(cls, term)
        definition = self._terms.definition(cls, term)
        assert cls is not None
        written = [self._write_value(value, definition, children) for value in values]
        node[term] = written[0] if len(written) == 1 and cls.fields[term].maximum == 1 else written

    def _use(self, cls: Class | None, term: str) -> None:
        self._used.add(term)
        if cls is not None:
            self._used.add(cls.name)

    def _write_value(
        self, value: ox.NamedNode | ox.Literal, definition: Mapping[str, Any], children: set[str]
    ) -> object:
        coercion = definition.get("@type")
        if isinstance(value, ox.Literal):
            return _write_literal(value, definition)
        if coercion == "@vocab":
            return self._terms.concept(value.value, definition["@context"]["@vocab"])
        if value.value in children:
            children.discard(value.value)
            return _Child(value.value)
        return value.value if coercion == "@id" else {_ID: value.value}

    def _resolve(self, value: object, children: set[str], depth: int) -> object:
        if isinstance(value, list):
            return [self._resolve(item, children, depth) for item in value]
        return self._build_node(value.iri, depth + 1) if isinstance(value, _Child) else value

    def _compact_class(self, iri: str) -> str:
        cls = self._index.schema.classes.get(iri)
        if cls is None or cls.name not in self._terms.context:
            return iri
        self._used.add(cls.name)
        return cls.name


class _Child:
    """The place of a nested node that is not built yet."""

    def __init__(self, iri: str) -> None:
        self.iri = iri


def _one_or_all(values: list[Any]) -> object:
    return values[0] if len(values) == 1 else values


def _write_literal(literal: ox.Literal, definition: Mapping[str, Any]) -> object:
    """The literal as the value of a term with that definition; without one as an object that says all."""
    datatype, text = literal.datatype.value, literal.value
    if literal.language:
        is_default = definition and "@type" not in definition and literal.language == "en"
        return text if is_default else {_TEXT: text, _LANGUAGE: literal.language}
    if definition.get("@type") == datatype:
        native = _NATIVE.get(datatype)
        return native(text) if native else text
    return {_TEXT: text} if datatype == _STRING else {_TEXT: text, _TYPE: datatype}


def _to_integer(text: str) -> object:
    is_canonical = re.fullmatch("0|-?[1-9][0-9]{0,15}", text)
    return int(text) if is_canonical and abs(int(text)) < _MAX_EXACT else text


def _to_boolean(text: str) -> object:
    return {"true": True, "false": False}.get(text, text)


_NATIVE: Mapping[str, Callable[[str], object]] = {_INTEGER: _to_integer, _BOOLEAN: _to_boolean}
