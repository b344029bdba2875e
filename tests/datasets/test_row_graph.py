"""What a row graph writes is read again as it was, whatever its texts contain."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.datasets.row_graph import RowGraph, SourceFile, column_property
from kg.datasets.table import Row
from kg.namespaces import value_of

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


def parse(text: str) -> dict[str, str]:
    triples = ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    return {value_of(triple.predicate): value_of(triple.object) for triple in triples}


@given(text=TEXTS, value=TEXTS, name=TEXTS)
def test_texts_are_read_as_they_were(text: str, value: str, name: str) -> None:
    row = Row(number=3, line=4, start=5, text=text, values={"a": value, name: value})
    found = parse(RowGraph(SourceFile("f", "0", 1), {}).describe_row(row))
    assert found[column_property(name).value] == found[column_property("a").value] == value
    assert text in found.values()


@pytest.mark.parametrize("name", ['q".csv', "back\\slash.csv", "line\nbreak.csv", "حمص.csv"])
def test_names_of_files_are_read_as_they_were(name: str) -> None:
    assert name in parse(RowGraph(SourceFile(name, "0", 1), {}).describe_file()).values()
