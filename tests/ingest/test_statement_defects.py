"""What statements say that cannot be meant: words of others, groups of hedges, numbers and days that do not fit."""

from collections.abc import Callable

import pytest
from in_process import InProcessGraph

from kg.errors import Finding
from kg.ingest.statement_defects import read_number

Reject = Callable[[bytes, str], tuple[Finding, ...]]
GUARD = "        speaker: actor/river-guard\n        retracts: st:may"


def warnings(graph: InProcessGraph, text: str) -> list[Finding]:
    return list(graph.ingestor.plan([graph.ingestor.read(text.encode(), "post.yaml")], graph.store).warnings)


@pytest.mark.slow
def test_a_retraction_of_what_another_speaker_said_is_rejected(post: str, reject: Reject) -> None:
    text = post.replace("        speaker: actor/harbour-post\n        retracts: st:may", GUARD)
    assert text != post
    (finding,) = reject(text.encode(), "post.yaml")
    assert (finding.message, finding.rule) == ("takes back a statement of another speaker", "same-speaker")
    assert finding.cure.startswith("Let its own speaker take it back.")
    assert finding.location
    assert finding.location.line == text.splitlines().index("        retracts: st:may") + 1


@pytest.mark.slow
def test_a_part_of_what_another_speaker_said_is_rejected(post: str, reject: Reject) -> None:
    text = post.replace("        retracts: st:may", "        retracts: st:may\n        partOfStatement: st:zone")
    (finding,) = reject(text.encode(), "post.yaml")
    assert finding.message == "is part of a statement of another speaker"


@pytest.mark.slow
def test_the_heading_of_a_group_is_no_hedge(post: str, reject: Reject) -> None:
    (finding,) = reject(post.replace("hedge: were-said-to", "hedge: attribution", 1).encode(), "post.yaml")
    assert finding.message == "'attribution' is a group of hedges, not a hedge"
    assert finding.cure.startswith("Choose one of the group: attributed, reportedly,")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("asGiven: three, minimum: 3", "asGiven: '23', minimum: 3", "'23' is not between its minimum and maximum"),
        ("asGiven: Two, minimum: 2", "asGiven: One, minimum: 2", "'One' is not between its minimum and maximum"),
        (
            "saidWhen: 2017-06\n",
            "saidWhen: 2017-08\n",
            "said on 2017-08-01 or later, which is after its source was issued",
        ),
        ("asGiven: at least five, minimum: 5", "asGiven: at least five, minimum: 6", None),
        ("saidWhen: 2017-06\n", "saidWhen: 2017-06/..\n", None),
    ],
)
def test_a_value_that_can_hardly_be_meant_is_warned_of(
    old: str, new: str, message: str | None, knowledge_graph: InProcessGraph, post: str
) -> None:
    assert old in post
    found = [warning for warning in warnings(knowledge_graph, post.replace(old, new)) if warning.rule == "implausible"]
    assert [warning.message for warning in found] == ([message] if message else [])


RAIDS = "          incidentType: [attack, assault]\n"
ROCKET = "          weapon: rocket\n"
AIRSTRIKE = "          weapon: [rocket, airstrike]\n"
NEXT = "      - id: st:passed-on\n"
PART = """\
      - id: st:raids-by-air
        speaker: actor/unnamed-post-fishermen
        asserts: {type: IncidentAccount, incident: incident/post-raids, incidentType: airstrike}
        partOfStatement: st:raids
        hedge: claims-of
        quote: psg:raids
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [
        ({ROCKET: AIRSTRIKE}, True),
        ({}, False),
        ({ROCKET: AIRSTRIKE, RAIDS: "          incidentType: [attack, airstrike]\n"}, False),
        ({ROCKET: AIRSTRIKE, NEXT: PART + NEXT}, False),
        ({ROCKET: AIRSTRIKE, NEXT: PART.replace("post-raids", "post-friday") + NEXT}, True),
    ],
    ids=["untyped", "another means", "typed", "typed by another account", "another incident is typed"],
)
def test_an_airstrike_that_cannot_be_found_by_type_is_warned_of(
    changes: dict[str, str], is_warned: bool, knowledge_graph: InProcessGraph, post: str
) -> None:
    for old, new in changes.items():
        assert old in post
        post = post.replace(old, new, 1)
    found = [warning for warning in warnings(knowledge_graph, post) if warning.rule == "untyped-means"]
    message = "no account of this incident has the incidentType airstrike, which its weapon names"
    assert [warning.message for warning in found] == ([message] if is_warned else [])


@pytest.mark.parametrize(
    ("words", "number"), [("38", 38), ("1,200", 1200), ("Twelve", 12), ("at least 12", None), ("dozens", None)]
)
def test_only_a_plain_number_is_read(words: str, number: int | None) -> None:
    assert read_number(words) == number
