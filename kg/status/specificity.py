"""Whether one proposition says no less than another: to deny the other is then to deny it as well.

Owns how extents and times are compared; all other values are the same or not. Reads no graph.
"""

from dataclasses import dataclass
from typing import NamedTuple

from kg import namespaces

UNSPECIFIED = frozenset({namespaces.UNSPECIFIED})
_EXTENT = f"{namespaces.VOCAB}extent/"
_SAYS_OF_EXTENTS = {
    _EXTENT + extent: frozenset(_EXTENT + other for other in others)
    for extent, others in {
        "whole": ("whole", "most", "some", "part", "unspecified"),
        "most": ("most", "some", "part"),
        "some": ("some", "part"),
        "part": ("part", "some"),
        "unspecified": ("unspecified", "some", "part"),
    }.items()
}
"""What coverage or control of an extent says of other extents; any other extent says only itself."""
_ALL_OF = "{"
_FIRST, _LAST = "0000-00-00", "9999-99-99"


class _Days(NamedTuple):
    """From the first to the last day."""

    first: str
    last: str

    @classmethod
    def read(cls, span: str) -> "_Days":
        first, _, last = span.partition("/")
        return cls(_FIRST if first in ("", "..") else first, _LAST if last in ("", "..") else last)

    def lie_in(self, other: "_Days") -> bool:
        return other.first <= self.first and self.last <= other.last

    def meet(self, other: "_Days") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Time:
    """When a proposition holds, by its dates; empty without any."""

    when: frozenset[str] = frozenset()
    spans: frozenset[str] = frozenset()
    """The days that these dates may mean: ``2017-01-01/2017-12-31``."""
    is_throughout: bool = False

    def says_no_less_than(self, other: "Time") -> bool:
        """Whether to say it of this time is to say it of the other: a day is some time in its year."""
        if not other.when:
            return True
        if self.when == other.when and (self.is_throughout or not other.is_throughout or self._is_one_day()):
            return True
        are_all_meant = any(text.startswith(_ALL_OF) for text in other.when)
        if are_all_meant or not (self.spans and other.spans):
            return False
        mine, others = [*map(_Days.read, self.spans)], [*map(_Days.read, other.spans)]
        # Of all of several days any one will do; of one of several, each must.
        quantify = any if any(text.startswith(_ALL_OF) for text in self.when) else all
        if other.is_throughout:
            return self.is_throughout and all(quantify(theirs.lie_in(own) for own in mine) for theirs in others)
        if self.is_throughout:
            return len(others) == 1 and quantify(own.meet(others[0]) for own in mine)
        return quantify(any(own.lie_in(theirs) for theirs in others) for own in mine)

    def _is_one_day(self) -> bool:
        return all(days.first == days.last for days in map(_Days.read, self.spans)) and len(self.spans) == 1


@dataclass(frozen=True, slots=True)
class Content:
    """What a proposition says, its incident left out. Equal contents say the same."""

    roles: frozenset[tuple[str, str]]
    """Pairs of property and value, but for extent and dates."""
    extent: frozenset[str] = UNSPECIFIED
    time: Time = Time()

    def says_no_less_than(self, other: "Content") -> bool:
        """Whether to assert it is to assert the other, and to deny the other is to deny it."""
        if not other.roles <= self.roles or not self.time.says_no_less_than(other.time):
            return False
        return any(other.extent <= _SAYS_OF_EXTENTS.get(extent, {extent}) for extent in self.extent)
