"""Whose it is what a resource holds: the speakers of a statement, or of those on a proposition or a part of one.

For offers of ids, since ids of what is said hold words of it. Owns the words for offers, and to which statements a
resource belongs; what is offered is for others.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.store.interface import Queryable
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, Term, text_of

_SPEAKERS = QueryTemplate.read(Path(__file__).with_name("speakers.rq"))
_SAID, _DENIED, _TAKEN_BACK, _DISPUTED = _ACTS = ("in a statement of", "denied by", "taken back by", "disputed by")


class SpokenOf(NamedTuple):
    """What a speaker speaks of, as text: a value, or the IRI of a resource."""

    text: str
    speaker: Term | None
    act: str

    @classmethod
    def by(cls, text: str, speaker: Term | None, *, is_denied: bool, is_taken_back: bool = False) -> "SpokenOf":
        """What the speaker of a statement speaks of."""
        return cls(text, speaker, _TAKEN_BACK if is_taken_back else _DENIED if is_denied else _SAID)


def fetch_speakers(store: Queryable, iris: Collection[str]) -> Mapping[str, str]:
    """For each of the resources that hold what is said, such as ``in a statement of Russia; denied by Syria``."""
    rows = _SPEAKERS.select_each(store, map(ox.NamedNode, iris)).rows
    spoken = [
        SpokenOf.by(
            text_of(row["resource"]),
            row["speaker"],
            is_denied=_is(row["denied"]),
            is_taken_back=_is(row["takenBack"]),
        )
        for row in rows
    ]
    disputes = [SpokenOf(text_of(row["resource"]), row["disputant"], _DISPUTED) for row in rows if row["disputant"]]
    return describe_speakers([*spoken, *disputes], store)


def attribute_ids(store: Queryable, ids: Mapping[str, str]) -> list[str]:
    """These ids, given by IRI, each of what is said with its speakers in brackets."""
    speakers = fetch_speakers(store, ids)
    return [f"{id_} ({speakers[iri]})" if iri in speakers else id_ for iri, id_ in ids.items()]


def describe_speakers(spoken: Collection[SpokenOf], store: Queryable) -> dict[str, str]:
    """The speakers by what they do, for each text that any speaks of."""
    names = fetch_names(store, (item.speaker for item in spoken))
    speakers: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for item in spoken:
        speaker = text_of(item.speaker)
        speakers[item.text, item.act][names.get(speaker, speaker)] = None
    return {
        text: "; ".join(f"{act} {', '.join(speakers[text, act])}" for act in _ACTS if (text, act) in speakers)
        for text in dict.fromkeys(item.text for item in spoken)
    }


def _is(flag: Term | None) -> bool:
    return text_of(flag) == "true"
