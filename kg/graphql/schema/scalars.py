"""The custom scalars: how RDF values are serialized as JSON, and how input values are parsed into RDF terms."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pyoxigraph as ox
from graphql import GraphQLError, GraphQLScalarType

from kg import namespaces
from kg.graphql.schema.type_model import ValueKind

_INT_MAX = 2**31 - 1


def _parse_text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"expected a string, got {value!r}")
    return value


def _parse_date(value: Any) -> str:
    try:
        return date.fromisoformat(_parse_text(value)).isoformat()
    except ValueError:
        raise GraphQLError(f"{value!r} is not a date such as 2017-08-07") from None


def _parse_iri(value: Any) -> str:
    try:
        return ox.NamedNode(_parse_text(value)).value
    except ValueError:
        raise GraphQLError(f"{value!r} is not an absolute IRI") from None


def _parse_decimal(value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("nan")
    if isinstance(value, bool) or not number.is_finite():
        raise GraphQLError(f"{value!r} is not a number")
    return f"{number:f}"


def _scalar(name: str, description: str, parse_value: Any, url: str | None = None) -> GraphQLScalarType:
    return GraphQLScalarType(name, parse_value=parse_value, description=description, specified_by_url=url)


def build_scalars() -> dict[str, GraphQLScalarType]:
    """New instances of the scalars, by name."""
    scalars = (
        _scalar("Text", "Text in one of its available languages; select it with the argument `lang`.", _parse_text),
        _scalar("Date", "A date: `2017-08-07`.", _parse_date, "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"),
        _scalar("EDTF", "A date of any precision: `2017-07`, `2017-08-06~`, `../2016-05`.", _parse_text,
                "https://www.loc.gov/standards/datetime/"),
        _scalar("IRI", "An absolute IRI.", _parse_iri, "https://www.rfc-editor.org/rfc/rfc3987"),
        _scalar("Decimal", "A decimal number of any precision, as a string.", _parse_decimal),
    )  # fmt: skip
    return {scalar.name: scalar for scalar in scalars}


def serialize_value(kind: ValueKind, value: str) -> Any:
    """The JSON value of a lexical form. Raises ValueError if it is not valid for the kind."""
    match kind:
        case ValueKind.INTEGER:
            number = int(value)
            if abs(number) > _INT_MAX:
                raise ValueError(f"{value} does not fit into 32 bits")
            return number
        case ValueKind.BOOLEAN:
            return value in ("true", "1")
        case _:
            return value


_DATATYPES = {
    ValueKind.INTEGER: f"{namespaces.XSD}integer",
    ValueKind.DECIMAL: f"{namespaces.XSD}decimal",
    ValueKind.DATE: f"{namespaces.XSD}date",
    ValueKind.BOOLEAN: f"{namespaces.XSD}boolean",
    ValueKind.EDTF: namespaces.EDTF,
}


def to_term(kind: ValueKind, value: Any) -> ox.NamedNode | ox.Literal:
    """The RDF term of an input value."""
    if kind is ValueKind.IRI:
        return ox.NamedNode(str(value))
    lexical = str(value).lower() if isinstance(value, bool) else str(value)
    datatype = _DATATYPES.get(kind)
    return ox.Literal(lexical, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(lexical)
