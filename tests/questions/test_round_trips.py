"""How many SPARQL queries an answer costs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.question import AnswerKind
from kg.settings import DEFAULT_BASE_IRI
from kg.status.verdict import Reason
from kg.store.interface import Queryable, QueryResult

MAX_YES_NO = 4
"""Check the parameters, match, collect evidence, look up what is shown."""
MAX_SILENT_ON_A_DETAIL = 5
"""And look for the nearest statements."""
MAX_UNSAID = 7
"""And who speaks for the actor, what stands near what is asked, and the evidence on it."""
UNITS = 1
"""Of a question about a place, also read the units in which places lie."""
LINKED = 1
"""And what statements are on that are linked with the acts, as in tension with them or as evidence for them."""
RELATED = 4
"""Of a silent answer, also look for related actors, and ask the question of three of them at most."""
MAX_TABLE = 5
"""Check the parameters and the spelling of up to two strings, match, look up names."""
EXCERPT = 14
"""Of accounts of a place, an incident or some days, also read these, twice the incidents of accounts and accounts of
incidents, places and what is around them, what relays that, and three times what all this leads to."""
_HERE = Path(__file__).parent


class CountingStore:
    """Counts the queries that a store evaluates."""

    def __init__(self, store: Queryable) -> None:
        self._store = store
        self.count = 0

    def query(self, text: str) -> QueryResult:
        self.count += 1
        return self._store.query(text)


def asked_questions() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The example of every question, and what is asked of the shipped sources: answered, disputed and silent."""
    for question in Catalogue.load():
        yield question.name, question.example
    for path in sorted(_HERE.glob("*-source*/*.json")):
        for asked in json.loads(path.read_text(encoding="utf-8"))["asked"]:
            yield asked["name"], asked["parameters"]


@pytest.mark.parametrize(("name", "parameters"), list(asked_questions()))
def test_an_answer_costs_few_queries(
    name: str, parameters: Mapping[str, str], catalogue: Catalogue, shipped: Queryable
) -> None:
    store = CountingStore(shipped)
    answer = catalogue.ask(name, parameters, store, DEFAULT_BASE_IRI)
    if isinstance(answer, YesNoAnswer):
        more = LINKED + RELATED + (UNITS if "place" in parameters else 0)
        more += RELATED if answer.reason is Reason.SILENT else 0
        most = MAX_UNSAID if answer.question.utterance_of and answer.reason else MAX_YES_NO
        assert store.count <= most + more
    else:
        assert store.count <= MAX_TABLE + (EXCERPT if answer.question.has_excerpt else 0)


@pytest.mark.parametrize("detail", [{"weapon": "chlorine"}, {"on": "2017-03-20"}, {"place": "al-jinah"}])
def test_an_answer_that_is_silent_on_a_detail_costs_one_more(
    detail: Mapping[str, str], catalogue: Catalogue, shipped: Queryable
) -> None:
    store = CountingStore(shipped)
    asked = {"actor": "united-states", "type": "airstrike", **detail}
    answer = catalogue.ask("did-actor-do", asked, store, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    more = LINKED + RELATED + (UNITS if "place" in detail else 0)
    assert (answer.reason, store.count <= MAX_SILENT_ON_A_DETAIL + more) == (Reason.SILENT, True)


def test_every_yes_no_question_is_counted(catalogue: Catalogue) -> None:
    counted = {name for name, _ in asked_questions()}
    assert {question.name for question in catalogue if question.kind is AnswerKind.YES_NO} <= counted
