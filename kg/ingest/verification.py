"""Reports on the quotes of a source, checked against its archived text.

Owns the report and the choice of the source that a text belongs to; ``kg.ingest.quotes`` checks each passage.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.errors import BadParameterError, Finding, InputRejectedError
from kg.ingest.quotes import Passage, check_passage, check_quoted_share, read_passages, read_text_hashes
from kg.source_archive import SourceArchive, sha256_hex

_GUESSED_SHARE = 0.5
"""Of the quotes of a source, whose words a text must have to be taken for its text."""


@dataclass(frozen=True, slots=True)
class QuoteReport:
    """How many passages of a source there are, how many of them agree with its text, and what is wrong."""

    source: str
    total: int
    verified: int
    findings: tuple[Finding, ...]
    is_guessed: bool = False
    """The text has another SHA-256, and was taken to be that of the source whose quotes it has."""

    @property
    def is_verified(self) -> bool:
        """Whether nothing is wrong; a source without quotes yet is verified by its SHA-256."""
        return not self.findings


def verify_text(quads: Iterable[ox.Quad], data: bytes, source: str | None = None) -> QuoteReport:
    """The report on one source: the one named, the one with the text's SHA-256, or the one whose quotes it has.

    Raises InputRejectedError when the text is not UTF-8, BadParameterError when it is of no source that is known.
    """
    quads = list(quads)
    passages, hashes = _group_by_source(quads), read_text_hashes(quads)
    text, digest = _decode(data), sha256_hex(data)
    same = sorted(other for other, known in hashes.items() if known == digest)
    selected = source or (same[0] if len(same) == 1 else _guess_source(text, passages, same))
    if selected not in passages and selected not in hashes:
        raise BadParameterError("--source", f"no passage is quoted from {selected}")
    report = _report(selected, passages.get(selected, ()), text, digest, hashes.get(selected))
    return replace(report, is_guessed=source is None and not same)


def verify_archive(quads: Iterable[ox.Quad], archive: SourceArchive) -> list[QuoteReport]:
    """The reports on every source; passages whose text the archive lacks count as not verified."""
    quads = list(quads)
    hashes = read_text_hashes(quads)
    return [
        _report_archived(source, passages, hashes.get(source, ""), archive)
        for source, passages in sorted(_group_by_source(quads).items())
    ]


def _report_archived(source: str, passages: Sequence[Passage], digest: str, archive: SourceArchive) -> QuoteReport:
    text = archive.text(digest)
    if text is None:
        cure = "Give it with --text FILE, or set KG_ARCHIVE_DIR to the folder that contains it"
        finding = Finding("the archived text is not available", cure, subject=source)
        return QuoteReport(source, len(passages), 0, (finding,))
    return _report(source, passages, text, digest, digest)


def _report(source: str, passages: Sequence[Passage], text: str, digest: str, expected: str | None) -> QuoteReport:
    by_passage = {passage.iri: check_passage(passage, text) for passage in passages}
    findings = [finding for wrong in by_passage.values() for finding in wrong]
    findings += check_quoted_share(passages, {source: len(text)})
    if expected is None:
        findings.insert(0, Finding("the graph has no SHA-256 of its text", "Add sha256 to the source", subject=source))
    elif digest != expected:
        message = f"this is not the archived text: its SHA-256 is {digest}, not {expected}"
        findings.insert(0, Finding(message, "Compare it with the archived text", subject=source, rule="text-sha256"))
    verified = sum(not wrong for wrong in by_passage.values())
    return QuoteReport(source, len(passages), verified, tuple(findings))


def _group_by_source(quads: Iterable[ox.Quad]) -> Mapping[str, list[Passage]]:
    groups: dict[str, list[Passage]] = defaultdict(list)
    for passage in read_passages(quads):
        groups[passage.source].append(passage)
    return dict(groups)


def _guess_source(text: str, passages: Mapping[str, Sequence[Passage]], among: Sequence[str]) -> str:
    """The source of whose quotes the text has the most, and more than half. Raises BadParameterError without one."""
    known = {source: quoted for source, quoted in passages.items() if not among or source in among}
    shares = {
        source: sum(passage.exact in text for passage in quoted) / len(quoted) for source, quoted in known.items()
    }
    best = sorted(shares, key=lambda source: (-shares[source], source))
    if not best or shares[best[0]] <= _GUESSED_SHARE or shares[best[0]] in [shares[source] for source in best[1:]]:
        listed = ", ".join(among or sorted(passages)) or "none"
        raise BadParameterError("--source", f"name the source of this text: {listed}")
    return best[0]


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        finding = Finding(f"the text is not UTF-8 at byte {error.start}", "Give the archived file")
        raise InputRejectedError([finding]) from None
