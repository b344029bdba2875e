"""The file of lists: statements and things with what they are selected and ordered by, in step with the commits.

Owns what a list has for a selection: its length, a page of it in an order, and how many statements each value of a
facet has. Holds IRIs and names of things to order by; what a list shows is read from the graph.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kg.commit_follower import CannotFollowError, CommitFollower
from kg.lists.list_tables import FORM, ROLES, SCHEMA, TableWriter, find_affected
from kg.lists.selection import (
    COUNTED,
    DATE,
    PLACE,
    STATEMENT,
    STATEMENT_ORDERS,
    STATUSES,
    THING_ORDERS,
    Facet,
    Selection,
    role_of,
)
from kg.lists.statement_facts import FactReader
from kg.name_folding import fold_name
from kg.namespaces import TYPE
from kg.nearest_names import nearest_names
from kg.schema.class_index import ClassIndex
from kg.store.change import Change
from kg.store.interface import QuadLookup

FACET_VALUES = 8
"""Of a facet, those with the most statements."""
SAMPLE = 2_000
"""Statements of a selection that are counted for its facets."""
_MAX_AFFECTED = 2_000
"""Statements that are read again after one commit, while writes wait."""
_MAX_QUADS = 50_000
_MAX_NEAR = 2_000
"""Names that are compared with one that is not known."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, with its number of statements in a list."""

    value: str
    name: str
    """Of a thing; else empty."""
    statements: int


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing with the name that identifies it."""

    iri: str
    name: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The first things of a kind."""

    things: tuple[NamedThing, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """A part of a list."""

    members: tuple[str, ...]
    total: int
    """Of the whole list."""


@dataclass(frozen=True, slots=True)
class RowPage:
    """A part of the rows of a list as a file: things, each empty or with a statement about it."""

    rows: tuple[tuple[str, str], ...]
    total: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The values of facets in a selection, the most frequent first."""

    values: dict[Facet, tuple[FacetValue, ...]]
    is_sample: bool
    """More statements are selected than are counted: the numbers are of SAMPLE of them."""


class ListIndex(CommitFollower):
    """The lists of one store."""

    def __init__(self, file: Path, classes: ClassIndex, *, hides_restricted: bool = False) -> None:
        """Raises sqlite3.Error or OSError."""
        super().__init__(file, SCHEMA, FORM, hides_restricted=hides_restricted)
        self._classes = classes

    def select(self, kind: str, selection: Selection, order: str, first: int, offset: int) -> ListPage:
        """``first`` members of the list of a kind of thing, or of STATEMENT, in one of its orders."""
        condition, values = _conditions(kind, selection)
        if kind == STATEMENT:
            columns, rows = "s.iri", STATEMENT_ORDERS[order].format(condition=condition)
            counted = f"SELECT COUNT(*) FROM statement s WHERE {condition}"
        else:
            things = _things_of(kind, selection, condition)
            columns, rows = "t.iri", f"{things} {THING_ORDERS[order]}"
            counted = f"SELECT COUNT(*) {things}"
            values = {**values, "kind": kind, "type": selection.type, "role": role_of(kind)}
        limits = {"first": first, "offset": offset}
        with self._settled():
            total = self._kept_total(kind, selection)
            if total is None and kind != STATEMENT:
                columns += ", COUNT(*) OVER ()"  # what they are selected by is found once
            query = f"SELECT {columns} {rows} LIMIT :first OFFSET :offset"
            found = self._connection.execute(query, {**values, **limits}).fetchall()
            if total is None and found and len(found[0]) > 1:
                total = found[0][1]
            if total is None:
                (total,) = self._connection.execute(counted, values).fetchone()
        return ListPage(tuple(row[0] for row in found), total)

    def _kept_total(self, kind: str, selection: Selection) -> int | None:
        """The length of a list that is kept: of a whole list, and of statements with one value of a facet."""
        if selection == Selection():
            row = self._connection.execute("SELECT members FROM size WHERE list = ?", (kind,)).fetchone()
            return int(row[0]) if row else 0
        facet = next((facet for facet in COUNTED if getattr(selection, facet)), None)
        if kind != STATEMENT or facet is None:
            return None
        value = getattr(selection, facet)
        if selection != Selection(**{facet.value: value}):
            return None
        query = "SELECT statements FROM tally WHERE list = ? AND facet = ? AND value = ?"
        row = self._connection.execute(query, (kind, facet.value, value)).fetchone()
        return int(row[0]) if row else 0

    def select_rows(self, kind: str, selection: Selection, order: str, first: int, offset: int) -> RowPage:
        """Rows of a list as a file: a thing by itself, then with each statement about it that is selected.

        Of a list of statements, these alone.
        """
        if kind == STATEMENT:
            page = self.select(kind, selection, order, first, offset)
            return RowPage(tuple(("", iri) for iri in page.members), page.total)
        condition, values = _conditions(kind, selection)
        things = _things_of(kind, selection, condition)
        statements = (
            "FROM (SELECT t.* {}) t CROSS JOIN link l ON l.role = :role AND l.thing = t.id"
            f" JOIN statement s ON s.id = l.statement WHERE {condition}"
        ).format(things)
        values = {**values, "kind": kind, "type": selection.type, "role": role_of(kind)}
        rows = f"SELECT t.*, '' AS statement {things} UNION ALL SELECT t.*, s.iri AS statement {statements}"
        query = (
            f"SELECT t.iri, t.statement FROM ({rows}) t {THING_ORDERS[order]}, t.statement LIMIT :first OFFSET :offset"
        )
        counted = f"SELECT (SELECT COUNT(*) {things}) + (SELECT COUNT(*) {statements})"
        with self._settled():
            (total,) = self._connection.execute(counted, values).fetchone()
            found = self._connection.execute(query, {**values, "first": first, "offset": offset})
            return RowPage(tuple(found), total)

    def statements_of(self, kind: str, things: Iterable[str], selection: Selection, most: int) -> dict[str, list[str]]:
        """The selected statements about things of a kind, at most so many about each, by the day that they speak of."""
        condition, values = selection.conditions(of_few=True)
        query = (
            "SELECT s.iri FROM link l JOIN statement s ON s.id = l.statement WHERE l.role = :role"
            f" AND l.thing = (SELECT id FROM resource WHERE iri = :thing) AND {condition} {_IN_ORDER} LIMIT :most"
        )
        values = {**values, "role": role_of(kind)}
        with self._settled():
            return {
                thing: [iri for (iri,) in self._connection.execute(query, {**values, "thing": thing, "most": most})]
                for thing in things
            }

    def count_statements(self, role: str, things: Iterable[str], most: int) -> dict[str, int]:
        """How many statements are linked so to each thing, counted up to ``most``."""
        query = (
            "SELECT COUNT(*) FROM"
            " (SELECT 1 FROM link WHERE role = ? AND thing = (SELECT id FROM resource WHERE iri = ?) LIMIT ?)"
        )
        with self._settled():
            return {thing: self._connection.execute(query, (role, thing, most)).fetchone()[0] for thing in things}

    def overview(self, kinds: Iterable[str], first: int, without: Collection[str]) -> dict[str, Overview]:
        """The first things of each kind, by name, without those of some classes."""
        unlisted = ", ".join("?" for _ in without)
        query = (
            f"SELECT iri, name FROM thing WHERE kind = ? AND type NOT IN ({unlisted}) ORDER BY sort_key, iri LIMIT ?"
        )
        counted = f"SELECT COUNT(*) FROM thing WHERE kind = ? AND type NOT IN ({unlisted})"
        with self._settled():
            return {
                kind: Overview(
                    tuple(NamedThing(*row) for row in self._connection.execute(query, (kind, *without, first))),
                    self._connection.execute(counted, (kind, *without)).fetchone()[0],
                )
                for kind in kinds
            }

    def count_all(self) -> dict[str, int]:
        """How many statements there are, by how many speakers, in how many sources."""
        query = "SELECT COUNT(*) FROM tally WHERE list = ? AND facet = ? AND statements > 0"
        with self._settled():
            return {
                "statements": self._kept_total(STATEMENT, Selection()) or 0,
                "speakers": self._connection.execute(query, (STATEMENT, Facet.SPEAKER.value)).fetchone()[0],
                "sources": self._connection.execute(query, (STATEMENT, Facet.SOURCE.value)).fetchone()[0],
            }

    def count_facets(self, kind: str, selection: Selection) -> FacetCounts:
        """The values of each counted facet in a list; of a list of things, by the statements about them."""
        with self._settled():
            if selection == Selection(type=selection.type):
                query = (
                    "SELECT c.value, IFNULL(t.name, ''), c.statements FROM tally c LEFT JOIN thing t ON t.iri = c.value"
                    " WHERE c.list = ? AND c.facet = ? AND c.statements > 0"
                    " ORDER BY c.statements DESC, c.value LIMIT ?"
                )
                return FacetCounts(
                    {
                        facet: tuple(
                            FacetValue(*row)
                            for row in self._connection.execute(query, (kind, facet.value, FACET_VALUES))
                        )
                        for facet in COUNTED
                    },
                    is_sample=False,
                )
            return self._count_sample(kind, selection)

    def find_things(self, kind: str, text: str, slug: str) -> list[NamedThing]:
        """The things of a kind with this IRI, else with this id, else with this name; an IRI may be of any kind."""
        of_kind = "kind = :kind" if kind else "1"
        values = {"kind": kind, "text": text, "slug": slug, "folded": fold_name(text)}
        with self._settled():
            for condition in ("iri = :text", *(("slug = :slug", "sort_key = :folded") if kind else ())):
                rows = self._connection.execute(
                    f"SELECT iri, name FROM thing WHERE {of_kind} AND {condition} ORDER BY iri LIMIT 10", values
                )
                if found := [NamedThing(*row) for row in rows]:
                    return found
        return []

    def types(self) -> list[str]:
        """The classes that things have."""
        with self._settled():
            return [type_ for (type_,) in self._connection.execute("SELECT DISTINCT type FROM thing ORDER BY type")]

    def nearest_ids(self, kind: str, text: str) -> tuple[str, ...]:
        """Ids of things of a kind that are spelled nearly so, or are called nearly so."""
        folded = fold_name(text)
        query = "SELECT slug, sort_key FROM thing WHERE kind = ? AND {0} >= ? AND {0} < ? LIMIT ?"
        known: dict[str, str] = {}
        with self._settled():
            for column, begin in (("slug", text[:1]), ("sort_key", folded[:1])):
                rows = self._connection.execute(query.format(column), (kind, begin, f"{begin}\U0010ffff", _MAX_NEAR))
                for slug, name in rows:
                    known[slug] = slug
                    known.setdefault(name, slug)
        return tuple(dict.fromkeys(known[name] for name in nearest_names(folded, known)))

    def values_of(self, facet: Facet) -> list[str]:
        """The acts or hedges that statements have."""
        with self._settled():
            rows = self._connection.execute(
                "SELECT value FROM tally WHERE list = ? AND facet = ? AND statements > 0 ORDER BY value",
                (STATEMENT, facet.value),
            )
            return [value for (value,) in rows]

    def _count_sample(self, kind: str, selection: Selection) -> FacetCounts:
        condition, values = selection.conditions()
        if kind == STATEMENT:
            chosen = f"SELECT s.id FROM statement s WHERE {condition} LIMIT :most"
        else:
            chosen = f"SELECT DISTINCT s.id FROM {_ABOUT} WHERE {condition} LIMIT :most"
        values = {**values, "role": role_of(kind)}
        execute = self._connection.execute
        execute("CREATE TEMP TABLE IF NOT EXISTS chosen (id INTEGER PRIMARY KEY)")
        execute("DELETE FROM chosen")
        counted = execute(f"INSERT INTO chosen {chosen}", {**values, "most": SAMPLE + 1}).rowcount
        found = {facet: self._count_chosen(facet) for facet in COUNTED}
        self._connection.commit()
        return FacetCounts(found, is_sample=counted > SAMPLE)

    def _count_chosen(self, facet: Facet) -> tuple[FacetValue, ...]:
        if facet is Facet.STATUS:
            grouped = " UNION ALL ".join(
                f"SELECT '{status}' AS value, '' AS name, COUNT(*) AS n FROM chosen CROSS JOIN statement s USING (id)"
                f" WHERE {rule}"
                for status, rule in STATUSES.items()
            )
        elif facet is Facet.ACT:
            grouped = (
                "SELECT act AS value, '' AS name, COUNT(*) AS n FROM chosen CROSS JOIN statement USING (id) GROUP BY 1"
            )
        else:
            grouped = (
                "SELECT r.iri AS value, IFNULL(t.name, '') AS name, n FROM"
                f" ({_COUNTS[facet]} GROUP BY 1 ORDER BY 2 DESC LIMIT {2 * FACET_VALUES}) c"
                " JOIN resource r ON r.id = c.id LEFT JOIN thing t ON t.id = c.id"
            )
        query = f"SELECT value, name, n FROM ({grouped}) WHERE n > 0 ORDER BY n DESC, value LIMIT {FACET_VALUES}"
        return tuple(FacetValue(*row) for row in self._connection.execute(query))

    def _read(self, connection: sqlite3.Connection, store: QuadLookup) -> None:
        reader, writer = FactReader(store, self._classes), TableWriter(connection)
        for cls in sorted(self._classes.things):
            for iri in _subjects(store, TYPE, ox.NamedNode(cls)):
                writer.replace_thing(iri, reader.read_thing(iri))
        for cls in sorted(self._classes.statements):
            for iri in _subjects(store, TYPE, ox.NamedNode(cls)):
                writer.replace_statement(iri, reader.read_statement(iri))
        writer.finish()

    def _write(self, connection: sqlite3.Connection, change: Change, store: QuadLookup) -> None:
        if change.added_count + change.removed_count > _MAX_QUADS:
            raise CannotFollowError("the change has too many quads")
        things, statements = find_affected(connection, change, self._classes)
        if len(statements) > _MAX_AFFECTED:
            raise CannotFollowError(f"the change affects {len(statements)} statements")
        reader, writer = FactReader(store, self._classes), TableWriter(connection)
        for iri in sorted(things):
            writer.replace_thing(iri, reader.read_thing(iri))
        for iri in sorted(statements):
            writer.replace_statement(iri, reader.read_statement(iri))
        writer.finish()


_ABOUT = "statement s CROSS JOIN link l ON l.statement = s.id AND l.role = :role"
"""Statements that are selected, then what they are about: CROSS keeps this order."""
_COUNTS = {
    **{
        facet: f"SELECT s.{facet.value} AS id, COUNT(*) AS n FROM chosen CROSS JOIN statement s USING (id)"
        for facet in (Facet.SPEAKER, Facet.HEDGE)
    },
    **{
        facet: "SELECT l.thing AS id, COUNT(*) AS n FROM chosen CROSS JOIN link l ON l.statement = chosen.id"
        f" AND l.role = '{role}'"
        for facet, role in ROLES.items()
    },
}
"""How many of the chosen statements each value has."""
_IN_ORDER = STATEMENT_ORDERS[DATE].partition("{condition}")[2]


def _conditions(kind: str, selection: Selection) -> tuple[str, dict[str, str]]:
    """The condition on statements; places are not selected by where statements about them say that something is."""
    if kind != PLACE:
        return selection.conditions()
    condition, values = replace(selection, place="").conditions()
    return condition, {**values, "place": selection.place}


def _things_of(kind: str, selection: Selection, condition: str) -> str:
    rows = "FROM thing t WHERE t.kind = :kind"
    if selection.type:
        rows += " AND t.type = :type"
    if kind == PLACE and selection.place:
        rows += " AND t.id IN (SELECT place FROM unit WHERE above = (SELECT id FROM resource WHERE iri = :place))"
        selection = replace(selection, place="")
    if selection.is_of_statements:
        rows += f" AND t.id IN (SELECT l.thing FROM {_ABOUT} WHERE {condition})"
    return rows


def _subjects(store: QuadLookup, predicate: ox.NamedNode, object_: ox.NamedNode) -> Iterator[str]:
    for quad in store.match(None, predicate, object_):
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject.value
