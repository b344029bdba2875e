"""Generated text: passages, gists and labels that a text search can distinguish."""

import random

from bench.sampling import Zipf


def _split_words(text: str, separator: str = " ") -> list[str]:
    return text.split(separator)


_SUBJECTS = _split_words(
    "forces fighters residents officials witnesses activists monitors doctors rebels troops militias villagers "
    "journalists observers negotiators commanders aircraft helicopters convoys patrols"
)
_VERBS = _split_words(
    "shelled attacked entered left surrounded denied confirmed reported claimed announced rejected described "
    "targeted evacuated captured lost defended abandoned bombed struck"
)
_OBJECTS = _split_words(
    "market hospital school checkpoint bridge village district suburb road depot airfield mosque bakery clinic "
    "camp crossing dam factory headquarters neighbourhood"
)
_TAILS = _split_words(
    "overnight; despite the agreement; at dawn; for the second day; without warning; near the front; after talks; "
    "in the morning; as promised; amid heavy fire; during the truce; according to residents",
    "; ",
)
_SYLLABLES = _split_words("ba dar kha lem mar nis qal rif sar tal umm zab hal jis kaf bei ghou dei fou rou")
_RARE = Zipf(2000, 1.1)


def make_sentence(rng: random.Random) -> str:
    """A short sentence with a made-up name; sometimes in quotation marks or with a word in Arabic script."""
    name = rare_word(_RARE.sample(rng))
    text = f"{rng.choice(_SUBJECTS)} {rng.choice(_VERBS)} the {name} {rng.choice(_OBJECTS)}"
    if rng.random() < 0.4:
        text = f"{text} {rng.choice(_TAILS)}"
    if rng.random() < 0.03:
        text = f'"{text}"'
    return f"{text} (الغوطة)" if rng.random() < 0.02 else text


def rare_word(rank: int) -> str:
    """The made-up name of this rank; higher ranks are rarer."""
    size = len(_SYLLABLES)
    return (_SYLLABLES[rank % size] + _SYLLABLES[rank // size % size] + _SYLLABLES[rank // size**2 % size]).title()


def unique_label(number: int, kind: str) -> str:
    """A label that no other thing of this kind has."""
    return f"{rare_word(number * 7 % 8000)} {kind} {number}"
