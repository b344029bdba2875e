"""The pages of a description in RDF, in the terms of Hydra (https://www.hydra-cg.com/spec/latest/core/)."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from api.http.signposting import neighbours
from kg import namespaces
from kg.views.description import DescriptionPage

_RELATIONS = {"first": "first", "prev": "previous", "next": "next", "last": "last"}


def describe_paging(page: DescriptionPage, document: str) -> Iterator[ox.Quad]:
    """The quads that lead from one page to the others; none of an only page. ``document`` is its address."""
    if page.count == 1:
        return
    collection, view = ox.NamedNode(document), ox.NamedNode(f"{document}?page={page.number}")
    total = ox.Literal(str(page.total), datatype=ox.NamedNode(f"{namespaces.XSD}integer"))
    yield ox.Quad(collection, namespaces.TYPE, _term("Collection"))
    yield ox.Quad(collection, _term("totalItems"), total)
    yield ox.Quad(collection, _term("view"), view)
    yield ox.Quad(view, namespaces.TYPE, _term("PartialCollectionView"))
    for member in page.members:
        yield ox.Quad(collection, _term("member"), ox.NamedNode(member))
    for relation, number in neighbours(page.number, page.count).items():
        yield ox.Quad(view, _term(_RELATIONS[relation]), ox.NamedNode(f"{document}?page={number}"))


def paging_facts(page: DescriptionPage) -> Mapping[str, int]:
    """The properties of a reply that tell a header which page it is."""
    return {"page": page.number, "pages": page.count}


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.HYDRA}{name}")
