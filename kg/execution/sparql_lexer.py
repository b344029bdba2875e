"""SPARQL cut into tokens, as far as a guard needs them; linear in the length of the text, whatever the text.

Strings, comments, IRIs, names and variables are told from keywords and punctuation; grammar is the engine's.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class TokenKind(StrEnum):
    """What a token is; ``WORD`` is a keyword, a function name or a number."""

    BLANK = "blank"
    COMMENT = "comment"
    IRI = "iri"
    STRING = "string"
    QUOTE = "quote"
    """A quotation mark that no other one closes."""
    VARIABLE = "variable"
    LANGUAGE = "language"
    NAME = "name"
    """A prefixed name or a blank node label."""
    WORD = "word"
    ESCAPE = "escape"
    """A codepoint escape outside strings and IRIs."""
    PUNCTUATION = "punctuation"


class Token(NamedTuple):
    """One token and where it begins; a tuple, because there are many and each is made for every query."""

    kind: TokenKind
    text: str
    start: int


_KINDS: dict[str | None, TokenKind] = {kind.value: kind for kind in TokenKind}

ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")

# Possessive quantifiers keep every attempt linear: a token once taken is never given back.
_TOKEN = re.compile(
    r"""
      (?P<blank>\s++)
    | (?P<comment>\#[^\r\n]*+)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
    | (?P<string>'''(?:'{0,2}+(?:[^'\\]|\\.))*+'''
        |        \"{3}(?:\"{0,2}+(?:[^"\\]|\\.))*+\"{3}
        |        (?!''')'(?:[^'\\\r\n]|\\.)*+'
        |        (?!\"{3})"(?:[^"\\\r\n]|\\.)*+")
    | (?P<quote>['"])
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z0-9-]++)
    | (?P<name>(?:\w[\w.\-]*+)?+:(?:[\w.\-:%]|\\[_~.\-!$&'()*+,;=/?\#@%])*+)
    | (?P<word>\w[\w.\-]*+)
    | (?P<escape>\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})
    | (?P<punctuation>\|\||&&|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokenize(text: str) -> Iterator[Token]:
    """The tokens in order, blanks left out; ends after the first quotation mark that is not closed."""
    for match in _TOKEN.finditer(text):
        kind = _KINDS[match.lastgroup]
        if kind is TokenKind.BLANK:
            continue
        yield Token(kind, match.group(), match.start())
        if kind is TokenKind.QUOTE:
            return
