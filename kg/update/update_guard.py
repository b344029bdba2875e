"""What is refused of an update before any engine parses it: what opens connections, and what could end a process.

As ``kg.execution.guard`` does for queries, by counting tokens. It matters more here: an update runs where no filter
keeps the engine off the network.
"""

from collections.abc import Iterator

from kg.errors import QueryForbiddenError, QuerySyntaxError, QueryTooLongError, QueryTooNestedError
from kg.execution.sparql_lexer import ESCAPE, Token, TokenKind, tokenize

MAX_CHARACTERS = 2_000_000
MAX_NESTING = 200
MAX_LINKS = 1_000

_LINKS = frozenset({"||", "&&", "|", "/", "!", "+", "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "VALUES"})
_NOTHING = "INSERT DATA {}"
_OPENS, _CLOSES = "{([", "})]"
_SPOKEN = (TokenKind.WORD, TokenKind.NAME, TokenKind.ESCAPE)


def inspect_update(text: str) -> str:
    """The update as it may be given to an engine. Raises QueryRefusedError, saying why not.

    LOAD is refused; LOAD SILENT is not done, which is the failure that it says nobody need be told of.
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryTooLongError(MAX_CHARACTERS)
    text = _without_silent_loads(text)
    depth = links = 0
    for token in tokenize(text):
        _refuse_connections(token)
        if token.kind is TokenKind.QUOTE:
            raise QuerySyntaxError("this quotation mark is never closed", *position(text, token.start))
        if token.kind is TokenKind.PUNCTUATION:
            depth += (token.text in _OPENS) - (token.text in _CLOSES)
        links = _links_after(token, links)
        if depth > MAX_NESTING or links > MAX_LINKS:
            raise QueryTooNestedError(MAX_NESTING if depth > MAX_NESTING else MAX_LINKS)
    return text


def top_level(text: str) -> Iterator[Token]:
    """The tokens outside braces, and the braces of the outermost level."""
    depth = 0
    for token in tokenize(text):
        opens, closes = token.text == "{", token.text == "}"
        depth -= closes
        if depth == 0 and token.kind is not TokenKind.COMMENT:
            yield token
        depth += opens


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _without_silent_loads(text: str) -> str:
    pieces: list[str] = []
    end = 0
    for operation in _operations(text):
        words = [each.text.upper() for each in operation]
        where = next((place for place in range(len(words)) if words[place : place + 2] == ["LOAD", "SILENT"]), None)
        if where is not None and _is_source_and_target(operation[where + 2 :]):
            pieces += [text[end : operation[where].start], _NOTHING]
            end = operation[-1].start + len(operation[-1].text)
    return "".join([*pieces, text[end:]])


def _operations(text: str) -> Iterator[list[Token]]:
    operation: list[Token] = []
    for token in top_level(text):
        if token.text == ";":
            yield operation
            operation = []
        else:
            operation.append(token)
    yield operation


def _is_source_and_target(rest: list[Token]) -> bool:
    names = [each.kind in (TokenKind.IRI, TokenKind.NAME) for each in rest]
    if len(rest) == 1:
        return names == [True]
    return [each.text.upper() for each in rest[1:3]] == ["INTO", "GRAPH"] and names == [True, False, False, True]


def _links_after(token: Token, links: int) -> int:
    # Data has no operators: the count starts anew with each operation of the request.
    if token.text == ";" or (token.kind is TokenKind.WORD and token.text.upper() in ("DATA", "WHERE")):
        return 0
    return links + (token.text.upper() in _LINKS)


def _refuse_connections(token: Token) -> None:
    if token.kind in _SPOKEN or token.kind is TokenKind.COMMENT:
        for escape in ESCAPE.findall(token.text):
            raise QueryForbiddenError("codepoint escape", f"{escape} is not accepted here; write the character itself")
    if token.kind in (TokenKind.STRING, TokenKind.IRI):
        _refuse_closing_escapes(token.text)
    # Engines without a lexer read "SERVICEex:x" as SERVICE and a name, so a prefix of that name is refused as well.
    spoken = token.text.upper() if token.kind in (TokenKind.WORD, TokenKind.NAME) else ""
    if "SERVICE" in spoken.partition(":")[0]:
        raise QueryForbiddenError("SERVICE", "nothing sent here makes this server open a connection")
    if spoken.partition(":")[0].startswith("LOAD"):
        raise QueryForbiddenError("LOAD", "nothing sent here makes this server open a connection; send the data itself")


def _refuse_closing_escapes(text: str) -> None:
    for escape in ESCAPE.findall(text):
        number = int(escape[2:], 16)
        if number > 0x10FFFF or number < 0x20 or chr(number) in "\"'<>\\":
            raise QueryForbiddenError("codepoint escape", f"{escape} is not accepted here; write the character itself")
