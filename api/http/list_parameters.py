"""The parameters of a list: what they may be, and the advice where they cannot be used.

Owns how what a person types becomes a value of a facet: ids, names as people type them, IRIs, and days.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from kg.edtf.period import Period, parse_period
from kg.errors import BadParameterError
from kg.lists.list_index import ListIndex
from kg.lists.selection import (
    DATE,
    DATE_DOWN,
    NAME,
    STATEMENT,
    STATEMENT_ORDERS,
    STATUSES,
    THING_ORDERS,
    Facet,
    Selection,
)
from kg.namespaces import HEDGES
from kg.nearest_names import nearest_names

PARAMETERS = {
    "speaker": "only what this actor says: an id such as russia, a name, or an IRI",
    "source": "only what this source reports",
    "place": "only what is said of this place, or of what lies in it by administrative units; of places, those that do",
    "about": "only what is said about this thing, such as zone:idlib",
    "act": "only statements that do this: asserts, denies, leavesOpen, supposes, declares, relays, retracts",
    "hedge": "only statements with this wording, such as reportedly; none is flat",
    "status": f"what became of the statement: {', '.join(STATUSES)}",
    "type": "of a list of things: only this class, such as UnnamedActor",
    "from": "what may have happened on this day or later: a day, month or year",
    "to": "what may have happened on this day or before",
    "sort": f"statements: {', '.join(STATEMENT_ORDERS)}; things: {', '.join(THING_ORDERS)}",
    "page": "from 1; without it a file has all rows",
    "first": "how many on a page",
    "format": "html, csv, xlsx, geojson or json; overrides Accept",
}
"""Every parameter, with what it does."""
PAGE_MAX = 50
"""Members of a page: a page has at most 100 KB."""
FILE_MAX = 5_000
"""Rows of a file."""
_UNCHANGED: Mapping[str, str] = MappingProxyType({})
_KINDS = {Facet.SPEAKER: "actor", Facet.SOURCE: "source", Facet.PLACE: "place"}
_SHORT = re.compile(r"(?P<kind>incident|actor|place|zone|source)[:/](?P<slug>.+)")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list as it is asked for."""

    list: str
    selection: Selection
    order: str
    page: int
    first: int
    """Members of a page."""
    is_whole: bool
    """No page is named: a file has all rows."""
    parameters: Mapping[str, str]
    """As they were given, but for the page and the format."""
    chosen: Mapping[str, str]
    """The facets among them, with the names of what was chosen."""

    @property
    def file_rows(self) -> int:
        """Rows of a part of the list as a file."""
        return int(self.parameters.get("first", FILE_MAX))

    def address(self, path: str, *, page: int = 1, without: str = "", changed: Mapping[str, str] = _UNCHANGED) -> str:
        """The path of the same list with these parameters instead."""
        parameters = {**self.parameters, **changed}
        parameters.pop(without, None)
        if page > 1:
            parameters["page"] = str(page)
        return f"{path}?{urlencode(parameters)}" if parameters else path


def parse_list_request(
    given: Iterable[tuple[str, str]], list_: str, kind: str, most: int, index: ListIndex, base_iri: str
) -> ListRequest:
    """The request that these parameters make; ``most``: members of a page, or rows of a part of a file.

    Raises BadParameterError, which names the parameter and the cure.
    """
    texts = _collect(given)
    reader = _ValueReader(index, base_iri)
    period = {name: _parse_period(name, texts[name]) for name in ("from", "to") if name in texts}
    values = {facet: reader.read(facet, texts[facet]) for facet in Facet if facet in texts}
    if kind == STATEMENT and Facet.TYPE in values:
        raise BadParameterError("type", "statements have no type; narrow them by act, such as act=denies")
    selection = Selection(
        **{facet.value: value for facet, value in values.items()},
        first_day=(period["from"].first or "") if "from" in period else "",
        last_day=(period["to"].last or "") if "to" in period else "",
    )
    orders = STATEMENT_ORDERS if kind == STATEMENT else THING_ORDERS
    order = texts.get("sort", DATE_DOWN if kind == "incident" else next(iter(orders)))
    if order not in orders or (kind not in (STATEMENT, "incident") and order.endswith(DATE)):
        known = orders if kind in (STATEMENT, "incident") else [name for name in orders if name.endswith(NAME)]
        raise BadParameterError("sort", f"{order!r} is no order of this list; write one of {', '.join(known)}")
    kept = {name: text for name, text in texts.items() if name not in ("page", "format")}
    return ListRequest(
        list=list_,
        selection=selection,
        order=order,
        page=parse_number("page", texts.get("page", "1"), 10**9),
        first=parse_number("first", texts.get("first", str(PAGE_MAX)), most),
        is_whole="page" not in texts,
        parameters=kept,
        chosen={name: reader.names.get(name, text) for name, text in kept.items() if name not in ("sort", "first")},
    )


