"""Random dossiers in which every contested value is a word that is nowhere else, and who says it, where and how.

Owns the strategy of such records and the dossier made of them. Knows nothing of pages and formats: ``Contested`` is
what has to stand beside a value wherever it is shown.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

SLUG = "walk"
"""Of the graph, and the first part of the slugs of all that it describes."""
SPEAKERS = {"quarrion": "Quarrion", "belvard": "Belvard", "tessaly": "Tessaly"}
SOURCES = {"mornlight": "Mornlight", "duskwire": "Duskwire"}
HEDGES = {
    "none": "none",
    "attributed": "attributed",
    "reportedly": "reportedly",
    "claims-of": "claims of",
    "probably": "probably",
    "possibly": "possibly",
    "unclear": "unclear",
    "scare-quotes": "scare quotes",
}
"""Labels of concepts by their slugs."""
_CONTEXT = [
    "https://w3id.org/conflict-kg/context",
    {
        "st": {"@id": f"ckd:statement/{SLUG}-", "@prefix": True},
        "prop": {"@id": f"ckd:proposition/{SLUG}-", "@prefix": True},
    },
]
_THINGS = ("place", "zone", "incident", "actor", "source")
_ACTS = ("asserts", "asserts", "denies", "leavesOpen", "supposes")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contested:
    """A value, and what each statement needs beside it that has it: one of these has to be there in full."""

    value: str
    attributions: frozenset[tuple[str, str, str]]
    """Speaker, source and hedge of each statement, as they are named."""


def _word(number: int, of: str) -> str:
    """A word that no other text has, the same for the same number."""
    letters = (
        hashlib.sha256(f"{of}{number}".encode()).hexdigest()[:10].translate(str.maketrans("0123456789", "ghijklmnop"))
    )
    return f"x{letters}"


def _proposition(kind: str, number: int, thing: str) -> tuple[Record, list[str]]:
    """A proposition of this kind, and the contested values in it."""
    words = [_word(number, part) for part in ("gist", "number", "day")]
    incident = {"type": "IncidentAccount", "incident": f"incident/{SLUG}", "incidentType": "airstrike"}
    match kind:
        case "name":
            return {"type": "Labelling", "labelled": f"{thing}/{SLUG}", "label": words[0]}, words[:1]
        case "gist":
            return {**incident, "target": f"place/{SLUG}", "gist": words[0]}, words[:1]
        case "number":
            count = {"countOf": "killed", "among": "people", "asGiven": words[1], "minimum": 1_000 + number}
            return {**incident, "count": count}, words[1:2]
        case "day":
            return {**incident, "location": f"place/{SLUG}", "when": "2017-03-16", "whenAsGiven": words[2]}, words[2:]
        case "aim":
            aim = {"type": "Position", "actor": f"actor/{SLUG}", "positionKind": "aim", "gist": words[0]}
            return aim, words[:1]
        case "judgement":
            return {"type": "Assessment", "about": f"incident/{SLUG}", "gist": words[0]}, words[:1]
        case _:
            digits = f"{number % 1_000_000:06d}"
            location = {
                "type": "PlaceLocation",
                "place": f"place/{SLUG}",
                "geometry": {"wkt": f"POINT(36.{digits}7 35.{digits}3)"},
                "precision": "nearby",
            }
            return location, [f"36.{digits}7", f"35.{digits}3"]


_KINDS = ("name", "name", "gist", "number", "day", "aim", "judgement", "location")


@st.composite
def _records(draw: st.DrawFn) -> list[Record]:
    """Statements: on propositions of their own, or on that of one before them, which may be disputed too."""
    records: list[Record] = []
    for at in range(draw(st.integers(1, 5))):
        shared = draw(st.integers(0, at - 1)) if at and draw(st.booleans()) else at
        records.append(
            {
                "number": draw(st.integers(0, 10**9)),
                "shared": shared,
                "kind": draw(st.sampled_from(_KINDS)),
                "thing": draw(st.sampled_from(_THINGS)),
                "act": draw(st.sampled_from(_ACTS)),
                "disputes": shared != at and draw(st.booleans()),
                "speaker": draw(st.sampled_from(sorted(SPEAKERS))),
                "source": draw(st.sampled_from(sorted(SOURCES))),
                "hedge": draw(st.sampled_from(sorted(HEDGES))),
            }
        )
    return records


RECORDS = _records()


def _root(records: Sequence[Record], at: int) -> int:
    while records[at]["shared"] != at:
        at = records[at]["shared"]
    return at


def contested_values(records: Sequence[Record]) -> list[Contested]:
    """The values of propositions and the words of quotes; what several statements say has one attribution of each."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for at, record in enumerate(records):
        first = records[_root(records, at)]
        _, values = _proposition(first["kind"], first["number"], first["thing"])
        said_by = SPEAKERS[record["speaker"]], SOURCES[record["source"]], HEDGES[record["hedge"]]
        for value in [*values, _word(record["number"], "quote")]:
            found.setdefault(value, set()).add(said_by)
    return [Contested(value, frozenset(said_by)) for value, said_by in found.items()]


