"""A new release of a data set beside the one in the graph: what is new, what its maker has changed or withdrawn.

Owns what stays of a former release: a statement that is no longer made, or is made otherwise, is kept with all that it
says, and is taken back by its maker in a statement of its own. What a row says is compared, not where it stands in the
file. Reads and writes N-Quads only.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kg.datasets.graph_lines import GraphLines, link_of, to_lines
from kg.namespaces import (
    CK,
    EARLIEST,
    HEDGE,
    HEDGES,
    ISSUED_SPAN,
    LATEST,
    QUOTE,
    REPORTED_IN,
    RETRACTS,
    SAID_EARLIEST,
    SAID_LATEST,
    SAID_SPAN,
    SHA256,
    SPAN,
    SPEAKER,
    STATEMENT,
    TYPE,
)

_TYPE = TYPE.value
_RATIONALE = f"{CK}rationale"
_OF_THE_FILE = frozenset({REPORTED_IN, QUOTE.value, _RATIONALE})
"""What a statement has that another file changes, though the row says the same."""
_DERIVED = frozenset(
    term.value for term in (EARLIEST, LATEST, SPAN, SAID_EARLIEST, SAID_LATEST, SAID_SPAN, ISSUED_SPAN)
)
"""What is derived on load: the current release does not have it yet."""
_REVISED = re.compile(r"-was-[0-9a-f]{6}$")


@dataclass(slots=True)
class ReleaseChanges:
    """The statements of a release by what has become of them."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: int = 0

    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "withdrawn": len(self.withdrawn),
            "unchanged": self.unchanged,
        }


