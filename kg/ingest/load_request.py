"""The body of ``POST /load``: JSON with the documents to load together. Owns its form; parses no document.

    {"documents": [{"name": "post.yaml", "content": "..."}], "dryRun": false}

``content`` is the bytes of a file in base64; the suffix of ``name`` names its syntax.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import BadParameterError

MAX_DOCUMENTS = 1000
_MAX_NAME = 1000
_MEMBERS, _DOCUMENT_MEMBERS = {"documents", "dryRun"}, {"name", "content"}


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Files, each with its name and its bytes, that are loaded together, or are only to be checked."""

    files: Sequence[tuple[str, bytes]]
    dry_run: bool


def parse_load_request(body: bytes) -> LoadRequest:
    """The request. Raises BadParameterError, naming the member that cannot be used."""
    try:
        content = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadParameterError("body", 'is no JSON such as {"documents": [{"name": ..., "content": ...}]}') from None
    _check_members("body", content, _MEMBERS)
    documents, dry_run = content.get("documents"), content.get("dryRun", False)
    if not isinstance(documents, list) or not 1 <= len(documents) <= MAX_DOCUMENTS:
        raise BadParameterError("documents", f"must be a list of 1 to {MAX_DOCUMENTS:,} documents")
    if not isinstance(dry_run, bool):
        raise BadParameterError("dryRun", "must be true or false")
    return LoadRequest([_parse_document(number, document) for number, document in enumerate(documents)], dry_run)


def _parse_document(number: int, document: Any) -> tuple[str, bytes]:
    place = f"documents[{number}]"
    _check_members(place, document, _DOCUMENT_MEMBERS)
    name, content = document.get("name"), document.get("content")
    if not isinstance(name, str) or not 1 <= len(name) <= _MAX_NAME:
        raise BadParameterError(f"{place}.name", f"must be a string of 1 to {_MAX_NAME:,} characters")
    if not isinstance(content, str):
        raise BadParameterError(f"{place}.content", "must be a string: the bytes of the file in base64")
    try:
        return name, base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise BadParameterError(f"{place}.content", f"the content of {name!r} is not base64") from None


def _check_members(place: str, value: Any, known: set[str]) -> None:
    if not isinstance(value, Mapping):
        raise BadParameterError(place, f"must be an object with {' and '.join(sorted(known))}")
    if unknown := sorted(value.keys() - known):
        raise BadParameterError(place, f"has the unknown member {unknown[0]!r}; known are {', '.join(sorted(known))}")
