"""Pages of a connection: which window is asked for, cursors that stay valid when nodes come or go, and cutting.

A cursor holds what a node is ordered by and its IRI, so that the next page starts behind it whatever happened since.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from kg.graphql.request import errors
from kg.graphql.schema.schema_builder import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from kg.graphql.schema.type_model import ValueField, ValueKind

_NUMBERS = frozenset({ValueKind.INTEGER, ValueKind.DECIMAL})
LEAST = Decimal("-1e18")
"""What stands for a number that is not there: it comes first."""
ORDERS_MAX = 3

Key = Decimal | str


@dataclass(frozen=True, slots=True)
class SortKey:
    """One value to order by; no value stands for the IRI itself."""

    value: ValueField | None
    is_descending: bool

    @property
    def is_number(self) -> bool:
        return self.value is not None and self.value.kind in _NUMBERS

    def key(self, text: str) -> Key:
        """What is compared, from its lexical form; empty for what is not there."""
        if not self.is_number:
            return text
        try:
            return Decimal(text) if text else LEAST
        except InvalidOperation:
            return LEAST


class Cursor(NamedTuple):
    """Where a node stands: the keys it is ordered by, then its IRI."""

    keys: tuple[Key, ...]
    iri: str

    def encode(self) -> str:
        """The place as opaque text."""
        text = json.dumps([*map(str, self.keys), self.iri], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a connection is asked for; ``size`` nodes from its start or, where ``from_end``, its end."""

    size: int
    from_end: bool
    after: Cursor | None
    before: Cursor | None
    offset: int
    orders: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The nodes of a window, in order."""

    cursors: tuple[Cursor, ...]
    has_next: bool
    has_previous: bool
    total: int | None = None


def parse_window(arguments: Mapping[str, Any], fields: Mapping[str, Any]) -> Window:
    """The window that the arguments of a field ask for. Raises GraphQLError where they make no sense."""
    first, last = arguments.get("first"), arguments.get("last")
    offset = arguments.get("offset") or 0
    if first is not None and last is not None:
        raise errors.graphql_error("Give either first or last, not both.", errors.BAD_INPUT)
    if min(first or 0, last or 0, offset) < 0:
        raise errors.graphql_error("first, last and offset count from 0 upwards.", errors.BAD_INPUT)
    size = PAGE_SIZE_DEFAULT if first is None and last is None else (first if last is None else last)
    assert size is not None
    if size > PAGE_SIZE_MAX:
        message = f"A page has at most {PAGE_SIZE_MAX} nodes; go on from the cursor of its last one."
        raise errors.graphql_error(message, errors.PAGE, limit=PAGE_SIZE_MAX)
    orders = tuple(_order(each, fields) for each in arguments.get("orderBy") or ())
    if len(orders) > ORDERS_MAX:
        raise errors.graphql_error(f"Order by {ORDERS_MAX} fields at most.", errors.BAD_INPUT)
    after, before = (_place(arguments.get(name), orders) for name in ("after", "before"))
    return Window(size, last is not None, after, before, offset, orders)


def _order(given: Mapping[str, Any], fields: Mapping[str, Any]) -> SortKey:
    value = fields.get(given["field"])
    return SortKey(value if isinstance(value, ValueField) else None, given["direction"] == "DESC")


def _place(cursor: str | None, orders: Sequence[SortKey]) -> Cursor | None:
    if cursor is None:
        return None
    try:
        *keys, iri = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if len(keys) != len(orders) or not all(isinstance(each, str) for each in (*keys, iri)):
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        raise errors.graphql_error(
            f"{cursor!r} is no cursor of this connection in this order; take one from its edges.", errors.BAD_INPUT
        ) from None
    return Cursor(tuple(order.key(key) for order, key in zip(orders, keys, strict=True)), iri)


def slice_page(places: Iterable[Cursor], window: Window, is_counted: bool) -> Page:
    """The page of all places there are."""
    found = sort_cursors(places, window.orders)
    total = len(found) if is_counted else None
    if len(found) <= window.size and not (window.offset or window.after or window.before):
        return Page(tuple(found), False, False, total)
    start, end = 0, len(found)
    if window.after is not None:
        start = sum(1 for each in found if not _comes_after(each, window.after, window.orders))
    if window.before is not None:
        end = sum(1 for each in found if _comes_after(window.before, each, window.orders))
    inner = found[start:end]
    if window.from_end:
        stop = max(0, len(inner) - window.offset)
        begin = max(0, stop - window.size)
    else:
        begin = min(len(inner), window.offset)
        stop = min(len(inner), begin + window.size)
    return Page(tuple(inner[begin:stop]), start + stop < len(found), start + begin > 0, total)


def page_from_rows(places: Sequence[Cursor], window: Window, total: int | None) -> Page:
    """The page of the rows an engine gave: one more than the window has, and from its end if that was asked."""
    has_more = len(places) > window.size
    kept = list(places[: window.size])
    skipped = window.offset > 0
    if window.from_end:
        kept.reverse()
        return Page(tuple(kept), window.before is not None or skipped, has_more or window.after is not None, total)
    return Page(tuple(kept), has_more or window.before is not None, window.after is not None or skipped, total)


def sort_cursors(places: Iterable[Cursor], orders: Sequence[SortKey]) -> list[Cursor]:
    """In order; what is equal by IRI."""
    found = list(places)
    if len(found) < 2:
        return found
    found.sort(key=_iri)
    for number, order in reversed(list(enumerate(orders))):
        found.sort(key=lambda each: _of(each, number, order), reverse=order.is_descending)
    return found


def _iri(place: Cursor) -> str:
    return place.iri


def _of(place: Cursor, number: int, order: SortKey) -> Any:
    return place.keys[number] if order.value is not None else place.iri


def _comes_after(place: Cursor, other: Cursor, orders: Sequence[SortKey]) -> bool:
    for number, order in enumerate(orders):
        here, there = _of(place, number, order), _of(other, number, order)
        if here != there:
            return bool(here < there) if order.is_descending else bool(here > there)
    return place.iri > other.iri
