"""Tokens of SPARQL queries and updates, as far as the guard needs them, in time linear in the length of any text.

Separates strings, comments, IRIs, names and variables from keywords and punctuation. The grammar is left to engines.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class TokenKind(StrEnum):
    """The kind of a token; ``WORD`` is a keyword, a function name or a number."""

    WHITESPACE = "whitespace"
    COMMENT = "comment"
    IRI = "iri"
    STRING = "string"
    UNCLOSED_QUOTE = "unclosed"
    """A quotation mark that is never closed, and all that follows it."""
    VARIABLE = "variable"
    LANGTAG = "langtag"
    NAME = "name"
    """A prefixed name or a blank node label."""
    WORD = "word"
    ESCAPE = "escape"
    """A codepoint escape outside strings and IRIs."""
    PUNCTUATION = "punctuation"


class Token(NamedTuple):
    """One token and its offset. A tuple, because many are created for every query."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after it."""
        return self.start + len(self.text)


_KINDS: dict[str | None, TokenKind] = {kind.value: kind for kind in TokenKind}

CODEPOINT_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")

# Possessive quantifiers keep every attempt linear: there is no backtracking into a token.
_TOKEN = re.compile(
    r"""
      (?P<whitespace>\s++)
    | (?P<comment>\#[^\r\n]*+)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
    | (?P<string>'''(?:'{0,2}+(?:[^'\\]|\\.))*+'''
        |        \"{3}(?:\"{0,2}+(?:[^"\\]|\\.))*+\"{3}
        |        (?!''')'(?:[^'\\\r\n]|\\.)*+'
        |        (?!\"{3})"(?:[^"\\\r\n]|\\.)*+")
    | (?P<unclosed>['"].*+)
    | (?P<variable>[?$]\w++)
    | (?P<langtag>@[A-Za-z0-9-]++)
    | (?P<name>(?:\w[\w.\-]*+)?+:(?:[\w.\-:%]|\\[_~.\-!$&'()*+,;=/?\#@%])*+)
    | (?P<word>\w[\w.\-]*+)
    | (?P<escape>\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})
    | (?P<punctuation>\|\||&&|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokenize(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens from an offset on, in order, without whitespace.

    The last is the rest of the text if a quotation mark is never closed.
    """
    for match in _TOKEN.finditer(text, start):
        kind = _KINDS[match.lastgroup]
        if kind is not TokenKind.WHITESPACE:
            yield Token(kind, match.group(), match.start())


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The position of the offset, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
