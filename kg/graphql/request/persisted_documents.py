"""Persisted documents: those of the catalogue's questions by name, those of a folder by id, those once sent by hash.

Documents that clients sent are kept in memory, the most recently used.
"""

import hashlib
import re
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from kg import questions

_QUESTIONS = Path(questions.__file__).parent
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_CACHE_SIZE = 1_000
_CACHED_LENGTH_MAX = 20_000


class DocumentNotFoundError(Exception):
    """A document that is not stored here; ``code`` tells clients whether to send it."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


class PersistedDocuments:
    """The documents of one app."""

    def __init__(self, folder: Path | None) -> None:
        self._folders = [path for path in (folder, _QUESTIONS) if path]
        self._cache: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def list_questions() -> list[tuple[str, str]]:
        """Name and text of the documents that answer the questions of the catalogue."""
        return [(path.stem, path.read_text(encoding="utf-8")) for path in sorted(_QUESTIONS.glob("*.graphql"))]

    def resolve(self, query: str, document_id: str, sha256: str) -> str:
        """The text of a request's document; a query with its hash is cached. Raises DocumentNotFoundError."""
        if document_id and not query:
            return self._read(document_id.removeprefix("sha256:"))
        if not sha256:
            return query
        if not query:
            return self._read_cache(sha256)
        if hashlib.sha256(query.encode()).hexdigest() != sha256:
            raise DocumentNotFoundError("The hash is not that of the query.", "PERSISTED_QUERY_MISMATCH")
        if len(query) <= _CACHED_LENGTH_MAX:
            with self._lock:
                self._cache[sha256] = query
                self._cache.move_to_end(sha256)
                if len(self._cache) > _CACHE_SIZE:
                    self._cache.popitem(last=False)
        return query

    def _read(self, document_id: str) -> str:
        for folder in self._folders if _ID.fullmatch(document_id) else ():
            path = folder / f"{document_id}.graphql"
            if path.is_file():
                return path.read_text(encoding="utf-8")
        if document_id in self._cache:
            return self._read_cache(document_id)
        raise DocumentNotFoundError(f"No document {document_id!r} is stored here.", "DOCUMENT_NOT_FOUND")

    def _read_cache(self, sha256: str) -> str:
        with self._lock:
            if sha256 in self._cache:
                self._cache.move_to_end(sha256)
                return self._cache[sha256]
        # This message tells Apollo clients to send the query with its hash.
        raise DocumentNotFoundError("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
