"""The index of the search that runs in browsers: files that a page fetches by the words that are typed.

Owns their layout, which ``site-search.js`` reads: texts in files of some dozens, the best first; and by the first
letters of their words, folded by ``kg.name_folding``, which texts have them. Each file is bounded, whatever the data.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.name_folding import fold_name, fold_transliteration
from kg.search.hits import Hit

FOLDER = "search"
_TEXTS_IN_FILE = 50
_MAX_TEXTS_OF_WORD = 1_000
"""Of a common word, the best ones."""
_MAX_WORDS_IN_FILE = 300
_MAX_SAID = 20
_MAX_KEY = 8
_MAX_WORD = 40
_MAX_CHARACTERS = 300

Postings = dict[str, list[int]]


def write_search_files(hits: Sequence[Hit], link_of: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    """The names of the files with their content. ``link_of``: from a resource to its page; empty without one."""
    shown = [hit for hit in hits if link_of(hit.iri)]
    for number in range(0, len(shown), _TEXTS_IN_FILE):
        texts = [_to_json(hit, link_of) for hit in shown[number : number + _TEXTS_IN_FILE]]
        yield f"{FOLDER}/texts/{number // _TEXTS_IN_FILE}.json", _to_bytes(texts)
    spelled = _index(fold_name(hit.text) for hit in shown)
    transliterated = _index(fold_transliteration(hit.text) for hit in shown)
    keys = sorted(_choose_keys({*spelled, *transliterated}))
    for key, words in _divide({*spelled, *transliterated}, keys).items():
        content = {
            "spelled": {word: spelled[word] for word in words if word in spelled},
            "transliterated": {word: transliterated[word] for word in words if word in transliterated},
        }
        yield f"{FOLDER}/words/{name_of_key(key)}.json", _to_bytes(content)
    yield f"{FOLDER}/index.json", _to_bytes({"texts": len(shown), "textsInFile": _TEXTS_IN_FILE, "keys": keys})


def name_of_key(key: str) -> str:
    """The name of the file for words that begin so: code points, since hosts differ in other letters."""
    return "-".join(f"{ord(letter):x}" for letter in key)


def _index(folded: Iterable[str]) -> Postings:
    found: Postings = defaultdict(list)
    for number, text in enumerate(folded):
        for word in dict.fromkeys(word[:_MAX_WORD] for word in text.split()):
            if len(found[word]) < _MAX_TEXTS_OF_WORD:
                found[word].append(number)
    return found


def _choose_keys(words: Iterable[str], length: int = 2) -> Iterator[str]:
    """First letters by which the words are divided into files: more of them where many words begin so."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for word in words:
        by_key[word[:length]].append(word)
    for key, found in by_key.items():
        longer = [word for word in found if len(word) > length]
        if len(found) <= _MAX_WORDS_IN_FILE or length == _MAX_KEY or not longer:
            yield key
            continue
        if len(longer) < len(found):
            yield key
        yield from _choose_keys(longer, length + 1)


def _divide(words: Iterable[str], keys: Iterable[str]) -> Mapping[str, list[str]]:
    """The words in order, by the longest key that each begins with."""
    known = {*keys}
    divided: dict[str, list[str]] = {key: [] for key in sorted(known)}
    for word in sorted(words):
        divided[next(word[:length] for length in range(_MAX_KEY, 0, -1) if word[:length] in known)].append(word)
    return divided


def _to_json(hit: Hit, link_of: Callable[[str], str]) -> dict[str, Any]:
    said = [
        {
            "speaker_name": saying.speaker_name,
            "act": saying.act,
            "source_name": saying.source_name,
            "hedge": saying.hedge,
            "taken_back": saying.taken_back,
            "statement_path": link_of(saying.statement),
        }
        for saying in hit.said[:_MAX_SAID]
    ]
    return {
        "path": link_of(hit.iri),
        "kind": hit.kind,
        "name": hit.name,
        "language": hit.language,
        "text": hit.text[:_MAX_CHARACTERS],
        "text_language": hit.text_language,
        "matched": hit.matched,
        "folded": fold_name(hit.text)[:_MAX_CHARACTERS],
        "said": said,
        "more": max(0, len(hit.said) - _MAX_SAID),
    }


def _to_bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
