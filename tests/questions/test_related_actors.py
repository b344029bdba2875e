"""A silent answer tells what is said of an actor that may be the one in question, or belongs to it."""

from collections.abc import Mapping

import pytest

from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI
from kg.status.verdict import Reason
from kg.store.interface import Queryable

_LEFT_OPEN = "about {} (whether it is {} is left open by the recorder): asserted by"


@pytest.mark.parametrize(
    ("name", "asked", "nearest"),
    [
        (
            "is-actor-related",
            {"actor": "al-qaeda", "relation": "uses", "other": "aj-2017-04-19-building"},
            _LEFT_OPEN.format("Al Qaeda in Syria", "al-Qaeda")
            + " United States Central Command (attributed): “meeting location”.",
        ),
        (
            "did-actor-do",
            {"actor": "al-qaeda-in-syria", "type": "meeting", "place": "aj-2017-04-19-building"},
            _LEFT_OPEN.format("al-Qaeda", "Al Qaeda in Syria")
            + " United States Department of Defense (attributed): “meeting of senior al-Qaida”, denied by Bellingcat",
        ),
        (
            "is-actor-related",
            {"actor": "jabhat-fatah-al-sham", "relation": "linked-to", "other": "al-qaeda-in-syria"},
            _LEFT_OPEN.format("al-Qaeda", "Al Qaeda in Syria") + " EA WorldView: “formerly linked”",
        ),
    ],
)
def test_a_silent_answer_tells_what_is_said_of_a_related_actor(
    name: str, asked: Mapping[str, str], nearest: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = catalogue.ask(name, asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert answer.reason is Reason.SILENT
    assert f"; nearest: {nearest}" in answer.headline, answer.headline
    assert answer.related[0].how.startswith("is about ")


def test_what_answers_needs_no_related_actor(catalogue: Catalogue, shipped: Queryable) -> None:
    asked = {"actor": "al-qaeda-in-syria", "relation": "uses", "other": "aj-2017-04-19-building"}
    answer = catalogue.ask("is-actor-related", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert "about al-Qaeda" not in answer.headline
