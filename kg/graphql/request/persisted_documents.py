"""Documents that need not be sent: shipped ones by name, those of a folder by id, and those once sent by their hash.

Owns finding their text. What was sent is kept in memory only, the most recently used.
"""

import hashlib
import re
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from kg import questions

_SHIPPED = Path(questions.__file__).parent
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_KEPT = 1_000
_KEPT_LENGTH_MAX = 20_000


class DocumentNotFoundError(Exception):
    """A document that is not known here; ``code`` tells programs whether to send it."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


class PersistedDocuments:
    """The documents of one app."""

    def __init__(self, folder: Path | None) -> None:
        self._folders = [each for each in (folder, _SHIPPED) if each]
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def shipped(self) -> list[tuple[str, str]]:
        """Name and text of the documents that answer the catalogue's questions."""
        return [(each.stem, each.read_text(encoding="utf-8")) for each in sorted(_SHIPPED.glob("*.graphql"))]

    def text(self, query: str, document_id: str, sha256: str) -> str:
        """The text of a request's document, kept under its hash where one is given. Raises NotStored."""
        if document_id and not query:
            return self._by_id(document_id.removeprefix("sha256:"))
        if not sha256:
            return query
        if not query:
            return self._by_hash(sha256)
        if hashlib.sha256(query.encode()).hexdigest() != sha256:
            raise DocumentNotFoundError("The hash given is not that of the query.", "PERSISTED_QUERY_MISMATCH")
        if len(query) <= _KEPT_LENGTH_MAX:
            with self._lock:
                self._sent[sha256] = query
                self._sent.move_to_end(sha256)
                if len(self._sent) > _KEPT:
                    self._sent.popitem(last=False)
        return query

    def _by_id(self, document_id: str) -> str:
        for folder in self._folders if _ID.fullmatch(document_id) else ():
            path = folder / f"{document_id}.graphql"
            if path.is_file():
                return path.read_text(encoding="utf-8")
        if document_id in self._sent:
            return self._by_hash(document_id)
        raise DocumentNotFoundError(f"There is no document {document_id!r} here.", "DOCUMENT_NOT_FOUND")

    def _by_hash(self, sha256: str) -> str:
        with self._lock:
            if sha256 in self._sent:
                self._sent.move_to_end(sha256)
                return self._sent[sha256]
        # The words are those by which clients know that they are to send the query with its hash.
        raise DocumentNotFoundError("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
