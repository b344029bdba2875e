"""A parameter of a question: its type, and how the text that a person types becomes an RDF term.

Owns parsing and the messages of refusal. A resource or concept is given by its short name, its IRI, or a name as people
type it, in any language that the graph has. One that no home graph describes is unknown, with the nearest names: an
empty answer to a typing error would look like "no".
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyoxigraph as ox

from kg import namespaces
from kg.edtf.period import Period, parse_period
from kg.errors import BadParameterError, UnknownNameError
from kg.name_folding import fold_name
from kg.nearest_names import nearest_names
from kg.questions.evidence_graph import SUPPORT
from kg.store.interface import Queryable
from kg.store.names import find_nearest, read_names, read_used_names
from kg.store.query_template import QueryTemplate, Solution, text_of
from kg.store.speakers import SpokenOf, attribute_ids, describe_speakers

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_SHORT = re.compile(rf"(?P<kind>[a-z-]+)[:/](?P<slug>{_SLUG.pattern})")
_NAME = re.compile(r"[^<>{}|\\^?\x00-\x1f]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SPEC = re.compile(r"(?P<type>[a-z]+)(?:\((?P<of>[A-Za-z-]+)\))?")
_ANY_KIND = "thing"
_IS_DESCRIBED = QueryTemplate.read(SUPPORT / "is-described.rq")
_DESCRIBED_UNDER = QueryTemplate.read(SUPPORT / "described-under.rq")
_VALUES = QueryTemplate.read(SUPPORT / "values.rq")


class ParameterType(StrEnum):
    """What a parameter accepts."""

    RESOURCE = "resource"
    CONCEPT = "concept"
    STRING = "string"
    DATE = "date"
    PERIOD = "period"
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
    def from_header(
        cls, name: str, spec: str, description: str, required: bool = False, default: str = ""
    ) -> "QuestionParameter":
        """The parameter that a question's header declares. Raises ValueError if the declaration is malformed."""
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

    def parse(self, text: str, base_iri: str) -> ox.NamedNode | ox.Literal | None:
        """The term that the text stands for; None for a name, which only the graph knows.

        Raises BadParameterError if the text cannot stand for a term.
        """
        match self.type:
            case ParameterType.RESOURCE:
                return self._parse_resource(text, base_iri)
            case ParameterType.CONCEPT:
                return self._parse_concept(text)
            case ParameterType.STRING:
                return ox.Literal(text)
            case ParameterType.DATE:
                return self._parse_date(text)
            case ParameterType.PERIOD:
                return ox.Literal(str(self._parse_period(text)), datatype=ox.NamedNode(namespaces.EDTF))
            case ParameterType.LANG:
                return self._parse_language(text)

    def _parse_resource(self, text: str, base_iri: str) -> ox.NamedNode | None:
        home = f"{base_iri}id/"
        if self._is_name(text):
            return None
        node = self._parse_iri(text) if "://" in text else self._parse_iri(home + self._expand(text))
        kind = node.value.removeprefix(home).partition("/")[0]
        if node.value.startswith(home) and self.of not in (_ANY_KIND, kind):
            raise BadParameterError(
                self.name, f"{text!r} is of kind {kind!r}; it takes {self.of}s, such as {self.of}:NAME"
            )
        return node

    def _is_name(self, text: str) -> bool:
        """Whether the text can only be a name: it is neither an IRI nor a short name."""
        is_short = _SHORT.fullmatch(text) or (self.of != _ANY_KIND and _SLUG.fullmatch(text))
        return not ("://" in text or is_short) and _can_be_name(text)

    def _expand(self, text: str) -> str:
        """The path, ``kind/slug``, of a short name."""
        if short := _SHORT.fullmatch(text):
            return f"{short['kind']}/{short['slug']}"
        if self.of != _ANY_KIND and _SLUG.fullmatch(text):
            return f"{self.of}/{text}"
        example = "zone:NAME" if self.of == _ANY_KIND else f"NAME, {self.of}:NAME"
        raise BadParameterError(self.name, f"{text!r} is neither a name nor an IRI; write {example} or a full IRI")

    def _parse_iri(self, text: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(text)
        except ValueError:
            raise BadParameterError(self.name, f"{text!r} is not an absolute IRI") from None

    def _parse_concept(self, text: str) -> ox.NamedNode | None:
        slug = self._strip_scheme(text)
        if not _SLUG.fullmatch(slug):
            if _can_be_name(slug):
                return None
            raise BadParameterError(self.name, f"{text!r} is no concept of {self.of}; write its short name")
        return ox.NamedNode(self._scheme + slug)

    @property
    def _scheme(self) -> str:
        return f"{namespaces.VOCAB}{self.of}/"

    def _strip_scheme(self, text: str) -> str:
        """The name of a concept without its scheme."""
        return text.removeprefix(self._scheme).removeprefix(f"{self.of}:").removeprefix(f"{self.of}/")

    def _parse_date(self, text: str) -> ox.Literal:
        period = self._parse_period(text)
        if period.first is None or period.first != period.last:
            raise BadParameterError(self.name, f"{text!r} is not one day, such as 2017-08-07")
        return ox.Literal(period.first, datatype=ox.NamedNode(f"{namespaces.XSD}date"))

    def _parse_period(self, text: str) -> Period:
        try:
            return parse_period(text)
        except ValueError as error:
            raise BadParameterError(self.name, str(error)) from None

    def _parse_language(self, text: str) -> ox.Literal:
        if not _LANGUAGE.fullmatch(text):
            raise BadParameterError(self.name, f"{text!r} is not a language tag such as en")
        return ox.Literal(text.lower())

    def find(self, text: str, store: Queryable, base_iri: str) -> ox.NamedNode:
        """The resource or concept that the graph calls so, however it is spelled or transliterated.

        Raises BadParameterError for a name of several, UnknownNameError, with the nearest short names, for one of none,
        or with the speakers who call something so.
        """
        kind, prefix, name = self._split(text, base_iri)
        names = read_names(store, prefix)
        found = names.find(name)
        if len(found) == 1:
            return ox.NamedNode(found[0])
        if found:
            listed = ", ".join(iri.removeprefix(f"{base_iri}id/") for iri in found)
            raise BadParameterError(self.name, f"{text!r} is the name of several; write one of {listed}")
        described = _fetch_described(store, prefix)
        nearest = attribute_ids(store, {iri: iri.removeprefix(prefix) for iri in find_nearest(store, described, name)})
        if not nearest and self.type is ParameterType.CONCEPT:
            nearest = [iri.removeprefix(prefix) for iri in described]
        raise UnknownNameError(kind, name, nearest or _find_used(store, prefix, name))

    def _split(self, text: str, base_iri: str) -> tuple[str, str, str]:
        """The kind of what is sought, the prefix of its IRI, and its name without them."""
        if self.type is ParameterType.CONCEPT:
            return f"concept of {self.of}", self._scheme, self._strip_scheme(text)
        home = f"{base_iri}id/"
        path = text.removeprefix(home)
        short = _SHORT.fullmatch(path)
        kind = short["kind"] if short else self.of
        return kind, home if kind == _ANY_KIND else f"{home}{kind}/", short["slug"] if short else path

    def match_value(self, text: str, store: Queryable) -> ox.Literal:
        """The value of the parameter's property that the text spells, apart from case, marks and apostrophes.

        Raises UnknownNameError, with the nearest values and whose statements have them, if it spells none or several.
        """
        rows = _VALUES.select_each(store, [ox.NamedNode(namespaces.CK + self.of)]).rows
        known = tuple(dict.fromkeys(text_of(row["value"]) for row in rows))
        if text in known:
            return ox.Literal(text)
        spellings = [value for value in known if fold_name(value) == fold_name(text)]
        if len(spellings) != 1:
            raise UnknownNameError(self.name, text, _attribute(nearest_names(text, known), rows, store))
        return ox.Literal(spellings[0])


def resolve(
    parameters: Iterable[QuestionParameter], texts: Mapping[str, str], store: Queryable, base_iri: str
) -> dict[str, ox.NamedNode | ox.Literal]:
    """The terms for the parameters that have a text; all resources and concepts are checked in one query.

    Raises BadParameterError for a text that cannot be parsed, UnknownNameError for a name that does not exist.
    """
    given = [parameter for parameter in parameters if texts[parameter.name]]
    parsed = {parameter.name: parameter.parse(texts[parameter.name], base_iri) for parameter in given}
    nodes = [term for term in parsed.values() if isinstance(term, ox.NamedNode)]
    described = {row["thing"] for row in _IS_DESCRIBED.select_each(store, nodes).rows}
    terms: dict[str, ox.NamedNode | ox.Literal] = {}
    for parameter in given:
        text, term = texts[parameter.name], parsed[parameter.name]
        if isinstance(term, ox.Literal):
            is_value = parameter.type is ParameterType.STRING and parameter.of
            terms[parameter.name] = parameter.match_value(text, store) if is_value else term
        elif term is not None and term in described:
            terms[parameter.name] = term
        else:
            terms[parameter.name] = parameter.find(text, store, base_iri)
    return terms


def _attribute(values: Collection[str], rows: Iterable[Solution], store: Queryable) -> list[str]:
    """The values with the speakers of the statements that have or deny them; a value without any is left out."""
    spoken = [
        SpokenOf.by(text_of(row["value"]), row["speaker"], is_denied=text_of(row["denied"]) == "true")
        for row in rows
        if row["speaker"] is not None
    ]
    speakers = describe_speakers([item for item in spoken if item.text in values], store)
    return [f"{value} ({speakers[value]})" for value in values if value in speakers]


def _find_used(store: Queryable, prefix: str, name: str) -> list[str]:
    """The short names of what statements call so, each with who does or says that it is not so called."""
    return [
        f"{found.name.iri.removeprefix(prefix)} ({found.name.use.act} {', '.join(found.name.use.speakers)})"
        for found in read_used_names(store, prefix).search(name)
        if found.name.use
    ]


def _fetch_described(store: Queryable, prefix: str) -> tuple[str, ...]:
    """What is described under an IRI prefix."""
    return tuple(text_of(row["thing"]) for row in _DESCRIBED_UNDER.select_each(store, [ox.Literal(prefix)]).rows)


def _can_be_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and any(sign.isalnum() for sign in text)
