"""Passages as the graph states them, checked against the archived texts of their sources.

Owns the check of offsets in Unicode code points (Web Annotation Data Model, section 4.2.5), of the hash of the span,
of the words within it, and of the share of a text that its quotes repeat.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.similar_text import find_similar, shorten
from kg.source_archive import parse_offset, sha256_hex

MAX_QUOTED_SHARE = 0.30
"""The largest share of a source's text that all its quotes together may repeat."""

_MAX_LISTED = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a source; ``start`` and ``end`` are code points, -1 if they are missing."""

    iri: str
    source: str
    start: int
    end: int
    sha256: str
    exact: str
    own_words: str


def read_passages(quads: Iterable[ox.Quad]) -> list[Passage]:
    """The passages that the quads describe, sorted by source, start and IRI."""
    index: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        index[quad.subject][quad.predicate.value].append(quad.object)
    nodes = [node for node, fields in index.items() if namespaces.PASSAGE in fields.get(namespaces.TYPE.value, [])]
    passages = [_read_passage(node, index) for node in nodes]
    return sorted(passages, key=lambda passage: (passage.source, passage.start, passage.end, passage.iri))


def read_text_hashes(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Source IRI to the SHA-256 of its archived text, for the sources that state one."""
    quads = list(quads)
    selectors = {quad.object for quad in quads if quad.predicate == namespaces.HAS_SELECTOR}
    stated = [quad for quad in quads if quad.predicate == namespaces.SHA256 and quad.subject not in selectors]
    return {namespaces.value_of(quad.subject): namespaces.value_of(quad.object) for quad in sorted(stated, key=str)}


def find_disagreements(passage: Passage, text: str) -> list[str]:
    """The fields of a passage that disagree with the text of its source: ``start``, if the offsets are outside."""
    if not 0 <= passage.start < passage.end <= len(text):
        return ["start"]
    span = text[passage.start : passage.end]
    words = {"exact": passage.exact, "ownWords": passage.own_words}
    hashed = [] if sha256_hex(span) == passage.sha256 else ["sha256"]
    return hashed + [field for field, value in words.items() if value not in span]


def check_passage(passage: Passage, text: str) -> list[Finding]:
    """The findings about a passage, given the text of its source; empty when offsets, hash and words agree."""
    return [_describe_disagreement(passage, text, field) for field in find_disagreements(passage, text)]


def _describe_disagreement(passage: Passage, text: str, field: str) -> Finding:
    if field == "start":
        cure = f"The text has {len(text)} code points; {_describe_nearest(passage.exact, text)}"
        message = f"the offsets {passage.start} to {passage.end} lie outside the text"
        return _create_finding(passage, message, cure, field)
    span = text[passage.start : passage.end]
    if field == "sha256":
        nearest = _describe_nearest(passage.exact, text)
        cure = f"The span reads {shorten(span)} and has SHA-256 {sha256_hex(span)}; {nearest}"
        return _create_finding(passage, "the SHA-256 is not that of the span", cure, field)
    words = passage.exact if field == "exact" else passage.own_words
    nearest = _describe_nearest(words, text, passage)
    cure = f"The span {passage.start} to {passage.end} reads {shorten(span)}; {nearest}"
    return _create_finding(passage, f"the words {shorten(words)} are not in the span", cure, field)


def quoted_share(passages: Iterable[Passage], length: int) -> float:
    """The share of a text of ``length`` code points that the exact words of the passages repeat; may exceed 1."""
    return sum(len(passage.exact) for passage in passages) / length if length else 0.0


def check_quoted_share(passages: Iterable[Passage], lengths: Mapping[str, int]) -> list[Finding]:
    """A finding for each source whose quotes repeat more than MAX_QUOTED_SHARE of its text."""
    by_source: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_source[passage.source].append(passage)
    findings = []
    for source, quoted in sorted(by_source.items()):
        share = quoted_share(quoted, lengths[source]) if source in lengths else 0.0
        if share > MAX_QUOTED_SHARE:
            message = f"the quotes repeat {share:.0%} of the text, more than {MAX_QUOTED_SHARE:.0%}"
            cure = "Keep of each quote only the few words that carry the statement; the offsets keep the full span"
            longest = f"The longest are {_list_longest(quoted)}"
            findings.append(Finding(message, f"{cure}. {longest}", subject=source, rule="quoted-share"))
    return findings


def _list_longest(passages: Iterable[Passage]) -> str:
    longest = sorted(passages, key=lambda passage: (-len(passage.exact), passage.iri))[:_MAX_LISTED]
    return ", ".join(f"{shorten(passage.exact)} ({len(passage.exact)} code points)" for passage in longest)


def _read_passage(node: object, index: Mapping[object, Mapping[str, list[object]]]) -> Passage:
    def value(predicate: ox.NamedNode, subjects: Iterable[object]) -> str:
        objects = (term for subject in subjects for term in index.get(subject, {}).get(predicate.value, []))
        return min(map(namespaces.value_of, objects), default="")

    selectors = index[node].get(namespaces.HAS_SELECTOR.value, [])
    start, end = value(namespaces.START, selectors), value(namespaces.END, selectors)
    return Passage(
        iri=namespaces.value_of(node),
        source=value(namespaces.HAS_SOURCE, [node]),
        start=parse_offset(start),
        end=parse_offset(end),
        sha256=value(namespaces.SHA256, selectors),
        exact=value(namespaces.EXACT, selectors),
        own_words=value(namespaces.OWN_WORDS, [node]),
    )


def _create_finding(passage: Passage, message: str, cure: str, field: str) -> Finding:
    return Finding(message, cure, subject=passage.iri, rule="quote", path=field)


def _describe_nearest(words: str, text: str, passage: Passage | None = None) -> str:
    """Where the words, or the most similar ones, are in the text; the passage's own span is searched first."""
    if not words:
        return "no words are given"
    at = text.find(words)
    if at >= 0:
        return f"the words are at {at} to {at + len(words)}"
    start, size = 0, 0
    if passage:
        start, size = find_similar(words, text[passage.start : passage.end])
        start += passage.start
    if not passage or size < len(words) / 2:
        start, size = find_similar(words, text)
    nearest = text[start : start + len(words)]
    return f"the nearest text is {shorten(nearest)} at {start} to {start + len(nearest)}"
