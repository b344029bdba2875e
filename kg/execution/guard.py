"""What is refused of a query or an update before an engine parses it, because that alone could end the process.

Counts tokens of ``sparql_lexer``, one pass over the text, under a policy for queries and one for updates. It is a first
line of defence: a query that passes meets a worker that can be killed and cannot open a connection. Updates run in the
web process, so for them nothing but this guard keeps the engine off the network. The limits are measured: 10,000
operators or levels end the engine, 1,000 do not.
"""

import re
from dataclasses import dataclass, field

from kg.errors import QueryForbiddenError, QueryRefusedError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.interface import QueryForm, QueryInfo
from kg.execution.sparql_lexer import CODEPOINT_ESCAPE, Token, TokenKind, line_and_column, tokenize

_FORMS = {
    "SELECT": QueryForm.SOLUTIONS,
    "ASK": QueryForm.BOOLEAN,
    "CONSTRUCT": QueryForm.GRAPH,
    "DESCRIBE": QueryForm.GRAPH,
}
_UPDATE_KEYWORDS = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_NONDETERMINISTIC = ("NOW", "RAND", "UUID", "BNODE")
"""Ends of the names of functions (SPARQL 1.1, section 17.4) whose value is not determined by the data."""
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
_NO_CONNECTION = "this server opens no connection for a request"


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


QUERY_POLICY = GuardPolicy(max_characters=200_000)
UPDATE_POLICY = GuardPolicy(
    max_characters=2_000_000, refused_bare_escapes=None, refused_comment_escapes=None, pairs_brackets=False
)


@dataclass(frozen=True, slots=True)
class UpdateInfo:
    """An update that may be given to an engine."""

    text: str
    """The update; every ``LOAD SILENT`` is replaced by an update of nothing, because it may fail silently."""
    top_level: tuple[Token, ...]
    """The tokens outside braces and the outermost braces, with their offsets in ``text``."""


def inspect_query(text: str, policy: GuardPolicy = QUERY_POLICY) -> QueryInfo:
    """What is known of a query that may be given to an engine. Raises QueryRefusedError with the reason."""
    inspection = _QueryInspection(text, policy)
    inspection.run()
    return QueryInfo(inspection.form, inspection.names_dataset, inspection.is_deterministic)


def inspect_update(text: str, policy: GuardPolicy = UPDATE_POLICY) -> UpdateInfo:
    """The update as it may be given to an engine. Raises QueryRefusedError with the reason."""
    inspection = _UpdateInspection(text, policy)
    inspection.run()
    return inspection.info()


@dataclass(slots=True)
class _Inspection:
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
        if len(self.text) > self.policy.max_characters:
            raise QueryTooLongError(self.policy.max_characters)
        for token in tokenize(self.text):
            self.take(token)

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
            raise QueryForbiddenError("SERVICE", f"{_NO_CONNECTION}; query that endpoint directly")
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


@dataclass(slots=True)
class _QueryInspection(_Inspection):
    """The pass over a query, which also finds out its form."""

    form: QueryForm | None = None
    names_dataset: bool = False
    is_deterministic: bool = True
    before: str = ""
    """The keyword directly before, in upper case."""
    is_service_suspected: bool = False
    """The last token is a name that an engine may read as SERVICE and a name run together."""

    def take(self, token: Token) -> None:
        _Inspection.take(self, token)
        kind, text, _ = token
        if kind is TokenKind.WORD:
            self.before, self.is_service_suspected = text.upper(), False
        elif kind is TokenKind.NAME:
            # Engines without a lexer read "SERVICEex:x {" as SERVICE; "GRAPH service:x {" is an ordinary graph.
            self.is_service_suspected = _has_service_prefix(text) and not self.before.endswith("GRAPH")
            self.before = ""
        elif kind is not TokenKind.COMMENT:
            self.before, self.is_service_suspected = "", False
            if kind is TokenKind.IRI and text.count("(") > self.policy.max_nesting:
                raise QueryTooNestedError(self.policy.max_nesting)

    def take_punctuation(self, mark: str, start: int) -> None:
        _Inspection.take_punctuation(self, mark, start)
        if mark == "{" and self.is_service_suspected:
            raise QueryForbiddenError("SERVICE", _NO_CONNECTION)

    def take_keyword(self, keyword: str) -> None:
        if keyword in _UPDATE_KEYWORDS or (keyword == "WITH" and self.form is None):
            raise QueryForbiddenError("update", f"{keyword} changes data; only queries are run here")
        if "FROM" in keyword:
            self.names_dataset = True
        if keyword.endswith(_NONDETERMINISTIC):
            self.is_deterministic = False
        if self.form is None:
            self.form = next((form for name, form in _FORMS.items() if keyword.startswith(name)), None)

    def too_many_operators(self) -> QueryRefusedError:
        return QueryRefusedError(f"the query has more than {self.policy.max_operators:,} operators; split it")

    def too_many_patterns(self) -> QueryRefusedError:
        return QueryRefusedError(f"the query has more than {self.policy.max_patterns:,} patterns; split it")


