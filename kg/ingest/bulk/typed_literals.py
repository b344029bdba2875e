"""The distinct literals with a datatype in a text of N-Quads: few even where there are millions of quads."""

import re

import pyoxigraph as ox

from kg.namespaces import EDTF, value_of
from kg.validation.pyshacl_engine import is_ill_typed

_PLAIN = re.compile(rb'"([^"\\\n]*+)"\^\^<([^>"\n]++)> ')
_ANY = re.compile(rb'^\S++ \S++ "((?:[^"\\\n]|\\.)*+)"\^\^<([^>\n]++)> ', re.MULTILINE)
_DATATYPE = re.compile(rb'"\^\^<[^>"\n]++> ')


class TypedLiterals:
    """Collects them from the lines of a text."""

    def __init__(self) -> None:
        self._found: set[tuple[bytes, bytes]] = set()

    def scan(self, lines: bytes) -> None:
        """Look at these lines too."""
        found = _PLAIN.findall(lines)
        if len(found) < sum(1 for _ in _DATATYPE.finditer(lines)):  # a few have escapes
            found = _ANY.findall(lines)
        self._found.update(found)

    def of_dates(self) -> list[str]:
        """The lexical forms of EDTF dates, sorted."""
        return sorted(_unescape(text) for text, datatype in self._found if datatype == EDTF.encode())

    def ill_typed(self) -> list[ox.Literal]:
        """Those whose lexical form their datatype does not have, sorted."""
        literals = (
            ox.Literal(_unescape(text), datatype=ox.NamedNode(datatype.decode())) for text, datatype in self._found
        )
        return sorted((literal for literal in literals if is_ill_typed(literal)), key=value_of)


def _unescape(text: bytes) -> str:
    if b"\\" not in text:
        return text.decode()
    (quad,) = ox.parse(b'<x:s> <x:p> "%b" .' % text, format=ox.RdfFormat.N_QUADS)
    return value_of(quad.object)
