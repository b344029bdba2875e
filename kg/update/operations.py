"""The operations of a SPARQL 1.1 Update request as slices of its text (section 3 of the specification).

Owns where prologue, templates and patterns begin and end, and what a graph operation names. The engine has accepted the
text before and parses each slice again, so nothing here knows terms or patterns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kg.errors import QueryRefusedError
from kg.execution.sparql_lexer import Token, TokenKind, tokenize
from kg.execution.update_guard import UpdateInfo

_BRACES = ("{", "}")


class GraphVerb(StrEnum):
    """The graph operations (sections 3.1.3 and 3.2)."""

    CLEAR = "CLEAR"
    DROP = "DROP"
    CREATE = "CREATE"
    COPY = "COPY"
    MOVE = "MOVE"
    ADD = "ADD"


class GraphSet(StrEnum):
    """Graphs that are named by a keyword."""

    DEFAULT = "DEFAULT"
    NAMED = "NAMED"
    ALL = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modify:
    """DELETE and INSERT (sections 3.1.1 to 3.1.3); a template without ``where`` is data."""

    delete: str = ""
    """The inside of the braces, as everywhere here."""
    insert: str = ""
    where: str | None = None
    using: str = ""
    """The dataset, in the words of a query: FROM and FROM NAMED."""
    with_graph: str = ""
    """An IRI as written."""


@dataclass(frozen=True, slots=True)
class GraphOperation:
    """CLEAR, DROP or CREATE of one target; COPY, MOVE or ADD of a source and a target."""

    verb: GraphVerb
    is_silent: bool
    graphs: tuple[str | GraphSet, ...]
    """IRIs as written, or keywords."""


Operation = Modify | GraphOperation


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """A prologue and the operations that it is for."""

    prologue: str
    operations: tuple[Operation, ...]


def slice_request(update: UpdateInfo) -> UpdateRequest:
    """The operations in order. Raises QueryRefusedError for one whose parts cannot be told apart."""
    start = first_operation(update)
    tokens = [token for token in update.top_level if token.start >= start]
    operations = (_slice_operation(update.text, chunk) for chunk in _split(tokens))
    return UpdateRequest(update.text[:start], tuple(operations))


def first_operation(update: UpdateInfo) -> int:
    """The offset at which the prologue ends."""
    for token in update.top_level:
        if token.kind is TokenKind.WORD and token.text.upper() not in ("BASE", "PREFIX", "VERSION"):
            return token.start
    return len(update.text)


def _split(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    chunk: list[Token] = []
    for token in tokens:
        if token.text != ";":
            chunk.append(token)
        elif chunk:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Reader:
    """Reads the tokens of one operation from the left."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text, self._tokens, self._place = text, tokens, 0

    @property
    def is_at_end(self) -> bool:
        return self._place == len(self._tokens)

    def take_word(self, *words: str) -> str:
        """The next token in upper case if it is one of the words; else nothing is taken."""
        if self.is_at_end or self._tokens[self._place].kind is not TokenKind.WORD:
            return ""
        word = self._tokens[self._place].text.upper()
        if word not in words:
            return ""
        self._place += 1
        return word

    def take_block(self) -> str:
        """The inside of the next braces."""
        opening, closing = self._tokens[self._place : self._place + 2]
        if (opening.text, closing.text) != _BRACES:
            raise ValueError
        self._place += 2
        return self._text[opening.start + 1 : closing.start]

    def take_iri(self) -> str:
        token = self._tokens[self._place]
        if token.kind not in (TokenKind.IRI, TokenKind.NAME):
            raise ValueError
        self._place += 1
        return token.text


def _slice_operation(text: str, tokens: Sequence[Token]) -> Operation:
    reader = _Reader(text, tokens)
    try:
        verb = reader.take_word(*GraphVerb)
        operation = _slice_graph_operation(reader, GraphVerb(verb)) if verb else _slice_modify(reader)
        if reader.is_at_end:
            return operation
    except (IndexError, ValueError):
        pass
    written = text[tokens[0].start : tokens[0].start + 60].split("\n")[0]
    raise QueryRefusedError(f"this operation cannot be evaluated; put spaces between its keywords: {written}")


def _slice_modify(reader: _Reader) -> Modify:
    with_graph = reader.take_iri() if reader.take_word("WITH") else ""
    delete = insert = ""
    if reader.take_word("DELETE"):
        if reader.take_word("DATA"):
            return Modify(delete=reader.take_block())
        if reader.take_word("WHERE"):
            pattern = reader.take_block()
            return Modify(delete=pattern, where=_without_empty_graphs(pattern))
        delete = reader.take_block()
    if reader.take_word("INSERT"):
        if reader.take_word("DATA"):
            return Modify(insert=reader.take_block())
        insert = reader.take_block()
    using = []
    while reader.take_word("USING"):
        named = reader.take_word("NAMED")
        using.append(f"FROM {named} {reader.take_iri()}")
    if not reader.take_word("WHERE"):
        raise ValueError
    where = reader.take_block()
    return Modify(delete=delete, insert=insert, where=where, using=" ".join(using), with_graph=with_graph)


def _without_empty_graphs(pattern: str) -> str:
    """The quad pattern as a group: ``GRAPH <g> {}`` contains no quad, so it does not require the graph to exist."""
    tokens = [token for token in tokenize(pattern) if token.kind is not TokenKind.COMMENT]
    pieces: list[str] = []
    end = 0
    for word, opening, closing in zip(tokens, tokens[2:], tokens[3:], strict=False):
        if word.text.upper() == "GRAPH" and (opening.text, closing.text) == _BRACES:
            pieces += [pattern[end : word.start], "{}"]
            end = closing.start + 1
    return "".join([*pieces, pattern[end:]])


def _slice_graph_operation(reader: _Reader, verb: GraphVerb) -> GraphOperation:
    is_silent = bool(reader.take_word("SILENT"))
    if verb not in (GraphVerb.COPY, GraphVerb.MOVE, GraphVerb.ADD):
        return GraphOperation(verb, is_silent, (_take_graph(reader),))
    source = _take_graph(reader)
    if not reader.take_word("TO"):
        raise ValueError
    return GraphOperation(verb, is_silent, (source, _take_graph(reader)))


def _take_graph(reader: _Reader) -> str | GraphSet:
    if keyword := reader.take_word(*GraphSet):
        return GraphSet(keyword)
    reader.take_word("GRAPH")
    return reader.take_iri()
