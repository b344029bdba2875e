"""The names of the resources of a graph, as an index to search."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.name_index import NameIndex, ResourceName
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of

_NAMES = QueryTemplate.read(Path(__file__).parent / "names.rq")


def read_names(store: Queryable, *prefixes: str) -> NameIndex:
    """The labels, hidden labels and short names of the resources whose IRIs begin with one of the prefixes."""
    return NameIndex(_read(store, prefixes))


def _read(store: Queryable, prefixes: tuple[str, ...]) -> Iterator[ResourceName]:
    iris: dict[str, None] = {}
    for row in _NAMES.select_each(store, map(ox.Literal, prefixes)).rows:
        iri = text_of(row["resource"])
        iris[iri] = None
        yield ResourceName(iri, text_of(row["label"]), text_of(row["hidden"]) == "true")
    for iri in iris:
        yield ResourceName(iri, iri.rsplit("/", 1)[-1], is_id=True)
