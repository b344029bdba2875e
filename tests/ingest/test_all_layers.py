"""One check reports what is wrong in every layer: syntax, structure, references, quotes, shapes; and nothing twice."""

import re
from collections.abc import Callable

import pytest

from kg.errors import Finding

Reject = Callable[[bytes, str], tuple[Finding, ...]]

MISTAKES = (
    # old, new, beginning of the line, beginning of the message
    ("prefLabel: two farmers}", "prefLabel: farmers: two}", "- {id: actor/unnamed-post-farmers", "not YAML: "),
    ("prefLabel: fishermen}", "prefLabel: fishermen, two}", "- {id: actor/unnamed-post-fish", "'two' has no value"),
    ("hedge: unclear", "hedge: unclaer", "hedge: unclaer", "'unclaer' is not a concept"),
    ("place/ostra, relation", "place/ostrava, relation", "asserts: {type: PlaceRel", "place/ostrava is not described"),
    ("words: {exact: unlikely}", "words: {exact: unlickely}", "quote:", "the words 'unlickely' are not in the span"),
    ("    controlKind: taken\n", "", "- id: prop:ilm", "Choose one control kind"),
)


@pytest.mark.slow
def test_mistakes_of_every_layer_are_reported_at_once_with_line_and_cure(post: str, reject: Reject) -> None:
    text = post
    for old, new, _, _ in MISTAKES:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    findings = reject(text.encode(), "post.yaml")
    lines = [line.strip() for line in text.splitlines()]
    numbers = [finding.location.line or 0 for finding in findings if finding.location]
    assert numbers == sorted(numbers)
    located = [(lines[number - 1], finding) for number, finding in zip(numbers, findings, strict=True)]
    for _, _, beginning, message in MISTAKES:
        assert any(line.startswith(beginning) and finding.message.startswith(message) for line, finding in located)
    assert len(findings) == len(MISTAKES)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- {id: zone/vale, type: Zone, prefLabel: zone declared for the Vale}", "- {id: zone/vale, type: Zone"),
        ("- {id: zone/vale, type: Zone, prefLabel: zone declared for the Vale}", "- zone/vale"),
        ("- {id: zone/vale, type: Zone,", "- {id: zone/vale, type: Zoon,"),
        ("- {id: incident/post-raids, type", "- {type"),
    ],
)
def test_what_cannot_be_read_is_not_reported_as_missing_as_well(old: str, new: str, post: str, reject: Reject) -> None:
    assert post.count(old) == 1
    assert len(reject(post.replace(old, new).encode(), "post.yaml")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("words", ["exact: unlickely", "words: {exact: unlickely}", "exact: The"])
def test_words_that_are_not_found_are_reported_and_not_the_missing_position(
    words: str, post: str, reject: Reject
) -> None:
    old = re.compile(r"        quote:\n          words: \{exact: unlikely\}\n          position: \{.*\}\n")
    text, count = old.subn(f"        quote: {{{words}}}\n", post)
    assert count == 1
    (finding,) = reject(text.encode(), "post.yaml")
    assert finding.message.startswith("the words ")