class ReleaseComparison:
    """Compares two releases; ``part_predicates`` lead from a statement to what it says and to the parts of that.

    ``is_partial``: the current one is a part of the data set, so that what it does not have is not withdrawn.
    ``sample``: the SHA-256 of a file that is a part of it, of which the same holds.
    """

    def __init__(
        self,
        former: GraphLines,
        current: GraphLines,
        graph: str,
        part_predicates: Collection[str],
        *,
        is_partial: bool = False,
        sample: str = "",
    ) -> None:
        self._former, self._current, self._graph, self._is_partial = former, current, graph, is_partial
        self._sample = sample
        self._part_predicates = frozenset(part_predicates)
        self._kept: set[str] = set()
        """Resources of the former release that have been written."""

    def write_history(self, out: IO[str]) -> ReleaseChanges:
        """Write what stays of the former release, and find what has become of its statements."""
        changes = ReleaseChanges()
        retracted = {link_of(object_) for object_ in self._former.objects(RETRACTS)}
        source = self._find_source()
        for statement in self._former.subjects(_TYPE, f"<{STATEMENT}>"):
            if statement in retracted:
                self._keep(statement, {}, out)
            elif target := self._retracted_by(statement):
                if not self._current.of_subject(target):  # else its maker says it again
                    self._keep(statement, {}, out)
            elif not self._current.of_subject(statement) and (self._is_partial or self._is_of_sample(statement)):
                changes.unchanged += 1
                self._keep(statement, {}, out)
            elif not self._current.of_subject(statement):
                changes.withdrawn.append(statement)
                self._keep(statement, {}, out)
                self._retract(statement, self._former.of_subject(statement), source, out)
            elif self._digest(self._former, statement) == self._digest(self._current, statement):
                changes.unchanged += 1
            else:
                changes.changed.append(statement)
                self._keep_otherwise(statement, source, out)
        for statement in self._current.subjects(_TYPE, f"<{STATEMENT}>"):
            if statement in retracted or not self._former.of_subject(statement):
                changes.new.append(statement)
        return changes

    def _find_source(self) -> str:
        """The file of the current release."""
        return link_of(next(self._current.objects(REPORTED_IN), ""))

    def _is_of_sample(self, statement: str) -> bool:
        """Whether a statement of the former release is reported in the sample alone."""
        files = [
            link_of(object_) for predicate, object_ in self._former.of_subject(statement) if predicate == REPORTED_IN
        ]
        return bool(self._sample and files) and all(
            (SHA256.value, f'"{self._sample}"') in self._former.of_subject(file) for file in files
        )

    def _retracted_by(self, statement: str) -> str:
        """The statement that a statement takes back; empty if it does something else."""
        targets = (
            link_of(object_) for predicate, object_ in self._former.of_subject(statement) if predicate == RETRACTS
        )
        return next(targets, "")

    def _nodes(self, lines: GraphLines, statement: str) -> list[str]:
        """The statement and its parts."""
        nodes = [statement]
        for node in nodes:
            for predicate, object_ in lines.of_subject(node):
                target = link_of(object_)
                if predicate in self._part_predicates and target and target not in nodes and lines.of_subject(target):
                    nodes.append(target)
        return nodes

    def _digest(self, lines: GraphLines, statement: str) -> str:
        """Of what a statement says, with its parts; not of where it stands in the file."""
        digest, quoted = hashlib.sha256(), set[str]()
        for node in self._nodes(lines, statement):
            properties = lines.of_subject(node)
            if node in quoted:
                quoted.update(link_of(object_) for _, object_ in properties)
                continue
            if node == statement:
                quoted.update(link_of(object_) for predicate, object_ in properties if predicate == QUOTE.value)
                properties = [pair for pair in properties if pair[0] not in _OF_THE_FILE]
            for predicate, object_ in properties:
                if predicate not in _DERIVED:
                    digest.update(f"{node} {predicate} {object_}\n".encode())
        return digest.hexdigest()

    def _keep(self, statement: str, renamed: dict[str, str], out: IO[str]) -> None:
        """Write a statement of the former release, and all that it leads to and the current one does not describe."""
        pending = [statement]
        while pending:
            node = pending.pop()
            if node in self._kept or (node not in renamed and self._current.of_subject(node)):
                continue
            self._kept.add(node)
            properties = self._former.of_subject(node)
            written = [(predicate, _rename(object_, renamed)) for predicate, object_ in properties]
            out.write(to_lines(renamed.get(node, node), written, self._graph))
            pending += [target for _, object_ in properties if (target := link_of(object_))]

    def _keep_otherwise(self, statement: str, source: str, out: IO[str]) -> None:
        """Keep what a statement said under other names, and let its maker take that back."""
        suffix = f"-was-{self._digest(self._former, statement)[:6]}"
        renamed = {node: f"{_REVISED.sub('', node)}{suffix}" for node in self._nodes(self._former, statement)}
        before = self._kept.copy()
        self._keep(statement, renamed, out)
        self._kept = before | (self._kept - renamed.keys())
        self._retract(renamed[statement], self._former.of_subject(statement), source, out)

    def _retract(self, statement: str, properties: Iterable[tuple[str, str]], source: str, out: IO[str]) -> None:
        speakers = [object_ for predicate, object_ in properties if predicate == SPEAKER]
        retraction = [
            (_TYPE, f"<{STATEMENT}>"),
            *((SPEAKER, speaker) for speaker in speakers),
            (RETRACTS, f"<{statement}>"),
            (REPORTED_IN, f"<{source}>"),
            (HEDGE, f"<{HEDGES}none>"),
            (_RATIONALE, '"The file no longer has the row, or has it otherwise."@en'),
        ]
        out.write(to_lines(f"{statement}-retracted", retraction, self._graph))


def _rename(object_: str, renamed: dict[str, str]) -> str:
    name = renamed.get(link_of(object_))
    return f"<{name}>" if name else object_


def list_first_release(document: Path) -> ReleaseChanges:
    """The statements of a document, all of them new."""
    with document.open(encoding="utf-8", newline="\n") as lines:
        parts = (line.split(" ", 2) for line in lines)
        statements = {subject[1:-1] for subject, predicate, rest in parts if _states_type(predicate, rest)}
    return ReleaseChanges(new=sorted(statements))


def _states_type(predicate: str, rest: str) -> bool:
    return predicate == f"<{_TYPE}>" and rest.startswith(f"<{STATEMENT}> ")


def append_history(document: Path, comparison: ReleaseComparison) -> ReleaseChanges:
    """Append to the document what stays of the former release."""
    with document.open("a", encoding="utf-8", newline="\n") as out:
        return comparison.write_history(out)
