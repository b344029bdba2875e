"""The archived texts of sources, and spans cut from them.

Owns the lookup of a text by its SHA-256, never by its name, and the check that a span of code points (Web Annotation
Data Model, section 4.2.5) has the SHA-256 recorded for it. Knows nothing of passages, statements or RDF.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

MAX_TEXT_BYTES = 20_000_000
NO_DIGEST = "0" * 64
"""Written for a SHA-256 that was never computed; no text has it."""
_MAX_DIGITS = 18


class SourceArchive:
    """The archived texts of sources in a folder, by the SHA-256 of their bytes; empty without a folder."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._texts: dict[str, str] | None = None

    def text(self, sha256: str) -> str | None:
        """The text with this SHA-256, or None if the archive has none."""
        if self._texts is None:
            self._texts = dict(self._read())
        return self._texts.get(sha256)

    def _read(self) -> Iterator[tuple[str, str]]:
        if self._directory is None or not self._directory.is_dir():
            return
        for path in sorted(self._directory.iterdir()):
            if path.is_file() and path.stat().st_size <= MAX_TEXT_BYTES:
                data = path.read_bytes()
                try:
                    yield sha256_hex(data), data.decode("utf-8")
                except UnicodeDecodeError:
                    continue


def sha256_hex(data: bytes | str) -> str:
    """The SHA-256 of bytes, or of a text in UTF-8, in lower-case hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def parse_offset(text: str) -> int:
    """The offset, or -1 if the text is none; a number of any length is a valid ``xsd:integer``."""
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else -1


def extract_span(text: str, start: int, end: int, digest: str) -> str | None:
    """The span of the text, or None if the offsets are outside it or the SHA-256 of the span is another."""
    if not 0 <= start < end <= len(text):
        return None
    span = text[start:end]
    return span if sha256_hex(span) == digest else None
