"""Relay pagination: the window that the arguments of a connection request, its cursors, and cutting pages.

A cursor holds the sort keys and the IRI of a node, so that the next page starts after it whatever was added or removed.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from kg.graphql.request import error_codes, errors
from kg.graphql.schema.schema_builder import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from kg.graphql.schema.type_model import ValueField, ValueKind

LEAST = Decimal("-1e18")
"""The sort key of a missing number: it comes first."""
SORT_KEYS_MAX = 3
_NUMBERS = frozenset({ValueKind.INTEGER, ValueKind.DECIMAL})

Key = Decimal | str


@dataclass(frozen=True, slots=True)
class SortKey:
    """One value to order by, or the IRI of the node if there is no value."""

    value: ValueField | None
    is_descending: bool

    @property
    def is_number(self) -> bool:
        return self.value is not None and self.value.kind in _NUMBERS

    def parse(self, text: str) -> Key:
        """The key of a lexical form; the empty string stands for a missing value."""
        if not self.is_number:
            return text
        try:
            return Decimal(text) if text else LEAST
        except InvalidOperation:
            return LEAST


class Cursor(NamedTuple):
    """The position of a node in its connection: its sort keys, then its IRI."""

    keys: tuple[Key, ...]
    iri: str

    def encode(self) -> str:
        """The cursor as opaque text."""
        text = json.dumps([*map(str, self.keys), self.iri], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a connection that is requested: ``size`` nodes from its start, or from its end if ``from_end``."""

    size: int
    from_end: bool
    after: Cursor | None
    before: Cursor | None
    offset: int
    orders: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The nodes of a window, in order; ``total`` counts the whole connection, if it was requested."""

    cursors: tuple[Cursor, ...]
    has_next: bool
    has_previous: bool
    total: int | None = None


def parse_window(arguments: Mapping[str, Any], fields: Mapping[str, Any]) -> Window:
    """The window of the arguments; ``fields`` has what can be ordered by. Raises GraphQLError if they contradict."""
    first, last = arguments.get("first"), arguments.get("last")
    offset = arguments.get("offset") or 0
    if first is not None and last is not None:
        raise errors.graphql_error("Give either first or last, not both.", error_codes.BAD_INPUT)
    if min(first or 0, last or 0, offset) < 0:
        raise errors.graphql_error("first, last and offset must not be negative.", error_codes.BAD_INPUT)
    size = PAGE_SIZE_DEFAULT if first is None and last is None else (first if last is None else last)
    assert size is not None
    if size > PAGE_SIZE_MAX:
        message = f"A page has at most {PAGE_SIZE_MAX} nodes; continue after the cursor of its last one."
        raise errors.graphql_error(message, error_codes.PAGE, limit=PAGE_SIZE_MAX)
    orders = tuple(_parse_sort_key(order, fields) for order in arguments.get("orderBy") or ())
    if len(orders) > SORT_KEYS_MAX:
        raise errors.graphql_error(f"Order by {SORT_KEYS_MAX} fields at most.", error_codes.BAD_INPUT)
    after, before = (_decode_cursor(arguments.get(name), orders) for name in ("after", "before"))
    return Window(size, last is not None, after, before, offset, orders)


def _parse_sort_key(order: Mapping[str, Any], fields: Mapping[str, Any]) -> SortKey:
    value = fields.get(order["field"])
    return SortKey(value if isinstance(value, ValueField) else None, order["direction"] == "DESC")


def _decode_cursor(text: str | None, orders: Sequence[SortKey]) -> Cursor | None:
    if text is None:
        return None
    try:
        *keys, iri = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(keys) != len(orders) or not all(isinstance(part, str) for part in (*keys, iri)):
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        raise errors.graphql_error(
            f"{text!r} is not a cursor of this connection in this order; use one from its edges.", error_codes.BAD_INPUT
        ) from None
    return Cursor(tuple(order.parse(key) for order, key in zip(orders, keys, strict=True)), iri)


def slice_page(cursors: Iterable[Cursor], window: Window, is_counted: bool) -> Page:
    """The page of a window, cut from all nodes of a connection."""
    nodes = sort_cursors(cursors, window.orders)
    total = len(nodes) if is_counted else None
    if len(nodes) <= window.size and not (window.offset or window.after or window.before):
        return Page(tuple(nodes), False, False, total)
    start, end = 0, len(nodes)
    if window.after is not None:
        start = sum(1 for cursor in nodes if not _comes_after(cursor, window.after, window.orders))
    if window.before is not None:
        end = sum(1 for cursor in nodes if _comes_after(window.before, cursor, window.orders))
    inner = nodes[start:end]
    if window.from_end:
        stop = max(0, len(inner) - window.offset)
        begin = max(0, stop - window.size)
    else:
        begin = min(len(inner), window.offset)
        stop = min(len(inner), begin + window.size)
    return Page(tuple(inner[begin:stop]), start + stop < len(nodes), start + begin > 0, total)


def page_from_rows(cursors: Sequence[Cursor], window: Window, total: int | None) -> Page:
    """The page of rows that the engine sorted and cut: one more than the window, from its end if that was requested."""
    has_more = len(cursors) > window.size
    kept = list(cursors[: window.size])
    is_offset = window.offset > 0
    if window.from_end:
        kept.reverse()
        return Page(tuple(kept), window.before is not None or is_offset, has_more or window.after is not None, total)
    return Page(tuple(kept), has_more or window.before is not None, window.after is not None or is_offset, total)


def sort_cursors(cursors: Iterable[Cursor], orders: Sequence[SortKey]) -> list[Cursor]:
    """In the requested order, then by IRI."""
    result = list(cursors)
    if len(result) < 2:
        return result
    result.sort(key=_iri)
    for number, order in reversed(list(enumerate(orders))):
        result.sort(key=lambda cursor: _key(cursor, number, order), reverse=order.is_descending)
    return result


def _iri(cursor: Cursor) -> str:
    return cursor.iri


def _key(cursor: Cursor, number: int, order: SortKey) -> Any:
    return cursor.keys[number] if order.value is not None else cursor.iri


def _comes_after(cursor: Cursor, other: Cursor, orders: Sequence[SortKey]) -> bool:
    for number, order in enumerate(orders):
        here, there = _key(cursor, number, order), _key(other, number, order)
        if here != there:
            return bool(here < there) if order.is_descending else bool(here > there)
    return cursor.iri > other.iri