def dossier(records: Sequence[Record]) -> str:
    """The dossier, in YAML that is JSON too."""
    return json.dumps(
        {
            "@context": _CONTEXT,
            "id": f"../graph/{SLUG}",
            "type": "Dossier",
            "title": "A walk",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "recordedBy": "actor/conflict-kg",
            "version": "1",
            "actors": [
                {"id": f"actor/{SLUG}", "type": "ArmedGroup", "prefLabel": "the force of the walk"},
                *(
                    {"id": f"actor/{SLUG}-{slug}", "type": "Organization", "prefLabel": name}
                    for slug, name in SPEAKERS.items()
                ),
            ],
            "places": [
                {"id": f"place/{SLUG}", "type": "Place", "placeKind": "town", "prefLabel": "the town of the walk"}
            ],
            "zones": [{"id": f"zone/{SLUG}", "type": "Zone", "prefLabel": "the zone of the walk"}],
            "incidents": [{"id": f"incident/{SLUG}", "type": "Incident", "prefLabel": "the incident of the walk"}],
            "sources": [
                {"id": f"source/{SLUG}", "type": "Source", "sourceKind": "video", "prefLabel": "the video of the walk"},
                *(_source(slug, records) for slug in SOURCES),
            ],
        }
    )


def _source(slug: str, records: Sequence[Record]) -> Mapping[str, Any]:
    text = " ".join(f"It says {_word(record['number'], 'quote')} here." for record in records)
    reports = [_statement(at, records, text) for at, record in enumerate(records) if record["source"] == slug]
    if slug == sorted(SOURCES)[0]:
        reports.append(_declaration())
    return {
        **({"reports": reports} if reports else {}),
        "id": f"source/{SLUG}-{slug}",
        "type": "Source",
        "sourceKind": "article",
        "prefLabel": SOURCES[slug],
        "publisher": f"actor/{SLUG}-quarrion",
        "issued": "2017-03-17",
        "language": "en",
        "characters": len(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _declaration() -> Record:
    """Without one there is no zone."""
    return {
        "id": "st:zone",
        "speaker": f"actor/{SLUG}-tessaly",
        "declares": f"zone/{SLUG}",
        "hedge": "none",
        "rationale": "A zone is there because somebody declared it.",
    }


def _statement(at: int, records: Sequence[Record], text: str) -> Record:
    record, root = records[at], _root(records, at)
    said = _word(record["number"], "quote")
    start = text.index(said)
    proposition, _ = _proposition(records[root]["kind"], records[root]["number"], records[root]["thing"])
    statement: Record = {
        "id": f"st:{at}",
        "speaker": f"actor/{SLUG}-{record['speaker']}",
        record["act"]: {"id": f"prop:{root}", **proposition} if root == at else f"prop:{root}",
        "hedge": record["hedge"],
        "quote": {
            "words": {"exact": said},
            "position": {
                "start": start - len("It says "),
                "end": start + len(said) + len(" here."),
                "sha256": hashlib.sha256(f"It says {said} here.".encode()).hexdigest(),
            },
        },
    }
    if record["disputes"]:
        statement |= {"disputes": f"st:{record['shared']}", "disputedAspect": "existence"}
    return statement
