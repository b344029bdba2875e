"""A dossier's nodes checked against the schema and completed: types and names that follow from where a node stands.

Owns the walk over plain values: unknown keys, kinds and concepts; the type that a field demands; an IRI for each
nested node; the source of a passage that stands under its source. Knows neither YAML syntax nor quads.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.dossier.iri_resolver import IriResolver
from kg.ingest.yaml_source import Path, Value, YamlSource
from kg.jsonld_context import dossier_sections
from kg.nearest_names import suggest_names
from kg.schema.model import Class, Field, Schema

_ANY_HOME_GRAPH = (f"{namespaces.CK}HomeGraph",)


@dataclass(slots=True)
class ExpandedDossier:
    """The dossier as JSON-LD, the paths at which it says things, and what is wrong with it."""

    node: dict[str, Any] = field(default_factory=dict)
    subjects: dict[str, Path] = field(default_factory=dict)
    fields: dict[tuple[str, str], Path] = field(default_factory=dict)
    """Paths by IRI of subject and IRI of predicate."""
    references: dict[tuple[str, str], Path] = field(default_factory=dict)
    """Paths by IRI of predicate and IRI of object."""
    findings: list[Finding] = field(default_factory=list)


def expand_dossier(text: YamlSource, schema: Schema, names: IriResolver) -> ExpandedDossier:
    """The completed dossier; its findings tell every key, kind, concept and reference that cannot be read."""
    walk = _Expander(text, schema, names)
    walk.reserve(text.value)
    if isinstance(text.value, dict):
        walk.done.node = walk.document(text.value)
    else:
        walk.find((), "a dossier is a mapping", "Begin with id, type, title, license, recordedBy, version.")
    return walk.done


@dataclass(frozen=True, slots=True)
class _ParentNode:
    """Whose field a nested node stands in."""

    iri: str
    source: str | None = None
    """The source around it, if it stands under one."""
    names: bool = True
    """Whether a nested node can be named after the owner: not where the field points backwards."""


class _Expander:
    def __init__(self, text: YamlSource, schema: Schema, names: IriResolver) -> None:
        self.text, self.schema, self.names = text, schema, names
        self.sections = dossier_sections(schema)
        self.done = ExpandedDossier()

    # --- findings --------------------------------------------------------------------------------------------

    def find(self, path: Path, message: str, cure: str, subject: str = "") -> None:
        location = self.text.location(path)
        self.done.findings.append(Finding(message, cure, location, self.names.short(subject), rule="dossier"))

    # --- names -----------------------------------------------------------------------------------------------

    def reserve(self, value: Value) -> None:
        """Remember the names that are given, so that none is minted twice."""
        if isinstance(value, list):
            for each in value:
                self.reserve(each)
        elif isinstance(value, dict):
            given = value.get("id")
            if isinstance(given, str):
                with suppress(ValueError):  # told where the node is read
                    self.names.taken.add(self.names.iri(given))
            for each in value.values():
                self.reserve(each)

    def _iri(self, name: str, path: Path, subject: str = "") -> str | None:
        try:
            return self.names.iri(name)
        except ValueError as error:
            cure = "Write kind/slug, such as actor/russia, or declare the prefix in @context."
            self.find(path, str(error), cure, subject)
            return None

    # --- nodes -----------------------------------------------------------------------------------------------

    def document(self, value: dict[str, Value]) -> dict[str, Any]:
        found = self._node({k: v for k, v in value.items() if k not in self.sections}, (), _ANY_HOME_GRAPH, None)
        for name in [name for name in value if name in self.sections]:
            members = value[name]
            expected = (self.sections[name],)
            found[name] = [
                self._member(member, (name, index), expected)
                for index, member in enumerate(members if isinstance(members, list) else [members])
            ]
        return found

    def _member(self, value: Value, path: Path, expected: tuple[str, ...]) -> Any:
        if not isinstance(value, dict):
            self.find(path, f"{value!r} stands where a resource is described", "Describe it: id, type, prefLabel ...")
            return {}
        return self._node(value, path, expected, None)

    def _node(
        self, value: dict[str, Value], path: Path, expected: tuple[str, ...], owner: _ParentNode | None
    ) -> dict[str, Any]:
        iri = self._given_id(value, path)
        about = iri or (owner.iri if owner else "")
        cls = self._class(value, path, expected, about)
        iri = iri or self._minted_id(cls, path, owner)
        node: dict[str, Any] = {"id": iri}
        if cls:
            node["type"] = cls.name
        self._remember(iri, path)
        around = owner.source if owner else None
        if cls and cls.iri in self.schema.subclasses(f"{namespaces.CK}Source"):
            around = iri
        for key, each in value.items():
            if key not in ("id", "type") and (path or key != "@context"):
                node |= self._entry(key, each, (*path, key), cls, _ParentNode(iri, around))
        if cls and cls.iri == namespaces.PASSAGE.value and around and "source" not in node:
            node["source"] = around
        return node

    def _given_id(self, value: dict[str, Value], path: Path) -> str | None:
        given = value.get("id")
        if given is None:
            return None
        if not isinstance(given, str):
            self.find((*path, "id"), "the id is not a word", "Write kind/slug, such as actor/russia.")
            return None
        return self._iri(given, (*path, "id"))

    def _minted_id(self, cls: Class | None, path: Path, owner: _ParentNode | None) -> str:
        if owner and owner.names and cls and cls.kind:
            return self.names.mint(cls.kind, owner.iri)
        if cls:
            self.find(path, f"this {cls.label} has no id", f"Give it one: id: {cls.kind or 'kind'}/SLUG")
        return self.names.mint("unnamed", "dossier")

    def _remember(self, iri: str, path: Path) -> None:
        known = self.done.subjects.setdefault(iri, path)
        if known != path:
            where = self.text.location(known)
            self.find((*path, "id"), f"described twice, first at line {where.line}", "Give one another id.", iri)

    def _class(self, value: dict[str, Value], path: Path, expected: tuple[str, ...], about: str) -> Class | None:
        name = value.get("type")
        allowed = self.schema.leaves(expected) + [each for each in expected if each in self.schema.classes]
        if name is None:
            if len(expected) == 1 and self.schema.subclasses(expected[0]) == [expected[0]]:
                return self.schema.classes[expected[0]]
            self.find(path, "the type is missing", f"Give it: type: {self._choices(allowed)}", about)
            return None
        found = self.schema.find_class(name) if isinstance(name, str) else None
        if found is None:
            hint = suggest_names(str(name), [each.name for each in self.schema.classes.values()])
            self.find((*path, "type"), f"unknown type {name!r}", hint or f"Choose {self._choices(allowed)}", about)
        elif expected and found.iri not in {sub for each in expected for sub in self.schema.subclasses(each)}:
            cure = f"Choose {self._choices(allowed)}, or move it"
            self.find((*path, "type"), f"a {found.label} does not belong here", cure, about)
        return found

    def _choices(self, iris: Iterable[str]) -> str:
        return ", ".join(sorted({self.schema.classes[iri].name for iri in iris if iri in self.schema.classes})) or "..."

    # --- fields ----------------------------------------------------------------------------------------------

    def _entry(self, key: str, value: Value, path: Path, cls: Class | None, owner: _ParentNode) -> dict[str, Any]:
        if cls is None:
            return {}
        found = cls.fields.get(key)
        if found is None or found.predicate is None:
            known = [name for name, each in cls.fields.items() if each.predicate] + ["id", "type"]
            cure = suggest_names(key, known) or f"Known here ({cls.label}): {', '.join(sorted(set(known)))}"
            self.find(path, f"unknown key {key!r}", cure, owner.iri)
            return {}
        self.done.fields[owner.iri, found.predicate] = path
        values = value if isinstance(value, list) else [value]
        if not values:
            self.find(path, f"{key!r} is an empty list", "Give it a value, or remove the key.", owner.iri)
        paths = [(*path, index) for index in range(len(values))] if isinstance(value, list) else [path]
        items = [self._value(found, each, at, owner) for each, at in zip(values, paths, strict=True)]
        return {key: [item for item in items if item is not None]}

    def _value(self, what: Field, value: Value, path: Path, owner: _ParentNode) -> Any:
        if what.scheme:
            return self._concept(what, value, path, owner)
        if what.datatype:
            return self._literal(what, value, path, owner)
        if isinstance(value, dict):
            return self._node(value, path, self._range(what), replace(owner, names=not what.inverse))
        if isinstance(value, list):
            self.find(path, "a list within a list", "Write one list.", owner.iri)
            return None
        return self._reference(what, value, path, owner)

    def _reference(self, what: Field, value: str, path: Path, owner: _ParentNode) -> str | None:
        iri = self._iri(value, path, owner.iri)
        if iri and what.predicate:
            self.done.references.setdefault((what.predicate, iri), path)
        return iri

    def _range(self, what: Field) -> tuple[str, ...]:
        """The classes that a nested node can have; for an inverse field, those that have the field forwards."""
        if not what.inverse:
            return what.classes
        return tuple(self._with_forward(what.predicate))

    def _with_forward(self, predicate: str | None) -> Iterator[str]:
        for iri, each in self.schema.classes.items():
            if any(other.predicate == predicate and not other.inverse for other in each.fields.values()):
                yield iri

    def _concept(self, what: Field, value: Value, path: Path, owner: _ParentNode) -> str | None:
        scheme = self.schema.schemes[what.scheme or ""]
        slugs = {concept.slug: concept.iri for concept in scheme.concepts}
        if isinstance(value, str) and (value in slugs or value in slugs.values()):
            return slugs.get(value, value)
        cure = suggest_names(str(value), list(slugs)) or f"Choose one of: {', '.join(slugs)}"
        self.find(path, f"{value!r} is not of the scheme of {scheme.label}", cure, owner.iri)
        return None

    def _literal(self, what: Field, value: Value, path: Path, owner: _ParentNode) -> Any:
        if isinstance(value, str):
            return value
        tagged = what.datatype == f"{namespaces.RDF}langString"
        if tagged and isinstance(value, dict) and set(value) == {"text", "lang"}:
            text, lang = value["text"], value["lang"]
            if isinstance(text, str) and isinstance(lang, str) and _is_language_tag(lang):
                return value
        cure = "Write the text, or {text: ..., lang: ar}" if tagged else "Write one value."
        self.find(path, f"{what.name!r} takes text here", cure, owner.iri)
        return None


def _is_language_tag(tag: str) -> bool:
    try:
        ox.Literal("", language=tag)
    except ValueError:
        return False
    return True
