"""The result formats of SPARQL are answered from the same graph as the page: an excerpt where a question has one."""

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from api.pages.question_page import ANSWER, QuestionProcedures
from api.pages.sources import PageSources
from kg.questions import question
from kg.rdf_formats import RESULTS_TSV
from kg.schema.model import Schema
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore


@pytest.mark.parametrize("media_type", [RESULTS_TSV.media_type, "text/csv"])
def test_rows_are_of_the_excerpt(
    media_type: str, shipped_data: ShippedData, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shipped_data.store()
    answer = QuestionProcedures(PageSources.create(Settings(), schema)).table()[ANSWER]
    parameters = {"place": "ein-tarma"}
    arguments = {"question": "what-is-said-of-incidents", "parameters": parameters, "media_type": media_type, "page": 1}
    assert len(b"".join(answer(store, arguments, b"").body).splitlines()) > 5
    empty = EmbeddedStore.of_copy(ox.Store(), union=True, version="")
    monkeypatch.setattr(question, "read_excerpt", lambda _terms, _store: empty)
    assert len(b"".join(answer(store, arguments, b"").body).splitlines()) == 1
