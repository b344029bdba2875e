"""Where the row stands that a resource comes from: on which line of which file.

Owns the temporary file of the statements that rows have become, and the way from any resource of the document to one of
them: over what refers to it. Does not know what is wrong with a resource.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kg.datasets.mapping import MadeStatement
from kg.errors import Finding, SourceLocation

_STEPS = 4
"""From a statement to the parts of what it says, and to what these refer to."""
_NAMED_ROWS = 2


class RowLines:
    """The lines of the rows of one document."""

    def __init__(self, file: Path) -> None:
        """``file``: to write them to."""
        self._file = file
        file.write_bytes(b"")

    def note(self, source: Path, statements: Iterable[MadeStatement]) -> None:
        """Statements are made of rows of a file."""
        with self._file.open("a", encoding="utf-8") as out:
            out.writelines(f"{made.statement}\t{made.line}\t{source}\n" for made in statements)

    def locate(self, findings: Sequence[Finding], document: Path, otherwise: Path) -> list[Finding]:
        """The findings with the rows that they come from; those about the document alone with another file."""
        lines = self._find({finding.subject for finding in findings if finding.subject}, document)
        return [
            _place(finding, lines[finding.subject])
            if finding.subject in lines
            else replace(finding, location=_elsewhere(finding, document, otherwise))
            for finding in findings
        ]

    def _find(self, resources: Collection[str], document: Path) -> Mapping[str, Sequence[SourceLocation]]:
        """The first rows of each resource that comes from some, by the fewest steps."""
        found = dict[str, list[SourceLocation]]()
        origins = {resource: {resource} for resource in resources}
        """By resource, which of those that are sought it leads to."""
        for _ in range(_STEPS):
            for statement, location in self._read(origins):
                for origin in origins[statement]:
                    rows = found.setdefault(origin, [])
                    if len(rows) < _NAMED_ROWS and location not in rows:
                        rows.append(location)
            leading = defaultdict[str, set[str]](set)
            for subject, object_ in _read_links(document, origins):
                leading[subject] |= origins[object_] - found.keys()
            origins = {subject: sought for subject, sought in leading.items() if sought}
            if not origins:
                break
        return found

    def _read(self, statements: Collection[str]) -> Iterator[tuple[str, SourceLocation]]:
        with self._file.open(encoding="utf-8") as lines:
            for line in lines:
                statement, number, source = line.rstrip("\n").split("\t", 2)
                if statement in statements:
                    yield statement, SourceLocation(source, int(number))


def _place(finding: Finding, rows: Sequence[SourceLocation]) -> Finding:
    """The finding at the first of the rows. It names a second one: two rows may be the same by mistake."""
    first, *others = rows
    also = f" (comes from the row on line {others[0].line} as well)" if others else ""
    return replace(finding, message=f"{finding.message}{also}", location=first)


def _elsewhere(finding: Finding, document: Path, otherwise: Path) -> SourceLocation | None:
    location = finding.location
    return SourceLocation(str(otherwise)) if location and location.document == str(document) else location


def _read_links(document: Path, objects: Collection[str]) -> list[tuple[str, str]]:
    """The subjects and objects of lines of N-Quads with one of these objects."""
    with document.open(encoding="utf-8", newline="\n") as lines:
        parts = (line.split(" ", 3) for line in lines)
        return [(part[0][1:-1], part[2][1:-1]) for part in parts if part[2][1:-1] in objects]
