"""Rules about quotes: that they agree with the archived text of their source, and repeat no more of it than permitted.

A quote is judged again when its passage, its selectors or the SHA-256 of its source change, in whichever graph.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, Severity
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.quotes import Passage, check_passage, check_quoted_share, read_passages, read_text_hashes
from kg.ingest.rules.interface import order_of
from kg.source_archive import NO_DIGEST
from kg.store.interface import Subject

NO_TEXT = "no-text"
"""The rule of sources whose text the archive lacks."""
_OF_SELECTOR = (namespaces.START, namespaces.END, namespaces.EXACT, namespaces.SHA256)
_OF_PASSAGE = (namespaces.TYPE, namespaces.HAS_SOURCE, namespaces.HAS_SELECTOR, namespaces.OWN_WORDS)


@dataclass(frozen=True, slots=True)
class _TouchedQuotes:
    """The passages whose verdict the change can alter, and the archived texts of their sources."""

    passages: Sequence[Passage]
    texts: Mapping[str, str | None]
    """Of each source that states its SHA-256; None if the archive lacks it."""

    @classmethod
    def read(cls, write: ProposedWrite) -> "_TouchedQuotes":
        passages = _read_passages(write, _touched_passages(write))
        return cls(passages, _read_texts(write, passages))


def check_quotes(write: ProposedWrite) -> Iterable[Finding]:
    """Each passage agrees with the archived text of its source: offsets, hash and words."""
    quotes = write.view(_TouchedQuotes.read)
    for passage in quotes.passages:
        text = quotes.texts.get(passage.source)
        if text is not None:
            yield from check_passage(passage, text)


def check_share_of_text(write: ProposedWrite) -> Iterable[Finding]:
    """The quotes of a source, those that were there before included, repeat no more of its text than is permitted."""
    texts = write.view(_TouchedQuotes.read).texts
    lengths = {source: len(text) for source, text in texts.items() if text is not None}
    quoting = write.referring(map(ox.NamedNode, lengths), namespaces.HAS_SOURCE)
    return check_quoted_share(_read_passages(write, [quad.subject for quad in quoting]), lengths)


def check_texts_archived(write: ProposedWrite) -> Iterable[Finding]:
    """The archive has the text of each source that is quoted; otherwise a warning."""
    message = "the archived text is not available, so its quotes are not checked"
    cure = "Set KG_ARCHIVE_DIR to the folder that contains it, or run kg verify --text FILE"
    texts = write.view(_TouchedQuotes.read).texts
    missing = sorted(source for source, text in texts.items() if text is None)
    return [Finding(message, cure, None, source, NO_TEXT, severity=Severity.WARNING) for source in missing]


def check_text_hashes(write: ProposedWrite) -> Iterable[Finding]:
    """No SHA-256 is made of zeros: it stands for one that was never computed."""
    cure = "Give the SHA-256 of the text; kg verify --text FILE prints it"
    for quad in sorted(write.added(namespaces.SHA256), key=str):
        if namespaces.value_of(quad.object) == NO_DIGEST:
            subject = namespaces.value_of(quad.subject)
            yield Finding("the SHA-256 is made of zeros", cure, None, subject, "text-hash", namespaces.SHA256.value)


def check_quoted_texts_hashed(write: ProposedWrite) -> Iterable[Finding]:
    """A source that is quoted states the SHA-256 of its text: without it no quote can be verified."""
    sources = {quad.object for quad in write.added(namespaces.HAS_SOURCE)} | write.touched(namespaces.SHA256)
    unhashed = [source for source, hashes in write.values(sources, namespaces.SHA256).items() if not hashes]
    cure = "Give that source characters and sha256 of its archived text; kg verify --text FILE prints them"
    passages: dict[object, list[str]] = {}
    for quad in write.referring(unhashed, namespaces.HAS_SOURCE):
        passages.setdefault(quad.object, []).append(namespaces.value_of(quad.subject))
    for source in sorted(passages, key=order_of):
        message = f"quotes {namespaces.value_of(source)}, whose text has no SHA-256"
        yield Finding(message, cure, None, min(passages[source]), "text-hash", namespaces.HAS_SOURCE.value)


def _touched_passages(write: ProposedWrite) -> Iterable[Subject]:
    """What may be a passage whose verdict the change can alter."""
    links = list(write.changed(namespaces.HAS_SELECTOR))
    # The SHA-256 of what is a selector no more may be that of a text.
    hashed = {*write.touched(namespaces.SHA256), *(quad.object for quad in links)}
    by_selector = write.referring(write.touched(*_OF_SELECTOR), namespaces.HAS_SELECTOR)
    by_source = write.referring(hashed, namespaces.HAS_SOURCE)
    return write.touched(*_OF_PASSAGE).union(quad.subject for quad in (*by_selector, *by_source))


def _read_passages(write: ProposedWrite, nodes: Iterable[Subject]) -> list[Passage]:
    """The passages among the nodes, with their selectors."""
    described = write.describe(nodes)
    quads = [quad for found in described.values() for quad in found]
    selectors = {quad.object for quad in quads if quad.predicate == namespaces.HAS_SELECTOR}
    passages = read_passages([*quads, *_quads_of(write, selectors - described.keys())])
    iris = set(map(namespaces.value_of, described))
    return [passage for passage in passages if passage.iri in iris]  # a selector may be a passage, by mistake


def _read_texts(write: ProposedWrite, passages: Sequence[Passage]) -> Mapping[str, str | None]:
    sources = [ox.NamedNode(source) for source in dict.fromkeys(passage.source for passage in passages) if source]
    hashed = [source for source, hashes in write.values(sources, namespaces.SHA256).items() if hashes]
    links = write.referring(hashed, namespaces.HAS_SELECTOR)
    hashes = read_text_hashes([*_quads_of(write, hashed), *links])
    return {source: write.context.archive.text(digest) for source, digest in hashes.items()}


def _quads_of(write: ProposedWrite, nodes: Iterable[Any]) -> list[ox.Quad]:
    found = write.describe(node for node in nodes if isinstance(node, ox.NamedNode | ox.BlankNode))
    return [quad for quads in found.values() for quad in quads]
