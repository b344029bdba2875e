"""Display names of resources: ``skos:prefLabel``, then ``dcterms:title``, then ``rdfs:label``."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, Term

LABEL_PROPERTIES = (namespaces.PREF_LABEL, f"{namespaces.DCTERMS}title", f"{namespaces.RDFS}label")
"""In order of preference."""
_LABELS = QueryTemplate.read(Path(__file__).parent / "labels.rq")


def fetch_labels(store: Queryable, terms: Iterable[Term | None]) -> Iterator[tuple[str, ox.Literal]]:
    """The labels of the IRIs among the terms, the preferred one of each resource first."""
    iris = {term for term in terms if isinstance(term, ox.NamedNode)}
    for row in _LABELS.select_each(store, iris).rows:
        resource, label = row["resource"], row["label"]
        if isinstance(resource, ox.NamedNode) and isinstance(label, ox.Literal):
            yield resource.value, label


def fetch_names(store: Queryable, terms: Iterable[Term | None]) -> dict[str, str]:
    """One name for each of the IRIs that has any."""
    names: dict[str, str] = {}
    for iri, label in fetch_labels(store, terms):
        names.setdefault(iri, label.value)
    return names
