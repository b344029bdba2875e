"""What a rule is."""

from collections.abc import Callable, Iterable

from kg.errors import Finding
from kg.ingest.proposed_write import ProposedWrite
from kg.namespaces import value_of

Rule = Callable[[ProposedWrite], Iterable[Finding]]
"""From a write to what is wrong with it, in an order that depends on nothing else."""


def order_of(term: object) -> str:
    """By which terms are sorted."""
    return value_of(term)
