"""Quotes checked against the archived texts of their sources.

Owns the archive (texts found by their SHA-256, never by name) and the check of each passage: offsets in Unicode code
points (Web Annotation Data Model, section 4.2.5), the hash of the span, the exact words within it, and how much of a
source all committed words together repeat. Knows nothing of files that state the passages.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.source_archive import sha256_hex

MAX_QUOTED_SHARE = 0.30
"""The most of a source's text that all its committed quotes together may repeat."""
_LONGEST_SEARCHED = 200_000
"""Code points searched for what is like some words: the search takes time with the square."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the graph states it; ``start`` and ``end`` are code points, -1 where they are missing."""

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
    typed = [each for each, about in index.items() if namespaces.PASSAGE in about.get(namespaces.TYPE.value, [])]
    found = [_passage(each, index) for each in typed]
    return sorted(found, key=lambda each: (each.source, each.start, each.end, each.iri))


def read_text_hashes(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Source IRI to the SHA-256 of its archived text, for the sources that state one."""
    quads = list(quads)
    selectors = {q.object for q in quads if q.predicate == namespaces.HAS_SELECTOR}
    return {
        namespaces.value_of(q.subject): namespaces.value_of(q.object)
        for q in quads
        if q.predicate == namespaces.SHA256 and q.subject not in selectors
    }


def check_passage(passage: Passage, text: str) -> list[Finding]:
    """What is wrong with a passage, given the text of its source; empty when offsets, hash and words are right."""
    span = text[passage.start : passage.end] if 0 <= passage.start < passage.end <= len(text) else None
    if span is None:
        cure = f"The text has {len(text)} code points; {_nearest(passage.exact, text)}"
        return [_finding(passage, f"the offsets {passage.start} to {passage.end} lie outside the text", cure, "start")]
    findings = []
    if sha256_hex(span) != passage.sha256:
        cure = f"The span reads {_shown(span)} and has SHA-256 {sha256_hex(span)}; {_nearest(passage.exact, text)}"
        findings.append(_finding(passage, "the SHA-256 is not that of the span", cure, "sha256"))
    for words, field in ((passage.exact, "exact"), (passage.own_words, "ownWords")):
        if words and words not in span:
            cure = f"The span {passage.start} to {passage.end} reads {_shown(span)}; {_nearest(words, text, passage)}"
            findings.append(_finding(passage, f"the words {_shown(words)} are not in the span", cure, field))
    return findings


def quoted_share(quoted: Iterable[Passage], length: int) -> float:
    """How much of a text of ``length`` code points the exact words of the passages repeat, 0.0 to ..."""
    return sum(len(each.exact) for each in quoted) / length if length else 0.0


def check_quoted_share(quoted: Iterable[Passage], lengths: Mapping[str, int]) -> list[Finding]:
    """A finding for each source of which the quotes together repeat more than MAX_QUOTED_SHARE."""
    by_source: dict[str, list[Passage]] = defaultdict(list)
    for each in quoted:
        by_source[each.source].append(each)
    return [
        Finding(
            f"the quotes repeat {quoted_share(members, lengths[source]):.0%} of the text, "
            f"more than {MAX_QUOTED_SHARE:.0%}",
            "Keep of each quote only the few words that carry the statement; the offsets keep the full span",
            subject=source,
            rule="quoted-share",
        )
        for source, members in sorted(by_source.items())
        if source in lengths and quoted_share(members, lengths[source]) > MAX_QUOTED_SHARE
    ]


def _passage(node: object, index: Mapping[object, Mapping[str, list[object]]]) -> Passage:
    about = index[node]

    def value(predicate: ox.NamedNode, of: Iterable[object]) -> str:
        found = [each for one in of for each in index.get(one, {}).get(predicate.value, [])]
        return str(getattr(found[0], "value", "")) if found else ""

    selectors = about.get(namespaces.HAS_SELECTOR.value, [])
    start, end = value(namespaces.START, selectors), value(namespaces.END, selectors)
    return Passage(
        iri=str(getattr(node, "value", node)),
        source=value(namespaces.HAS_SOURCE, [node]),
        start=int(start) if start.isdecimal() else -1,
        end=int(end) if end.isdecimal() else -1,
        sha256=value(namespaces.SHA256, selectors),
        exact=value(namespaces.EXACT, selectors),
        own_words=value(namespaces.OWN_WORDS, [node]),
    )


def _finding(passage: Passage, message: str, cure: str, field: str) -> Finding:
    return Finding(message, cure, subject=passage.iri, rule="quote", path=field)


def _nearest(words: str, text: str, passage: Passage | None = None) -> str:
    """Where the words, or what looks most like them, stand in the text; the passage's own span comes first."""
    if not words:
        return "no words are given"
    at = text.find(words)
    if at >= 0:
        return f"the words stand at {at} to {at + len(words)}"
    if passage:
        start, alike = _most_alike(words, text[passage.start : passage.end])
        start += passage.start
    if not passage or alike < len(words) / 2:
        start, alike = _most_alike(words, text[:_LONGEST_SEARCHED])
    near = text[start : start + len(words)]
    return f"the nearest text is {_shown(near)} at {start} to {start + len(near)}"


def _most_alike(words: str, text: str) -> tuple[int, int]:
    """Where in the text the words would begin if their longest common run were laid over it, and that run's length."""
    match = difflib.SequenceMatcher(None, text, words, autojunk=False).find_longest_match()
    return max(0, match.a - match.b), match.size


def _shown(words: str) -> str:
    return repr(words if len(words) <= 80 else f"{words[:60]} ... {words[-15:]}")
