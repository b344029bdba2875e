"""Files that results in JSON and XML are serialised into: links in the head, and what XML cannot carry.

A carriage return in XML is written as a reference, because every parser reads the character itself as a line feed. A
character that XML 1.0 lacks is an error; LOOK_AHEAD_BYTES are held back, so that it is found before any byte is sent.
In what is longer it ends the result in the middle, and the reader sees a result that is cut off.
"""

import json
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from kg.errors import NotRepresentableError
from kg.rdf_xml import escape_carriage_returns

LOOK_AHEAD_BYTES = 16_000_000
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf]")
"""UTF-8 of what is none of the characters of https://www.w3.org/TR/xml/#charsets."""
_JSON_HEAD = b'{"head":{'
_XML_HEAD_END = b"</head>"


class JsonOutput:
    """Writes links into the ``head`` of SPARQL results in JSON (section 3.1.2)."""

    def __init__(self, output: Any, links: Sequence[str]) -> None:
        self._output, self._links = output, links
        self._start = b""

    def write(self, data: bytes) -> int:
        if self._links:
            self._start += data
            if len(self._start) > len(_JSON_HEAD):
                self._output.write(self._insert(self._start))
                self._links = ()
        else:
            self._output.write(data)
        return len(data)

    def _insert(self, start: bytes) -> bytes:
        assert start.startswith(_JSON_HEAD), start
        rest = start.removeprefix(_JSON_HEAD)
        comma = b"" if rest.startswith(b"}") else b","
        return b'%b"link":%b%b%b' % (_JSON_HEAD, json.dumps(list(self._links)).encode(), comma, rest)

    def flush(self) -> None:
        return None


class XmlOutput:
    """Writes SPARQL results in XML: links at the end of their head (section 2.3.1), and only characters of XML.

    ``write`` and ``end`` raise NotRepresentableError, which names ``alternatives``.
    """

    def __init__(self, output: Any, links: Sequence[str], alternatives: Sequence[str]) -> None:
        self._output, self._links, self._alternatives = output, links, alternatives
        self._held: bytearray | None = bytearray()
        self._tail = b""

    def write(self, data: bytes) -> int:
        if _NOT_XML.search(self._tail + data):
            raise NotRepresentableError("a value has a character that XML cannot represent", self._alternatives)
        self._tail = (self._tail + data)[-2:]
        if self._held is None:
            self._output.write(escape_carriage_returns(data))
        else:
            self._held += data
            if len(self._held) > LOOK_AHEAD_BYTES:
                self.end()
        return len(data)

    def end(self) -> None:
        """Write what is held back."""
        if self._held is not None:
            held, self._held = bytes(self._held), None
            links = "".join(f"<link href={quoteattr(link)}/>" for link in self._links).encode()
            self._output.write(escape_carriage_returns(held.replace(_XML_HEAD_END, links + _XML_HEAD_END, 1)))

    def flush(self) -> None:
        return None
