"""The RDF terms of SPARQL results in TSV, and which text is shown where there are several languages.

An IRI is its text, any other term a ``Literal``: most of what a request holds is then plain ``str``, which the garbage
collector does not traverse. TSV is the smallest and the fastest to read of the SPARQL result formats.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_ESCAPED = re.compile(r"\\([tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_FALLBACK_LANGUAGES = ("en", "")


class Literal(NamedTuple):
    """The lexical form of a literal, with its language tag if it has one; the datatype is not kept."""

    text: str
    lang: str = ""


Term = str | Literal


def parse_rows(body: bytes) -> Iterator[list[str]]:
    """The rows of a TSV result, as the unparsed terms of their columns; an empty string for an unbound variable."""
    _, *lines = body.decode().split("\n")
    return (line.split("\t") for line in lines if line)


def parse_term(text: str) -> Term:
    """The term that the text writes."""
    return text[1:-1] if text.startswith("<") else parse_literal(text)


def parse_literal(text: str) -> Literal:
    """The literal that the text writes; numbers may stand without quotes."""
    if not text.startswith('"'):
        return Literal(text)
    end = text.rindex('"')
    lang = text[end + 2 :] if text.startswith("@", end + 1) else ""
    return Literal(_unescape(text[1:end]), lang)


def lexical_form(term: Term) -> str:
    """An IRI, or the lexical form of a literal."""
    return term if isinstance(term, str) else term.text


def select_text(terms: Iterable[Term], languages: Iterable[str]) -> str | None:
    """The text in the first of the languages available, else in English, without language, or the first by tag."""
    literals = sort_texts(terms)
    if len(literals) < 2:
        return literals[0].text if literals else None
    for language in (*languages, *_FALLBACK_LANGUAGES):
        for literal in literals:
            if _matches_range(literal.lang, language):
                return literal.text
    return literals[0].text


def sort_texts(terms: Iterable[Term]) -> list[Literal]:
    """The literals among the terms, by language tag, then by text."""
    literals = [term for term in terms if isinstance(term, Literal)]
    return sorted(literals, key=lambda literal: (literal.lang, literal.text)) if len(literals) > 1 else literals


def _matches_range(tag: str, language_range: str) -> bool:
    """Basic filtering of language tags (RFC 4647, section 3.3.1)."""
    tag, language_range = tag.lower(), language_range.lower()
    return tag == language_range or (bool(language_range) and tag.startswith(f"{language_range}-"))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _CHARACTERS.get(escape, escape)
