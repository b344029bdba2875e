"""What is refused of a query or an update before an engine parses it, because that alone could end the process.

Counts tokens of ``sparql_lexer``, one pass over the text, under a policy. What only a query or only an update may not
have is for ``query_guard`` and ``update_guard``. It is a first line of defence: a text that passes meets a worker that
can be killed and cannot open a connection. The limits are measured: 10,000 operators or levels end the engine, 1,000
do not.
"""

import re
from dataclasses import dataclass, field

from kg.errors import QueryForbiddenError, QueryRefusedError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.sparql_lexer import CODEPOINT_ESCAPE, Token, TokenKind, line_and_column, tokenize

NO_CONNECTION = "this server opens no connection for a request"
"""Why ``SERVICE`` and ``LOAD`` are refused."""
_OPERATORS = frozenset(
    [
        "||",
        "&&",
        "|",
        "/",
        "!",
        "+",
        "*",
        "-",
        "~",
        "{",
        "[",
        "UNION",
        "OPTIONAL",
        "MINUS",
        "LATERAL",
        "FILTER",
        "BIND",
        "VALUES",
    ]
)
_NOT_TERMS = frozenset({"AS", "DISTINCT", "IN", "NOT", "SEPARATOR"})
"""Words that stand beside terms in parentheses."""
_EXPONENT = re.compile(r"[\d.]E-")
_MAX_HYPHENS = 10  # in a prefix; where there are more, an engine may read a chain of subtractions
_BRACKETS = {"}": "{", ")": "(", "]": "["}
_ASCII = frozenset(map(chr, range(0x80)))
_DELIMITERS = frozenset(map(chr, range(0x20))) | frozenset("\"'<>\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """How large a text may be, and what its comments may contain."""

    max_characters: int
    max_nesting: int = 200
    max_operators: int = 1_000
    """Operators and group keywords in all: each may add a level to the tree of the engine."""
    max_patterns: int = 500
    """Triple patterns, counted by their separators, and items of collections; in an update without its data."""
    max_iri: int = 8_000
    """Characters of an IRI: a base is copied for every relative IRI."""
    operators: frozenset[str] = _OPERATORS
    refused_bare_escapes: frozenset[str] | None = _ASCII
    """Characters that a codepoint escape outside strings and IRIs must not spell; None for every character."""
    refused_comment_escapes: frozenset[str] | None = _DELIMITERS
    """The same for comments."""
    pairs_brackets: bool = True
    """A bracket is closed only by one of its own kind, else by any."""


@dataclass(slots=True)
class Inspection:
    """One pass over the tokens: what holds for queries and updates alike."""

    text: str
    policy: GuardPolicy
    brackets: list[str] = field(default_factory=list)
    """Those that are open."""
    operators: int = 0
    patterns: int = 0
    reified: int = 0  # how many "<<" are open
    angles_end: int = 0  # where the last "<<" or ">>" ends
    has_having: bool = False
    has_values: bool = False  # the next brace opens a list of values
    values_depth: int = 0
    """How many brackets are open in the current list of values, or 0."""
    follows_term: bool = False

    def run(self) -> None:
        self.check_length()
        for token in tokenize(self.text):
            self.take(token)

    def check_length(self) -> None:
        if len(self.text) > self.policy.max_characters:
            raise QueryTooLongError(self.policy.max_characters)

    def take(self, token: Token) -> None:
        # In the order of frequency: every query passes here.
        kind, text, start = token
        if kind is TokenKind.PUNCTUATION:
            self.take_punctuation(text, start)
            self.follows_term = False
            return
        if kind is TokenKind.WORD:
            self.take_word(text.upper())
        elif kind is TokenKind.NAME:
            self.take_name(text)
        elif kind is TokenKind.COMMENT:
            _check_escapes(text, self.policy.refused_comment_escapes)
        elif kind is TokenKind.ESCAPE:
            _check_escapes(text, self.policy.refused_bare_escapes)
        elif kind is TokenKind.UNCLOSED_QUOTE:
            raise QuerySyntaxError("this quotation mark is never closed", *line_and_column(self.text, start))
        elif kind is not TokenKind.VARIABLE:
            if kind is TokenKind.IRI and len(text) > self.policy.max_iri:
                raise QueryRefusedError(f"an IRI has more than {self.policy.max_iri:,} characters; use a shorter one")
            _check_escapes(text, _DELIMITERS)
        if "(" in self.brackets[-1:]:
            self.take_term(kind, text)

    def take_term(self, kind: TokenKind, text: str) -> None:
        """Count the items of a collection: terms in parentheses with nothing between them."""
        if kind is TokenKind.COMMENT or kind is TokenKind.LANGTAG:
            return
        is_term = kind is not TokenKind.WORD or text.upper() not in _NOT_TERMS
        if is_term and self.follows_term and not self.values_depth:
            self.count_pattern()
        self.follows_term = is_term

    def take_punctuation(self, mark: str, start: int) -> None:
        if mark in "{([":
            self.open_bracket(mark)
        elif mark in _BRACKETS:
            if self.brackets and (self.brackets[-1] == _BRACKETS[mark] or not self.policy.pairs_brackets):
                self.brackets.pop()
                if len(self.brackets) < self.values_depth:
                    self.values_depth = 0
        elif mark in "<>":
            self.take_angle(mark, start)
        elif mark in ".;,":
            if "(" not in self.brackets[-1:]:
                self.count_pattern()
        elif mark in self.policy.operators:
            self.count_operators()

    def open_bracket(self, mark: str) -> None:
        is_counted = mark in self.policy.operators
        if mark == "(":
            # Conditions of HAVING and items of a collection stand side by side, without operators between them.
            is_counted = self.has_having or "(" in self.brackets[-1:]
        self.brackets.append(mark)
        if len(self.brackets) > self.policy.max_nesting:
            raise QueryTooNestedError(self.policy.max_nesting)
        if mark == "{" and self.has_values:
            self.has_values, self.values_depth = False, len(self.brackets)
        if is_counted:
            self.count_operators()

    def take_angle(self, mark: str, start: int) -> None:
        """Count ``<<`` and ``>>`` of triple terms and reified triples."""
        if start < self.angles_end or not self.text.startswith(mark * 2, start):
            return
        self.angles_end = start + 2
        self.reified = self.reified + 1 if mark == "<" else max(0, self.reified - 1)
        if self.reified > self.policy.max_nesting:
            raise QueryTooNestedError(self.policy.max_nesting)

    def take_word(self, upper: str) -> None:
        if "SERVICE" in upper:
            raise QueryForbiddenError("SERVICE", f"{NO_CONNECTION}; query that endpoint directly")
        if "-" in upper:
            self.count_operators(upper.count("-") - len(_EXPONENT.findall(upper)))
        for part in upper.replace("-", ".").split("."):
            if part in self.policy.operators:
                self.count_operators()
                self.has_values = self.has_values or part == "VALUES"
            elif part.startswith("HAVING"):
                self.has_having = True
            self.take_keyword(part)

    def take_keyword(self, keyword: str) -> None:
        raise NotImplementedError

    def take_name(self, name: str) -> None:
        if name.endswith("."):
            self.count_pattern()
        if "-" in name:
            prefix = name.partition(":")[0]
            hyphens = prefix.count("-")
            if hyphens > _MAX_HYPHENS or prefix[:1].isdigit():
                self.count_operators(hyphens)

    def count_pattern(self) -> None:
        self.patterns += 1
        if self.patterns > self.policy.max_patterns:
            raise self.too_many_patterns()

    def count_operators(self, count: int = 1) -> None:
        if self.values_depth:
            return  # values have no operators, but negative numbers
        self.operators += count
        if self.operators > self.policy.max_operators:
            raise self.too_many_operators()

    def too_many_operators(self) -> QueryRefusedError:
        raise NotImplementedError

    def too_many_patterns(self) -> QueryRefusedError:
        raise NotImplementedError


def has_service_prefix(name: str) -> bool:
    return "SERVICE" in name.partition(":")[0].upper()


def _check_escapes(text: str, refused: frozenset[str] | None) -> None:
    # SPARQL 1.1 section 19.2 resolves escapes before the grammar applies, some engines after it: an escape that
    # could end a string or spell a keyword would mean different things to this guard and to the engine.
    if "\\" not in text:
        return
    for escape in CODEPOINT_ESCAPE.findall(text):
        number = int(escape[2:], 16)
        if refused is None or number > 0x10FFFF or chr(number) in refused:
            raise QueryForbiddenError("codepoint escape", f"{escape} is not accepted here; write the character itself")
