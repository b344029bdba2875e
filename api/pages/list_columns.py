"""The columns of lists as files: a row for each statement, with who says it, in which source, with which hedge.

Owns their names and order, the same in CSV, workbooks, GeoJSON and JSON.
"""

from collections.abc import Mapping

from api.pages.list_rows import StatementRow, ThingRow

_PLACES = ("location", "locationCandidate", "near", "place")
_FIELDS = {
    "incident type": ("incidentType",),
    "said to be by": ("perpetrator", "actor"),
    "target": ("target",),
    "place": _PLACES,
    "when": ("when",),
    "when, in the words": ("whenAsGiven",),
    "number": ("count",),
    "weapon": ("weapon",),
    "name used": ("label",),
}
"""Columns of what a statement says, with the properties that they have."""
_STATEMENT = (
    "speaker", "what the speaker did", "hedge", "source", "claim", "kind of claim", *_FIELDS, "quote", "said when",
    "taken back", "denied", "disputed", "geometry", "speaker IRI", "source IRI",
)  # fmt: skip
STATEMENT_COLUMNS = ("IRI", *_STATEMENT)
THING_COLUMNS = ("IRI", "identified by", "name", "type", "statement", *_STATEMENT)
_IDENTITY = "identifies it"
"""What a row does that no statement is in: nothing contested is in it."""


def columns_of(kind: str) -> tuple[str, ...]:
    """The columns of a list of statements, or of a kind of thing."""
    return STATEMENT_COLUMNS if kind == "statement" else THING_COLUMNS


def statement_cells(row: StatementRow) -> dict[str, str]:
    """The cells of a statement."""
    objections = {"taken back": "", "denied": "", "disputed": ""}
    for how in objections:
        objections[how] = "; ".join(str(item) for item in row.objections if item.how.startswith(how))
    return {
        "IRI": row.iri,
        "speaker": row.speaker.text,
        "what the speaker did": row.done,
        "hedge": row.hedge,
        "source": "; ".join(source.text for source in row.sources),
        "claim": row.claim,
        "kind of claim": row.claim_kind,
        **{name: _join(row.fields, properties) for name, properties in _FIELDS.items()},
        "quote": " / ".join(row.quotes),
        "said when": row.said_when,
        **objections,
        "geometry": row.located.status,
        "speaker IRI": row.speaker.iri,
        "source IRI": "; ".join(source.iri for source in row.sources),
    }


def thing_cells(thing: ThingRow, row: StatementRow | None) -> dict[str, str]:
    """The cells of a thing with a statement about it, or without any: then it is only identified."""
    head = {"IRI": thing.iri, "identified by": thing.named_by, "name": thing.name, "type": thing.type}
    if row is not None:
        return {**statement_cells(row), **head, "statement": row.iri}
    identity = {
        "speaker": thing.named_by,
        "what the speaker did": _IDENTITY,
        "hedge": "none",
        "source": thing.named_by,
        "geometry": thing.located.status,
        "source IRI": thing.home,
    }
    return {**dict.fromkeys(_STATEMENT, ""), "statement": "", **head, **identity}


def _join(fields: Mapping[str, str], properties: tuple[str, ...]) -> str:
    return "; ".join(fields[name] for name in properties if fields.get(name))
