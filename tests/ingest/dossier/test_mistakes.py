"""Findings about mistakes in a dossier: the line, the subject, what is wrong and how to correct it.

The mistakes are edits of the post, listed in mistakes.yaml.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kg.errors import Finding
from kg.namespaces import CKS

Reject = Callable[[bytes, str], tuple[Finding, ...]]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Mistake:
    """An edit of the post, ``old`` to ``new``, and the one finding about it."""

    name: str
    old: str
    new: str
    at: str
    subject: str
    message: str
    cure: str
    rule: str
    times: int = 0

    def apply(self, text: str) -> str:
        assert text.count(self.old) == 1, f"{self.name}: {self.old!r} does not occur exactly once in the text"
        return text.replace(self.old, self.new)

    def expected_line(self, text: str) -> int:
        lines = [line.strip() for line in text.splitlines()]
        if self.times:
            return [number for number, line in enumerate(lines, 1) if line == self.at][self.times - 1]
        (number,) = [number for number, line in enumerate(lines, 1) if line.startswith(self.at)]
        return number


MISTAKES = [Mistake(**row) for row in YAML(typ="safe", pure=True).load(HERE / "mistakes.yaml")]
AGAINST_SHAPES = [mistake for mistake in MISTAKES if mistake.rule == "shape"]
OTHERS = [mistake for mistake in MISTAKES if mistake not in AGAINST_SHAPES]


def summary_of(finding: Finding) -> tuple[str, str, str]:
    return finding.subject.rpartition("/id/")[2], finding.message, finding.cure


def check_single_finding(mistake: Mistake, post: str, reject: Reject) -> None:
    text = mistake.apply(post)
    (finding,) = reject(text.encode(), "post.yaml")
    assert finding.location
    assert finding.location.line == mistake.expected_line(text)
    assert summary_of(finding) == (mistake.subject, mistake.message, mistake.cure)


@pytest.mark.parametrize("mistake", OTHERS, ids=lambda mistake: mistake.name)
def test_mistake_has_one_finding_with_line_subject_and_cure(mistake: Mistake, post: str, reject: Reject) -> None:
    check_single_finding(mistake, post, reject)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", AGAINST_SHAPES, ids=lambda mistake: mistake.name)
def test_mistake_against_a_shape_has_one_finding_at_its_line(mistake: Mistake, post: str, reject: Reject) -> None:
    check_single_finding(mistake, post, reject)


def test_mistakes_against_shapes_are_reported_together(post: str, reject: Reject) -> None:
    text, expected = post, {}
    for mistake in AGAINST_SHAPES:
        if mistake.subject not in expected and text.count(mistake.old) == 1:
            text = mistake.apply(text)
            expected[mistake.subject] = (mistake.subject, mistake.message, mistake.cure)
    findings = reject(text.encode(), "post.yaml")
    assert len(expected) > 8
    assert {summary_of(finding) for finding in findings} >= set(expected.values())
    assert all(finding.rule.startswith(CKS) and finding.location and finding.location.line for finding in findings)


def test_dossier_with_a_type_that_is_no_home_graph_is_rejected_at_its_type(post: str, reject: Reject) -> None:
    first, *_ = reject(post.replace("type: Dossier\n", "type: Place\n").encode(), "post.yaml")
    assert first.message == "a place does not belong here"
    assert first.location
    assert first.location.line == post.splitlines().index("type: Dossier") + 1


def test_each_statement_without_an_id_is_offered_the_next_free_one(post: str, reject: Reject) -> None:
    text = (
        post.replace("- id: st:may\n        ", "- ").replace("- id: st:map\n        ", "- ").replace("st:near", "st:12")
    )
    findings = reject(text.encode(), "post.yaml")
    cures = [finding.cure for finding in findings if finding.message == "this statement has no id"]
    assert cures == ["Give it one: id: st:13", "Give it one: id: st:14"]
