"""YAML 1.2 text parsed into plain values, each with its location in the file.

Owns the limits of what is read: UTF-8, mappings, lists and scalars, no anchors, no tags, no duplicate key, nothing
empty. Every scalar stays text, so that a date or a code is never read as a number. Knows nothing of what the values
mean.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.ingest.yaml_syntax import compose_readable

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

_TAGS = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"}
"""The tags that plain YAML resolves to; a scalar stays text whatever its tag."""

MAX_BYTES = 5_000_000
"""Parsing takes up to 500 bytes of memory for each."""
MAX_DEPTH = 40
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class YamlSpan:
    """Where a value stands in the text of its file, in code points; ``key`` is where its key begins, if it has one."""

    start: int
    end: int
    is_flow: bool
    """A mapping or list in braces or brackets."""
    key: int | None = None


@dataclass(frozen=True)
class YamlSource:
    """Plain values, and the location of each by its path; the location of a key is at ``(*path, key)``."""

    name: str
    value: Value
    locations: dict[Path, SourceLocation] = field(repr=False)
    text: str = field(default="", repr=False)
    """The file as text, without a byte order mark."""
    spans: dict[Path, YamlSpan] = field(default_factory=dict, repr=False)
    findings: tuple[tuple[Path, Finding], ...] = ()
    """What could not be read, each with the path of the value around it."""
    unread: str = field(default="", repr=False)
    """The parts of the text that could not be read."""

    def location(self, path: Path) -> SourceLocation:
        """The location of the value at ``path``, or of the innermost value around it."""
        while path and path not in self.locations:
            path = path[:-1]
        return self.locations.get(path, SourceLocation(self.name))


def parse_yaml(data: bytes, name: str) -> YamlSource:
    """The values of one YAML document. Raises InputRejectedError, naming line and cure of each thing that is wrong."""
    source = parse_readable(data, name)
    if source.findings:
        raise InputRejectedError([finding for _, finding in source.findings])
    return source


def parse_readable(data: bytes, name: str, list_keys: Collection[str] = ()) -> YamlSource:
    """The values of one YAML document as far as they can be read, with a finding for each part that cannot.

    A list item with a syntax error is left out. ``list_keys`` are the keys whose values may be lists: a cure offers
    that for no other key. Raises InputRejectedError where nothing can be read.
    """
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes"
        raise _rejection(message, "Split it into several dossiers.", SourceLocation(name))
    text = _decode(data, name)
    readable = compose_readable(text, name, MAX_DEPTH)
    builder = _ValueBuilder(name, text, list_keys, has_gaps=bool(readable.findings))
    value = builder.build(readable.root, ())
    findings = (*(((), finding) for finding in readable.findings), *builder.findings)
    return YamlSource(name, value, builder.locations, text, builder.spans, findings, readable.unread)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        location = SourceLocation(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise _rejection(message, "Save the file as UTF-8 and try again.", location) from None


def _nesting_rejection(location: SourceLocation) -> InputRejectedError:
    return _rejection(f"nested deeper than {MAX_DEPTH} levels", "Give inner nodes an id of their own.", location)


class _ValueBuilder:
    """Builds plain values from YAML nodes, and records the location of each and what cannot be read."""

    def __init__(self, name: str, text: str, list_keys: Collection[str], *, has_gaps: bool) -> None:
        self.locations: dict[Path, SourceLocation] = {}
        self.spans: dict[Path, YamlSpan] = {}
        self.findings: list[tuple[Path, Finding]] = []
        self._name, self._text, self._list_keys, self._has_gaps = name, text, list_keys, has_gaps
        self._built: set[int] = set()
        self._unread: set[Path] = set()

    def build(self, node: Node, path: Path, key: Node | None = None) -> Value:
        """The value of the node at ``path``, and of this key. Raises InputRejectedError if it is nested too deep."""
        location = self._location_of(node)
        self.locations.setdefault(path, location)
        is_flow = isinstance(node, CollectionNode) and bool(node.flow_style)
        key_start = key.start_mark.index if key else None
        self.spans[path] = YamlSpan(node.start_mark.index, node.end_mark.index, is_flow, key_start)
        if len(path) > MAX_DEPTH:
            raise _nesting_rejection(location)
        if id(node) in self._built or not self._is_plain(node, location, path):
            self._unread.add(path)
            return ""
        self._built.add(id(node))
        if isinstance(node, MappingNode):
            return self._build_mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return str(node.value)

    def _is_plain(self, node: Node, location: SourceLocation, path: Path) -> bool:
        tag = str(node.tag)
        if node.anchor:
            self._report(path, "an anchor or alias (& or *)", "Write the value out where it is used.", location)
        elif tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            self._report(path, f"the tag {tag}", "Remove it: plain text, lists and mappings are enough.", location)
        elif isinstance(node, ScalarNode) and _SURROGATE.search(node.value):
            self._report(path, "half of a surrogate pair", "Write the whole character.", location)
        elif isinstance(node, ScalarNode) and tag.endswith(":null"):
            self._report_empty(path)
        else:
            return True
        return False

    def _report(self, path: Path, message: str, cure: str, location: SourceLocation) -> None:
        self.findings.append((path, Finding(message, cure, location, rule="yaml")))

    def _report_empty(self, path: Path) -> None:
        if self._has_gaps and not (path and self.spans[path[:-1]].is_flow):
            return  # its items could not be read
        message = f"{path[-1]!r} has no value" if path else "the file is empty"
        self._report(path, message, "Give it one, or remove the key.", self.locations[path])

    def _build_mapping(self, node: MappingNode, path: Path) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        rests = self._find_rests(node) if node.flow_style else []
        for rest in rests:
            self._report_rest(path, node, rest)
        left_out = {index for rest in rests for index in rest}
        for index, (key_node, value_node) in enumerate(node.value):
            location = self._location_of(key_node)
            if index in left_out:
                continue
            if not isinstance(key_node, ScalarNode):
                self._report(path, "a key that is not a word", "Use plain words as keys.", location)
                continue
            key = str(key_node.value)
            if _SURROGATE.search(key):
                self._report(path, "half of a surrogate pair", "Write the whole character.", location)
            elif key in mapping:
                self._report(path, f"the key {key!r} is repeated", self._repetition_cure(key), location)
            else:
                self.locations[*path, key] = location
                value = self.build(value_node, (*path, key), key_node)
                if (*path, key) not in self._unread:
                    mapping[key] = value
        return mapping

    def _repetition_cure(self, key: str) -> str:
        return "Keep one, or make its value a list." if key in self._list_keys else "Keep one of them."

    def _find_rests(self, node: MappingNode) -> list[range]:
        """Within braces, the runs of keys without values after a plain text: each is the rest of that text.

        A comma ends a text within braces, so that what follows it is read as a key.
        """
        rests: list[range] = []
        for index, ((before, text), (key, value)) in enumerate(pairwise(node.value), 1):
            if not self._is_bare(key, value):
                continue
            if rests and rests[-1].stop == index:
                rests[-1] = range(rests[-1].start, index + 1)
            elif _is_unquoted(before) and _is_unquoted(text) and self._words_of(text, text):
                rests.append(range(index, index + 1))
        return rests

    def _is_bare(self, key: Node, value: Node) -> bool:
        """Whether the key is plain words, without a colon and a value."""
        return _is_unquoted(key) and not self._text[key.end_mark.index : value.end_mark.index].strip()

    def _report_rest(self, path: Path, node: MappingNode, rest: Sequence[int]) -> None:
        """The whole text up to the next key, as it has to be written."""
        key, text = node.value[rest[0] - 1]
        first, last = node.value[rest[0]][0], node.value[rest[-1]][0]
        message = f"{self._words_of(first, last)!r} has no value: within {{ }} a comma ends the text before it"
        quoted = self._words_of(text, last).replace("\\", "\\\\").replace('"', '\\"')
        cure = f'If it belongs to that text, write {key.value}: "{quoted}".'
        self._report((*path, str(first.value)), message, cure, self._location_of(first))

    def _words_of(self, first: Node, last: Node) -> str:
        """The text of the file from one node to another, in one line."""
        return " ".join(self._text[first.start_mark.index : last.end_mark.index].split())

    def _location_of(self, node: Node) -> SourceLocation:
        return SourceLocation(self._name, node.start_mark.line + 1, node.start_mark.column + 1)


def _is_unquoted(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style


def _rejection(message: str, cure: str, location: SourceLocation) -> InputRejectedError:
    return InputRejectedError([Finding(message, cure, location, rule="yaml")])
