"""What the text of a mapping query shows: which columns it reads, and which rows it makes statements of.

Owns the trace: a triple in the template of a CONSTRUCT that leads from a row to what is made of it. The grammar is left
to the engine, which has parsed the query before.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from kg.execution.sparql_lexer import Token, TokenKind, tokenize
from kg.namespaces import COLUMN, ROW

MADE = f"{ROW}made"
"""Leads from a row to a statement that is made of it."""
_ROW, _STATEMENT = "?row", "ck:Statement"
_COLUMN_PREFIX = "col:"


def list_columns(query: str) -> frozenset[str]:
    """The columns that the query names, as they are in the IRIs of their properties."""
    return frozenset(unquote(name) for name in _list_column_names(query) if name)  # none in the declaration of a prefix


def _list_column_names(query: str) -> Iterator[str]:
    for token in tokenize(query):
        if token.kind is TokenKind.NAME and token.text.startswith(_COLUMN_PREFIX):
            yield token.text.removeprefix(_COLUMN_PREFIX)
        elif token.kind is TokenKind.IRI and token.text.startswith(f"<{COLUMN}"):
            yield token.text[1:-1].removeprefix(COLUMN)


def trace_rows(query: str) -> str:
    """The query with the trace, of the variables that its template calls a statement, or of each row without one.

    Empty if it has no template, or no ``?row``: then nothing shows what is made of a row.
    """
    tokens = [token for token in tokenize(query) if token.kind is not TokenKind.COMMENT]
    start = _find_template(tokens)
    if start is None or not any(token.text == _ROW for token in tokens):
        return ""
    statements = dict.fromkeys(_list_statements(tokens[start:])) or {_ROW: None}
    position = tokens[start].end
    trace = "".join(f" {_ROW} <{MADE}> {variable} ." for variable in statements)
    return query[:position] + trace + query[position:]


def _find_template(tokens: Sequence[Token]) -> int | None:
    """Where the brace after CONSTRUCT is."""
    for position, token in enumerate(tokens[:-1]):
        if token.kind is TokenKind.WORD and token.text.upper() == "CONSTRUCT":
            return position + 1 if tokens[position + 1].text == "{" else None
    return None


def _list_statements(tokens: Sequence[Token]) -> Iterator[str]:
    for subject, verb, type_ in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if subject.text == "}":
            return
        if subject.kind is TokenKind.VARIABLE and verb.text == "a" and type_.text == _STATEMENT:
            yield subject.text
