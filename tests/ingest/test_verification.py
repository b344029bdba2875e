"""Which source a text is of: by its hash, else by the quotes that it has."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import BadParameterError
from kg.ingest.verification import verify_text

SOURCE = "https://w3id.org/conflict-kg/id/source/post"


def test_text_with_a_changed_letter_is_taken_for_the_source_whose_quotes_it_has(
    post_quads: frozenset[ox.Quad], example: Path
) -> None:
    text = (example / "post.txt").read_text(encoding="utf-8")
    report = verify_text(post_quads, text.replace("withdraws", "withdrawz").encode())
    assert (report.source, report.is_guessed, report.is_verified) == (SOURCE, True, False)
    assert report.total - report.verified == 1
    assert not verify_text(post_quads, text.encode()).is_guessed


def test_another_text_is_taken_for_none(post_quads: frozenset[ox.Quad]) -> None:
    with pytest.raises(BadParameterError, match="name the source of this text"):
        verify_text(post_quads, b"Something else altogether.")


def test_source_without_quotes_is_verified_by_its_hash(post_quads: frozenset[ox.Quad], example: Path) -> None:
    quads = [quad for quad in post_quads if "passage/" not in str(quad.subject)]
    report = verify_text(quads, (example / "post.txt").read_bytes())
    assert (report.source, report.total, report.is_verified) == (SOURCE, 0, True)
