"""The dataset of the protocol (``using-graph-uri``) as USING clauses, for engines that accept only the text.

SPARQL 1.1 Protocol, section 2.2.3: it is the dataset of every operation with a WHERE, and an error together with USING
or WITH in the text.
"""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kg.errors import BadParameterError
from kg.execution.sparql_lexer import Token, TokenKind
from kg.execution.update_guard import UpdateInfo


def add_using(update: UpdateInfo, using: Sequence[str], using_named: Sequence[str]) -> str:
    """The text of the update over that dataset; unchanged if none is given. Raises BadParameterError."""
    if not using and not using_named:
        return update.text
    clauses = [f"USING {_iri(iri)}" for iri in using] + [f"USING NAMED {_iri(iri)}" for iri in using_named]
    pieces: list[str] = []
    end = 0
    for offset, inserted in _insertions(update, " ".join(clauses)):
        pieces += [update.text[end:offset], inserted]
        end = offset
    return "".join([*pieces, update.text[end:]])


def _insertions(update: UpdateInfo, clauses: str) -> Iterator[tuple[int, str]]:
    """Offsets and what to insert there; ``DELETE WHERE { Q }`` becomes ``DELETE { Q } USING … WHERE { Q }``."""
    before: Token | None = None
    delete_where: Token | None = None
    brace = 0
    for token in update.top_level:
        word = token.text.upper() if token.kind is TokenKind.WORD else ""
        if word in ("USING", "WITH"):
            raise BadParameterError(
                "using-graph-uri", f"the update contains {word}; give the dataset in one place only"
            )
        if word == "WHERE" and before is not None and before.text.upper() == "DELETE":
            delete_where = token
        elif word == "WHERE":
            yield token.start, f"{clauses} "
        if token.text == "{":
            brace = token.start
        elif token.text == "}" and delete_where is not None:
            yield delete_where.start, f"{update.text[brace : token.start + 1]} {clauses} "
            delete_where = None
        before = token


def _iri(iri: str) -> str:
    try:
        return str(ox.NamedNode(iri))
    except ValueError:
        raise BadParameterError("using-graph-uri", f"{iri!r} is not an absolute IRI") from None
