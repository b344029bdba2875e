"""Made-up words: passages, gists and handles that a text search can tell apart."""

import random

from bench.sampling import Zipf


def _listed(text: str, between: str = " ") -> list[str]:
    return text.split(between)


_SUBJECTS = _listed(
    "forces fighters residents officials witnesses activists monitors doctors rebels troops militias villagers "
    "journalists observers negotiators commanders aircraft helicopters convoys patrols"
)
_VERBS = _listed(
    "shelled attacked entered left surrounded denied confirmed reported claimed announced rejected described "
    "targeted evacuated captured lost defended abandoned bombed struck"
)
_OBJECTS = _listed(
    "market hospital school checkpoint bridge village district suburb road depot airfield mosque bakery clinic "
    "camp crossing dam factory headquarters neighbourhood"
)
_TAILS = _listed(
    "overnight; despite the agreement; at dawn; for the second day; without warning; near the front; after talks; "
    "in the morning; as promised; amid heavy fire; during the truce; according to residents",
    "; ",
)
_SYLLABLES = _listed("ba dar kha lem mar nis qal rif sar tal umm zab hal jis kaf bei ghou dei fou rou")
_RARE = Zipf(2000, 1.1)


def sentence(chance: random.Random) -> str:
    """A few words of a report, one of them a name of its own, now and then a quotation or another script."""
    name = rare_word(_RARE.draw(chance))
    text = f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} the {name} {chance.choice(_OBJECTS)}"
    if chance.random() < 0.4:
        text = f"{text} {chance.choice(_TAILS)}"
    if chance.random() < 0.03:
        text = f'"{text}"'
    return f"{text} (الغوطة)" if chance.random() < 0.02 else text


def rare_word(rank: int) -> str:
    """The name of this rank in the vocabulary of sentences; the higher, the rarer."""
    size = len(_SYLLABLES)
    return (_SYLLABLES[rank % size] + _SYLLABLES[rank // size % size] + _SYLLABLES[rank // size**2 % size]).title()


def handle(number: int, what: str) -> str:
    """A name that no other of its kind has."""
    return f"{rare_word(number * 7 % 8000)} {what} {number}"
