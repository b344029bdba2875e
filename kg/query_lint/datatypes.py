"""Which values can be compared (SPARQL 1.1, section 17.3) in the engine, and what functions take and return.

A type is the IRI of a datatype, or ``IRI`` for a resource. Knows no query; a test compares the table with the engine.
"""

from collections.abc import Collection, Mapping

from kg.namespaces import GEO, GEOF, RDF, XSD

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
_WKT = frozenset({f"{GEO}wktLiteral"})
_CASTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("boolean", "integer", "decimal", "double", "float"), _VALUES),
    **dict.fromkeys(("dateTime", "date"), frozenset({"string", "dateTime", "date"})),
    "time": frozenset({"string", "dateTime", "time"}),
    "gYear": frozenset({"string", "dateTime", "date", "gYear", "gYearMonth"}),
}
_STRING_ONLY, _NUMBER = frozenset({"string"}), frozenset({"numeric"})
SEARCHES = frozenset({"CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER"})
"""Functions that seek one text in another (section 17.4.3.1): if the second has a language, so has the first."""
SAME_AS_FIRST = frozenset({"UCASE", "LCASE", "SUBSTR", "REPLACE"})
"""Functions that return a value of the type of their first argument."""
_TAKES: Mapping[str, tuple[frozenset[str], ...]] = {
    **{f"{XSD}{name}": (families,) for name, families in _CASTS.items()},
    **dict.fromkeys(SEARCHES, (_TEXTS, _TEXTS)),
    **dict.fromkeys(("STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI"), (_TEXTS,)),
    "SUBSTR": (_TEXTS, _NUMBER, _NUMBER),
    "REGEX": (_TEXTS, _STRING_ONLY, _STRING_ONLY),
    "REPLACE": (_TEXTS, _STRING_ONLY, _STRING_ONLY, _STRING_ONLY),
    "LANGMATCHES": (_STRING_ONLY, _STRING_ONLY),
    "CONCAT": (_TEXTS,) * 20,
    "STRLANG": (_STRING_ONLY, _STRING_ONLY),
    "STRDT": (_STRING_ONLY, frozenset({"iri"})),
    **dict.fromkeys(("MD5", "SHA1", "SHA256", "SHA384", "SHA512"), (_STRING_ONLY,)),
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ"), (_DATES,)),
    **dict.fromkeys(("ABS", "CEIL", "FLOOR", "ROUND", "SUM", "AVG"), (_NUMBER,)),
    "GROUP_CONCAT": (_TEXTS,),
}
"""By position, as far as the engine is strict."""


def stored_type(type_: str) -> str:
    """The type of the term that the engine keeps for a literal of the type: every integer is an xsd:integer."""
    return INTEGER if type_ in _INTEGERS else type_


def returned_type(function: str) -> str | None:
    """The type that the function or cast returns, if it is always the same; names in upper case, casts by IRI."""
    if function.startswith(XSD):
        return function if function in _FAMILY_OF else None
    return _RETURNS.get(function)


def accepted_families(function: str) -> tuple[frozenset[str], ...]:
    """For each argument of the function or cast the families of types of which it has a value, as far as known."""
    return (_WKT, _WKT) if function.startswith(GEOF) else _TAKES.get(function, ())


def accepts(function: str, position: int, types: Collection[str]) -> bool:
    """Whether the function has a value if the argument at the position is of one of these types."""
    families = accepted_families(function)
    return position >= len(families) or any(_family(type_) in families[position] for type_ in types)


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
