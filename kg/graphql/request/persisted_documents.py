"""Persisted documents: those of the catalogue's questions and of a folder by id, those once sent by hash.

Folders are read once: a process that runs requests opens no file for them. Documents that clients sent are kept in
memory, the most recently used. Does not import graphql-core.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from kg import questions
from kg.graphql.request import error_codes

_QUESTIONS = Path(questions.__file__).parent
CACHE_SIZE = 1_000
_CACHED_LENGTH_MAX = 20_000


class DocumentNotFoundError(Exception):
    """A document that is not stored here; ``code`` tells clients whether to send it, ``key`` is its id or hash."""

    def __init__(self, message: str, code: str, key: str = "") -> None:
        self.code, self.key = code, key
        super().__init__(message)


class DocumentCache:
    """Texts of documents by their SHA-256, the most recently used; safe to use from several threads."""

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self._size = size
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def get(self, sha256: str) -> str | None:
        """The text; None if it is not kept (any more)."""
        with self._lock:
            if sha256 in self._texts:
                self._texts.move_to_end(sha256)
            return self._texts.get(sha256)

    def put(self, sha256: str, text: str) -> None:
        """Keep it, unless it is long."""
        if len(text) > _CACHED_LENGTH_MAX:
            return
        with self._lock:
            self._texts[sha256] = text
            self._texts.move_to_end(sha256)
            if len(self._texts) > self._size:
                self._texts.popitem(last=False)


class PersistedDocuments:
    """The documents that can be named instead of sent."""

    def __init__(self, folder: Path | None) -> None:
        self._stored = dict(list_question_documents())
        if folder:
            self._stored |= dict(_list_documents(folder))
        self._sent = DocumentCache()

    def resolve(self, query: str, document_id: str, sha256: str) -> str:
        """The text of a request's document; a query with its hash is cached. Raises DocumentNotFoundError."""
        if document_id and not query:
            return self._find(document_id.removeprefix("sha256:"))
        if not sha256:
            return query
        if not query:
            return self._find_sent(sha256)
        if not self.add(query, sha256):
            raise DocumentNotFoundError("The hash is not that of the query.", error_codes.WRONG_HASH)
        return query

    def add(self, query: str, sha256: str) -> bool:
        """Keep a query that was sent; false if this is not its hash."""
        if hashlib.sha256(query.encode()).hexdigest() != sha256:
            return False
        self._sent.put(sha256, query)
        return True

    def _find(self, document_id: str) -> str:
        text = self._stored.get(document_id) or self._sent.get(document_id)
        if text is None:
            message = f"No document {document_id!r} is stored here."
            raise DocumentNotFoundError(message, error_codes.NOT_FOUND, document_id)
        return text

    def _find_sent(self, sha256: str) -> str:
        text = self._sent.get(sha256)
        if text is None:
            # This message tells Apollo clients to send the query with its hash.
            raise DocumentNotFoundError("PersistedQueryNotFound", error_codes.NOT_PERSISTED, sha256)
        return text


def list_question_documents() -> list[tuple[str, str]]:
    """Name and text of the documents that answer the questions of the catalogue."""
    return list(_list_documents(_QUESTIONS))


def _list_documents(folder: Path) -> Iterator[tuple[str, str]]:
    return ((path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.graphql")))
