"""The dataset of the protocol put into an update: ``using-graph-uri`` as ``USING``, for engines that take text alone.

SPARQL 1.1 Protocol, section 2.2.3: it is the dataset of every operation that has a WHERE, and an error together with
USING or WITH in the text.
"""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kg.errors import BadParameterError
from kg.execution.sparql_lexer import Token, TokenKind
from kg.update.update_guard import top_level


def with_dataset(text: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """The update over that dataset; the text itself where none is given. Raises BadParameterError."""
    if not using and not using_named:
        return text
    clauses = " ".join(
        [*(f"USING {_iri(each)}" for each in using), *(f"USING NAMED {_iri(each)}" for each in using_named)]
    )
    pieces: list[str] = []
    end = 0
    for where, inserted in _insertions(text, clauses):
        pieces += [text[end:where], inserted]
        end = where
    return "".join([*pieces, text[end:]])


def _insertions(text: str, clauses: str) -> Iterator[tuple[int, str]]:
    """What to put in, and where; ``DELETE WHERE { Q }`` becomes ``DELETE { Q } USING … WHERE { Q }``."""
    before: Token | None = None
    waiting: Token | None = None
    opened = 0
    for token in top_level(text):
        word = token.text.upper() if token.kind is TokenKind.WORD else ""
        if word in ("USING", "WITH"):
            raise BadParameterError("using-graph-uri", f"the update says {word} itself; give the dataset in one place")
        if word == "WHERE" and before is not None and before.text.upper() == "DELETE":
            waiting = token
        elif word == "WHERE":
            yield token.start, f"{clauses} "
        if token.text == "{":
            opened = token.start
        elif token.text == "}" and waiting is not None:
            yield waiting.start, f"{text[opened : token.start + 1]} {clauses} "
            waiting = None
        before = token


def _iri(iri: str) -> str:
    try:
        return str(ox.NamedNode(iri))
    except ValueError:
        raise BadParameterError("using-graph-uri", f"{iri!r} is not an absolute IRI") from None
