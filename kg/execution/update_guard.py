"""What is refused of an update before an engine parses it, and its top level, which is evaluated one by one.

A remote engine evaluates updates itself, so nothing but this guard keeps it off the network.
"""

import re
from dataclasses import dataclass, field

from kg.errors import QueryForbiddenError, QueryRefusedError, QueryTooNestedError
from kg.execution.guard import NO_CONNECTION, GuardPolicy, Inspection, has_service_prefix
from kg.execution.sparql_lexer import Token, TokenKind, tokenize

UPDATE_POLICY = GuardPolicy(
    max_characters=2_000_000, refused_bare_escapes=None, refused_comment_escapes=None, pairs_brackets=False
)

_PLAIN = r"""(?: \s++
    | <[^<>"{}|^`\\\x00-\x20]{0,1000}+>
    | (?!\"{3})"[^"\\\r\n]*+"
    | @[A-Za-z0-9-]++
    | [.;,] | \^\^
    )"""
"""One or more whole tokens of which nothing is counted or refused where data stand."""
_PLAIN_DATA = re.compile(
    rf"""(?: {_PLAIN} | GRAPH \s*+ <[^<>"{{}}|^`\\\x00-\x20]{{0,1000}}+> \s*+ \{{ {_PLAIN}*+ \}} )++""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class UpdateInfo:
    """An update that may be given to an engine."""

    text: str
    """The update; every ``LOAD SILENT`` is replaced by an update of nothing, because it may fail silently."""
    top_level: tuple[Token, ...]
    """The tokens outside braces and the outermost braces, with their offsets in ``text``."""


def inspect_update(text: str, policy: GuardPolicy = UPDATE_POLICY) -> UpdateInfo:
    """The update as it may be given to an engine. Raises QueryRefusedError with the reason."""
    inspection = UpdateInspection(text, policy)
    inspection.run()
    return inspection.info()


@dataclass(slots=True)
class UpdateInspection(Inspection):
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

    def run(self) -> None:
        self.check_length()
        end = 0
        while end < len(self.text):
            end = self.run_from(end)

    def run_from(self, start: int) -> int:
        """Take tokens up to where plain data, which need no look, end; the offset of that."""
        for token in tokenize(self.text, start):
            self.take(token)
            if self.is_data and self.depth and (plain := _PLAIN_DATA.match(self.text, token.end)):
                return plain.end()
        return len(self.text)

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
        Inspection.take(self, token)

    def take_word(self, upper: str) -> None:
        if upper == "LOAD" and self.depth == 0 and not self.has_load:
            self.has_load = True
            return
        if upper.startswith("LOAD"):
            raise _load_refused()
        Inspection.take_word(self, upper)

    def count_operators(self, count: int = 1) -> None:
        if self.depth and not self.is_data:
            Inspection.count_operators(self, count)

    def count_pattern(self) -> None:
        if self.depth and not self.is_data:
            Inspection.count_pattern(self)

    def take_keyword(self, keyword: str) -> None:
        """Nothing is refused but what ``take_word`` refuses."""

    def take_name(self, name: str) -> None:
        Inspection.take_name(self, name)
        # Engines without a lexer read "SERVICEex:x" as SERVICE and a name.
        if has_service_prefix(name):
            raise QueryForbiddenError("SERVICE", NO_CONNECTION)
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
            self.replace(operation[kept].start, operation[-1].end, "INSERT DATA {}")

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
    return QueryForbiddenError("LOAD", f"{NO_CONNECTION}; send the data itself")
