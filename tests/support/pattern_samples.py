"""Adversarial texts for a regular expression, derived from the expression itself."""

import itertools
import random
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_constants
    import sre_parse

_PROBES = "a1A_ .:-/\\\"'<>#?@\n\t(){}[]é|&"
_OPENINGS = ("", "<", '"', "'", "{", "?")
_CLOSINGS = ("", "\x00", "!", "\n", "-x")


def sample_texts(pattern: re.Pattern[Any], source: random.Random) -> Iterator[Callable[[int], str]]:
    """Functions from a size to a text of about that size."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = sre_parse.parse(text, pattern.flags & ~re.DEBUG)
    pieces = _unique([*_pieces(tree, source), *_characters(text)])
    whole = [_sample(tree, source, 1), _sample(tree, source, 2)]
    prefixes = [text[:end] for text in whole for end in range(2, min(len(text), 8))]
    units = _unique([*pieces, *whole, *prefixes, *_pairs(pieces, source)])
    openings = _unique([*_OPENINGS, *pieces[:4], *(text[: len(text) // 2] for text in whole)])
    for unit in units:
        endings = [("", ""), ("", "\x00"), *source.sample(list(itertools.product(openings, _CLOSINGS)), 1)]
        for opening, closing in endings:
            yield lambda size, unit=unit, a=opening, z=closing: a + unit * (size // len(unit)) + z  # type: ignore[misc]


def _unique(texts: list[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _pairs(pieces: list[str], source: random.Random) -> list[str]:
    pairs = [first + second for first, second in itertools.permutations(pieces, 2)]
    return source.sample(pairs, min(12, len(pairs)))


def _characters(text: str) -> list[str]:
    """Characters that stand in the pattern or are typical of a class."""
    return ["a", "1", " ", "\n", *sorted({character for character in text if character in _PROBES})][:16]


def _pieces(tree: Any, source: random.Random) -> Iterator[str]:
    """A sample of every part of the tree."""
    for item in tree:
        yield _sample([item], source, 1)
        for child in _children(item):
            yield from _pieces(child, source)


def _children(item: Any) -> list[Any]:
    operator, argument = item
    if operator is sre_constants.BRANCH:
        return list(argument[1])
    if operator is sre_constants.SUBPATTERN:
        return [argument[3]]
    if operator in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, sre_constants.POSSESSIVE_REPEAT):
        return [argument[2]]
    if operator in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
        return [argument[1]]
    if operator is sre_constants.ATOMIC_GROUP:
        return [argument]
    return []


def _sample(tree: Any, source: random.Random, repeats: int) -> str:
    """A text that the parts accept one after the other, as far as looking around is ignored."""
    return "".join(_sample_item(item, source, repeats) for item in tree)


def _sample_item(item: Any, source: random.Random, repeats: int) -> str:
    operator, argument = item
    if operator is sre_constants.LITERAL:
        return chr(argument)
    if operator is sre_constants.BRANCH:
        return _sample(source.choice(argument[1]), source, repeats)
    if operator is sre_constants.SUBPATTERN:
        return _sample(argument[3], source, repeats)
    if operator in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, sre_constants.POSSESSIVE_REPEAT):
        low, high, child = argument
        return "".join(_sample(child, source, repeats) for _ in range(min(max(low, repeats), int(high))))
    if operator is sre_constants.ATOMIC_GROUP:
        return _sample(argument, source, repeats)
    if operator in (sre_constants.IN, sre_constants.NOT_LITERAL, sre_constants.ANY):
        return next((probe for probe in _PROBES if _accepts(item, probe)), "a")
    return ""


def _accepts(item: Any, character: str) -> bool:
    operator, argument = item
    if operator is sre_constants.ANY:
        return bool(character != "\n")
    if operator is sre_constants.NOT_LITERAL:
        return bool(ord(character) != argument)
    negated = argument[0][0] is sre_constants.NEGATE
    return bool(any(_in_class(part, character) for part in argument) is not negated)


def _in_class(part: Any, character: str) -> bool:
    operator, argument = part
    if operator is sre_constants.LITERAL:
        return bool(ord(character) == argument)
    if operator is sre_constants.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if operator is sre_constants.CATEGORY:
        name = str(argument).rpartition("_")[2].lower()
        negated = "_NOT_" in str(argument)
        kind = {"digit": character.isdigit(), "space": character.isspace()}.get(
            name, character.isalnum() or character == "_"
        )
        return kind is not negated
    return False
