"""Names of resources, searched as people type them: the same spelling, then the same transliteration, then the nearest.

Owns the order of what is found: names that identify a resource before those that statements use of it, and mentions of
the unnamed last. Knows no store: ``kg.store.names`` reads the names of a graph.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from kg.name_folding import fold_name, fold_transliteration, skeleton, skeleton_of

MAX = 5
_CUTOFF = 0.7
_SHORTEST_SKELETON, _SHORTEST_PART = 3, 5


@dataclass(frozen=True, slots=True)
class NameUse:
    """By whom a resource is called so in statements or, if rejected, who denies that it is so called."""

    speakers: tuple[str, ...]
    is_rejected: bool = False

    @property
    def act(self) -> str:
        """What its speakers do, in words that they follow."""
        return "not to be called so, according to" if self.is_rejected else "called so by"


@dataclass(frozen=True, slots=True)
class ResourceName:
    """A name of a resource: a label, a hidden label, the last segment of its IRI, or a name that statements use."""

    iri: str
    text: str
    is_hidden: bool = False
    is_id: bool = False
    use: NameUse | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A resource that stands for somebody or a place that sources speak of and do not name."""

    iri: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name that was found; ``score`` is 1 for the same spelling, above 0.9 for the same transliteration."""

    name: ResourceName
    score: float


class NameIndex:
    """Names of resources by their folded forms."""

    def __init__(self, names: Iterable[ResourceName], mentions: Iterable[Mention] = ()) -> None:
        self.names = tuple(names)
        self.mentions = {mention.iri: mention for mention in mentions}
        self._identifying = tuple(name for name in self.names if name.use is None)
        self._spellings = _group_by_spelling(self._identifying)

    def find(self, text: str) -> tuple[str, ...]:
        """The resources that are called so: by a label, else by a hidden label, else by a transliteration of either.

        A name that only statements use identifies nothing.
        """
        spelled = self._spellings.get(fold_name(text), ())
        transliterated = fold_transliteration(text)
        for found in (
            [name for name in spelled if not name.is_hidden],
            spelled,
            [
                name
                for name in self._identifying
                if transliterated and fold_transliteration(name.text) == transliterated
            ],
        ):
            if found:
                return tuple(dict.fromkeys(name.iri for name in found))
        return ()

    def spelled(self, text: str) -> tuple[str, ...]:
        """The resources that have a name of the same spelling, hidden or not."""
        return tuple(dict.fromkeys(name.iri for name in self._spellings.get(fold_name(text), ())))

    def listed(self) -> tuple[FoundName, ...]:
        """One name of each resource, in the order of their IRIs."""
        first = {name.iri: name for name in reversed(self.names)}
        return tuple(FoundName(first[iri], 1) for iri in sorted(first))

    def search(self, text: str, limit: int = MAX) -> tuple[FoundName, ...]:
        """The nearest names, one for each resource, best first; resources that are mentions come last."""
        wanted = _Wanted(fold_name(text), fold_transliteration(text), skeleton(text))
        best: dict[str, FoundName] = {}
        for name in self.names:
            found = FoundName(name, wanted.score(name.text))
            if found.score >= _CUTOFF:
                best[name.iri] = min(found, best.get(name.iri, found), key=_rank_name)
        return tuple(sorted(best.values(), key=self._rank)[:limit])

    def _rank(self, found: FoundName) -> tuple[bool, float, bool, str]:
        return found.name.iri in self.mentions, -found.score, found.name.use is not None, found.name.iri


def _rank_name(found: FoundName) -> tuple[float, bool, int]:
    """The best of the names of a resource: of names of the same score one that identifies it, then the shortest."""
    return -found.score, found.name.use is not None, len(found.name.text)


@dataclass(frozen=True, slots=True)
class _Wanted:
    folded: str
    transliterated: str
    skeleton: str

    def score(self, text: str) -> float:
        folded = fold_name(text)
        if not self.folded or not folded:
            return 0.0
        if folded == self.folded:
            return 1.0
        transliterated = fold_transliteration(text)
        if transliterated == self.transliterated:
            return 0.95
        scores = [0.0, fuzz.ratio(self.transliterated, transliterated, score_cutoff=100 * _CUTOFF) / 100]
        if f" {self.folded} " in f" {folded} " or f" {folded} " in f" {self.folded} ":
            scores.append(0.85)
        elif f" {self.transliterated} " in f" {transliterated} ":
            scores.append(0.8)
        elif self._is_part_of(folded):
            scores.append(0.75)
        words, wanted = set(transliterated.split()), set(self.transliterated.split())
        if len(shared := words & wanted) > 1:
            scores.append(0.5 + 0.4 * len(shared) / max(len(words), len(wanted)))
        if len(self.skeleton) >= _SHORTEST_SKELETON and skeleton_of(transliterated) == self.skeleton:
            scores.append(0.9)
        return max(scores)

    def _is_part_of(self, folded: str) -> bool:
        """Whether it is the beginning of a word of the name or, if it is long enough, within one."""
        is_beginning = f" {self.folded}" in f" {folded}" and len(self.folded) >= _SHORTEST_SKELETON
        return is_beginning or (self.folded in folded and len(self.folded) >= _SHORTEST_PART)


def _group_by_spelling(names: Iterable[ResourceName]) -> Mapping[str, list[ResourceName]]:
    groups: dict[str, list[ResourceName]] = defaultdict(list)
    for name in names:
        groups[fold_name(name.text)].append(name)
    return groups
