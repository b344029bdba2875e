"""A request to extend a table reads so many claims, which its entities share; what is left out is noted."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from api.pages import extension
from api.pages.extension import TableExtension
from api.pages.sources import PageSources
from kg.namespaces import CK, TYPE
from kg.reconciliation.batch import Column, ExtensionRequest
from kg.reconciliation.entity_terms import EntityTerms
from kg.schema.model import Schema
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore


@pytest.fixture
def columns(schema: Schema, tmp_path: Path) -> TableExtension:
    """Three places; of the first, nine names are said, of the others one."""
    settings = Settings(data_dir=tmp_path)
    sources, store = PageSources.create(settings, schema), ox.Store()
    home = f"{settings.base_iri}id/"
    graph = ox.NamedNode(f"{settings.base_iri}graph/names")

    def add(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(ox.NamedNode(home + subject), ox.NamedNode(predicate), value, graph))

    for number, place in enumerate(["a"] * 9 + ["b", "c"]):
        add(f"place/{place}", TYPE.value, ox.NamedNode(f"{CK}Place"))
        add(f"proposition/{number}", TYPE.value, ox.NamedNode(f"{CK}Labelling"))
        add(f"proposition/{number}", f"{CK}labelled", ox.NamedNode(f"{home}place/{place}"))
        add(f"proposition/{number}", f"{CK}label", ox.Literal(f"name {number}", language="en"))
        add(f"statement/{number}", TYPE.value, ox.NamedNode(f"{CK}Statement"))
        add(f"statement/{number}", f"{CK}asserts", ox.NamedNode(f"{home}proposition/{number}"))
        add(f"statement/{number}", f"{CK}speaker", ox.NamedNode(f"{home}actor/paper"))
    return TableExtension(EmbeddedStore(store, None, True), sources, EntityTerms(sources.class_index))


def texts(columns: TableExtension, ids: tuple[str, ...], **settings: object) -> list[list[str]]:
    rows = columns.extend(ExtensionRequest(ids, (Column("Labelling", settings),)), "https://example.org")["rows"]
    return [[cell["str"] for cell in rows[id_]["Labelling"]] for id_ in ids]


def test_what_one_entity_does_not_need_is_for_those_after_it(
    columns: TableExtension, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extension, "MAX_CLAIMS", 9)
    first, second, third = texts(columns, ("place/a", "place/b", "place/c"))
    assert len(first) == 4
    assert "not all" in first[-1]
    assert [len(second), len(third)] == [1, 1]
    assert "name 9" in second[0]
    assert "name 10" in third[0]
    few, *_, many = texts(columns, ("place/b", "place/c", "place/a"))
    assert "not all" in many[-1]
    assert len(many) > len(first)
    assert "not all" not in few


def test_what_is_cut_by_its_setting_is_noted_and_what_is_whole_is_not(columns: TableExtension) -> None:
    (whole,) = texts(columns, ("place/a",), limit=9)
    assert len(whole) == 9
    (cut,) = texts(columns, ("place/a",), limit=8)
    assert len(cut) == 9
    assert "not all" in cut[-1]
