"""Which values can be compared (SPARQL 1.1, section 17.3) in the engine, and what functions take and return.

A type is the IRI of a datatype, or ``IRI`` for a resource. Knows no query; a test compares the table with the engine.
"""

from collections.abc import Collection, Mapping

from kg.namespaces import GEO, RDF, XSD

IRI = "IRI"
LANG_STRING = f"{RDF}langString"
STRING, BOOLEAN, INTEGER, DECIMAL, DOUBLE = (
    f"{XSD}{name}" for name in ("string", "boolean", "integer", "decimal", "double")
)

_INTEGER_NAMES = (
    *("integer", "long", "int", "short", "byte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
_INTEGERS = frozenset(f"{XSD}{name}" for name in _INTEGER_NAMES)
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "numeric": (*_INTEGER_NAMES, "decimal", "float", "double"),
    "dateTime": ("dateTime", "dateTimeStamp"),
    "duration": ("duration", "dayTimeDuration", "yearMonthDuration"),
    **{name: (name,) for name in ("string", "boolean", "date", "time")},
    **{name: (name,) for name in ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")},
}
_FAMILY_OF = {f"{XSD}{name}": family for family, names in _FAMILIES.items() for name in names} | {
    LANG_STRING: "langString",
    IRI: "iri",
}
_DATES = frozenset({"dateTime", "date", "time", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"})
_TEXTS = frozenset({"string", "langString"})

_RETURNS: Mapping[str, str] = {
    **dict.fromkeys(("STR", "LANG", "ENCODE_FOR_URI", "MD5", "SHA1", "SHA256", "SHA384", "SHA512", "STRUUID"), STRING),
    **dict.fromkeys(("TZ", "GROUP_CONCAT"), STRING),
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "STRLEN", "COUNT"), INTEGER),
    **dict.fromkeys(("SECONDS", "AVG"), DECIMAL),
    "RAND": DOUBLE,
    "NOW": f"{XSD}dateTime",
    "STRLANG": LANG_STRING,
    **dict.fromkeys(("IRI", "URI", "DATATYPE", "UUID"), IRI),
    **dict.fromkeys(("BOUND", "CONTAINS", "STRSTARTS", "STRENDS", "REGEX", "LANGMATCHES", "SAMETERM"), BOOLEAN),
    **dict.fromkeys(("ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC"), BOOLEAN),
}
_VALUES = frozenset({"string", "boolean", "numeric"})
"""Those with an effective boolean value (section 17.2.2); in the engine text with a language has none."""
_GEOSPARQL = "http://www.opengis.net/def/function/geosparql/"
_WKT = frozenset({f"{GEO}wktLiteral"})
_CASTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("boolean", "integer", "decimal", "double", "float"), _VALUES),
    **dict.fromkeys(("dateTime", "date"), frozenset({"string", "dateTime", "date"})),
    "time": frozenset({"string", "dateTime", "time"}),
    "gYear": frozenset({"string", "dateTime", "date", "gYear", "gYearMonth"}),
}
_TAKES: Mapping[str, frozenset[str]] = {
    **{f"{XSD}{name}": families for name, families in _CASTS.items()},
    **dict.fromkeys(("CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "STRLEN"), _TEXTS),
    **dict.fromkeys(("SUBSTR", "UCASE", "LCASE", "REGEX", "REPLACE", "ENCODE_FOR_URI", "LANGMATCHES"), _TEXTS),
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ"), _DATES),
    **dict.fromkeys(("ABS", "CEIL", "FLOOR", "ROUND"), frozenset({"numeric"})),
}


def stored_type(type_: str) -> str:
    """The type of the term that the engine keeps for a literal of the type: every integer is an xsd:integer."""
    return INTEGER if type_ in _INTEGERS else type_


def returned_type(function: str) -> str | None:
    """The type that the function or cast returns, if it is always the same; names in upper case, casts by IRI."""
    if function.startswith(XSD):
        return function if function in _FAMILY_OF else None
    return _RETURNS.get(function)


def accepted_families(function: str) -> frozenset[str] | None:
    """The families of types of which the function or cast has a value; None if that is not known."""
    return _WKT if function.startswith(_GEOSPARQL) else _TAKES.get(function)


def checked_arguments(function: str) -> int:
    """How many arguments these are: the first, and in GeoSPARQL two."""
    return 2 if function.startswith(_GEOSPARQL) else 1


def accepts(function: str, types: Collection[str]) -> bool:
    """Whether the function has a value for an argument of one of these types."""
    families = accepted_families(function)
    return families is None or any(_family(type_) in families for type_ in types)


def has_boolean_value(types: Collection[str]) -> bool:
    """Whether a value of one of these types can be a condition by itself."""
    return any(_family(type_) in _VALUES for type_ in types)


def can_be_true(operator: str, left: Collection[str], right: Collection[str]) -> bool:
    """Whether the comparison is true for some values of these types."""
    return any(_is_comparable(operator, one, other) for one in left for other in right)


def has_order(type_: str) -> bool:
    """Whether two different values of the type can be compared by ``<``."""
    return type_ in _FAMILY_OF and type_ != IRI


def _family(type_: str) -> str:
    return _FAMILY_OF.get(type_, type_)


def _is_comparable(operator: str, left: str, right: str) -> bool:
    if operator == "!=":
        # Of different terms this is true, but of two literals it is an error if the engine does not know a datatype.
        is_known = left in _FAMILY_OF and right in _FAMILY_OF
        return is_known or bool({IRI, LANG_STRING} & {left, right})
    is_same = _family(left) == _family(right)
    return is_same and (operator == "=" or has_order(left))
