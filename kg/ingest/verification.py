"""Verification: all quotes of a source against its text, as a report.

Owns the report and the finding of which source a text is of; each single check is ``kg.ingest.quotes``'.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import BadParameterError, Finding, InputRejectedError
from kg.ingest.quotes import Passage, check_passage, check_quoted_share, read_passages, read_text_hashes
from kg.source_archive import SourceArchive, sha256_hex


@dataclass(frozen=True, slots=True)
class QuoteReport:
    """How the quotes of one source stand: ``right`` of ``total`` passages, and what is wrong."""

    source: str
    total: int
    right: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return self.total > 0 and not self.findings


def verify_text(quads: Iterable[ox.Quad], data: bytes, source: str | None = None) -> QuoteReport:
    """The quotes of the source that the text is of: the one named, the one with its SHA-256, or the only one quoted.

    Raises InputRejectedError when the text is not UTF-8, BadParameterError when its source is ambiguous.
    """
    quads = list(quads)
    by_source, hashes = _by_source(quads), read_text_hashes(quads)
    found = source or _source_of(data, hashes, sorted(by_source))
    if found not in by_source:
        raise BadParameterError("--source", f"no passage is quoted from {found}")
    return _report(found, by_source[found], _decoded(data), sha256_hex(data), hashes.get(found))


def verify_archive(quads: Iterable[ox.Quad], archive: SourceArchive) -> list[QuoteReport]:
    """The quotes of every source; those whose text the archive does not have count as not verified."""
    quads = list(quads)
    hashes = read_text_hashes(quads)
    return [
        _archived(source, members, hashes.get(source, ""), archive)
        for source, members in sorted(_by_source(quads).items())
    ]


def _archived(source: str, members: Sequence[Passage], digest: str, archive: SourceArchive) -> QuoteReport:
    text = archive.text(digest)
    if text is None:
        cure = "Give it with --text FILE, or point KG_ARCHIVE_DIR at the folder that holds it"
        return QuoteReport(
            source, len(members), 0, (Finding("the archived text is not at hand", cure, subject=source),)
        )
    return _report(source, members, text, digest, digest)


def _report(source: str, members: Sequence[Passage], text: str, digest: str, expected: str | None) -> QuoteReport:
    by_passage = {each.iri: check_passage(each, text) for each in members}
    findings = [finding for found in by_passage.values() for finding in found]
    findings += check_quoted_share(members, {source: len(text)})
    if expected is None:
        findings.insert(0, Finding("the graph has no SHA-256 of its text", "Add sha256 to the source", subject=source))
    elif digest != expected:
        message = f"this is not the archived text: its SHA-256 is {digest}, not {expected}"
        findings.insert(0, Finding(message, "Compare it with the archived text", subject=source, rule="text-sha256"))
    right = sum(not found for found in by_passage.values())
    return QuoteReport(source, len(members), right, tuple(findings))


def _by_source(quads: Iterable[ox.Quad]) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = defaultdict(list)
    for passage in read_passages(quads):
        found[passage.source].append(passage)
    return dict(found)


def _source_of(data: bytes, hashes: dict[str, str], quoted: Sequence[str]) -> str:
    digest = sha256_hex(data)
    same = [source for source, known in hashes.items() if known == digest]
    candidates = same or [source for source in quoted if source in hashes]
    if len(candidates) != 1:
        raise BadParameterError(
            "--source", f"name the source of this text: {', '.join(candidates or quoted) or 'none'}"
        )
    return candidates[0]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputRejectedError(
            [Finding(f"the text is not UTF-8 at byte {error.start}", "Give the archived file")]
        ) from None
