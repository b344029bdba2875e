"""YAML 1.2 text composed to nodes, as far as its syntax goes: a list item that is malformed is left out and reported.

Owns syntax errors, their cures, and what is left out. Knows nothing of what the values mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from kg.errors import Finding, InputRejectedError, SourceLocation

_MAX_ERRORS = 20
_MAX_COMPOSED = 2_000_000
"""Code points that are composed again because of errors."""
_SPAN_CONTEXTS = ("while parsing a flow", "while scanning a quoted scalar")
"""Contexts whose beginning, not their end, is where the mistake is."""
_CURES = (
    ("character '\\t' that cannot start any token", "Indent with spaces: YAML takes no tab there."),
    (
        "mapping values are not allowed",
        "Put a text that has a colon in quotation marks, or indent the line as its list.",
    ),
    ("cannot start any token", "Put a text that begins with this character in quotation marks."),
    ("found unexpected end of stream", "Close the quotation mark."),
    (
        "expected ',' or",
        "Close the braces; within them, a text that has a comma, colon or bracket needs quotation marks.",
    ),
    ("expected <block end>", "Indent the line as its neighbours; quotation marks enclose a whole text or none of it."),
    ("undefined alias", "Put a text that begins with * in quotation marks."),
)
_CURE = "Check indentation, colons and quotation marks there."
_KEY = re.compile(r"[^\s#-][^\s]*:")


@dataclass(frozen=True, slots=True)
class ReadableYaml:
    """The root node, a finding for each part that was left out, and the text of these parts."""

    root: Node
    findings: tuple[Finding, ...]
    unread: str


def compose_readable(text: str, name: str, max_depth: int) -> ReadableYaml:
    """The nodes of the one document in the text. Raises InputRejectedError where nothing can be composed."""
    lines, findings, unread = text.splitlines(keepends=True), list[Finding](), list[str]()
    while True:
        try:
            return ReadableYaml(_compose("".join(lines), name, max_depth), tuple(findings), "".join(unread))
        except MarkedYAMLError as error:
            findings.append(_describe(error, name))
            part = _find_part(lines, _line_of(error))
            if part is None or len(findings) == _MAX_ERRORS or len(text) * len(findings) > _MAX_COMPOSED:
                raise InputRejectedError(findings) from None
            unread += lines[part.start : part.stop]
            for number in part:
                lines[number] = re.sub(r"[^\r\n]", " ", lines[number])  # offsets of the rest stay
        except InputRejectedError as error:
            raise InputRejectedError(findings or error.findings) from None


def _describe(error: MarkedYAMLError, name: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    location = SourceLocation(name, mark.line + 1, mark.column + 1) if mark else SourceLocation(name)
    message = f"not YAML: {', '.join(part for part in (error.context, error.problem) if part)}"
    if mark and error.context_mark and _line_of(error) < mark.line:
        message += f"; it begins in line {error.context_mark.line + 1}"
    cure = next((cure for problem, cure in _CURES if problem in str(error.problem)), _CURE)
    return Finding(message, cure, location, rule="yaml")


def _line_of(error: MarkedYAMLError) -> int:
    """The number, from 0, of the line where the mistake is."""
    if error.context_mark and str(error.context).startswith(_SPAN_CONTEXTS):
        return int(error.context_mark.line)
    mark = error.problem_mark or error.context_mark
    return int(mark.line) if mark else 0


def _find_part(lines: Sequence[str], number: int) -> range | None:
    """The lines of the innermost list item around a line, or of the entry at the top; None if there is neither."""
    number = min(number, len(lines) - 1)
    if number < 0 or not lines[number].strip():
        return None
    has_tab = "\t" in lines[number][: -len(lines[number].lstrip())]
    limit = len(lines[number]) if has_tab else _indent(lines[number])
    for start in range(number, -1, -1):
        is_item = lines[start].lstrip(" ").startswith("- ") and _indent(lines[start]) <= limit
        if is_item or _KEY.match(lines[start]):
            return range(start, _end_of(lines, start, number))
    return None


def _end_of(lines: Sequence[str], start: int, last: int) -> int:
    """The number of the first line after ``last`` that is indented no deeper than the line ``start``."""
    is_item = lines[start].lstrip().startswith("- ")
    for number in range(last + 1, len(lines)):
        line = lines[number].strip()
        is_outside = _indent(lines[number]) <= _indent(lines[start]) and (is_item or not line.startswith("- "))
        if line and not line.startswith("#") and is_outside:
            return number
    return len(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _compose(text: str, name: str, max_depth: int) -> Node:
    """The root node. Raises MarkedYAMLError for a syntax error at a place, else InputRejectedError."""
    try:
        documents = list(YAML(typ="safe", pure=True).compose_all(text))
    except MarkedYAMLError:
        raise
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else None
        cure = "Remove the control character."
        raise _rejection(f"not YAML: {error.reason}", cure, SourceLocation(name, line)) from None
    except RecursionError:
        location = _locate_nesting(text, name, max_depth)
        raise _rejection(f"nested deeper than {max_depth} levels", "Give inner nodes an id.", location) from None
    except (YAMLError, ValueError, AttributeError) as error:
        # ruamel.yaml raises plain Python errors for some malformed text
        raise _rejection(f"not YAML: {error}", "Check the syntax of the file.", SourceLocation(name)) from None
    if len(documents) != 1 or documents[0] is None:
        message = "the file contains no YAML document, or several"
        raise _rejection(message, "Write exactly one document.", SourceLocation(name))
    root: Node = documents[0]
    return root


def _locate_nesting(text: str, name: str, max_depth: int) -> SourceLocation:
    """Where the text is nested too deep, found without recursion."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > max_depth:
            return SourceLocation(name, event.start_mark.line + 1, event.start_mark.column + 1)
    return SourceLocation(name)


def _rejection(message: str, cure: str, location: SourceLocation) -> InputRejectedError:
    return InputRejectedError([Finding(message, cure, location, rule="yaml")])
