"""Expands a dossier's nodes by the schema: types, ids and sources that follow from where a node is nested.

Owns the walk over plain values and its findings: unknown keys, types, concepts and references. Knows neither YAML
syntax nor quads.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.dossier.iri_resolver import IriResolver
from kg.ingest.yaml_source import Path, Value, YamlSource
from kg.jsonld_context import dossier_sections
from kg.name_folding import fold_name
from kg.nearest_names import suggest_names
from kg.schema.model import Class, Field, Schema

_EXACT_CURE = "Give exact: the few words that carry the statement"
_SPEAKERS_CURE = (
    "Write one statement for each speaker, with an id of its own: the first describes the proposition and the passage,"
    " the others name both by their ids."
)
_COMMA_CURE = "Within { } a comma ends a text: if this belongs to the text before it, put the whole in quotation marks."
_MAX_OWNERS = 3
_LANGUAGE_TAGGED = f"{namespaces.RDF}langString"


@dataclass(slots=True)
class ExpandedDossier:
    """A dossier as a JSON-LD node, the paths of what it states, and the findings about it."""

    node: dict[str, Any] = field(default_factory=dict)
    subjects: dict[str, Path] = field(default_factory=dict)
    fields: dict[tuple[str, str], Path] = field(default_factory=dict)
    """Paths by IRI of subject and IRI of predicate."""
    references: dict[tuple[str, str], Path] = field(default_factory=dict)
    """Paths by IRI of predicate and IRI of object."""
    findings: list[Finding] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)
    """The paths of the findings."""


def expand_dossier(source: YamlSource, schema: Schema, resolver: IriResolver) -> ExpandedDossier:
    """The expanded dossier, with a finding for each key, type, concept and reference that cannot be read."""
    expander = _Expander(source, schema, resolver)
    expander.reserve_ids(source.value)
    if isinstance(source.value, dict):
        expander.dossier.node = expander.expand_document(source.value)
    else:
        expander.report((), "a dossier is a mapping", "Begin with id, type, title, license, recordedBy, version.")
    return expander.dossier


@dataclass(frozen=True, slots=True)
class _ParentNode:
    """The node in whose field another node is nested."""

    iri: str
    source: str | None = None
    """The IRI of the source that the parent is, or is nested in."""
    lends_name: bool = True
    """Whether a nested node can be named after the parent: not if the field is an inverse one."""


class _Expander:
    def __init__(self, source: YamlSource, schema: Schema, resolver: IriResolver) -> None:
        self._source, self._schema, self._resolver = source, schema, resolver
        self._sections = dossier_sections(schema)
        self._source_classes = schema.subclasses(namespaces.SOURCE)
        self.dossier = ExpandedDossier()

    def report(self, path: Path, message: str, cure: str, subject: str = "") -> None:
        """Add a finding about the value at ``path``."""
        location = self._source.location(path)
        self.dossier.unread.append(self.dossier.subjects.get(subject, path))
        self.dossier.unread.append(path)
        self.dossier.findings.append(Finding(message, cure, location, self._resolver.shorten(subject), rule="dossier"))

    def reserve_ids(self, value: Value) -> None:
        """Reserve the ids in the dossier, so that none is minted for another node."""
        if isinstance(value, list):
            for item in value:
                self.reserve_ids(item)
        elif isinstance(value, dict):
            name = value.get("id")
            if isinstance(name, str):
                with suppress(ValueError):  # reported when the node is expanded
                    self._resolver.used.add(self._resolver.resolve(name))
            for item in value.values():
                self.reserve_ids(item)

    # --- nodes -----------------------------------------------------------------------------------------------

    def expand_document(self, value: dict[str, Value]) -> dict[str, Any]:
        """The node of the home graph, with the resources of each section."""
        own = {key: item for key, item in value.items() if key not in self._sections}
        node = self._expand_node(own, (), (namespaces.HOME_GRAPH,), None)
        for name in [name for name in value if name in self._sections]:
            members = value[name]
            classes = (self._sections[name],)
            expanded = (
                self._expand_member(member, (name, index), classes)
                for index, member in enumerate(members if isinstance(members, list) else [members])
            )
            node[name] = [member for member in expanded if member is not None]
        return node

    def _expand_member(self, value: Value, path: Path, classes: tuple[str, ...]) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self.report(path, f"{value!r} is not a description of a resource", "Describe it: id, type, prefLabel ...")
            self.reserve_ids({"id": value})
            return None
        return self._expand_node(value, path, classes, None)

    def _expand_node(
        self, value: dict[str, Value], path: Path, classes: tuple[str, ...], parent: _ParentNode | None
    ) -> dict[str, Any]:
        iri = self._resolve_id(value, path)
        cls = self._select_class(value, path, classes, iri or (parent.iri if parent else ""))
        iri = iri or self._mint_id(cls, path, parent)
        node: dict[str, Any] = {"id": iri}
        if cls:
            node["type"] = cls.name
        self._record_subject(iri, path)
        if cls and cls.iri == namespaces.PASSAGE.value and not value.keys() - {"id"}:
            self.report(path, "the quote has no words", _EXACT_CURE, iri)
        source = parent.source if parent else None
        if cls and cls.iri in self._source_classes:
            source = iri
        for key, item in value.items():
            if key not in ("id", "type") and (path or key != "@context"):
                node |= self._expand_entry(key, item, (*path, key), cls, _ParentNode(iri, source))
        if cls and cls.iri == namespaces.PASSAGE.value and source and "source" not in node:
            node["source"] = source
        return node

    def _resolve_id(self, value: dict[str, Value], path: Path) -> str | None:
        name = value.get("id")
        if name is None:
            return None
        if not isinstance(name, str):
            self.report((*path, "id"), "the id is not a word", "Write kind/slug, such as actor/russia.")
            return None
        return self._resolve(self._resolver.resolve, name, (*path, "id"))

    def _resolve(self, resolve: Callable[[str], str], name: str, path: Path, subject: str = "") -> str | None:
        try:
            return resolve(name)
        except ValueError as error:
            cure = "Write kind/slug, such as actor/russia, or declare the prefix in @context."
            self.report(path, str(error), cure, subject)
            return None

    def _mint_id(self, cls: Class | None, path: Path, parent: _ParentNode | None) -> str:
        if parent and parent.lends_name and cls and cls.kind:
            return self._resolver.mint(cls.kind, parent.iri)
        if cls:
            self.report(
                path, f"this {cls.label} has no id", f"Give it one: id: {self._resolver.propose(cls.kind or 'kind')}"
            )
            self._resolver.used.add(f"{self._resolver.base}{cls.kind}/")
        return self._resolver.mint("unnamed", "dossier")

    def _record_subject(self, iri: str, path: Path) -> None:
        first = self.dossier.subjects.setdefault(iri, path)
        if first != path:
            line = self._source.location(first).line
            self.report((*path, "id"), f"described twice, first at line {line}", "Give one of them another id.", iri)
            self._resolver.used.add(f"{iri.rpartition('/')[0]}/")

    def _select_class(
        self, value: dict[str, Value], path: Path, classes: tuple[str, ...], subject: str
    ) -> Class | None:
        name = value.get("type")
        allowed = self._schema.leaves(classes) + [iri for iri in classes if iri in self._schema.classes]
        if name is None:
            if len(classes) == 1 and self._schema.subclasses(classes[0]) == [classes[0]]:
                return self._schema.classes[classes[0]]
            self.report(path, "the type is missing", f"Give it: type: {self._list_choices(allowed)}", subject)
            return None
        cls = self._schema.find_class(name) if isinstance(name, str) else None
        if cls is None:
            cure = suggest_names(str(name), [known.name for known in self._schema.classes.values()])
            cure = cure or f"Choose {self._list_choices(allowed)}"
            self.report((*path, "type"), f"unknown type {name!r}", cure, subject)
        elif classes and cls.iri not in {sub for iri in classes for sub in self._schema.subclasses(iri)}:
            cure = f"Choose {self._list_choices(allowed)}, or move it"
            self.report((*path, "type"), f"a {cls.label} does not belong here", cure, subject)
        return cls

    def _list_choices(self, iris: Iterable[str]) -> str:
        classes = self._schema.classes
        return ", ".join(sorted({classes[iri].name for iri in iris if iri in classes})) or "..."

    # --- fields ----------------------------------------------------------------------------------------------

    def _expand_entry(
        self, key: str, value: Value, path: Path, cls: Class | None, parent: _ParentNode
    ) -> dict[str, Any]:
        if cls is None:
            return {}
        field_ = cls.fields.get(key)
        if field_ is None or field_.predicate is None:
            self.report(path, f"unknown key {key!r}", self._suggest_key(key, cls, path), parent.iri)
            return {}
        self.dossier.fields[parent.iri, field_.predicate] = path
        if value == []:
            self.report(path, f"{key!r} is an empty list", "Give it a value, or remove the key.", parent.iri)
        if field_.predicate == namespaces.SPEAKER and isinstance(value, list) and len(value) > 1:
            self.report(path, "several speakers of one statement", _SPEAKERS_CURE, parent.iri)
        if isinstance(value, list):
            items = [self._expand_value(field_, item, (*path, index), parent) for index, item in enumerate(value)]
        else:
            items = [self._expand_value(field_, value, path, parent)]
        return {key: [item for item in items if item is not None]}

    def _suggest_key(self, key: str, cls: Class, path: Path) -> str:
        """The types that the key belongs to, if it is not for many; else what it may mean, else all that is known."""
        around = self._source.spans.get(path[:-1])
        if " " in key and around and around.is_flow:
            return _COMMA_CURE
        known = {name for name, other in cls.fields.items() if other.predicate} | {"id", "type"}
        listed = f"Known here ({cls.label}): {', '.join(sorted(known))}"
        classes = map(self._schema.classes.__getitem__, self._schema.leaves(self._schema.classes))
        having = [other for other in classes if key in other.fields and other.fields[key].predicate]
        owners = [other.name for other in having if other.kind == cls.kind] or [other.name for other in having]
        if 0 < len(owners) <= _MAX_OWNERS:
            return f"{key!r} belongs to {' and '.join(sorted(owners))}. {listed}"
        return suggest_names(key, known) or listed

    def _expand_value(self, field_: Field, value: Value, path: Path, parent: _ParentNode) -> Any:
        if field_.scheme:
            return self._resolve_concept(field_, value, path, parent)
        if field_.datatype:
            return self._check_literal(field_, value, path, parent)
        if isinstance(value, dict):
            nested_in = replace(parent, lends_name=not field_.inverse)
            return self._expand_node(value, path, self._range_of(field_), nested_in)
        if isinstance(value, list):
            self.report(path, "a list within a list", "Write one list.", parent.iri)
            return None
        return self._resolve_reference(field_, value, path, parent)

    def _resolve_reference(self, field_: Field, value: str, path: Path, parent: _ParentNode) -> str | None:
        is_words = " " in value or {"/", ":"}.isdisjoint(value)
        if is_words and namespaces.PASSAGE.value in field_.classes:
            cure = f"Write {field_.name}: {{exact: {json.dumps(value, ensure_ascii=False)}}}"
            self.report(path, f"{field_.name!r} takes a passage, not its words alone", cure, parent.iri)
            return None
        iri = self._resolve(self._resolver.resolve_reference, value, path, parent.iri)
        if iri and field_.predicate:
            self.dossier.references.setdefault((field_.predicate, iri), path)
        return iri

    def _range_of(self, field_: Field) -> tuple[str, ...]:
        """The classes that a nested node can have; for an inverse field, those that have the forward field."""
        if not field_.inverse:
            return field_.classes
        return tuple(
            iri
            for iri, cls in self._schema.classes.items()
            if any(other.predicate == field_.predicate and not other.inverse for other in cls.fields.values())
        )

    def _resolve_concept(self, field_: Field, value: Value, path: Path, parent: _ParentNode) -> str | None:
        scheme = self._schema.schemes[field_.scheme or ""]
        slugs = {concept.slug: concept.iri for concept in scheme.concepts}
        if isinstance(value, str) and (value in slugs or value in slugs.values()):
            return slugs.get(value, value)
        worded = [concept.slug for concept in scheme.concepts if fold_name(str(value)) in map(fold_name, concept.words)]
        called = f"Did you mean {' or '.join(map(repr, worded))}?" if worded else ""
        cure = called or suggest_names(str(value), slugs) or f"Choose one of: {', '.join(slugs)}"
        self.report(path, f"{value!r} is not a concept of the scheme of {scheme.label}", cure, parent.iri)
        return None

    def _check_literal(self, field_: Field, value: Value, path: Path, parent: _ParentNode) -> Any:
        if isinstance(value, str):
            return value
        is_tagged = field_.datatype == _LANGUAGE_TAGGED
        if is_tagged and isinstance(value, dict) and set(value) == {"text", "lang"}:
            text, language = value["text"], value["lang"]
            if isinstance(text, str) and isinstance(language, str) and _is_language_tag(language):
                return value
        cure = "Write the text, or {text: ..., lang: ar}" if is_tagged else "Write one value."
        self.report(path, f"{field_.name!r} takes text here", cure, parent.iri)
        return None


def _is_language_tag(tag: str) -> bool:
    try:
        ox.Literal("", language=tag)
    except ValueError:
        return False
    return True
