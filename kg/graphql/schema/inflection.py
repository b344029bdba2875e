"""How names of the ontology, the vocabularies and the catalogue are spelt in GraphQL."""

import re

_SEPARATOR = re.compile(r"[^0-9A-Za-z]+")


def camel_case(name: str) -> str:
    """A field name: ``does-zone-cover-place`` becomes ``doesZoneCoverPlace``, ``ZoneCoverage`` ``zoneCoverage``."""
    first, *rest = [part for part in _SEPARATOR.split(name) if part] or ["field"]
    return _lower_first_word(first) + "".join(part[0].upper() + part[1:] for part in rest)


def pascal_case(name: str) -> str:
    """A type name: ``incident-type`` becomes ``IncidentType``."""
    camel = camel_case(name)
    return camel[0].upper() + camel[1:]


def constant_case(name: str) -> str:
    """An enum value: ``claims-of`` becomes ``CLAIMS_OF``, ``leavesOpen`` ``LEAVES_OPEN``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    constant = _SEPARATOR.sub("_", words).strip("_").upper()
    return constant if constant and not constant[0].isdigit() else f"_{constant}"


def pluralize(name: str) -> str:
    """The English plural: ``zone`` becomes ``zones``, ``identity`` ``identities``."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def _lower_first_word(name: str) -> str:
    """The first word in lower case; an acronym counts as one word."""
    match = re.match(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?", name)
    head = match[0] if match else ""
    return head.lower() + name[len(head) :]
