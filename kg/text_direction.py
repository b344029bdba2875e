"""Names inside sentences: a name in a right-to-left script, or with characters that control direction, is isolated.

Without isolation such a name reorders the sentence around it on a screen: who denies what may then read the other way
round (Unicode Standard Annex 9, section 2.4; UAX 31 and UTS 55 describe the deception). Only names that need it are
wrapped, so that all other sentences are what they were, byte for byte. For sentences and titles that people read: data
formats give names and quotes unchanged.
"""

import re
import unicodedata

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"

_ISOLATE_INITIATORS = "\u2066\u2067\u2068"
_EMBEDDINGS = re.compile("[\u202a-\u202e]")  # overrides and their end among them
_ISOLATES = re.compile("[\u2066-\u2069]")
_SEPARATORS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")  # they would end an isolate
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def neutralize(name: str) -> str:
    """The name without characters by which it could reorder the text around an element of HTML that isolates it.

    Embeddings and overrides are left out, isolates as well where they are not balanced; separators of paragraphs become
    spaces. Any other name is returned as it is.
    """
    if name.isascii() and name.isprintable():
        return name
    name = _SEPARATORS.sub(" ", _EMBEDDINGS.sub("", name))
    return name if _closing_places(name) is not None else _ISOLATES.sub("", name)


def isolate(name: str) -> str:
    """The name as part of a sentence of plain text: neutralized, and if it has letters written right to left, between
    FSI and PDI. One that is isolated already is not isolated again.
    """
    name = neutralize(name)
    if not any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return name
    if (closing := _closing_places(name)) and name[0] in _ISOLATE_INITIATORS and closing[0] == len(name) - 1:
        return name
    return f"{FIRST_STRONG_ISOLATE}{name}{POP_DIRECTIONAL_ISOLATE}"


def _closing_places(text: str) -> dict[int, int] | None:
    """Where each isolate ends, by where it begins; None if the isolates of the text are not balanced."""
    closing: dict[int, int] = {}
    open_places: list[int] = []
    for found in _ISOLATES.finditer(text):
        if found[0] in _ISOLATE_INITIATORS:
            open_places.append(found.start())
        elif open_places:
            closing[open_places.pop()] = found.start()
        else:
            return None
    return None if open_places else closing
