"""Large descriptions come in pages: together they have the quads of the whole, and each has its share of references."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped_data import ShippedData

from api.pages.paging import describe_paging
from kg import namespaces
from kg.knowledge_graph import load_shipped_schema
from kg.schema.class_index import ClassIndex
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.views import description
from kg.views.description import DescriptionPage, collect_page, collect_quads

BASE = DEFAULT_BASE_IRI
FOCUSES = ("source/syria-daily-2017-08-07", "place/ein-tarma", "actor/ea-worldview", "proposition/sd-2017-08-07-f01")


@pytest.fixture(scope="module")
def index() -> ClassIndex:
    return ClassIndex(load_shipped_schema(BASE))


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


def read_pages(store: EmbeddedStore, index: ClassIndex, iri: str, size: int) -> list[DescriptionPage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(description, "PAGE_MEMBERS", size)
        first = collect_page(store, index, iri)
        assert first is not None
        others = (collect_page(store, index, iri, number) for number in range(2, first.count + 1))
        pages = [first, *(page for page in others if page is not None)]
        beyond = collect_page(store, index, iri, first.count + 1)
        assert beyond is not None
        assert not beyond.quads
        return pages


@settings(max_examples=30)
@given(focus=st.sampled_from(FOCUSES), size=st.integers(1, 40))
def test_all_pages_have_the_whole_and_each_member_is_on_one(
    store: EmbeddedStore, index: ClassIndex, focus: str, size: int
) -> None:
    iri = f"{BASE}id/{focus}"
    pages = read_pages(store, index, iri, size)
    assert {quad for page in pages for quad in page.quads} == set(collect_quads(store, index, iri))
    members = [member for page in pages for member in page.members]
    assert len(members) == len(set(members)) == pages[0].total
    assert all(len(page.members) <= size for page in pages)
    for page in pages:
        subjects = {quad.subject for quad in page.quads}
        assert {ox.NamedNode(iri), *map(ox.NamedNode, page.members)} <= subjects


def test_a_page_says_in_rdf_which_others_there_are(store: EmbeddedStore, index: ClassIndex) -> None:
    pages = read_pages(store, index, f"{BASE}id/{FOCUSES[0]}", 10)
    hydra = namespaces.HYDRA
    for page in pages:
        links = {
            quad.predicate.value.removeprefix(hydra): str(quad.object)
            for quad in describe_paging(page, "http://example.org/d")
        }
        assert links["last"] == f"<http://example.org/d?page={len(pages)}>"
        assert links["first"] == "<http://example.org/d?page=1>"
        assert ("next" in links) == (page.number < len(pages))
        assert ("previous" in links) == (page.number > 1)
        assert links["totalItems"].startswith(f'"{page.total}"')


def test_what_is_not_described_has_no_page(store: EmbeddedStore, index: ClassIndex) -> None:
    assert collect_page(store, index, f"{BASE}id/place/nowhere") is None
