"""Warnings about filters that name what does not exist: their connections are empty for no other reason."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg.query_lint.suggestions import suggest
from kg.query_lint.syntax import Name
from kg.query_lint.vocabulary import Vocabulary
from kg.store.interface import Queryable, ResourceLookup

MAX_WARNINGS = 8


def find_unknown_ids(ids: Mapping[str, str], vocabulary: Vocabulary, store: Queryable) -> list[dict[str, Any]]:
    """A warning for each of these ids, given by IRI, that the graph does not describe; at most MAX_WARNINGS."""
    if not isinstance(store, ResourceLookup):
        return []
    unknown = [iri for iri in ids if not store.contains_resource(ox.NamedNode(iri))]
    return [_warning(iri, ids[iri], list(_suggest(iri, vocabulary, store))) for iri in unknown[:MAX_WARNINGS]]


def _suggest(iri: str, vocabulary: Vocabulary, store: Queryable) -> Iterator[str]:
    """The nearest ids of the same kind."""
    namespace, _, slug = iri.rpartition("/")
    kind = namespace.rpartition("/")[2]
    yield from suggest(Name(iri, f"{kind}:{slug}", 0), vocabulary, store)


def _warning(iri: str, text: str, nearest: list[str]) -> dict[str, Any]:
    hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
    return {"message": f"A filter names {text!r}, which does not exist{hint}", "id": iri, "nearest": nearest}
