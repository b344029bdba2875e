"""What a client's filter means as graph patterns; every value of the client's is a term.

Conditions that must all hold are joined, alternatives are united, and what must not hold is looked for and excluded.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.graphql.plan.sparql_builder import literal, path, predicate, typed
from kg.graphql.request import errors
from kg.graphql.schema.filter_inputs import AS_PREFIX, WITHIN
from kg.graphql.schema.scalars import to_term
from kg.graphql.schema.type_model import LinkField, TypeCategory, TypeModel, ValueField, ValueKind

ReadId = Callable[[str, str], str | None]
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_LEXICAL = frozenset({ValueKind.TEXT, ValueKind.STRING, ValueKind.EDTF})


class FilterCompiler:
    """Writes the patterns of filters; ``ladder`` gives the link by which things of a type belong to one another."""

    def __init__(self, model: TypeModel, read_id: ReadId, ladder: Callable[[str], LinkField | None]) -> None:
        self.model, self._read_id, self._ladder = model, read_id, ladder
        self._count = 0

    def compile(self, where: Mapping[str, Any] | None, type_name: str, variable: str) -> list[str]:
        """The patterns under which the variable meets the conditions. Raises GraphQLError for an id that is none."""
        found: list[str] = []
        for key, given in (where or {}).items():
            if given is not None:
                found += self._one(key, given, type_name, variable)
        return found

    def _one(self, key: str, given: Any, type_name: str, variable: str) -> list[str]:
        match key:
            case "and":
                return [each for one in given for each in self.compile(one, type_name, variable)]
            case "or":
                united = (self._anchored(one, type_name, variable) for one in given)
                return [" UNION ".join(united) or "FILTER(false)"]
            case "not":
                return [f"FILTER NOT EXISTS {self._anchored(given, type_name, variable)}"]
            case "exists":
                return [] if given else ["FILTER(false)"]
            case "id":
                return self._identity(given, type_name, variable)
            case _ if key == WITHIN and self.model.hierarchy_link(type_name):
                ladder = self.model.hierarchy_link(type_name)
                assert ladder is not None
                return [f"{variable} {path(ladder.steps)}* {self._node(given, type_name)} ."]
        fields = self.model.shared_fields(type_name)
        if key not in fields:
            member = self.model.types[key.removeprefix(AS_PREFIX)]
            return [typed(variable, "", [member.iri]), *self.compile(given, member.name, variable)]
        field = fields[key]
        return (
            self._link(field, given, variable) if isinstance(field, LinkField) else self._value(field, given, variable)
        )

    def _anchored(self, where: Mapping[str, Any], type_name: str, variable: str) -> str:
        """A group that binds the variable by itself, wherever it stands."""
        anchor = f"{variable} {namespaces.TYPE} {self._fresh('t')} ."
        return f"{{ {' '.join([anchor, *self.compile(where, type_name, variable)])} }}"

    def _identity(self, given: Mapping[str, Any], type_name: str, variable: str) -> list[str]:
        asked = [[given["eq"]]] if given.get("eq") is not None else []
        asked += [given["in"]] if given.get("in") is not None else []
        nodes = (" ".join(self._node(text, type_name) for text in each) for each in asked)
        return [f"VALUES {variable} {{ {each} }}" for each in nodes]

    def _link(self, link: LinkField, given: Mapping[str, Any], variable: str) -> list[str]:
        other = self._fresh("l")
        leads = f"{variable} {path(link.steps)} {other} ."
        if given.get("exists") is False:
            return [f"FILTER NOT EXISTS {{ {leads} }}"]
        target = self.model.types.get(link.target)
        is_part = target is not None and target.category is TypeCategory.PART
        kind = [typed(other, "", target.classes)] if is_part and target is not None else []
        return [leads, *kind, *self.compile(given, link.target, other)]

    def _value(self, field: ValueField, given: Mapping[str, Any], variable: str) -> list[str]:
        held = self._fresh("v")
        has = f"{variable} {predicate(field.predicate)} {held} ."
        if given.get("exists") is False:
            return [f"FILTER NOT EXISTS {{ {has} }}"]
        asked = {key: value for key, value in given.items() if value is not None and key != "exists"}
        return [has, *(self._test(field, key, value, held) for key, value in asked.items())]

    def _test(self, field: ValueField, key: str, value: Any, held: str) -> str:
        match key:
            case "eq":
                return self._among(field, [value], held)
            case "in":
                return self._among(field, value, held)
            case "contains":
                return f"FILTER(CONTAINS(LCASE(STR({held})), LCASE({literal(ox.Literal(value))})))"
            case "startsWith":
                return f"FILTER(STRSTARTS(STR({held}), {literal(ox.Literal(value))}))"
            case "lang":
                return f"FILTER(LCASE(LANG({held})) = LCASE({literal(ox.Literal(value))}))"
            case _ if key == WITHIN:
                iris = self.model.vocabularies[field.vocabulary].within(value)
                return self._values(held, map(ox.NamedNode, iris))
            case _:
                return f"FILTER({self._comparable(field, held)} {_COMPARISONS[key]} {self._constant(field, value)})"

    def _among(self, field: ValueField, values: Iterable[Any], held: str) -> str:
        if field.kind is ValueKind.CONCEPT:
            iris = self.model.vocabularies[field.vocabulary].iris
            return self._values(held, (ox.NamedNode(iris[each]) for each in values))
        if field.kind is ValueKind.IRI:
            return self._values(held, (to_term(field.kind, each) for each in values))
        listed = ", ".join(self._constant(field, each) for each in values)
        return f"FILTER({self._comparable(field, held)} IN ({listed}))"

    @staticmethod
    def _comparable(field: ValueField, held: str) -> str:
        return f"STR({held})" if field.kind in _LEXICAL else held

    @staticmethod
    def _constant(field: ValueField, value: Any) -> str:
        term = ox.Literal(value) if field.kind in _LEXICAL else to_term(field.kind, value)
        return literal(term) if isinstance(term, ox.Literal) else str(term)

    @staticmethod
    def _values(held: str, listed: Iterable[ox.NamedNode | ox.Literal]) -> str:
        return f"VALUES {held} {{ {' '.join(map(str, listed))} }}"

    def _node(self, text: str, type_name: str) -> str:
        iri = self._read_id(text, type_name)
        if iri is None:
            raise errors.graphql_error(
                f"{text!r} is neither an IRI nor a short name such as zone:idlib.", errors.BAD_INPUT
            )
        return str(ox.NamedNode(iri))

    def _fresh(self, letter: str) -> str:
        self._count += 1
        return f"?{letter}{self._count}"