@dataclass(slots=True)
class _UpdateInspection(_Inspection):
    """The pass over an update, which also collects its top level and drops ``LOAD SILENT``."""

    depth: int = 0
    """Of braces."""
    is_data: bool = False
    """In the braces of INSERT DATA, DELETE DATA or a template: these have no operators and may be long."""
    operation: list[Token] = field(default_factory=list)
    """Top-level tokens of the current operation; its first ``LOAD``, if any, is refused at its end."""
    has_load: bool = False
    top_level: list[Token] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    """The text to run so far, if it differs from ``text``."""
    end: int = 0
    """How much of ``text`` the pieces replace."""
    shift: int = 0
    """How much longer the pieces are than what they replace."""

    def take(self, token: Token) -> None:
        self.depth -= token.text == "}"
        if self.depth == 0 and token.kind is not TokenKind.COMMENT:
            if token.text == ";":
                self.end_operation()
                self.top_level.append(token._replace(start=token.start + self.shift))
            else:
                self.operation.append(token)
        self.depth += token.text == "{"
        if self.depth == 1 and token.text == "{":
            self.is_data = _opens_data(self.operation)
        _Inspection.take(self, token)

    def take_word(self, upper: str) -> None:
        if upper == "LOAD" and self.depth == 0 and not self.has_load:
            self.has_load = True
            return
        if upper.startswith("LOAD"):
            raise _load_refused()
        _Inspection.take_word(self, upper)

    def count_operators(self, count: int = 1) -> None:
        if self.depth and not self.is_data:
            _Inspection.count_operators(self, count)

    def count_pattern(self) -> None:
        if self.depth and not self.is_data:
            _Inspection.count_pattern(self)

    def take_keyword(self, keyword: str) -> None:
        """Nothing is refused but what ``take_word`` refuses."""

    def take_name(self, name: str) -> None:
        _Inspection.take_name(self, name)
        # Engines without a lexer read "SERVICEex:x" as SERVICE and a name.
        if _has_service_prefix(name):
            raise QueryForbiddenError("SERVICE", _NO_CONNECTION)
        if name.upper().partition(":")[0].startswith("LOAD"):
            raise _load_refused()

    def too_many_operators(self) -> QueryRefusedError:
        return QueryTooNestedError(self.policy.max_operators)

    def too_many_patterns(self) -> QueryRefusedError:
        reason = f"an operation has more than {self.policy.max_patterns:,} patterns"
        return QueryRefusedError(f"{reason}; split it, or write INSERT DATA or DELETE DATA")

    def end_operation(self) -> None:
        """Refuse a LOAD, unless it is SILENT; that one is replaced by an update of nothing."""
        operation, self.operation = self.operation, []
        self.operators = self.patterns = 0
        kept = len(operation)
        if self.has_load:
            self.has_load = False
            kept = next(place for place, token in enumerate(operation) if token.text.upper() == "LOAD")
            if not _is_silent_load(operation[kept:]):
                raise _load_refused()
        self.top_level += [token._replace(start=token.start + self.shift) for token in operation[:kept]]
        if kept < len(operation):
            self.replace(operation[kept].start, operation[-1].start + len(operation[-1].text), "INSERT DATA {}")

    def replace(self, start: int, end: int, text: str) -> None:
        self.pieces += [self.text[self.end : start], text]
        self.end = end
        self.shift += len(text) - (end - start)

    def info(self) -> UpdateInfo:
        self.end_operation()
        text = "".join([*self.pieces, self.text[self.end :]]) if self.pieces else self.text
        return UpdateInfo(text, tuple(self.top_level))


def _opens_data(tokens: list[Token]) -> bool:
    """Whether the last token, a brace, opens data or a template."""
    words = [token.text.upper() if token.kind is TokenKind.WORD else "" for token in tokens[-3:-1]]
    return words[-1:] in (["INSERT"], ["DELETE"]) or words in (["INSERT", "DATA"], ["DELETE", "DATA"])


def _is_silent_load(tokens: list[Token]) -> bool:
    words = [token.text.upper() for token in tokens]
    is_name = [token.kind in (TokenKind.IRI, TokenKind.NAME) for token in tokens]
    if words[:2] != ["LOAD", "SILENT"]:
        return False
    if len(tokens) == 3:
        return is_name[2]
    return words[3:5] == ["INTO", "GRAPH"] and is_name[2:] == [True, False, False, True]


def _load_refused() -> QueryForbiddenError:
    return QueryForbiddenError("LOAD", f"{_NO_CONNECTION}; send the data itself")


def _has_service_prefix(name: str) -> bool:
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
