"""The texts of a graph that are searched, by their words: a file that follows the commits.

Owns which properties are searched and how words are compared: folded by ``kg.name_folding``, the last word as a prefix,
then transliterated, then by their consonants, then the nearest spelling, then all words but one. Knows neither what a
text means nor who says it: ``kg.search.hits`` looks that up in the graph, so that nothing that is kept here can be out
of date.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.commit_follower import CommitFollower
from kg.name_folding import fold_name, fold_transliteration, skeleton_of
from kg.namespaces import CK, DCTERMS, OA, PREF_LABEL, RDFS, SKOS, TYPE, value_of
from kg.nearest_names import nearest_names
from kg.store.change import Change
from kg.store.interface import QuadLookup

NAMES = (
    PREF_LABEL,
    f"{SKOS}altLabel",
    f"{SKOS}hiddenLabel",
    f"{DCTERMS}title",
    f"{RDFS}seeAlso",
    f"{CK}label",
    TYPE.value,
)
"""Properties whose values are names of things; of a type the last segment of the IRI of its subject is one."""
QUOTES = (f"{OA}exact", f"{CK}ownWords", f"{CK}gist")
"""Properties whose values are words of statements."""
MAX_WORDS, MAX_CHARACTERS = 8, 400
MAX_CANDIDATES = 100
"""Of each sort of match: nobody reads more."""
_MAX_MATCHES = 1_000
"""Of a common word, from which these are chosen, so that a search costs the same however many texts have it."""
_NEAR = 4
"""Spellings that are tried for a word that no text has."""
_SHORTEST_CONSONANTS = 3
_FEWEST_OF_MOST = 3
"""Words of which one may be missing."""
_BATCH = 2_000
_FORM = 2
"""Another one where words are folded in another way."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS text (
    id INTEGER PRIMARY KEY, subject TEXT NOT NULL, predicate TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,
    folded TEXT NOT NULL, is_name INTEGER NOT NULL, UNIQUE (subject, predicate, text, language)
);
CREATE INDEX IF NOT EXISTS folded ON text (folded);
CREATE VIRTUAL TABLE IF NOT EXISTS name USING fts5(
    spelled, transliterated, consonants, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE IF NOT EXISTS quote USING fts5(
    spelled, transliterated, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE IF NOT EXISTS term USING fts5vocab('name', 'col');
"""
_SEARCHED = re.compile(
    b"^<[^>\n]*> <(?:%b)> .*\n?" % b"|".join(re.escape(iri.encode()) for iri in (*NAMES, *QUOTES)), re.MULTILINE
)
"""Lines of N-Quads with one of these properties."""


class Match(IntEnum):
    """How a text has the words, the best first."""

    SAME = 0
    WORDS = 1
    TRANSLITERATED = 2
    CONSONANTS = 3
    """Its consonants are those of the words: vowels differ, or one of them is in Arabic letters."""
    NEAR = 4
    MOST = 5
    """It has all of the words but one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text with the words: the value of a property of a resource, when it was read."""

    subject: str
    predicate: str
    text: str
    language: str
    match: Match

    def members(self) -> list[str | int]:
        """As JSON values, from which ``from_members`` makes it again in another process."""
        return [self.subject, self.predicate, self.text, self.language, int(self.match)]

    @classmethod
    def from_members(cls, members: Sequence[Any]) -> "Candidate":
        """The candidate of which these are the members."""
        subject, predicate, text, language, match = members
        return cls(subject, predicate, text, language, Match(match))


class TextIndex(CommitFollower):
    """The index of one store; searched by any thread."""

    def __init__(self, file: Path, base_iri: str, kinds: Iterable[str], *, hides_restricted: bool = False) -> None:
        """``kinds``: of the things whose ids are names, such as ``place``. Raises sqlite3.Error or OSError."""
        super().__init__(file, _SCHEMA, _FORM, hides_restricted=hides_restricted)
        self._ids = tuple(f"{base_iri}id/{kind}/" for kind in kinds)

    def search(self, words: str) -> list[Candidate]:
        """The texts with all of the words, the best matches first; in each sort of match names before quotes.

        Of a sort of match at most MAX_CANDIDATES; worse sorts only where there is no better one.
        """
        folded = fold_name(words[:MAX_CHARACTERS])
        tokens = folded.split()[:MAX_WORDS]
        if not tokens:
            return []
        with self._settled():
            found = self._select("folded = ?", folded, Match.SAME)
            found += self._match(Match.WORDS, "spelled", tokens)
            transliterated = fold_transliteration(words[:MAX_CHARACTERS]).split()[:MAX_WORDS]
            found = (
                found
                or self._match(Match.TRANSLITERATED, "transliterated", transliterated)
                or self._match_consonants(_consonants(transliterated))
                or self._match(Match.NEAR, "spelled", [self._nearest(token) for token in tokens])
                or self._match_most(transliterated)
            )
        first: dict[tuple[str, ...], Candidate] = {}
        for item in found:
            first.setdefault((item.subject, item.predicate, item.text, item.language), item)
        return list(first.values())

    def _match_consonants(self, skeletons: Sequence[str]) -> list[Candidate]:
        """Names only: quotes have too many words with the same consonants."""
        if sum(map(len, skeletons)) < _SHORTEST_CONSONANTS:
            return []
        query = f"consonants : ({_all_of(skeletons)})"
        return self._select_matching("name", query, Match.CONSONANTS)

    def _match_most(self, tokens: Sequence[str]) -> list[Candidate]:
        if len(tokens) < _FEWEST_OF_MOST:
            return []
        rests = ([*tokens[:place], *tokens[place + 1 :]] for place in range(len(tokens)))
        query = f"transliterated : ({' OR '.join(f'({_all_of(rest)})' for rest in rests)})"
        return [found for table in ("name", "quote") for found in self._select_matching(table, query, Match.MOST)]

    def _match(self, match: Match, column: str, tokens: Sequence[str | Sequence[str]]) -> list[Candidate]:
        """``tokens``: words, or alternatives for each word; the last word is the beginning of one."""
        options = [[token] if isinstance(token, str) else token for token in tokens]
        if not options or not all(options):
            return []
        *whole, last = [[f'"{word}"' for word in words] for words in options]
        terms = [*(" OR ".join(words) for words in whole), " OR ".join(f"{word} *" for word in last)]
        query = f"{column} : ({' AND '.join(f'({term})' for term in terms)})"
        return [found for table in ("name", "quote") for found in self._select_matching(table, query, match)]

    def _select_matching(self, table: str, query: str, match: Match) -> list[Candidate]:
        condition = f"id IN (SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT {_MAX_MATCHES})"
        return self._select(condition, query, match)

    def _select(self, condition: str, value: str, match: Match) -> list[Candidate]:
        query = (
            f"SELECT subject, predicate, text, language FROM text WHERE {condition}"
            " ORDER BY is_name DESC, length(text), subject LIMIT ?"
        )
        rows = self._connection.execute(query, (value, MAX_CANDIDATES))
        return [Candidate(subject, predicate, text, language, match) for subject, predicate, text, language in rows]

    def _nearest(self, token: str) -> Sequence[str]:
        """The words of names that are spelled nearly so, or the word itself where it is one."""
        rows = self._connection.execute(
            "SELECT term FROM term WHERE col = 'spelled' AND term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            (token[0], chr(ord(token[0]) + 1), len(token) - 2, len(token) + 2),
        )
        terms = [term for (term,) in rows]
        return [token] if token in terms else nearest_names(token, terms, _NEAR)

    def _read(self, connection: sqlite3.Connection, store: QuadLookup) -> None:
        for predicate in (*NAMES, *QUOTES):
            quads = iter(store.match(None, ox.NamedNode(predicate), None))
            while batch := list(islice(quads, _BATCH)):
                _add(connection, self._rows(batch))

    def _write(self, connection: sqlite3.Connection, change: Change, _store: QuadLookup) -> None:
        for n_quads, write in ((change.removed, _remove), (change.added, _add)):
            lines = b"".join(_SEARCHED.findall(n_quads))
            if lines:
                write(connection, self._rows(ox.parse(lines, format=ox.RdfFormat.N_QUADS)))

    def _rows(self, quads: Iterable[ox.Quad]) -> Iterator["_Row"]:
        for quad in quads:
            subject, predicate = value_of(quad.subject), quad.predicate.value
            if predicate == TYPE.value:
                if subject.startswith(self._ids):
                    yield _Row.create(subject, predicate, subject.rsplit("/", 1)[-1], "")
            elif isinstance(quad.object, ox.Literal):
                yield _Row.create(subject, predicate, quad.object.value, quad.object.language or "")
            elif isinstance(quad.object, ox.NamedNode):
                yield _Row.create(subject, predicate, quad.object.value, "")


@dataclass(frozen=True, slots=True)
class _Row:
    """A text as it is kept."""

    subject: str
    predicate: str
    text: str
    language: str
    folded: str

    @classmethod
    def create(cls, subject: str, predicate: str, text: str, language: str) -> "_Row":
        return cls(subject, predicate, text, language, fold_name(text))

    @property
    def table(self) -> str:
        return "name" if self.predicate in NAMES else "quote"

    @property
    def columns(self) -> Mapping[str, str]:
        """Its words as the table of names, or that of quotes, has them."""
        transliterated = fold_transliteration(self.text)
        columns = {"spelled": self.folded, "transliterated": transliterated}
        if self.table == "name":
            columns["consonants"] = " ".join(_consonants(transliterated.split()))
        return columns

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.subject, self.predicate, self.text, self.language


def _consonants(transliterated: Iterable[str]) -> list[str]:
    """The consonants of each word that has any."""
    return [skeleton for word in transliterated if (skeleton := skeleton_of(word))]


def _all_of(words: Sequence[str]) -> str:
    """All of the words, the last as the beginning of one."""
    *whole, last = (f'"{word}"' for word in words)
    return " AND ".join([*whole, f"{last} *"])


def _add(connection: sqlite3.Connection, rows: Iterable[_Row]) -> None:
    for row in rows:
        cursor = connection.execute(
            "INSERT OR IGNORE INTO text (subject, predicate, text, language, folded, is_name)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (*row.key, row.folded, row.table == "name"),
        )
        if cursor.rowcount:
            columns = row.columns
            connection.execute(
                f"INSERT INTO {row.table} (rowid, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",
                (cursor.lastrowid, *columns.values()),
            )


def _remove(connection: sqlite3.Connection, rows: Iterable[_Row]) -> None:
    for row in rows:
        found = connection.execute(
            "DELETE FROM text WHERE subject = ? AND predicate = ? AND text = ? AND language = ? RETURNING id", row.key
        ).fetchone()
        if found:
            columns = row.columns
            connection.execute(
                f"INSERT INTO {row.table} ({row.table}, rowid, {', '.join(columns)})"
                f" VALUES ('delete', ?{', ?' * len(columns)})",
                (*found, *columns.values()),
            )
