"""What is refused of an RDF document before a parser reads it, because that alone could end or exhaust the process.

Limits of each syntax, found in passes over the bytes in linear time: nesting, entities, IRIs, chains of terms. Knows
nothing of what triples mean; whether a document is well-formed is the parser's to say. A limit is far above what people
and programs write, and far below what ends a parser.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from kg.errors import GraphSyntaxError
from kg.rdf_formats import JSON_LD, RDF_XML, RdfSyntax

MAX_NESTING = 100
MAX_IRI = 8_000
"""Bytes of an IRI: a base is copied for every relative IRI."""
MAX_BASES = 1_000
"""Base declarations of a document: a relative base may be longer than the one before."""
MAX_ATTRIBUTES = 200
"""Of an XML element; the parser compares every two."""
MAX_TERM_CHAIN = 50
"""Terms of a JSON-LD context, each defined by the next."""

# No quantifier gives back what it took, and what is never closed is taken to the end: no byte is read twice.
_TURTLE_TOKEN = re.compile(
    rb"""
      \#[^\n]*+
    | \\.
    | <[^<>"{}|^`\x00-\x20]*+>
    | '''(?:'{0,2}+(?:[^'\\]|\\.))*+'''
    | \"{3}(?:\"{0,2}+(?:[^"\\]|\\.))*+\"{3}
    | (?!''')'(?:[^'\\\r\n]|\\.)*+'
    | (?!\"{3})"(?:[^"\\\r\n]|\\.)*+"
    | (?P<unclosed>['"].*+)
    | (?P<open><<)
    | (?P<close>>>)
    | (?P<base>(?<![\w:\-%])[Bb][Aa][Ss][Ee]\s*+<)
    """,
    re.VERBOSE | re.DOTALL,
)
_BASE = re.compile(rb"(?<![\w:\-%])[Bb][Aa][Ss][Ee]\s*+<")
_LONG_IRI = re.compile(rb'<[^<>"{}|^`\x00-\x20]{%d}' % (MAX_IRI + 1))
_NO_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+["\\]?+|[^\[\]{}"]++', re.DOTALL)
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+["\\]?+|(?P<bracket>[\[\]{}])', re.DOTALL)
_DEPTH = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_XML_MARKUP = re.compile(
    rb"""
      <!--(?:[^-]|-(?!->))*+(?:-->)?+
    | <!\[CDATA\[(?:[^\]]|\](?!\]>))*+(?:\]\]>)?+
    | <\?(?:[^?]|\?(?!>))*+(?:\?>)?+
    | (?P<declaration><![A-Za-z])
    | (?P<close></[^<>]*+>)
    | (?P<open><[^<>"'/!?][^<>"'/]*+(?:"[^"]*+"|'[^']*+'|/(?!>)|[^<>"'/])*+)(?P<empty>/?+)>
    """,
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")


def check_rdf(data: bytes, syntax: RdfSyntax) -> None:
    """Refuse what a parser must not see. Raises GraphSyntaxError with the place and the cure."""
    _CHECKS.get(syntax.label, _check_turtle)(data)


def _check_turtle(data: bytes) -> None:
    """For the Turtle family, N-Triples and N-Quads."""
    # Most documents have nothing of the kind: the tokens are needed only to tell it from text in strings.
    is_suspect = data.count(b"<<") > MAX_NESTING or _LONG_IRI.search(data) is not None
    if not is_suspect and sum(1 for _ in _BASE.finditer(data)) <= MAX_BASES:
        return
    depth = bases = 0
    for token in _TURTLE_TOKEN.finditer(data):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
            if depth > MAX_NESTING:
                reason = f"triple terms are nested deeper than {MAX_NESTING} levels; name the inner ones by a reifier"
                raise _refused(data, token.start(), reason)
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "base":
            bases += 1
            if bases > MAX_BASES:
                raise _refused(data, token.start(), f"more than {MAX_BASES:,} base declarations; write absolute IRIs")
        if data[token.start()] == ord("<") and token.end() - token.start() > MAX_IRI + 2:
            raise _refused(data, token.start(), f"an IRI has more than {MAX_IRI:,} bytes; use a shorter one")
        if kind == "base":
            _check_base(data, token.end() - 1)


def _check_base(data: bytes, start: int) -> None:
    if _LONG_IRI.match(data, start):
        raise _refused(data, start, f"an IRI has more than {MAX_IRI:,} bytes; use a shorter one")


def _check_json(data: bytes) -> None:
    check_json_nesting(data)
    try:
        document = json.loads(data, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return  # the parser reports where it is no JSON
    for context in _contexts(document):
        _check_context(context)


def check_json_nesting(data: bytes, max_nesting: int = MAX_NESTING) -> None:
    """Refuse JSON that is nested too deep. Raises GraphSyntaxError with the place."""
    brackets = _NO_BRACKETS.sub(b"", data)
    if max(accumulate(map(lambda bracket: _DEPTH.get(bracket, 0), brackets)), default=0) <= max_nesting:
        return
    depth = 0
    for token in _BRACKET.finditer(data):
        if token["bracket"]:
            depth += _DEPTH[token["bracket"][0]]
            if depth > max_nesting:
                cure = "name the inner nodes and write them beside each other"
                raise _refused(data, token.start(), f"nested deeper than {max_nesting} levels; {cure}")


def _contexts(document: Any) -> Iterator[Any]:
    """The values of all members ``@context``, with the items of lists one by one."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            pending += value.values()
            context = value.get("@context")
            yield from context if isinstance(context, list) else [context]


def _check_context(context: Any) -> None:
    if isinstance(context, dict) and "@import" in context:
        context = context["@import"]
    if isinstance(context, str):
        reason = f"the context {context[:200]!r} is elsewhere, and this server fetches nothing"
        raise GraphSyntaxError(f"{reason}; write its content in the document")
    if isinstance(context, dict):
        _check_term_chains(context)


def _check_term_chains(context: Mapping[str, Any]) -> None:
    """A processor defines a term by recursion over the terms that its definition uses (JSON-LD 1.1 API, 4.2.2)."""
    lengths: dict[str, int] = {}
    for start in context:
        chain: list[str] = []
        term: str | None = start
        while term is not None and term not in lengths:
            lengths[term] = 0
            chain.append(term)
            term = _next_term(term, context)
        length = lengths[term] if term is not None else 0
        for term in reversed(chain):
            length = lengths[term] = length + 1
        if length > MAX_TERM_CHAIN:
            reason = f"the context defines {start[:200]!r} by a chain of more than {MAX_TERM_CHAIN} terms"
            raise GraphSyntaxError(f"{reason}; define it by an IRI")


def _next_term(term: str, context: Mapping[str, Any]) -> str | None:
    """The term by which it is defined, if any."""
    definition = context[term]
    if isinstance(definition, dict):
        definition = definition.get("@id", definition.get("@reverse", definition.get("@type")))
    for name in (definition, term):
        if isinstance(name, str):
            for candidate in (name, name.partition(":")[0]):
                if candidate != term and candidate in context:
                    return candidate
    return None


def _check_xml(data: bytes) -> None:
    depth = 0
    for markup in _XML_MARKUP.finditer(data):
        kind = markup.lastgroup
        if kind == "close":
            depth = max(0, depth - 1)
        elif kind == "declaration":
            reason = (
                "a document type declaration or entity is not accepted; write namespaces as xmlns:... and IRIs in full"
            )
            raise _refused(data, markup.start(), reason)
        elif kind == "empty":
            _check_attributes(data, markup)
            if not markup["empty"]:
                depth += 1
                if depth > MAX_NESTING:
                    cure = "describe the inner nodes beside the outer ones, with rdf:about or rdf:nodeID"
                    raise _refused(data, markup.start(), f"nested deeper than {MAX_NESTING} elements; {cure}")


def _check_attributes(data: bytes, markup: re.Match[bytes]) -> None:
    tag = markup["open"]
    if tag.count(b"=") > MAX_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(tag)) > MAX_ATTRIBUTES:
        raise _refused(data, markup.start(), f"more than {MAX_ATTRIBUTES} attributes; write property elements")


def _refused(data: bytes, offset: int, reason: str) -> GraphSyntaxError:
    line_start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[line_start:offset].decode(errors="replace")) + 1
    return GraphSyntaxError(reason, data.count(b"\n", 0, offset) + 1, column)


_CHECKS: Mapping[str, Callable[[bytes], None]] = {JSON_LD.label: _check_json, RDF_XML.label: _check_xml}
