"""A dossier corrupted at random is rejected at the corrupted lines, or still loads; nothing else happens."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import InProcessGraph
from shipped_data import ShippedData

from kg.errors import Finding, InputRejectedError
from kg.ingest.documents import Document
from kg.knowledge_graph import list_shipped_documents

Corruption = Callable[[list[str], random.Random], list[str]]

HERE = Path(__file__).parent
POST = (HERE / "post.yaml").read_text(encoding="utf-8")
STATEMENT = re.compile(r"^      - id: st:")
ACTS = ("asserts", "denies", "leavesOpen", "supposes", "declares", "relays", "retracts")


def statements(lines: list[str]) -> list[tuple[int, int]]:
    """First line and line after the last of each statement, counted from 0."""
    starts = [number for number, line in enumerate(lines) if STATEMENT.match(line)]
    ends = [
        next(
            (n for n in range(start + 1, len(lines)) if lines[n].strip() and not lines[n].startswith("        ")), None
        )
        for start in starts
    ]
    return [(start, end or len(lines)) for start, end in zip(starts, ends, strict=True)]


def without_a_required_key(block: list[str], chance: random.Random) -> list[str]:
    keys = [n for n, line in enumerate(block) if re.match(r"        (speaker|hedge):", line)]
    removed = chance.choice(keys)
    return [line for number, line in enumerate(block) if number != removed]


def with_a_misspelt_key(block: list[str], chance: random.Random) -> list[str]:
    number = chance.choice([n for n, line in enumerate(block) if re.match(r"        [a-zA-Z]+:", line)])
    return [re.sub(r"([a-zA-Z]+):", r"\1x:", line, count=1) if n == number else line for n, line in enumerate(block)]


def with_a_misspelt_reference(block: list[str], chance: random.Random) -> list[str]:
    number = chance.choice([n for n, line in enumerate(block) if re.match(r"        speaker:", line)])
    return [f"{line}-x" if n == number else line for n, line in enumerate(block)]


def with_two_speakers(block: list[str], _chance: random.Random) -> list[str]:
    # Naming the same speaker twice is no mistake.
    other = "actor/council" if any("speaker: actor/conflict-kg" in line for line in block) else "actor/conflict-kg"
    return [re.sub(r"^(        speaker: )(.*)$", rf"\1[\2, {other}]", line) for line in block]


def with_a_second_act(block: list[str], chance: random.Random) -> list[str]:
    there = {act for act in ACTS for line in block if line.startswith(f"        {act}:")}
    wanted = chance.choice([act for act in ("declares", "retracts") if act not in there])
    target = "zone/vale" if wanted == "declares" else "statement/post-zone"
    return [*block, f"        {wanted}: {target}"]


def with_a_broken_date(block: list[str], chance: random.Random) -> list[str]:
    date = chance.choice(["someday", "2017-13", "2017-02-31", "2018/2017", "2017-8-1", "''"])
    others = [line for line in block if not line.startswith("        saidWhen:")]
    return [*others, f"        saidWhen: {date}"]


def with_a_broken_hash(block: list[str], _chance: random.Random) -> list[str]:
    return [re.sub(r"sha256: [0-9a-f]{8}", "sha256: 00000000", line) for line in block] + _mistake_unless_quoting(block)


def with_a_wrong_offset(block: list[str], _chance: random.Random) -> list[str]:
    return [
        re.sub(r"start: (\d+)", lambda m: f"start: {int(m[1]) + 1}", line) for line in block
    ] + _mistake_unless_quoting(block)


def with_other_words(block: list[str], _chance: random.Random) -> list[str]:
    return [re.sub(r"exact: ([^,}]+)", r"exact: \1 never", line) for line in block] + _mistake_unless_quoting(block)


def _mistake_unless_quoting(block: list[str]) -> list[str]:
    """Another mistake, for a statement whose passage is described elsewhere."""
    return [] if any("position:" in line for line in block) else ["        unheard: x"]


CORRUPTIONS: list[Corruption] = [
    without_a_required_key,
    with_a_misspelt_key,
    with_a_misspelt_reference,
    with_two_speakers,
    with_a_second_act,
    with_a_broken_date,
    with_a_broken_hash,
    with_a_wrong_offset,
    with_other_words,
]


def corrupt(text: str, corruption: Corruption, chance: random.Random) -> tuple[str, range]:
    """The text with one statement corrupted, and the lines of that statement, counted from 1."""
    lines = text.splitlines()
    start, end = chance.choice(statements(lines))
    block = corruption([line for line in lines[start:end] if line.strip()], chance)
    return "\n".join([*lines[:start], *block, *lines[end:], ""]), range(start + 1, start + len(block) + 1)


def findings_of(knowledge_graph: InProcessGraph, data: bytes) -> tuple[Finding, ...]:
    """The findings about a dossier; none if it would load."""
    try:
        document: Document = knowledge_graph.ingestor.read(data, "post.yaml")
        knowledge_graph.load([document], dry_run=True)
    except InputRejectedError as rejection:
        return rejection.findings
    return ()


def check_findings(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert finding.message
        assert finding.cure or "/shapes#" in finding.rule
        assert finding.location
        assert finding.location.document == "post.yaml"


quick = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
thorough = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
chances = st.integers(0, 10**9).map(random.Random)


@pytest.mark.slow
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(CORRUPTIONS), chances)
def test_corrupted_statement_is_rejected_within_its_lines(
    register_graph: InProcessGraph, corruption: Corruption, chance: random.Random
) -> None:
    text, lines = corrupt(POST, corruption, chance)
    findings = findings_of(register_graph, text.encode())
    assert findings
    check_findings(findings)
    assert any(finding.location and finding.location.line in lines for finding in findings)


@quick
@given(st.integers(0, len(POST.encode())), st.binary(min_size=1, max_size=4))
def test_random_bytes_are_rejected_or_harmless(register_graph: InProcessGraph, at: int, noise: bytes) -> None:
    data = POST.encode()
    check_parse_findings(register_graph, data[:at] + noise + data[at + len(noise) :])


@quick
@given(st.integers(0, len(POST.encode())))
def test_truncated_dossier_is_rejected_or_whole(register_graph: InProcessGraph, at: int) -> None:
    check_parse_findings(register_graph, POST.encode()[:at])


@quick
@given(chances)
def test_changed_indentation_is_rejected_or_harmless(register_graph: InProcessGraph, chance: random.Random) -> None:
    lines = POST.splitlines()
    for number in chance.sample(range(len(lines)), chance.randint(1, 3)):
        shift = chance.choice([-2, -1, 1, 2, 4])
        lines[number] = " " * shift + lines[number] if shift > 0 else lines[number].removeprefix(" " * -shift)
    check_parse_findings(register_graph, "\n".join([*lines, ""]).encode())


@quick
@given(chances)
def test_swapped_lines_are_rejected_or_harmless(register_graph: InProcessGraph, chance: random.Random) -> None:
    lines = POST.splitlines()
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    check_parse_findings(register_graph, "\n".join([*lines, ""]).encode())


def check_parse_findings(knowledge_graph: InProcessGraph, data: bytes) -> None:
    """Parses only, for speed; the slow tests validate too."""
    try:
        knowledge_graph.ingestor.read(data, "post.yaml")
    except InputRejectedError as rejection:
        findings = rejection.findings
    else:
        return
    check_findings(findings)


@pytest.mark.slow
@thorough
@given(chances)
def test_text_edits_are_rejected_or_load(register_graph: InProcessGraph, chance: random.Random) -> None:
    characters = list(POST)
    for _ in range(chance.randint(1, 2)):
        characters[chance.randrange(len(characters))] = chance.choice("abz019 :-{}[],'\"#&*!|>\n\t“é🕊")
    check_findings(findings_of(register_graph, "".join(characters).encode()))


@pytest.fixture(scope="module")
def shipped(shipped_data: ShippedData) -> InProcessGraph:
    """A knowledge graph of the shipped data."""
    return shipped_data.graph()


@pytest.mark.slow
@settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(CORRUPTIONS[:6]), chances)
def test_corrupted_statement_of_the_shipped_dossier_is_rejected_within_its_lines(
    shipped: InProcessGraph, corruption: Corruption, chance: random.Random
) -> None:
    (dossier,) = [path for path in list_shipped_documents() if path.name == "syria-daily-2017-08-07.yaml"]
    text, lines = corrupt(dossier.read_text(encoding="utf-8"), corruption, chance)
    text = text.replace("zone/vale", "zone/idlib").replace("statement/post-zone", "statement/sd-2017-08-07-f22")
    findings = findings_of(shipped, text.encode())
    assert findings
    check_findings(findings)
    assert any(finding.location and finding.location.line in lines for finding in findings)
