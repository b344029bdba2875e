"""A parameter of a question: what it takes, and how the text that somebody types becomes a term.

Owns reading and the words of refusal. A resource or concept that nobody describes is ``Unknown``, with near names:
an empty answer to a slip of the pen would look like "no".
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyoxigraph as ox

from kg import namespaces
from kg.errors import BadParameterError, UnknownNameError
from kg.nearest_names import fold_spelling, nearest_names
from kg.store.interface import Queryable
from kg.store.query_template import support, text_of

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_SHORT = re.compile(rf"(?P<kind>[a-z-]+)[:/](?P<slug>{_SLUG.pattern})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SPEC = re.compile(r"(?P<type>[a-z]+)(?:\((?P<of>[A-Za-z-]+)\))?")


class ParameterType(StrEnum):
    """What a parameter takes."""

    RESOURCE = "resource"
    CONCEPT = "concept"
    STRING = "string"
    DATE = "date"
    LANG = "lang"


_NEEDS_OF = frozenset({ParameterType.RESOURCE, ParameterType.CONCEPT})


@dataclass(frozen=True, slots=True)
class QuestionParameter:
    """One parameter as its question declares it."""

    name: str
    type: ParameterType
    description: str
    of: str = ""
    """The kind of a resource (``thing`` for any), the scheme of a concept, or the property whose values a string is."""
    is_required: bool = False
    default: str = ""

    @classmethod
    def declared(
        cls, name: str, spec: str, description: str, required: bool = False, default: str = ""
    ) -> "QuestionParameter":
        """From the words of a question's header. Raises ValueError where they make no sense."""
        match = _SPEC.fullmatch(spec)
        if match is None or match["type"] not in set(ParameterType):
            raise ValueError(f"parameter {name}: {spec!r} is none of {', '.join(ParameterType)}")
        kind = ParameterType(match["type"])
        if kind in _NEEDS_OF and not match["of"]:
            raise ValueError(f"parameter {name}: write {kind}(...), saying of what")
        return cls(name, kind, description, match["of"] or "", required, default)

    @property
    def spec(self) -> str:
        """As declared: ``resource(zone)``, ``concept(weapon)``, ``string(label)``, ``date``."""
        return f"{self.type}({self.of})" if self.of else str(self.type)

    def read(self, text: str, store: Queryable, base_iri: str) -> ox.NamedNode | ox.Literal:
        """The term that the text means.

        Raises BadParameterError where it cannot mean one, UnknownNameError where it is not there.
        """
        match self.type:
            case ParameterType.RESOURCE:
                return self._resource(text, store, base_iri)
            case ParameterType.CONCEPT:
                return self._concept(text, store)
            case ParameterType.STRING:
                return self._string(text, store)
            case ParameterType.DATE:
                return self._date(text)
            case ParameterType.LANG:
                return self._lang(text)

    def _resource(self, text: str, store: Queryable, base_iri: str) -> ox.NamedNode:
        home = f"{base_iri}id/"
        node = self._iri(text) if "://" in text else self._iri(home + self._path(text))
        kind, _, slug = node.value.removeprefix(home).partition("/")
        is_ours = node.value.startswith(home)
        if is_ours and self.of not in ("thing", kind):
            raise BadParameterError(
                self.name, f"{text!r} is of kind {kind!r}; it takes {self.of}s, such as {self.of}:NAME"
            )
        if not support("is-described").select_each(store, [node]).rows:
            known = _slugs(store, f"{home}{kind if self.of == 'thing' else self.of}/") if is_ours else ()
            raise UnknownNameError(kind if is_ours else self.of, slug if is_ours else text, nearest_names(slug, known))
        return node

    def _path(self, text: str) -> str:
        if short := _SHORT.fullmatch(text):
            return f"{short['kind']}/{short['slug']}"
        if self.of != "thing" and _SLUG.fullmatch(text):
            return f"{self.of}/{text}"
        example = "zone:NAME" if self.of == "thing" else f"NAME, {self.of}:NAME"
        raise BadParameterError(
            self.name, f"{text!r} is neither a short name nor an IRI; write {example} or a full IRI"
        )

    def _iri(self, text: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(text)
        except ValueError:
            raise BadParameterError(self.name, f"{text!r} is not an absolute IRI") from None

    def _concept(self, text: str, store: Queryable) -> ox.NamedNode:
        scheme = f"{namespaces.VOCAB}{self.of}/"
        slug = text.removeprefix(scheme).removeprefix(f"{self.of}:").removeprefix(f"{self.of}/")
        if not _SLUG.fullmatch(slug):
            raise BadParameterError(self.name, f"{text!r} is no concept of {self.of}; write its short name")
        known = _slugs(store, scheme)
        if slug not in known:
            raise UnknownNameError(f"concept of {self.of}", slug, nearest_names(slug, known) or known)
        return ox.NamedNode(scheme + slug)

    def _string(self, text: str, store: Queryable) -> ox.Literal:
        """The text; where its values are known, the one of them that it spells but for case and quotation marks."""
        if not self.of:
            return ox.Literal(text)
        rows = support("values").select_each(store, [ox.NamedNode(namespaces.CK + self.of)]).rows
        known = tuple(text_of(row["value"]) for row in rows)
        if text in known:
            return ox.Literal(text)
        spelt = [value for value in known if fold_spelling(value) == fold_spelling(text)]
        if len(spelt) != 1:
            raise UnknownNameError(self.name, text, nearest_names(text, known))
        return ox.Literal(spelt[0])

    def _date(self, text: str) -> ox.Literal:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise BadParameterError(self.name, f"{text!r} is not a day such as 2017-08-07") from None
        return ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{namespaces.XSD}date"))

    def _lang(self, text: str) -> ox.Literal:
        if not _LANGUAGE.fullmatch(text):
            raise BadParameterError(self.name, f"{text!r} is not a language tag such as en")
        return ox.Literal(text.lower())


def _slugs(store: Queryable, prefix: str) -> tuple[str, ...]:
    """The short names under a prefix that the graph describes; asked only to check a name or to tell near ones."""
    rows = support("described-under").select_each(store, [ox.Literal(prefix)]).rows
    return tuple(text_of(row["thing"]).removeprefix(prefix) for row in rows)
