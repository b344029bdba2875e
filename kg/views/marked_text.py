"""A text in paragraphs and segments, by the passages that cover each segment.

Owns the splitting: the segments of all paragraphs, with the line ends between them, are the text, byte for byte.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Mark(NamedTuple):
    """Code points of a text, from ``start`` to before ``end``, that are the words of a passage."""

    start: int
    end: int
    passage: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a paragraph; ``passages`` cover all of it, the one with the shortest words first."""

    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text; ``passages`` begin in it, in the order of the text."""

    segments: tuple[Segment, ...]
    passages: tuple[str, ...]

    @property
    def text(self) -> str:
        """The line, unmarked."""
        return "".join(segment.text for segment in self.segments)


def mark_text(text: str, marks: Iterable[Mark]) -> list[Paragraph]:
    """The paragraphs of the text, one for each line. Marks that are empty or outside the text are left out."""
    ordered = sorted(mark for mark in marks if 0 <= mark.start < mark.end <= len(text))
    segments = _cover(len(text), ordered)
    begins, covers = [mark.start for mark in ordered], [first for first, _, _ in segments]
    paragraphs: list[Paragraph] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        begun = dict.fromkeys(mark.passage for mark in ordered[bisect_left(begins, start) : bisect_right(begins, end)])
        near = segments[max(bisect_right(covers, start) - 1, 0) : bisect_left(covers, end)]
        paragraphs.append(Paragraph(tuple(_clip(text, start, end, near)), tuple(begun)))
        start = end + 1
    return paragraphs


_Covered = tuple[int, int, tuple[str, ...]]


def _cover(length: int, marks: Sequence[Mark]) -> list[_Covered]:
    """The ranges between all starts and ends of marks, with the passages that cover each."""
    edges = sorted({0, length, *(edge for mark in marks for edge in mark[:2])})
    covered: list[_Covered] = []
    active: list[Mark] = []
    pending = list(reversed(marks))
    for start, end in pairwise(edges):
        active = [mark for mark in active if mark.end > start]
        while pending and pending[-1].start <= start:
            active.append(pending.pop())
        active.sort(key=lambda mark: (mark.end - mark.start, mark.passage))
        covered.append((start, end, tuple(dict.fromkeys(mark.passage for mark in active))))
    return covered


def _clip(text: str, start: int, end: int, segments: Iterable[_Covered]) -> Iterator[Segment]:
    for first, last, passages in segments:
        left, right = max(first, start), min(last, end)
        if left < right:
            yield Segment(text[left:right], passages)
