"""Reads the JSON that clients send: batches of queries, and requests to extend a table. Looks nothing up.

Owns the bounds of a query. Everything else in the JSON is ignored, as the specification lets clients send more.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import BadParameterError

MAX_TEXT = 400
"""Characters of a name, an id or a value."""
DEFAULT_LIMIT, MAX_LIMIT = 10, 50
"""Candidates of one query."""
MAX_CONDITIONS, MAX_VALUES = 10, 10
MAX_COLUMNS = 100
STRICTNESS = ("any", "all", "should")


@dataclass(frozen=True, slots=True)
class Condition:
    """A property of what is sought, with the values that it may have: names, or ids of entities."""

    property: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """What one cell of a table asks."""

    key: str
    text: str
    """The name; empty where only conditions are given."""
    types: tuple[str, ...] = ()
    strictness: str = "any"
    """Of the types: any of them, all of them, or they only should be."""
    limit: int = DEFAULT_LIMIT
    conditions: tuple[Condition, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is to be found in the index for it."""
        values = (value for condition in self.conditions for value in condition.values)
        return (*([self.text] if self.text else []), *values)


@dataclass(frozen=True, slots=True)
class Column:
    """A property that a table is to be extended by, with its settings."""

    property: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """The entities of the rows of a table, and the properties that it is to have of them."""

    ids: tuple[str, ...]
    columns: tuple[Column, ...]


def parse_queries(content: str) -> tuple[ReconciliationQuery, ...]:
    """The queries of a batch. Raises BadParameterError, which says what to send."""
    batch = _load("queries", content)
    if not isinstance(batch, dict) or not batch:
        raise BadParameterError(
            "queries", 'send an object of queries by their keys, such as {"q0": {"query": "Idlib"}}'
        )
    return tuple(_parse_query(key, members) for key, members in batch.items())


def parse_extension(content: str) -> ExtensionRequest:
    """What a table is to be extended by. Raises BadParameterError, which says what to send."""
    members = _load("extend", content)
    example = 'send {"ids": ["place/idlib"], "properties": [{"id": "Labelling"}]}'
    if not isinstance(members, dict):
        raise BadParameterError("extend", example)
    ids, columns = members.get("ids"), members.get("properties")
    if not isinstance(ids, list) or not isinstance(columns, list):
        raise BadParameterError("extend", example)
    if len(columns) > MAX_COLUMNS:
        raise BadParameterError("extend", f"ask for at most {MAX_COLUMNS} properties at once")
    for column in columns:
        if not isinstance(column, dict) or not isinstance(column.get("settings") or {}, dict):
            raise BadParameterError("extend", example)
    return ExtensionRequest(
        ids=tuple(dict.fromkeys(_text("extend", "ids", each) for each in ids)),
        columns=tuple(Column(_text("extend", "id", each.get("id")), each.get("settings") or {}) for each in columns),
    )


def _parse_query(key: str, members: object) -> ReconciliationQuery:
    if not isinstance(members, dict):
        raise BadParameterError("queries", f'{key!r} is no object; send {{"query": "Idlib"}}')
    text = members.get("query")
    properties = members.get("properties")
    conditions = tuple(_parse_conditions(key, [] if properties is None else properties))
    if text is None and not conditions:
        raise BadParameterError("queries", f"{key!r} has neither query nor properties; send one of them")
    types = members.get("type") or []
    strictness = members.get("type_strict") or STRICTNESS[0]
    if strictness not in STRICTNESS:
        raise BadParameterError("queries", f"type_strict of {key!r} is one of {', '.join(STRICTNESS)}")
    return ReconciliationQuery(
        key=key,
        text=_text("queries", f"query of {key!r}", text) if text is not None else "",
        types=tuple(_text("queries", f"type of {key!r}", each) for each in _listed(types)),
        strictness=strictness,
        limit=_parse_limit(key, members.get("limit")),
        conditions=conditions,
    )


def _parse_limit(key: str, limit: object) -> int:
    if limit is None:
        return DEFAULT_LIMIT
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise BadParameterError("queries", f"limit of {key!r} is a positive integer; at most {MAX_LIMIT} are returned")
    return min(limit, MAX_LIMIT)


def _parse_conditions(key: str, conditions: object) -> Iterable[Condition]:
    shape = f'properties of {key!r} are a list such as [{{"pid": "Labelling", "v": "terrorists"}}]'
    if not isinstance(conditions, list) or not all(isinstance(each, dict) for each in conditions):
        raise BadParameterError("queries", shape)
    if len(conditions) > MAX_CONDITIONS:
        raise BadParameterError("queries", f"{key!r} has more than {MAX_CONDITIONS} properties")
    for each in conditions:
        values = [value for value in _listed(each.get("v")) if value not in (None, "")]
        if len(values) > MAX_VALUES:
            raise BadParameterError("queries", f"a property of {key!r} has more than {MAX_VALUES} values")
        property_ = _text("queries", f"pid of {key!r}", each.get("pid"))
        texts = (_text("queries", f"v of {key!r}", _value_text(value)) for value in values)
        if values:
            yield Condition(property_, tuple(dict.fromkeys(texts)))


def _value_text(value: object) -> object:
    """A value of a property as text: an entity by its id."""
    if isinstance(value, dict):
        return value.get("id")
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return value


def _text(parameter: str, what: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadParameterError(parameter, f"{what} is a text that is not empty")
    if len(value) > MAX_TEXT:
        raise BadParameterError(parameter, f"{what} is longer than {MAX_TEXT} characters")
    return value.strip()


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _load(parameter: str, content: str) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise BadParameterError(parameter, "is no JSON") from None
