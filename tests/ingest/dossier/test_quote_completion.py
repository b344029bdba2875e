"""Quotes of words alone get offsets and hash from the archived text, in the quads and in the file."""

import re
from pathlib import Path

import pytest

from kg.ingest.dossier.parser import parse_dossier
from kg.ingest.dossier.quote_completion import complete_dossier
from kg.ingest.text_edits import apply_edits
from kg.ingest.yaml_source import parse_yaml
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive, sha256_hex

TEXT = "The council shelled the depot. It\u2019s “over”: so they say, at last. The council left."
HEAD = f"""id: ../graph/a
type: Dossier
sources:
  - id: source/a
    type: Source
    sha256: {sha256_hex(TEXT)}
    reports:
      - id: statement/a  # the first
        hedge: none      # flat
"""
SHELLED = "{start: 0, end: 30, sha256: " + sha256_hex(TEXT[:30]) + "}"
OVER = "{start: 31, end: 65, sha256: " + sha256_hex(TEXT[31:65]) + "}"


@pytest.fixture
def archive(tmp_path: Path) -> SourceArchive:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    return SourceArchive(tmp_path)


def fill(text: str, archive: SourceArchive) -> str:
    completed = complete_dossier(text.encode(), "a.yaml", archive)
    assert completed.findings == ()
    return apply_edits(text, completed.edits)


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        pytest.param(
            "        quote: {exact: shelled}  # why\n",
            f"        quote:  # why\n          words: {{exact: shelled}}\n          position: {SHELLED}\n",
            id="braces",
        ),
        pytest.param(
            "        quote: {words: {exact: 'shelled'}, ownWords: depot}\n        # next\n",
            "        quote:\n          words: {exact: 'shelled'}\n"
            f"          position: {SHELLED}\n          ownWords: depot\n        # next\n",
            id="words in braces",
        ),
        pytest.param(
            "        quote:\n          # before\n          words: {exact: shelled}  # beside\n          # after\n",
            "        quote:\n          # before\n          words: {exact: shelled}  # beside\n"
            f"          position: {SHELLED}\n          # after\n",
            id="lines",
        ),
        pytest.param(
            "        quote:\n          exact: shelled\n          prefix: council # it\n          ownWords: depot\n",
            f"        quote:\n          words: {{exact: shelled, prefix: council}}\n          position: {SHELLED}\n"
            "          ownWords: depot\n",
            id="lines of words",
        ),
        pytest.param(
            "        quote:\n          words:\n            exact: shelled   # x\n            suffix: the\n",
            f"        quote:\n          words:\n            exact: shelled   # x\n            suffix: the\n"
            f"          position: {SHELLED}\n",
            id="words in lines",
        ),
        pytest.param(
            '        quote: {exact: "It\'s"}',
            f"        quote:\n          words: {{exact: It\u2019s}}\n          position: {OVER}",
            id="apostrophe of the text",
        ),
        pytest.param(
            "        quote: {words: {exact: '\"over\": so'}}\n",
            f'        quote:\n          words: {{exact: "“over”: so"}}\n          position: {OVER}\n',
            id="words that need quotation marks",
        ),
        pytest.param(
            "        quote:\n          exact: >-\n            so\n            they say\n",
            f"        quote:\n          words: {{exact: so they say}}\n          position: {OVER}\n",
            id="folded words",
        ),
        pytest.param(
            "        quote: {words: {exact: shelled}, position: {start: 0, end: 30}}\n",
            f"        quote:\n          words: {{exact: shelled}}\n          position: {SHELLED}\n",
            id="hash alone",
        ),
        pytest.param(
            "        quote:\n          words: {exact: shelled}\n          position:\n            start: 0\n"
            "            end: 30\n        explicitness: implied\n",
            f"        quote:\n          words: {{exact: shelled}}\n          position: {SHELLED}\n"
            "        explicitness: implied\n",
            id="hash alone, in lines",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_quote_is_completed_in_the_file_and_nothing_else_changes(
    given: str, filled: str, newline: str, archive: SourceArchive
) -> None:
    text = (HEAD + given).replace("\n", newline)
    assert fill(text, archive) == (HEAD + filled).replace("\n", newline)
    assert fill(fill(text, archive), archive) == fill(text, archive)


def test_quote_within_braces_stays_on_its_line(archive: SourceArchive) -> None:
    text = HEAD + "      - {id: statement/b, quote: {exact: shelled}, hedge: none}  # b\n"
    filled = (
        f"      - {{id: statement/b, quote: {{words: {{exact: shelled}}, position: {SHELLED}}}, hedge: none}}  # b\n"
    )
    assert fill(text, archive) == HEAD + filled


def test_passage_of_a_source_is_completed(archive: SourceArchive) -> None:
    text = HEAD + "    passages:\n      - {id: passage/p, exact: shelled}\n"
    filled = f"      - id: passage/p\n        words: {{exact: shelled}}\n        position: {SHELLED}\n"
    assert fill(text, archive) == f"{HEAD}    passages:\n{filled}"


def test_post_without_offsets_is_completed_to_quotes_with_the_same_words_in_wider_spans(
    post: str, example: Path
) -> None:
    stripped = re.sub(r"\n +position: .*", "", post)
    archive = SourceArchive(example)
    filled = fill(stripped, archive)
    count = len(re.findall("position: ", post))
    assert count > 20
    assert len(re.findall("position: {start", filled)) == count
    text = (example / "post.txt").read_text(encoding="utf-8")
    offsets = zip(*(re.findall(r"position: {start: (\d+), end: (\d+)", given) for given in (post, filled)), strict=True)
    for given, found in offsets:
        assert int(found[0]) <= int(given[0]) < int(given[1]) <= int(found[1]) <= len(text)
    assert re.sub(r"\n +position: .*", "", filled) == stripped


def test_quads_of_a_quote_of_words_are_those_of_the_completed_file(schema: Schema, archive: SourceArchive) -> None:
    text = HEAD + "        quote: {exact: shelled}\n"
    quads = parse_dossier(text.encode(), "a.yaml", schema, DEFAULT_BASE_IRI, archive).quads
    assert parse_dossier(fill(text, archive).encode(), "a.yaml", schema, DEFAULT_BASE_IRI).quads == quads
    assert any('"30"' in str(quad.object) for quad in quads)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("shelled}", "shelld}", 10, "the words 'shelld' are not in the text"),
        ("shelled}", "council}", 10, "the words 'council' are in 2 sentences"),
        ("shelled}", "''}", 10, "the quote has no words"),
        ("sha256: ", "characters: ", 4, "the source has no SHA-256 of its text, so its quotes cannot be found"),
        (f"sha256: {sha256_hex(TEXT)}", f"sha256: {'0' * 64}", 4, "the source has no SHA-256 of its text"),
        (sha256_hex(TEXT), sha256_hex("another"), 4, "the archived text with SHA-256"),
    ],
)
def test_quote_that_is_not_found_is_reported_at_its_line(
    old: str, new: str, line: int, message: str, archive: SourceArchive, schema: Schema
) -> None:
    text = (HEAD + "        quote: {exact: shelled}\n").replace(old, new)
    (finding,) = complete_dossier(text.encode(), "a.yaml", archive).findings
    assert finding.message.startswith(message)
    assert finding.cure
    assert finding.location
    assert finding.location.line == line
    assert finding in parse_dossier(text.encode(), "a.yaml", schema, DEFAULT_BASE_IRI, archive).findings


def test_span_of_every_value_is_its_text() -> None:
    text = "a: {b: [c, 'd e']}\nf:\n  - g: h # i\n    j: 🕊 k\nl: m\n"
    source = parse_yaml(text.encode(), "a.yaml")
    shown = {path: text[span.start : span.end] for path, span in source.spans.items()}
    assert shown["a",] == "{b: [c, 'd e']}"
    assert shown["a", "b", 1] == "'d e'"
    assert shown["f", 0, "j"] == "🕊 k"
    assert [path for path, span in source.spans.items() if span.is_flow] == [("a",), ("a", "b")]
