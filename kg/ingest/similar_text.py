"""The part of a text that is most similar to words that are not in it, and how words are shown in messages."""

import difflib

_MAX_SEARCHED = 200_000
"""Code points that are searched for similar words, because the search takes quadratic time."""


def find_similar(words: str, text: str) -> tuple[int, int]:
    """Where the words would begin if their longest common run were laid over the text, and the length of that run."""
    match = difflib.SequenceMatcher(None, text[:_MAX_SEARCHED], words, autojunk=False).find_longest_match()
    return max(0, match.a - match.b), match.size


def shorten(words: str) -> str:
    """The words in quotation marks; of many, the beginning and the end."""
    return repr(words if len(words) <= 80 else f"{words[:60]} ... {words[-15:]}")
