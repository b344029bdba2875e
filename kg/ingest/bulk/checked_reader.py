"""A file of RDF as a stream that is examined while the parser reads it, and what is wrong with it as findings.

Owns the limits of ``kg.rdf_limits`` for streams, and the check that a file is UTF-8. Knows no store.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.errors import Finding, GraphSyntaxError, InputRejectedError, SourceLocation
from kg.ingest import documents
from kg.rdf_formats import RdfSyntax
from kg.rdf_limits import MAX_IRI, MAX_NESTING, check_rdf
from kg.rdf_reader import BYTE_ORDER_MARK, LINE_SYNTAXES, describe_parse_error, find_line_errors

Report = Callable[[int, int], None]
"""Is told the bytes and the lines of a file that have just been read."""
_CHUNK_BYTES = 1 << 20
_LINE_BYTES = 20_000_000
"""More than the parser accepts of a literal."""


class CheckedReader(io.RawIOBase):
    """Reads a file in whole lines. Raises GraphSyntaxError or InputRejectedError for what no parser must see."""

    def __init__(self, path: Path, syntax: RdfSyntax, report: Report) -> None:
        """Raises InputRejectedError if the file cannot be opened."""
        self._path, self._syntax, self._report = path, syntax, report
        try:
            self._file = path.open("rb")
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
            raise documents.reject(message, "Check the name.", SourceLocation(str(path))) from None
        self._chunk = memoryview(b"")
        self._lines = 0
        self.failure: GraphSyntaxError | InputRejectedError | None = None
        """Why reading ended early: a parser may replace an exception of what it reads by its own."""
        self.is_suspect = False
        """Whether there may be blank nodes or triple terms."""

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        """As ``io.RawIOBase`` says."""
        if not self._chunk:
            try:
                self._chunk = memoryview(self._read_chunk())
            except (GraphSyntaxError, InputRejectedError) as error:
                self.failure = error
                raise
        size = min(len(buffer), len(self._chunk))
        buffer[:size] = self._chunk[:size]
        self._chunk = self._chunk[size:]
        return size

    def _read_chunk(self) -> bytes:
        is_first = self._file.tell() == 0
        chunk = self._file.read(_CHUNK_BYTES)
        if chunk and not chunk.endswith(b"\n"):
            chunk += self._file.readline(_LINE_BYTES)
        lines = chunk.count(b"\n")
        self._report(len(chunk), lines)
        self._check_utf8(chunk)
        chunk = chunk.removeprefix(BYTE_ORDER_MARK) if is_first else chunk
        self._check_limits(chunk)
        self._lines += lines
        return chunk

    def _check_utf8(self, chunk: bytes) -> None:
        try:
            chunk.decode()
        except UnicodeDecodeError as error:
            line = self._lines + chunk.count(b"\n", 0, error.start) + 1
            message = f"byte 0x{chunk[error.start]:02x} is not UTF-8"
            raise documents.reject(message, "Save it as UTF-8.", SourceLocation(str(self._path), line)) from None

    def _check_limits(self, chunk: bytes) -> None:
        terms = chunk.count(b"<<")
        if self._syntax not in LINE_SYNTAXES:  # examined as a whole before
            self.is_suspect |= bool(terms) or b"_:" in chunk or b"[" in chunk or b"(" in chunk
            return
        self.is_suspect |= bool(terms) or b"_:" in chunk
        if terms > MAX_NESTING or max(map(len, chunk.split(b"\n"))) > MAX_IRI:
            try:
                check_rdf(chunk, self._syntax)
            except GraphSyntaxError as error:
                raise GraphSyntaxError(error.reason, self._lines + (error.line or 1), error.column) from None


@contextmanager
def syntax_findings(path: Path, syntax: RdfSyntax, reader: CheckedReader) -> Iterator[None]:
    """Raise what stops the parser in this block as InputRejectedError."""
    try:
        yield
    except InputRejectedError:
        raise
    except (GraphSyntaxError, SyntaxError, ValueError, OSError, MemoryError) as error:
        if isinstance(reader.failure, InputRejectedError):
            raise reader.failure from None
        first = reader.failure or describe_parse_error(error)
        raise InputRejectedError(_list_findings(path, syntax, first)) from None


def _list_findings(path: Path, syntax: RdfSyntax, first: GraphSyntaxError) -> list[Finding]:
    """A finding for each bad line where the syntax has one statement a line, else for the first error."""
    errors = _find_line_errors(path, syntax) if syntax in LINE_SYNTAXES else []
    return documents.list_syntax_findings(str(path), syntax, first, errors)


def _find_line_errors(path: Path, syntax: RdfSyntax) -> list[GraphSyntaxError]:
    errors: list[GraphSyntaxError] = []
    lines = 0
    with path.open("rb") as file:
        while (chunk := b"".join(file.readlines(_CHUNK_BYTES))) and len(errors) < documents.MAX_SYNTAX_FINDINGS:
            for error in find_line_errors(chunk, syntax, documents.MAX_SYNTAX_FINDINGS - len(errors)):
                errors.append(GraphSyntaxError(error.reason, lines + (error.line or 1), error.column))
            lines += chunk.count(b"\n")
    return errors
