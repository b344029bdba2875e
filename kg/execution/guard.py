"""What is refused before any engine parses it, because parsing or planning it could already end a process.

Rough and on the safe side, by counting tokens: what slips through meets a worker that can be killed and can open
no connection. Numbers are from measurement: 10,000 links or levels end the engine, 1,000 do not.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.errors import QueryForbiddenError, QueryRefusedError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.interface import QueryForm
from kg.execution.sparql_lexer import ESCAPE, Token, TokenKind, tokenize

_KINDS = {
    "SELECT": QueryForm.SOLUTIONS,
    "ASK": QueryForm.BOOLEAN,
    "CONSTRUCT": QueryForm.GRAPH,
    "DESCRIBE": QueryForm.GRAPH,
}
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_LINKS = frozenset({"||", "&&", "|", "/", "!", "+", "-", "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "VALUES"})
_CLOSES = {"}": "{", ")": "(", "]": "["}
_DELIMITERS = frozenset(map(chr, range(0x20))) | frozenset("\"'<>\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """How large a query may be."""

    characters: int = 200_000
    nesting: int = 200
    links: int = 1_000
    """Operators and group keywords in all: each is one more level in the engine's tree."""
    patterns: int = 500
    """Triple patterns, counted by their separators."""


@dataclass(frozen=True, slots=True)
class QueryInfo:
    """What is known of a query before it is parsed."""

    form: QueryForm | None
    """None where no query form was found: the engine will say what is wrong."""
    names_dataset: bool
    """FROM or FROM NAMED occurs."""


def inspect_query(text: str, limits: GuardPolicy = GuardPolicy()) -> QueryInfo:
    """The shape of a query that may be given to an engine. Raises QueryRefusedError, saying why."""
    if len(text) > limits.characters:
        raise QueryTooLongError(limits.characters)
    reading = _Reading(text, limits)
    for token in tokenize(text):
        reading.take(token)
    return QueryInfo(reading.form, reading.names_dataset)


@dataclass(slots=True)
class _Reading:
    """One pass over the tokens."""

    text: str
    limits: GuardPolicy
    form: QueryForm | None = None
    names_dataset: bool = False
    open: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    before: str = ""
    suspect: bool = False
    """The last token was a name that an engine may read as SERVICE and a name run together."""

    def take(self, token: Token) -> None:
        # In the order of how often they occur: every query passes here.
        kind, text, start = token
        if kind is TokenKind.COMMENT:
            _refuse_escapes(text, _DELIMITERS)
            return
        if kind is TokenKind.PUNCTUATION:
            self._take_punctuation(text)
        elif kind is TokenKind.WORD:
            self._take_words(text.upper().replace("-", ".").split("."))
        elif kind is TokenKind.NAME:
            if text.endswith("."):
                self._count("patterns", self.limits.patterns)
        elif kind is not TokenKind.VARIABLE:
            self._take_quoted(kind, text, start)
        self._look_for_service(kind, text)

    def _take_quoted(self, kind: TokenKind, text: str, start: int) -> None:
        if kind is TokenKind.QUOTE:
            raise QuerySyntaxError("this quotation mark is never closed", *_position(self.text, start))
        if kind is TokenKind.ESCAPE:
            _refuse_escapes(text, frozenset(map(chr, range(0x80))))
        else:
            _refuse_escapes(text, _DELIMITERS)
        if kind is TokenKind.IRI and text.count("(") > self.limits.nesting:
            raise QueryTooNestedError(self.limits.nesting)

    def _take_words(self, words: Iterable[str]) -> None:
        for word in words:
            if "SERVICE" in word:
                raise QueryForbiddenError("SERVICE", "queries here never open a connection; ask that endpoint yourself")
            if word in _UPDATES or (word == "WITH" and self.form is None):
                raise QueryForbiddenError("update", f"{word} changes data, and only queries are run here")
            if word in _LINKS:
                self._count("links", self.limits.links)
            self.names_dataset = self.names_dataset or "FROM" in word
            if self.form is None:
                self.form = next((kind for form, kind in _KINDS.items() if word.startswith(form)), None)

    def _take_punctuation(self, mark: str) -> None:
        if mark in "{([":
            self.open.append(mark)
            if len(self.open) > self.limits.nesting:
                raise QueryTooNestedError(self.limits.nesting)
        elif mark in _CLOSES:
            if self.open and self.open[-1] == _CLOSES[mark]:
                self.open.pop()
        elif mark in ".;," and "(" not in self.open[-1:]:
            self._count("patterns", self.limits.patterns)
        elif mark in _LINKS:
            self._count("links", self.limits.links)
        if mark == "{" and self.suspect:
            raise QueryForbiddenError("SERVICE", "queries here never open a connection")

    def _look_for_service(self, kind: TokenKind, text: str) -> None:
        # Engines without a lexer read "SERVICEex:x {" as SERVICE; "GRAPH service:x {" is an ordinary graph.
        self.suspect = (
            kind is TokenKind.NAME and "SERVICE" in text.partition(":")[0].upper() and not self.before.endswith("GRAPH")
        )
        self.before = text.upper() if kind is TokenKind.WORD else ""

    def _count(self, what: str, limit: int) -> None:
        self.counts[what] += 1
        if self.counts[what] > limit:
            raise QueryRefusedError(f"the query has more than {limit:,} {what}; split it")


def _refuse_escapes(text: str, refused: frozenset[str]) -> None:
    # SPARQL 1.1 section 19.2 resolves escapes before the grammar applies, some engines after it: an escape that
    # could end a string or spell a keyword would mean different things to this guard and to the engine.
    if "\\" not in text:
        return
    for escape in ESCAPE.findall(text):
        number = int(escape[2:], 16)
        if number > 0x10FFFF or chr(number) in refused:
            raise QueryForbiddenError("codepoint escape", f"{escape} is not accepted here; write the character itself")


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
