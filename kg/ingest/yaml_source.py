"""YAML 1.2 text parsed into plain values, each with its location in the file.

Owns syntax and limits: UTF-8, one document, mappings, lists and scalars, no anchors, no tags, no duplicate key,
nothing empty. Every scalar stays text, so that a date or a code is never read as a number. Knows nothing of what the
values mean.
"""

import re
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from kg.errors import Finding, InputRejectedError, SourceLocation

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

    def location(self, path: Path) -> SourceLocation:
        """The location of the value at ``path``, or of the innermost value around it."""
        while path and path not in self.locations:
            path = path[:-1]
        return self.locations.get(path, SourceLocation(self.name))


def parse_yaml(data: bytes, name: str) -> YamlSource:
    """The values of one YAML document. Raises InputRejectedError, naming line and cure."""
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes"
        raise _rejection(message, "Split it into several dossiers.", SourceLocation(name))
    text = _decode(data, name)
    root = _compose(text, name)
    builder = _ValueBuilder(name)
    return YamlSource(name, builder.build(root, ()), builder.locations, text, builder.spans)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        location = SourceLocation(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise _rejection(message, "Save the file as UTF-8 and try again.", location) from None


def _compose(text: str, name: str) -> Node:
    try:
        documents = list(YAML(typ="safe", pure=True).compose_all(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        location = SourceLocation(name, mark.line + 1, mark.column + 1) if mark else SourceLocation(name)
        message = f"not YAML: {', '.join(part for part in (error.context, error.problem) if part)}"
        raise _rejection(message, "Check indentation, colons and quotation marks there.", location) from None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else None
        cure = "Remove the control character."
        raise _rejection(f"not YAML: {error.reason}", cure, SourceLocation(name, line)) from None
    except RecursionError:
        raise _nesting_rejection(_locate_nesting(text, name)) from None
    except (YAMLError, ValueError, AttributeError) as error:
        # ruamel.yaml raises plain Python errors for some malformed text
        raise _rejection(f"not YAML: {error}", "Check the syntax of the file.", SourceLocation(name)) from None
    if len(documents) != 1 or documents[0] is None:
        message = "the file contains no YAML document, or several"
        raise _rejection(message, "Write exactly one document.", SourceLocation(name))
    root: Node = documents[0]
    return root


def _locate_nesting(text: str, name: str) -> SourceLocation:
    """Where the text is nested too deep, found without recursion."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            return SourceLocation(name, event.start_mark.line + 1, event.start_mark.column + 1)
    return SourceLocation(name)


def _nesting_rejection(location: SourceLocation) -> InputRejectedError:
    return _rejection(f"nested deeper than {MAX_DEPTH} levels", "Give inner nodes an id of their own.", location)


class _ValueBuilder:
    """Builds plain values from YAML nodes, and records the location of each."""

    def __init__(self, name: str) -> None:
        self.locations: dict[Path, SourceLocation] = {}
        self.spans: dict[Path, YamlSpan] = {}
        self._name = name
        self._built: set[int] = set()

    def build(self, node: Node, path: Path, key: Node | None = None) -> Value:
        """The value of the node at ``path``, and of this key. Raises InputRejectedError."""
        location = self._location_of(node)
        self.locations.setdefault(path, location)
        is_flow = isinstance(node, CollectionNode) and bool(node.flow_style)
        key_start = key.start_mark.index if key else None
        self.spans[path] = YamlSpan(node.start_mark.index, node.end_mark.index, is_flow, key_start)
        self._check(node, location, path)
        if isinstance(node, MappingNode):
            return self._build_mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return str(node.value)

    def _check(self, node: Node, location: SourceLocation, path: Path) -> None:
        if node.anchor or id(node) in self._built:
            raise _rejection("an anchor or alias (& or *)", "Write the value out where it is used.", location)
        self._built.add(id(node))
        if len(path) > MAX_DEPTH:
            raise _nesting_rejection(location)
        tag = str(node.tag)
        if tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            raise _rejection(f"the tag {tag}", "Remove it: plain text, lists and mappings are enough.", location)
        if isinstance(node, ScalarNode) and _SURROGATE.search(node.value):
            raise _rejection("half of a surrogate pair", "Write the whole character.", location)
        if isinstance(node, ScalarNode) and tag.endswith(":null"):
            message = f"{path[-1]!r} has no value" if path else "the file is empty"
            raise _rejection(message, "Give it one, or remove the key.", self.locations[path])

    def _build_mapping(self, node: MappingNode, path: Path) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        for key_node, value_node in node.value:
            location = self._location_of(key_node)
            if not isinstance(key_node, ScalarNode):
                raise _rejection("a key that is not a word", "Use plain words as keys.", location)
            key = str(key_node.value)
            if _SURROGATE.search(key):
                raise _rejection("half of a surrogate pair", "Write the whole character.", location)
            if key in mapping:
                raise _rejection(f"the key {key!r} is repeated", "Keep one, or make its value a list.", location)
            self.locations[*path, key] = location
            mapping[key] = self.build(value_node, (*path, key), key_node)
        return mapping

    def _location_of(self, node: Node) -> SourceLocation:
        return SourceLocation(self._name, node.start_mark.line + 1, node.start_mark.column + 1)


def _rejection(message: str, cure: str, location: SourceLocation) -> InputRejectedError:
    return InputRejectedError([Finding(message, cure, location, rule="yaml")])
