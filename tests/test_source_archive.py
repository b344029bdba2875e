from pathlib import Path

import pytest

from kg.source_archive import SourceArchive, extract_span, parse_offset, sha256_hex

TEXT = "One word 🕊 and another."


def test_text_is_found_by_its_hash_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "any-name").write_text(TEXT, encoding="utf-8")
    archive = SourceArchive(tmp_path)
    assert archive.text(sha256_hex(TEXT)) == TEXT
    assert archive.text(sha256_hex("another text")) is None


def test_files_that_are_not_utf_8_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"\xff\xd8")
    assert SourceArchive(tmp_path).text(sha256_hex(b"\xff\xd8")) is None


def test_archive_without_a_folder_is_empty(tmp_path: Path) -> None:
    assert SourceArchive(None).text(sha256_hex(TEXT)) is None
    assert SourceArchive(tmp_path / "missing").text(sha256_hex(TEXT)) is None


def test_span_is_counted_in_code_points_and_returned_only_with_its_hash() -> None:
    assert extract_span(TEXT, 9, 14, sha256_hex("🕊 and")) == "🕊 and"
    assert extract_span(TEXT, 9, 14, sha256_hex("other")) is None


def test_offsets_outside_the_text_have_no_span() -> None:
    assert extract_span(TEXT, 0, len(TEXT) + 1, sha256_hex(TEXT)) is None
    assert extract_span(TEXT, 5, 5, sha256_hex("")) is None
    assert extract_span(TEXT, -1, 5, sha256_hex("")) is None


@pytest.mark.parametrize(("text", "offset"), [("0", 0), ("12", 12), ("", -1), ("-1", -1), ("x", -1), ("9" * 5_000, -1)])
def test_offset_is_a_number_of_bounded_length(text: str, offset: int) -> None:
    assert parse_offset(text) == offset
