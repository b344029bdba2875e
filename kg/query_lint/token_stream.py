"""The tokens of a query, read one after the other, with names resolved by the prefixes declared so far."""

import re
from urllib.parse import urljoin

from kg.execution.sparql_lexer import Token, TokenKind, tokenize
from kg.query_lint.syntax import QuerySyntax

MAX_TOKENS = 6_000
IRI_KINDS = (TokenKind.IRI, TokenKind.NAME)
"""Of tokens that stand for an IRI, or for a blank node."""
_END = Token(TokenKind.PUNCTUATION, "", -1)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPED = re.compile(r"\\(.)")

_QUOTES = re.compile(r"'{3}|\"{3}|['\"]")


class UnreadableError(Exception):
    """The text is larger, deeper or of another grammar than what is read here."""


class TokenStream:
    """A position in the tokens. Raises UnreadableError for more than MAX_TOKENS."""

    def __init__(self, text: str, syntax: QuerySyntax) -> None:
        self._tokens: list[Token] = []
        for token in tokenize(text):
            self._append(token)
        self._tokens.append(_END)
        self._position, self._base, self._prefixes = 0, "", syntax.prefixes
        self._undeclared = syntax.undeclared

    def _append(self, token: Token) -> None:
        if len(self._tokens) > MAX_TOKENS:
            raise UnreadableError
        kind, text, start = token
        if kind is TokenKind.COMMENT:
            return
        # The lexer leaves the point after a name or a number in its token: the grammar ends the triple with it.
        if kind in (TokenKind.NAME, TokenKind.WORD) and text.endswith(".") and not text.endswith("\\."):
            name = text.rstrip(".")
            self._tokens.append(Token(kind, name, start))
            token = Token(TokenKind.PUNCTUATION, ".", start + len(name))
        self._tokens.append(token)

    @property
    def position(self) -> int:
        """How many tokens were passed over."""
        return self._position

    @property
    def token(self) -> Token:
        """The next token; one of empty text at the end."""
        return self._tokens[self._position]

    @property
    def following(self) -> Token:
        """The token after the next."""
        return self._tokens[min(self._position + 1, len(self._tokens) - 1)]

    @property
    def word(self) -> str:
        """The next token in upper case if it is a keyword, else an empty string."""
        token = self.token
        return token.text.upper() if token.kind is TokenKind.WORD else ""

    def take(self) -> Token:
        """The next token, passed over. Raises UnreadableError at the end."""
        token = self._tokens[self._position]
        if token is _END:
            raise UnreadableError
        self._position += 1
        return token

    def accept(self, mark: str) -> bool:
        """Whether the next token is this punctuation, which is then passed over."""
        token = self.token
        if token.kind is TokenKind.PUNCTUATION and token.text == mark:
            self._position += 1
            return True
        return False

    def accept_word(self, *words: str) -> bool:
        """Whether the next token is one of these keywords, which is then passed over."""
        if self.word in words:
            self._position += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        """Pass over this punctuation. Raises UnreadableError if it is not there."""
        if not self.accept(mark):
            raise UnreadableError

    def is_at(self, marks: str) -> bool:
        """Whether the next token is one of these punctuation marks."""
        token = self.token
        return token.kind is TokenKind.PUNCTUATION and token.text != "" and token.text in marks

    def declare_base(self) -> None:
        """Read the IRI of BASE."""
        self._base = self._resolve(self.take().text[1:-1])

    def declare_prefix(self) -> None:
        """Read the name and the IRI of PREFIX."""
        prefix = self.take().text.removesuffix(":")
        self._prefixes[prefix] = self._resolve(self.take().text[1:-1])

    def iri(self, token: Token) -> str:
        """The IRI that the token stands for; empty for a blank node, and where that is unknown."""
        if token.kind is TokenKind.IRI:
            return self._resolve(token.text[1:-1])
        prefix, _, local = token.text.partition(":")
        if prefix == "_":
            return ""
        if prefix not in self._prefixes:
            self._undeclared.append((prefix, token.start))
            return ""
        namespace = self._prefixes[prefix]
        return namespace + _ESCAPED.sub(r"\1", local) if namespace else ""

    def _resolve(self, reference: str) -> str:
        if "\\" in reference:
            return ""
        if _ABSOLUTE.match(reference):
            return reference
        if not self._base:
            return ""
        return urljoin(self._base, reference) + ("#" if reference.endswith("#") else "")


def literal_value(quoted: str) -> str | None:
    """The text of a quoted string; None if it has escapes, which are not read here."""
    quotes = _QUOTES.match(quoted)
    if quotes is None or "\\" in quoted:
        return None
    return quoted[quotes.end() : -len(quotes.group())]
