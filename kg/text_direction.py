"""Names inside sentences: a name in a right-to-left script, or with characters that control direction, is isolated.

Without isolation such a name reorders the sentence around it on a screen: who denies what may then read the other way
round (Unicode Standard Annex 9, section 2.4; UAX 31 and UTS 55 describe the deception). Only names that need it are
wrapped, so that all other sentences are what they were, byte for byte. For sentences and titles that people read: data
formats give names and quotes unchanged.
"""

import re
import unicodedata

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"

# Embeddings, overrides and isolates with their ends; the separators of paragraphs, which would end an isolate.
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SEPARATORS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def isolate(name: str) -> str:
    """The name as part of a sentence of plain text: between FSI and PDI if it has letters written right to left.

    Characters that control direction are left out, and separators of paragraphs become spaces. A name of other scripts
    without such characters is returned as it is; an isolated one is not isolated again.
    """
    if name.isascii() and name.isprintable():
        return name
    name = _SEPARATORS.sub(" ", _CONTROLS.sub("", name))
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return f"{FIRST_STRONG_ISOLATE}{name}{POP_DIRECTIONAL_ISOLATE}"
    return name
