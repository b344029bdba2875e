"""The second source: every quote of the shipped dossier is in its text, and every sentence of the text is recorded."""

import re
from pathlib import Path

import pytest
from shipped_source import Quads, ShippedSource

from kg import namespaces
from kg.ingest.quotes import MAX_QUOTED_SHARE, Passage, quoted_share
from kg.ingest.verification import verify_text

SHIPPED = ShippedSource("al-jinah-2017-04-19", "al-jinah.txt")
LENGTH = 12535
SENTENCES = 81
HEADINGS = re.compile(
    r"2017-04-19|Content|(- )?(The (Mosque Complex|Location|Floorplan|Exterior|Activities in the Mosque|Tablighi Jamaat"
    r"|Damage and the Casualties)|An Al-Qaeda Meeting\?|A Timeline of Open Source Information|March 1[6-9], 2017)"
)


@pytest.fixture(scope="module")
def quads() -> Quads:
    """The quads of the shipped dossier."""
    return SHIPPED.read_dossier()


@pytest.fixture(scope="module")
def quoted(quads: Quads) -> list[Passage]:
    """The passages of the source."""
    return SHIPPED.select_passages(quads)


@pytest.fixture(scope="module")
def text_file(repository: Path, quads: Quads) -> Path:
    """The archived text, which is not in this repository; without it the tests are skipped loudly."""
    return SHIPPED.find_text(repository, quads)


def test_each_sentence_has_a_statement(quads: Quads) -> None:
    named = {
        match[1]
        for quad in quads
        if quad.predicate == namespaces.QUOTE
        and (match := re.search(r"/statement/aj-2017-04-19-(s\d\d)", str(quad.subject)))
    }
    assert named == {f"s{number:02}" for number in range(SENTENCES + 1)}


def test_quotes_repeat_no_more_than_the_permitted_share_of_the_text(quoted: list[Passage]) -> None:
    assert 0 < quoted_share(quoted, LENGTH) <= MAX_QUOTED_SHARE
    assert all(0 <= passage.start < passage.end <= LENGTH for passage in quoted)


def test_every_quote_is_in_the_archived_text(quads: Quads, quoted: list[Passage], text_file: Path) -> None:
    report = verify_text(quads, text_file.read_bytes())
    assert report.findings == ()
    assert (report.verified, report.total) == (len(quoted), len(quoted))


def test_nothing_but_headings_is_left_out(quoted: list[Passage], text_file: Path) -> None:
    text = text_file.read_text(encoding="utf-8")
    rest = list(text)
    for passage in quoted:
        rest[passage.start : passage.end] = "\n" * (passage.end - passage.start)
    lines = [line.strip() for line in "".join(rest).splitlines() if line.strip()]
    assert [line for line in lines if not HEADINGS.fullmatch(line)] == []


def test_one_changed_letter_is_reported_with_the_quotes_around_it(
    quads: Quads, quoted: list[Passage], text_file: Path
) -> None:
    text = text_file.read_text(encoding="utf-8")
    at = text.index("deliberately did not target")
    report = verify_text(quads, f"{text[:at]}D{text[at + 1 :]}".encode())
    around = {passage.iri for passage in quoted if passage.start <= at < passage.end}
    assert around
    assert {finding.subject for finding in report.findings} == {SHIPPED.iri, *around}
    assert not report.is_verified
