"""The tables of lists, and how they are changed: a statement or a thing is written as it is read of the graph.

Owns the tables, and which statements and things depend on a change. What is selected of them is for
``kg.lists.list_index``.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator

from kg.lists.selection import STATEMENT, Facet
from kg.lists.statement_facts import FROM, OBJECTIONS, WITHIN, StatementFacts, ThingFacts
from kg.namespaces import ADMINISTRATIVE_PARENT, CK, SPEAKER, TYPE, value_of
from kg.schema.class_index import ClassIndex
from kg.store.change import Change
from kg.store.labels import LABEL_PROPERTIES

FORM = 1
"""Another one where the tables are others, or are filled otherwise."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS statement (
    id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, act TEXT NOT NULL, speaker INTEGER NOT NULL,
    source INTEGER NOT NULL, hedge INTEGER NOT NULL, earliest TEXT NOT NULL, latest TEXT NOT NULL,
    is_dated INTEGER NOT NULL, has_no_day INTEGER NOT NULL, day TEXT NOT NULL,
    is_retracted INTEGER NOT NULL, is_denied INTEGER NOT NULL, is_disputed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS by_speaker ON statement (speaker, iri);
CREATE INDEX IF NOT EXISTS by_source ON statement (source, iri);
CREATE INDEX IF NOT EXISTS by_hedge ON statement (hedge);
CREATE INDEX IF NOT EXISTS by_act ON statement (act);
CREATE INDEX IF NOT EXISTS by_day ON statement (has_no_day, day, iri);
CREATE INDEX IF NOT EXISTS by_day_down ON statement (has_no_day, day DESC, iri);
CREATE INDEX IF NOT EXISTS retracted ON statement (iri) WHERE is_retracted = 1;
CREATE INDEX IF NOT EXISTS denied ON statement (iri) WHERE is_denied = 1;
CREATE INDEX IF NOT EXISTS disputed ON statement (iri) WHERE is_disputed = 1;
CREATE TABLE IF NOT EXISTS link (
    role TEXT NOT NULL, thing INTEGER NOT NULL, statement INTEGER NOT NULL, PRIMARY KEY (role, thing, statement)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS of_statement ON link (statement, role, thing);
CREATE INDEX IF NOT EXISTS of_thing ON link (thing, role);
CREATE TABLE IF NOT EXISTS read (
    resource INTEGER NOT NULL, statement INTEGER NOT NULL, PRIMARY KEY (resource, statement)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS read_for ON read (statement, resource);
CREATE TABLE IF NOT EXISTS thing (
    id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
    sort_key TEXT NOT NULL, slug TEXT NOT NULL, has_no_day INTEGER NOT NULL, day TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS by_name ON thing (kind, sort_key, iri);
CREATE INDEX IF NOT EXISTS by_first_day ON thing (kind, has_no_day, day, iri);
CREATE INDEX IF NOT EXISTS by_first_day_down ON thing (kind, has_no_day, day DESC, iri);
CREATE INDEX IF NOT EXISTS by_slug ON thing (kind, slug);
CREATE INDEX IF NOT EXISTS by_type ON thing (type, kind, sort_key);
CREATE TABLE IF NOT EXISTS unit (
    above INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (above, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS of_place ON unit (place);
CREATE TABLE IF NOT EXISTS tally (
    list TEXT NOT NULL, facet TEXT NOT NULL, value TEXT NOT NULL, statements INTEGER NOT NULL,
    PRIMARY KEY (list, facet, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS most ON tally (list, facet, statements DESC, value);
CREATE TABLE IF NOT EXISTS size (list TEXT PRIMARY KEY, members INTEGER NOT NULL) WITHOUT ROWID;
"""
"""Numbers stand for resources, which keep them."""
ROLES = {Facet.SOURCE: FROM, Facet.PLACE: WITHIN}
"""The roles by which facets are linked to statements."""
_LISTS = {FROM: "source", WITHIN: "", "source": ""}
"""The lists of roles that are not kinds; a source is listed by what it reports, not by what is said about it."""
_DATED_KIND = "incident"
_NOTE_FIRST_DAY = (
    "UPDATE thing SET (has_no_day, day) = (SELECT MIN(s.day) IS NULL, IFNULL(MIN(s.day), '') FROM link l"
    " JOIN statement s ON s.id = l.statement WHERE l.role = ? AND l.thing = ? AND s.has_no_day = 0)"
    " WHERE id = ? AND kind = ?"
)
"""The first day that any statement about an incident speaks of."""
_MAX_KNOWN = 200_000
_STATEMENT_VALUES = ", ".join(["?"] * 14)


def find_affected(connection: sqlite3.Connection, change: Change, classes: ClassIndex) -> tuple[set[str], set[str]]:
    """The things and the statements that depend on what the change changes."""
    things, statements, resources = set[str](), set[str](), set[str]()
    for quad in (*change.removed_quads(), *change.added_quads()):
        subject, predicate = value_of(quad.subject), quad.predicate.value
        if predicate == TYPE.value:
            type_ = value_of(quad.object)
            resources.add(subject)
            if type_ in classes.things:
                things.add(subject)
            if type_ in classes.statements:
                statements.add(subject)
        elif predicate.startswith(CK):
            resources.add(subject)
            if predicate in classes.acts or predicate == SPEAKER:
                statements.add(subject)
            if predicate in OBJECTIONS:
                resources.add(value_of(quad.object))
        if predicate in LABEL_PROPERTIES or predicate == ADMINISTRATIVE_PARENT:
            things.add(subject)
        if predicate == ADMINISTRATIVE_PARENT:
            things.update(_find_inside(connection, subject))
    rows = connection.execute(
        "SELECT s.iri FROM json_each(?) changed JOIN resource r ON r.iri = changed.value"
        " JOIN read ON read.resource = r.id JOIN resource s ON s.id = read.statement",
        (json.dumps(sorted(resources)),),
    )
    statements.update(statement for (statement,) in rows)
    return things, statements


def _find_inside(connection: sqlite3.Connection, place: str) -> Iterator[str]:
    """The places that lie in a place."""
    rows = connection.execute(
        "SELECT p.iri FROM resource r JOIN unit ON unit.above = r.id JOIN resource p ON p.id = unit.place"
        " WHERE r.iri = ?",
        (place,),
    )
    return (iri for (iri,) in rows)


class TableWriter:
    """Writes statements and things; counts and first days are written by ``finish``, once for all of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._execute = connection, connection.execute
        self._numbers: dict[str, int] = {}
        self._tallies = Counter[tuple[str, str, str]]()
        self._sizes = Counter[str]()
        self._dated: set[int] = set()
        """Incidents whose first day may have changed."""

    def replace_thing(self, iri: str, thing: ThingFacts | None) -> None:
        """Write a thing as it is now, or that it is none any more."""
        before = self._execute("DELETE FROM thing WHERE iri = ? RETURNING kind, id", (iri,)).fetchone()
        if before:
            self._sizes[before[0]] -= 1
            self._execute("DELETE FROM unit WHERE place = ?", (before[1],))
        if thing is None:
            return
        id_, slug = self._number_of(iri), iri.rsplit("/", 1)[-1]
        self._execute(
            "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, 1, '')",
            (id_, iri, thing.kind, thing.type, thing.name, thing.sort_key, slug),
        )
        units = [(self._number_of(unit), id_) for unit in thing.within]
        self._connection.executemany("INSERT INTO unit VALUES (?, ?)", units)
        self._sizes[thing.kind] += 1
        if thing.kind == _DATED_KIND:
            self._dated.add(id_)

    def replace_statement(self, iri: str, facts: StatementFacts | None) -> None:
        """Write a statement as it is now, or that it is none any more."""
        before = self._execute("SELECT id FROM statement WHERE iri = ?", (iri,)).fetchone()
        if before:
            self._remove_statement(*before)
        if facts is not None:
            self._add_statement(facts)

    def finish(self) -> None:
        """Write what is counted of all that was written."""
        tallies = [(*key, step) for key, step in self._tallies.items() if step]
        self._connection.executemany(
            "INSERT INTO tally VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET statements = statements + excluded.statements",
            tallies,
        )
        self._connection.executemany(
            "DELETE FROM tally WHERE list = ? AND facet = ? AND value = ? AND statements <= 0",
            [key for *key, step in tallies if step < 0],
        )
        self._connection.executemany(
            "INSERT INTO size VALUES (?, ?) ON CONFLICT DO UPDATE SET members = members + excluded.members",
            self._sizes.items(),
        )
        self._connection.executemany(
            _NOTE_FIRST_DAY, [(_DATED_KIND, thing, thing, _DATED_KIND) for thing in self._dated]
        )

    def _number_of(self, iri: str) -> int:
        """The number of a resource, which it keeps."""
        if (known := self._numbers.get(iri)) is not None:
            return known
        found = self._execute("SELECT id FROM resource WHERE iri = ?", (iri,)).fetchone()
        if found is None:
            found = self._execute("INSERT INTO resource (iri) VALUES (?) RETURNING id", (iri,)).fetchone()
        if len(self._numbers) >= _MAX_KNOWN:
            self._numbers.clear()
        self._numbers[iri] = int(found[0])
        return int(found[0])

    def _remove_statement(self, id_: int) -> None:
        row = self._execute(
            "SELECT act, v.iri, h.iri, is_retracted, is_denied, is_disputed FROM statement s"
            " JOIN resource v ON v.id = s.speaker JOIN resource h ON h.id = s.hedge WHERE s.id = ?",
            (id_,),
        ).fetchone()
        query = "SELECT role, iri, thing FROM link JOIN resource ON id = thing WHERE statement = ?"
        links = self._execute(query, (id_,)).fetchall()
        self._count(row, [(role, thing) for role, thing, _ in links], -1)
        self._dated |= {number for role, _, number in links if role == _DATED_KIND}
        for table, column in (("statement", "id"), ("link", "statement"), ("read", "statement")):
            self._execute(f"DELETE FROM {table} WHERE {column} = ?", (id_,))

    def _add_statement(self, facts: StatementFacts) -> None:
        id_, day = self._number_of(facts.iri), facts.earliest or facts.latest
        row = (
            id_,
            facts.iri,
            facts.act,
            self._number_of(facts.speaker),
            self._number_of(facts.source),
            self._number_of(facts.hedge),
            facts.earliest,
            facts.latest,
            facts.is_dated,
            not day,
            day,
            facts.is_retracted,
            facts.is_denied,
            facts.is_disputed,
        )
        self._execute(f"INSERT INTO statement VALUES ({_STATEMENT_VALUES})", row)
        links = [(role, self._number_of(thing), id_) for role, thing in facts.links]
        self._connection.executemany("INSERT INTO link VALUES (?, ?, ?)", links)
        reads = [(self._number_of(resource), id_) for resource in facts.reads]
        self._connection.executemany("INSERT INTO read VALUES (?, ?)", reads)
        counted = facts.act, facts.speaker, facts.hedge, facts.is_retracted, facts.is_denied, facts.is_disputed
        self._count(counted, facts.links, 1)
        self._dated |= {thing for role, thing, _ in links if role == _DATED_KIND}

    def _count(
        self, counted: tuple[str, str, str, bool, bool, bool], links: Collection[tuple[str, str]], step: int
    ) -> None:
        """Count a statement to its lists, facets and values."""
        act, speaker, hedge, is_retracted, is_denied, is_disputed = counted
        values = [(Facet.ACT, act), (Facet.SPEAKER, speaker), (Facet.HEDGE, hedge)]
        values += [(facet, thing) for role, thing in links for facet, of_facet in ROLES.items() if role == of_facet]
        flags = {"retracted": is_retracted, "denied": is_denied, "disputed": is_disputed}
        flags["unopposed"] = not any(flags.values())
        values += [(Facet.STATUS, status) for status, is_so in flags.items() if is_so]
        for list_ in {STATEMENT, *(_LISTS.get(role, role) for role, _ in links)} - {""}:
            for facet, value in values:
                self._tallies[list_, facet.value, value] += step
        self._sizes[STATEMENT] += step
