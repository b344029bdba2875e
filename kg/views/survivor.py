"""The resource with which another one was merged: it says that it replaces it (``dcterms:replaces``)."""

from pathlib import Path

import pyoxigraph as ox

from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of

_SURVIVOR = QueryTemplate.read(Path(__file__).with_name("survivor.rq"))


def find_survivor(store: Queryable, replaced: ox.NamedNode) -> str:
    """The IRI of the resource that replaces this one; empty if none does."""
    return next((text_of(row["survivor"]) for row in _SURVIVOR.select_each(store, [replaced]).rows), "")
