"""The tables of lists, and how they are changed: a statement or a thing is written as it is read of the graph.

Owns the tables, and which statements and things depend on a change. What is selected of them is for
``kg.lists.list_index``.
"""

import sqlite3
from collections.abc import Collection, Iterable

from kg.lists.selection import STATEMENT, Facet
from kg.lists.statement_facts import FROM, OBJECTIONS, WITHIN, StatementFacts, ThingFacts
from kg.namespaces import CK, SPEAKER, TYPE, value_of
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
_STATEMENT_VALUES = ", ".join(["?"] * 14)
_NAMING = frozenset((TYPE.value, *LABEL_PROPERTIES))


def find_affected(connection: sqlite3.Connection, change: Change, acts: Collection[str]) -> tuple[set[str], set[str]]:
    """The things and the statements that depend on what the change changes."""
    things, statements, resources = set[str](), set[str](), set[str]()
    for quad in (*change.removed_quads(), *change.added_quads()):
        subject, predicate = value_of(quad.subject), quad.predicate.value
        if predicate in _NAMING:
            things.add(subject)
        if not predicate.startswith(CK) and predicate != TYPE.value:
            continue
        resources.add(subject)
        if predicate in acts or predicate in (SPEAKER, TYPE.value):
            statements.add(subject)
        if predicate in OBJECTIONS:
            resources.add(value_of(quad.object))
    for resource in resources:
        rows = connection.execute(
            "SELECT s.iri FROM resource r JOIN read ON read.resource = r.id JOIN resource s ON s.id = read.statement"
            " WHERE r.iri = ?",
            (resource,),
        )
        statements.update(statement for (statement,) in rows)
    return things, statements


def _id_of(connection: sqlite3.Connection, iri: str) -> int:
    """The number of a resource, which it keeps."""
    found = connection.execute("SELECT id FROM resource WHERE iri = ?", (iri,)).fetchone()
    if found is None:
        found = connection.execute("INSERT INTO resource (iri) VALUES (?) RETURNING id", (iri,)).fetchone()
    return int(found[0])


def replace_thing(connection: sqlite3.Connection, iri: str, thing: ThingFacts | None) -> None:
    before = connection.execute("DELETE FROM thing WHERE iri = ? RETURNING kind", (iri,)).fetchone()
    if before:
        _add_to_size(connection, before[0], -1)
    if thing is None:
        return
    id_, slug = _id_of(connection, iri), iri.rsplit("/", 1)[-1]
    connection.execute(
        "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, 1, '')",
        (id_, iri, thing.kind, thing.type, thing.name, thing.sort_key, slug),
    )
    _add_to_size(connection, thing.kind, 1)
    _note_first_day(connection, id_)


def replace_statement(connection: sqlite3.Connection, iri: str, facts: StatementFacts | None) -> None:
    """Write a statement as it is now, or that it is none any more."""
    before = connection.execute("SELECT id FROM statement WHERE iri = ?", (iri,)).fetchone()
    dated = set[int]()
    if before:
        dated |= _remove_statement(connection, *before)
    if facts is not None:
        dated |= _add_statement(connection, facts)
    for thing in sorted(dated):
        _note_first_day(connection, thing)


def _remove_statement(connection: sqlite3.Connection, id_: int) -> set[int]:
    """Remove the statement; the incidents that it was about."""
    execute = connection.execute
    row = execute(
        "SELECT act, v.iri, h.iri, is_retracted, is_denied, is_disputed FROM statement s"
        " JOIN resource v ON v.id = s.speaker JOIN resource h ON h.id = s.hedge WHERE s.id = ?",
        (id_,),
    ).fetchone()
    links = execute(
        "SELECT role, iri, thing FROM link JOIN resource ON id = thing WHERE statement = ?", (id_,)
    ).fetchall()
    _tally(connection, _tallied(row, [(role, thing) for role, thing, _ in links]), -1)
    _add_to_size(connection, STATEMENT, -1)
    for table, column in (("statement", "id"), ("link", "statement"), ("read", "statement")):
        execute(f"DELETE FROM {table} WHERE {column} = ?", (id_,))
    return {number for role, _, number in links if role == _DATED_KIND}


def _add_statement(connection: sqlite3.Connection, facts: StatementFacts) -> set[int]:
    """Add the statement; the incidents that it is about."""
    id_, day = _id_of(connection, facts.iri), facts.earliest or facts.latest
    row = (
        id_,
        facts.iri,
        facts.act,
        _id_of(connection, facts.speaker),
        _id_of(connection, facts.source),
        _id_of(connection, facts.hedge),
        facts.earliest,
        facts.latest,
        facts.is_dated,
        not day,
        day,
        facts.is_retracted,
        facts.is_denied,
        facts.is_disputed,
    )
    connection.execute(f"INSERT INTO statement VALUES ({_STATEMENT_VALUES})", row)
    links = [(role, _id_of(connection, thing), id_) for role, thing in facts.links]
    connection.executemany("INSERT INTO link VALUES (?, ?, ?)", links)
    reads = [(_id_of(connection, resource), id_) for resource in facts.reads]
    connection.executemany("INSERT INTO read VALUES (?, ?)", reads)
    counted = facts.act, facts.speaker, facts.hedge, facts.is_retracted, facts.is_denied, facts.is_disputed
    _tally(connection, _tallied(counted, facts.links), 1)
    _add_to_size(connection, STATEMENT, 1)
    return {thing for role, thing, _ in links if role == _DATED_KIND}


def _note_first_day(connection: sqlite3.Connection, thing: int) -> None:
    """The first day that any statement about an incident speaks of."""
    connection.execute(
        "UPDATE thing SET (has_no_day, day) = (SELECT MIN(s.day) IS NULL, IFNULL(MIN(s.day), '') FROM link l"
        " JOIN statement s ON s.id = l.statement WHERE l.role = ? AND l.thing = ? AND s.has_no_day = 0)"
        " WHERE id = ? AND kind = ?",
        (_DATED_KIND, thing, thing, _DATED_KIND),
    )


def _tallied(
    counted: tuple[str, str, str, bool, bool, bool], links: Iterable[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """The lists, facets and values to which a statement counts."""
    act, speaker, hedge, is_retracted, is_denied, is_disputed = counted
    links = list(links)
    values = [(Facet.ACT, act), (Facet.SPEAKER, speaker), (Facet.HEDGE, hedge)]
    values += [(facet, thing) for role, thing in links for facet, of_facet in ROLES.items() if role == of_facet]
    flags = {"retracted": is_retracted, "denied": is_denied, "disputed": is_disputed}
    flags["unopposed"] = not any(flags.values())
    values += [(Facet.STATUS, status) for status, is_so in flags.items() if is_so]
    lists = {STATEMENT, *(_LISTS.get(role, role) for role, _ in links)} - {""}
    return [(list_, facet.value, value) for list_ in sorted(lists) for facet, value in values]


def _tally(connection: sqlite3.Connection, counted: Iterable[tuple[str, str, str]], step: int) -> None:
    connection.executemany(
        "INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET statements = statements + excluded.statements",
        [(*key, step) for key in counted],
    )
    if step < 0:
        connection.executemany(
            "DELETE FROM tally WHERE list = ? AND facet = ? AND value = ? AND statements <= 0", counted
        )


def _add_to_size(connection: sqlite3.Connection, list_: str, step: int) -> None:
    connection.execute(
        "INSERT INTO size VALUES (?, ?) ON CONFLICT DO UPDATE SET members = members + excluded.members", (list_, step)
    )
