"""Names folded for comparison, in two steps: the same spelling, then the same transliteration; never for display.

Owns what is the same in names of people and places: case, combining marks, tatweel, forms of alef, ya and ta marbuta,
hyphens and apostrophes (``fold_name``); transliterations such as Ayn and Ein, with or without the article
(``fold_transliteration``); the consonants that Arabic and Latin spellings share (``skeleton``). Knows no language
beyond these letters. (Unicode Standard Annex 15; Unicode Standard, section 9.2.)
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_MARKS = frozenset({"Mn", "Me", "Cf"})
_TATWEEL = "\u0640"
_APOSTROPHES = frozenset("'`\xb4\u2018\u2019\u201a\u201b\u02bb\u02bc\u02bd\u02be\u02bf\u02c8")
_ASCII = {
    code: "" if chr(code) in _APOSTROPHES else chr(code).lower() if chr(code).isalnum() else " " for code in range(128)
}
"""The same folding for names in ASCII, ten times faster: thousands are compared with an unknown one."""
_LETTERS = {
    "\u0671": "\u0627",  # alef wasla
    "\u0649": "\u064a",  # alef maksura
    "\u06cc": "\u064a",  # Farsi yeh
    "\u06a9": "\u0643",  # keheh
    "\u0629": "\u0647",  # ta marbuta
}
_ARABIC_ARTICLE = re.compile("\u0627\u0644(?=\\w{3})")
_ARTICLES = frozenset({"al", "el"})
_HYPHENATED_ARTICLE = re.compile(r"\b[ae](?:[lzsrtdn]|sh)[-\u2010\u2011](?=\w)", re.IGNORECASE)
"""The Latin spellings of the article before any letter, as in ez-Zor."""
_VARIANTS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), variant)
    for pattern, variant in (
        ("(?<=[^aeiou])[ae]h?$", "a"),
        ("ae|ai|ay|ei|ey|ee|ie", "i"),
        ("aw|au|ou|ow|oo|o", "u"),
        ("e|y", "i"),
        ("q", "k"),
        (r"(.)\1", r"\1"),
    )
)
_CONSONANTS = {
    **dict(zip("\u0628\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632", "bttjhkddrz", strict=True)),
    **dict(zip("\u0633\u0634\u0635\u0636\u0637\u0638\u063a\u0641\u0642\u0643", "sssdtzgfkk", strict=True)),
    **dict(zip("\u0644\u0645\u0646\u0647", "lmnh", strict=True)),
}
_DIGRAPHS = re.compile("([kgstd])h")
_LATIN_CONSONANTS = frozenset("bcdfghjklmnpqrstvxz")


def fold_name(text: str) -> str:
    """The name without differences of case, marks, letter forms, hyphens, apostrophes and space."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    folded: list[str] = []
    for sign in unicodedata.normalize("NFKD", text).casefold():
        if unicodedata.category(sign) in _MARKS or sign == _TATWEEL or sign in _APOSTROPHES:
            continue
        digit = unicodedata.decimal(sign, None)
        letter = _LETTERS.get(sign, sign) if digit is None else str(digit)
        folded.append(letter if letter.isalnum() else " ")
    return " ".join("".join(folded).split())


def fold_transliteration(text: str) -> str:
    """The name without differences of transliteration either: Ayn and Ein, Jobar and Jawbar, al-Jinah and Jina."""
    words = fold_name(_HYPHENATED_ARTICLE.sub("", text)).split() or fold_name(text).split()
    without = [word for word in words if word not in _ARTICLES] or words
    return " ".join(map(_fold_word, without))


def skeleton(text: str) -> str:
    """The consonants of the name in Latin letters, the same for an Arabic name and its transliterations."""
    return skeleton_of(fold_transliteration(text))


def skeleton_of(transliterated: str) -> str:
    """The same for a name that ``fold_transliteration`` has folded."""
    folded = _DIGRAPHS.sub(r"\1", transliterated)
    letters = (_CONSONANTS.get(sign, sign) for sign in folded)
    return re.sub(r"(.)\1", r"\1", "".join(sign for sign in letters if sign in _LATIN_CONSONANTS or sign.isdigit()))


@lru_cache(4096)
def _fold_word(word: str) -> str:
    """Names share words: those of a large graph are folded some hundred times each."""
    word = _ARABIC_ARTICLE.sub("", word) if _ARABIC_ARTICLE.match(word) else word
    for pattern, variant in _VARIANTS:
        word = pattern.sub(variant, word)
    return word
