"""Quotes of a document are checked against the archived text of their source."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
from in_process import InProcessGraph

from kg.errors import Finding
from kg.ingest.quotes import quoted_share, read_passages
from kg.settings import DEFAULT_BASE_IRI

Reject = Callable[[bytes, str], tuple[Finding, ...]]

GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/post")


def test_quotes_that_agree_with_the_archived_text_load_without_warnings(
    post: str, knowledge_graph: InProcessGraph, example: Path
) -> None:
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    assert plan.warnings == ()
    quads = list(knowledge_graph.store.quads(GRAPH))
    text = (example / "post.txt").read_text(encoding="utf-8")
    assert len(read_passages(quads)) > 20
    assert 0.1 < quoted_share(read_passages(quads), len(text)) <= 0.30


def test_hash_of_another_span_is_reported_with_the_right_hash(post: str, reject: Reject) -> None:
    right = hashlib.sha256(b"it withdraws that today").hexdigest()
    wrong = hashlib.sha256(b"another").hexdigest()
    (finding,) = reject(post.replace(right, wrong).encode(), "post.yaml")
    assert finding.subject.endswith("/id/passage/post-withdrawn")
    assert finding.message == "the SHA-256 is not that of the span"
    assert right in finding.cure
    assert "'it withdraws that today'" in finding.cure


def test_offsets_counted_in_utf_16_are_reported_even_if_off_by_one(post: str, reject: Reject, example: Path) -> None:
    text = (example / "post.txt").read_text(encoding="utf-8")
    start = text.index("it withdraws that today")
    in_utf_16 = len(text[:start].encode("utf-16-le")) // 2
    assert in_utf_16 == start + 1
    old, new = (f"{{start: {offset}, end: {offset + 23}" for offset in (start, in_utf_16))
    assert post.count(old) == 1
    (finding,) = reject(post.replace(old, new).encode(), "post.yaml")
    assert finding.subject.endswith("/id/passage/post-withdrawn")
    assert finding.message == "the SHA-256 is not that of the span"


def test_quotes_that_repeat_too_much_of_the_text_are_reported_with_their_share(
    post: str, reject: Reject, example: Path
) -> None:
    text = (example / "post.txt").read_text(encoding="utf-8")
    paragraphs = text.partition("\n\n")[2].partition("\n\n")
    span = f"{paragraphs[0]}\n\n{paragraphs[2].partition(chr(10))[0]}"
    start = text.index(span)
    words = f'words: {{exact: "{span.replace(chr(10), chr(92) + "n")}"}}'
    digest = hashlib.sha256(span.encode()).hexdigest()
    lines = post.splitlines()
    number = next(n for n, line in enumerate(lines) if "words: {exact: withdraws}" in line)
    lines[number] = f"          {words}"
    lines[number + 1] = f"          position: {{start: {start}, end: {start + len(span)}, sha256: {digest}}}"
    (finding,) = reject("\n".join(lines).encode(), "post.yaml")
    assert finding.message.startswith("the quotes repeat ")
    assert finding.message.endswith(" of the text, more than 30%")
    assert f". The longest are '{span[:20]}" in finding.cure
    assert f" ({len(span)} code points), " in finding.cure
    assert finding.subject.endswith("source/post")
