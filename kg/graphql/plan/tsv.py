"""Rows of a result, read from SPARQL 1.1 results in TSV: no other format is read as quickly, or takes as little room.

An IRI is its text, anything else a ``Literal``: so most of what a request holds is plain text, which is never looked
through for garbage.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ESCAPED = re.compile(r"\\([tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")
_MEANT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Literal(NamedTuple):
    """A literal by its text, with its language if it has one."""

    text: str
    lang: str = ""


Term = str | Literal


def parse_rows(body: bytes) -> Iterator[list[str]]:
    """The rows, each as the terms of its columns are written; empty for what is not bound. None is kept here."""
    _, *lines = body.decode().split("\n")
    return (line.split("\t") for line in lines if line)


def parse_term(written: str) -> Term:
    """The term that is written so."""
    return written[1:-1] if written.startswith("<") else parse_literal(written)


def parse_literal(written: str) -> Literal:
    """The literal that is written so; numbers may be written without quotation marks."""
    if not written.startswith('"'):
        return Literal(written)
    end = written.rindex('"')
    lang = written[end + 2 :] if written.startswith("@", end + 1) else ""
    return Literal(unescape(written[1:end]), lang)


def unescape(text: str) -> str:
    """The characters that are meant."""
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    escape = found[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _MEANT.get(escape, escape)


def lexical_form(found: Term) -> str:
    """An IRI, or the text of a literal."""
    return found if isinstance(found, str) else found.text