class _ValueReader:
    """Reads values of facets; notes the names of things that were chosen."""

    def __init__(self, index: ListIndex, base_iri: str) -> None:
        self._index, self._base = index, base_iri
        self.names: dict[str, str] = {}

    def read(self, facet: Facet, text: str) -> str:
        if facet in _KINDS or facet is Facet.ABOUT:
            return self._read_thing(facet, text)
        if facet is Facet.STATUS:
            return _one_of(facet.value, text, STATUSES)
        if facet is Facet.TYPE:
            return _one_of(facet.value, text, self._index.types())
        known = self._index.values_of(facet)
        if facet is Facet.HEDGE:
            slugs = {iri.rsplit("/", 1)[-1]: iri for iri in known}
            return slugs[_one_of(facet.value, text.removeprefix(HEDGES), slugs)]
        return _one_of(facet.value, text, known)

    def _read_thing(self, facet: Facet, text: str) -> str:
        path = text.removeprefix(f"{self._base}id/")
        short = _SHORT.fullmatch(path)
        kind = _KINDS.get(facet, "") or (short["kind"] if short else "")
        if short and short["kind"] != kind:
            raise BadParameterError(facet.value, f"{text!r} is of kind {short['kind']!r}; it takes {kind}s")
        if not kind and "://" not in text:
            raise BadParameterError(
                facet.value, f"write the kind before {text!r}, such as zone:idlib or place:ein-tarma"
            )
        found = self._index.find_things(kind, text, short["slug"] if short else text)
        if len(found) > 1:
            listed = ", ".join(thing.iri.rsplit("/", 1)[-1] for thing in found)
            raise BadParameterError(facet.value, f"{text!r} is the name of several; write one of {listed}")
        if not found:
            near = self._index.nearest_ids(kind, short["slug"] if short else text) if kind else ()
            cure = f"; the nearest are {', '.join(near)}" if near else f"; look for it at /{kind or 'place'}s"
            raise BadParameterError(facet.value, f"there is no {kind or 'thing'} called {text!r}{cure}")
        self.names[facet.value] = found[0].name
        return found[0].iri


def _collect(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters, each at most once; an empty field of the form is left out."""
    texts: dict[str, str] = {}
    for name, text in given:
        if name not in PARAMETERS:
            near = nearest_names(name, PARAMETERS) or tuple(PARAMETERS)
            raise BadParameterError(name, f"is no parameter of a list; there is {', '.join(near)}")
        if name in texts:
            raise BadParameterError(name, "is given more than once; a list is narrowed to one value")
        texts[name] = text.strip()
    return {name: text for name, text in texts.items() if text}


def _parse_period(name: str, text: str) -> Period:
    try:
        return parse_period(text)
    except ValueError as error:
        raise BadParameterError(name, str(error)) from None


def parse_number(name: str, text: str, most: int) -> int:
    """The number. Raises BadParameterError."""
    # So many digits are no number that Python reads.
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_number or not 1 <= int(text) <= most:
        raise BadParameterError(name, f"{text[:20]!r} is no whole number from 1 to {most:,}")
    return int(text)


def _one_of(name: str, text: str, known: Iterable[str]) -> str:
    listed = list(known)
    if text in listed:
        return text
    near = nearest_names(text, listed) or listed
    raise BadParameterError(name, f"{text!r} is none of its values; write one of {', '.join(near[:20])}")
