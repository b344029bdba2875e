"""An account in one line names the whole number and not its parts, and among whom a number counts."""

import pyoxigraph as ox

from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import view_builder

BASE = "https://w3id.org/conflict-kg/"
DATA = f"""
@prefix ck: <{BASE}ontology#> .
@prefix counted: <{BASE}vocab/counted/> .
@prefix among: <{BASE}vocab/among/> .
@base <{BASE}id/> .
<graph:g> {{
  <proposition/a> a ck:IncidentAccount ; ck:incident <incident/a> ;
    ck:count <count/whole> , <count/part> , <count/other> .
  <count/whole> a ck:CountEstimate ; ck:countOf counted:killed ; ck:asGiven "thirty"@en .
  <count/part> a ck:CountEstimate ; ck:countOf counted:killed ; ck:among among:fighters ; ck:asGiven "two"@en ;
    ck:partOfCount <count/whole> .
  <count/other> a ck:CountEstimate ; ck:countOf counted:wounded ; ck:among among:civilians ; ck:asGiven "nine"@en ;
    ck:partOfCount <count/elsewhere> .
}}
"""


def test_the_parts_of_a_number_are_left_out_beside_it(schema: Schema) -> None:
    engine = ox.Store()
    engine.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    store, index = EmbeddedStore.of_copy(engine, union=True, version=""), ClassIndex(schema)
    about = describe(store, index, f"{BASE}id/proposition/a", Bounds())
    assert about
    builder = view_builder(store, index, SourceArchive(None), about)
    listed = builder.build_link(f"{BASE}id/proposition/a").text.partition("number: ")[2]
    assert listed in ("thirty (killed), nine (wounded, civilians)", "nine (wounded, civilians), thirty (killed)")
