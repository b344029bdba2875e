"""Sentences as sequences of phrases, each with the statement that it words: pages link the one to the other.

Owns which part of a finished sentence words which statement. The words are those of ``kg.status.attribution`` and
``kg.status.headline``, which report here what they make; joined, the phrases are the sentence, byte for byte.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence; ``statement`` is the IRI of the statement that it words, empty where it words none."""

    text: str
    statement: str = ""
    origin: str = ""
    """How that statement is worded and where: its hedge and its sources, in words."""


Sentence = tuple[Phrase, ...]


class PhraseTrace:
    """What phrases were made of which statements, for one sentence."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}
        self._origins: dict[str, str] = {}

    def record(self, phrase: str, statement: str, origin: str = "") -> str:
        """The phrase, recorded; of several statements that are worded the same, the first is linked."""
        self._made.setdefault(phrase, statement)
        self._origins.setdefault(statement, origin)
        return phrase

    def replace_all(self, replacements: Iterable[tuple[str, str]]) -> None:
        """Records the phrases also as they are once these texts are replaced."""
        for old, new in replacements:
            for phrase, statement in list(self._made.items()):
                self._made.setdefault(phrase.replace(old, new), statement)

    def split(self, text: str) -> Sentence:
        """The text in phrases: of each statement the longest that was recorded, where it first stands.

        Shorter ones are not looked for: they may be the name of a speaker who elsewhere only reports.
        """
        folded = text.lower() if len(text.lower()) == len(text) else text  # where letters keep their places
        spans: list[tuple[int, int, str]] = []
        for phrase in sorted(filter(None, self._made), key=lambda phrase: (-len(phrase), phrase)):
            if any(statement == self._made[phrase] for _, _, statement in spans):
                continue
            start = _find_free(folded, phrase.lower() if folded is not text else phrase, spans)
            if start >= 0:
                spans.append((start, start + len(phrase), self._made[phrase]))
        phrases, end = [], 0
        for start, stop, statement in sorted(spans):
            phrases += [Phrase(text[end:start]), Phrase(text[start:stop], statement, self._origins[statement])]
            end = stop
        return tuple(phrase for phrase in [*phrases, Phrase(text[end:])] if phrase.text)


def _find_free(text: str, wanted: str, spans: Iterable[tuple[int, int, str]]) -> int:
    """Where the wanted text first stands as whole words outside these spans; -1 if nowhere."""
    taken = list(spans)
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        is_whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        if is_whole and all(end <= first or last <= start for first, last, _ in taken):
            return start
        start = text.find(wanted, start + 1)
    return -1
