"""How names of ontology, vocabularies and catalogue are spelt in GraphQL; nothing else is renamed."""

import re

_NOT_A_NAME = re.compile(r"[^0-9A-Za-z]+")


def camel_case(name: str) -> str:
    """``does-zone-cover-place`` or ``ZoneCoverage`` as a field: ``doesZoneCoverPlace``, ``zoneCoverage``."""
    first, *rest = [part for part in _NOT_A_NAME.split(name) if part] or ["field"]
    return _lowered(first) + "".join(part[0].upper() + part[1:] for part in rest)


def pascal_case(name: str) -> str:
    """``incident-type`` as a type: ``IncidentType``."""
    spelt = camel_case(name)
    return spelt[0].upper() + spelt[1:]


def constant_case(name: str) -> str:
    """``claims-of`` or ``leavesOpen`` as the value of an enum: ``CLAIMS_OF``, ``LEAVES_OPEN``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    spelt = _NOT_A_NAME.sub("_", parted).strip("_").upper()
    return spelt if spelt and not spelt[0].isdigit() else f"_{spelt}"


def pluralize(name: str) -> str:
    """``zone`` as many: ``zones``; ``identity``: ``identities``."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def _lowered(name: str) -> str:
    """The first word in lower case, an acronym as a whole."""
    start = re.match(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?", name)
    head = start[0] if start else ""
    return head.lower() + name[len(head) :]
