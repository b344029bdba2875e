"""Values that are there before the graph is read: answers, tables, the catalogue; and references into the graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node by its IRI, taken for a type."""

    iri: str
    target: str


@dataclass(frozen=True, slots=True)
class ResolvedObject:
    """An object: its values by field, each a scalar, a ``Ref``, another ``Held``, a list of them, or None."""

    type_name: str
    values: Mapping[str, Any]
