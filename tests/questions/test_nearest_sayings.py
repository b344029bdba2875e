"""Where nothing has an actor say it, the answer tells who does, and what the actor says of it: on the shipped data."""

import pytest

from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI
from kg.status.verdict import Reason, Verdict
from kg.store.interface import Queryable

_BELLINGCAT = "Bellingcat (published by Syrian Archive)"
_SILENT = "UNDETERMINED, silent: none of 2 sources searched says whether"


def ask(catalogue: Catalogue, shipped: Queryable, actor: str, content: str) -> YesNoAnswer:
    answer = catalogue.ask("did-actor-say", {"actor": actor, "content": content}, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    return answer


@pytest.mark.parametrize(
    ("actor", "content", "rest"),
    [
        (
            "united-states",
            "aj-2017-04-19-deed",
            "United States of America itself says so; said by United States Central Command, "
            f"as {_BELLINGCAT} reports; asserted by Bellingcat.",
        ),
        (
            "united-states",
            "aj-2017-04-19-meeting",
            "United States of America itself says so; said by United States Department of Defense, "
            f"as {_BELLINGCAT} reports; held unlikely by Bellingcat; "
            "no evidence of it found by Human Rights Watch, as Bellingcat reports.",
        ),
        (
            "united-states",
            "aj-2017-04-19-s71",
            f"United States of America itself says so; said by a US official (not named) to a Washington Post "
            f"reporter (not named), as {_BELLINGCAT} reports.",
        ),
        (
            "united-states",
            "sd-2017-08-07-f64",
            "United States of America itself says so; used by American officials and commentators, in quotation marks, "
            'as EA WorldView reports; rejected by EA WorldView in one word ("reduction"); '
            "United States of America used the name elsewhere, as EA WorldView reports.",
        ),
        (
            "russia",
            "sd-2017-08-07-f59",
            "Russia itself says so; said by Sergei Lavrov, as EA WorldView reports.",
        ),
        (
            "ea-worldview",
            "sd-2017-08-07-f33",
            "EA WorldView itself says so; EA WorldView reports it as claimed by somebody not named, passed on by "
            "Bellingcat; EA WorldView speaks of the same deed in its own voice.",
        ),
        (
            "bellingcat",
            "sd-2017-08-07-f34",
            "Bellingcat itself says so; asserted by EA WorldView; Bellingcat passes on another account of the same "
            "deed and does not say so itself.",
        ),
        (
            "bellingcat",
            "aj-2017-04-19-s07",
            "Bellingcat itself says so; Bellingcat reports it as said by Syria Civil Defence, "
            "and does not say so itself.",
        ),
    ],
    ids=lambda value: value[:30],
)
def test_a_silent_answer_tells_who_says_it_and_what_the_actor_does_with_it(
    actor: str, content: str, rest: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = ask(catalogue, shipped, actor, content)
    assert (answer.verdict, answer.reason) == (Verdict.UNDETERMINED, Reason.SILENT)
    assert answer.headline == f"{_SILENT} {rest}"


@pytest.mark.parametrize(
    ("actor", "content", "nearest"),
    [
        ("united-states", "aj-2017-04-19-meeting", ["aj-2017-04-19-s54-pentagon", "aj-2017-04-19-s54"]),
        ("united-states", "sd-2017-08-07-f64", ["sd-2017-08-07-f64", "sd-2017-08-07-f65", "sd-2017-08-07-f74-label"]),
        ("ea-worldview", "sd-2017-08-07-f33", ["sd-2017-08-07-f33-claim", "sd-2017-08-07-f52-if", "sd-2017-08-07-f34"]),
        ("bellingcat", "sd-2017-08-07-f34", ["sd-2017-08-07-f34", "sd-2017-08-07-f33"]),
        ("united-states", "aj-2017-04-19-deed", ["aj-2017-04-19-s09", "aj-2017-04-19-s08"]),
    ],
)
def test_the_nearest_statements_are_those_on_what_is_asked_then_those_of_the_actor_of_the_same_deed(
    actor: str, content: str, nearest: list[str], catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = ask(catalogue, shipped, actor, content)
    found = [each.statement.iri.rsplit("/", 1)[-1] for each in answer.related]
    assert found[: len(nearest)] == nearest
    assert "is the nearest" not in {each.how for each in answer.related}


def test_what_an_actor_only_supposes_it_passes_on_as_the_claim_of_others(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = ask(catalogue, shipped, "bellingcat", "sd-2017-08-07-f33")
    assert answer.headline == (
        "UNDETERMINED, only on a condition: supposed by Bellingcat, as EA WorldView reports; claimed by somebody not "
        "named, passed on by Bellingcat, as EA WorldView reports; Bellingcat passes it on and does not say so itself."
    )
