"""A graph of which nothing is known but that it has no violations, for tests of how writes are prepared."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

from kg.errors import Finding
from kg.store.interface import Store


class Conforming:
    """See ``kg.write_group.Conformance``."""

    def find_violations(self, _store: Store) -> list[Finding]:
        return []

    def tolerate(self, _violations: Iterable[Finding]) -> AbstractContextManager[None]:
        return nullcontext()
