"""The sentence of a text in which a passage stands, so that a quote of one word can be understood.

Owns where a sentence begins and ends. A long one is shortened on both sides: a quote is as short as needed.
"""

import re
from typing import NamedTuple

MAX_AROUND = 320
"""Code points before a passage, and after it, that are shown at most."""
_END = re.compile("[.!?…][\"'\u201d\u2019\u00bb)\\]]*(?=\\s)|\n")
_ABBREVIATION = re.compile(r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Maj|No|vs|approx|e\.g|i\.e)|\.[A-Z])\.$")
_CUT = "…"


class Surrounded(NamedTuple):
    """A passage in the words around it."""

    before: str
    words: str
    after: str


def surround(text: str, start: int, end: int) -> Surrounded:
    """The code points from ``start`` to before ``end``, in the sentence or sentences that have them."""
    first, last = _sentence_start(text, start), _sentence_end(text, end)
    before, after = text[first:start].lstrip(), text[end:last].rstrip()
    if len(before) > MAX_AROUND:
        before = f"{_CUT} {before[-MAX_AROUND:].partition(' ')[2]}"
    if len(after) > MAX_AROUND:
        after = f"{after[:MAX_AROUND].rpartition(' ')[0]} {_CUT}"
    return Surrounded(before, text[start:end], after)


def _sentence_start(text: str, start: int) -> int:
    nearest = max(0, start - 4 * MAX_AROUND)
    begun = nearest
    for found in _END.finditer(text, nearest, start):
        if _ends(text, found):
            begun = found.end()
    return begun


def _sentence_end(text: str, end: int) -> int:
    """Where the sentence ends; the full stop may be the last of the words themselves."""
    furthest = min(len(text), end + 4 * MAX_AROUND)
    for found in _END.finditer(text, max(0, end - 3), furthest):
        if found.end() >= end and _ends(text, found):
            return max(end, found.start() if found[0] == "\n" else found.end())
    return furthest


def _ends(text: str, found: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not that of an abbreviation."""
    return not (found[0][0] == "." and _ABBREVIATION.search(text, max(0, found.start() - 8), found.start() + 1))
