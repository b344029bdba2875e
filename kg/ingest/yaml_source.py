"""YAML 1.2 text read into plain values, each with its location in the file.

Owns syntax and bounds: UTF-8, one document, mappings, lists and scalars, no anchors, no tags, no key twice, nothing
empty. Every scalar stays the text that was written, so that a date or a code is never taken for a number. Knows
nothing of what the values mean.
"""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from kg.errors import Finding, InputRejectedError, SourceLocation

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

_TAGS = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"}
"""What plain YAML resolves to; each scalar is kept as text all the same."""

MAX_BYTES = 20_000_000
MAX_DEPTH = 40


@dataclass(frozen=True)
class YamlSource:
    """Plain values and, for the path to each, the location where it starts; keys are at ``(*path, key)``."""

    name: str
    value: Value
    locations: dict[Path, SourceLocation] = field(repr=False)

    def location(self, path: Path) -> SourceLocation:
        """The location of the value at ``path``, or of the nearest value around it."""
        while path and path not in self.locations:
            path = path[:-1]
        return self.locations.get(path, SourceLocation(self.name))


def parse_yaml(data: bytes, name: str) -> YamlSource:
    """The values of one YAML document. Raises InputRejectedError, naming line and cure."""
    if len(data) > MAX_BYTES:
        raise _rejected(
            f"the file has more than {MAX_BYTES:,} bytes", "Split it into several dossiers.", SourceLocation(name)
        )
    root = _compose(_decoded(data, name), name)
    locations: dict[Path, SourceLocation] = {}
    value = _Reader(name, locations).value(root, ())
    return YamlSource(name, value, locations)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        location = SourceLocation(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise _rejected(
            f"byte 0x{data[error.start]:02x} is not UTF-8", "Save the file as UTF-8 and try again.", location
        ) from None


def _compose(text: str, name: str) -> Node:
    try:
        documents = list(YAML(typ="safe", pure=True).compose_all(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        location = SourceLocation(name, mark.line + 1, mark.column + 1) if mark else SourceLocation(name)
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise _rejected(f"not YAML: {said}", "Check indentation, colons and quotation marks there.", location) from None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else None
        cure = "Remove the control character."
        raise _rejected(f"not YAML: {error.reason}", cure, SourceLocation(name, line)) from None
    except (YAMLError, RecursionError, ValueError, AttributeError) as error:
        # ruamel.yaml lets a few of its own slips on malformed text through as plain Python errors
        raise _rejected(f"not YAML: {error}", "Check the syntax of the file.", SourceLocation(name)) from None
    if len(documents) != 1 or documents[0] is None:
        raise _rejected(
            "the file holds no YAML document, or several", "Write exactly one document.", SourceLocation(name)
        )
    root: Node = documents[0]
    return root


class _Reader:
    def __init__(self, name: str, locations: dict[Path, SourceLocation]) -> None:
        self.name, self.locations = name, locations
        self.seen: set[int] = set()

    def value(self, node: Node, path: Path) -> Value:
        location = self._location_of(node)
        self.locations.setdefault(path, location)
        self._check(node, location, path)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return str(node.value)

    def _check(self, node: Node, location: SourceLocation, path: Path) -> None:
        if node.anchor or id(node) in self.seen:
            raise _rejected("an anchor or alias (& or *)", "Write the value out where it is used.", location)
        self.seen.add(id(node))
        if len(path) > MAX_DEPTH:
            raise _rejected(f"nested deeper than {MAX_DEPTH} levels", "Give inner nodes an id of their own.", location)
        tag = str(node.tag)
        if tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            raise _rejected(f"the tag {tag}", "Remove it: plain text, lists and mappings are enough.", location)
        if isinstance(node, ScalarNode) and tag.endswith(":null"):
            key = f"{path[-1]!r} has no value" if path else "the file is empty"
            raise _rejected(key, "Give it one, or remove the key.", self.locations[path])

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key_node, value_node in node.value:
            location = self._location_of(key_node)
            if not isinstance(key_node, ScalarNode):
                raise _rejected("a key that is not a word", "Use plain words as keys.", location)
            key = str(key_node.value)
            if key in found:
                raise _rejected(f"the key {key!r} stands here twice", "Keep one, or make its value a list.", location)
            self.locations[*path, key] = location
            found[key] = self.value(value_node, (*path, key))
        return found

    def _location_of(self, node: Node) -> SourceLocation:
        return SourceLocation(self.name, node.start_mark.line + 1, node.start_mark.column + 1)


def _rejected(message: str, cure: str, location: SourceLocation) -> InputRejectedError:
    return InputRejectedError([Finding(message, cure, location, rule="yaml")])
