"""The procedures of lists: a page of a list with its facets, and a list as a file.

What is listed is found by ``kg.lists.list_index`` and given; what a row shows is read from the graph here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from api.pages.list_columns import columns_of, statement_cells, thing_cells
from api.pages.list_files import SUFFIXES, FileHead, FileRow, write_file
from api.pages.list_rows import BATCH, RowReader
from api.pages.replies import page_reply
from api.pages.sources import PageSources
from kg.execution.procedure import Procedure, Reply
from kg.lists.selection import STATEMENT
from kg.namespaces import VOCAB
from kg.status.wording import split_words, word_deed
from kg.store.interface import Store

LIST_PAGE = "list-page"
"""Arguments: those of ``ListView`` in ``api.routers.lists``."""
LIST_FILE = "list-file"
"""Arguments: ``kind``, ``suffix``, ``title``, ``facts``; the content is the rows in JSON: a thing or an empty text, and
a statement or an empty text."""
HEADINGS = {
    "incidents": "What is said to have happened",
    "actors": "Who speaks and acts",
    "places": "Places",
    "zones": "Zones",
    "sources": "Sources",
    "statements": "Statements",
}
"""Of each list."""
NOTHING_ELSE = "Only what sources were recorded to say is here. What is not listed is not denied."
STATUSES = {
    "unopposed": "nobody recorded here objects",
    "denied": "denied by others",
    "disputed": "disputed by others",
    "retracted": "taken back",
}


class ListProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {LIST_PAGE: self._page, LIST_FILE: self._file}

    def _page(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        reader, members = RowReader(store, self._sources), arguments["members"]
        about: Mapping[str, Sequence[str]] = arguments["statements"]
        listed = members if arguments["kind"] == STATEMENT else [iri for iris in about.values() for iri in iris]
        statements = reader.read_statements(list(dict.fromkeys(listed)))
        things = reader.read_things([] if arguments["kind"] == STATEMENT else members)
        page = self._sources.renderer.render(
            "list.html",
            heading=HEADINGS[arguments["list"]],
            rows=[statements[iri] for iri in members if iri in statements],
            things=[(things[iri], self._select(statements, about.get(iri, ()))) for iri in members if iri in things],
            facets=[self._name_facet(facet) for facet in arguments["facets"]],
            suffixes=list(SUFFIXES),
            note=NOTHING_ELSE,
            name_of=self._name_value,
            **{name: arguments[name] for name in _SHOWN},
        )
        return page_reply(page)

    @staticmethod
    def _select(rows: Mapping[str, Any], iris: Iterable[str]) -> list[Any]:
        return [rows[iri] for iri in iris if iri in rows]

    def _name_facet(self, facet: Mapping[str, Any]) -> Mapping[str, Any]:
        values = [
            {**value, "name": value["name"] or self._name_value(facet["name"], value["value"])}
            for value in facet["values"]
        ]
        return {**facet, "values": values}

    def _name_value(self, facet: str, value: str) -> str:
        """The name of an act, a status, a class or a concept."""
        if facet == "act":
            return word_deed(split_words(value), "", is_author=False)
        if facet == "status":
            return STATUSES.get(value, value)
        if value.startswith(VOCAB):
            for scheme in self._sources.schema.schemes.values():
                for concept in scheme.concepts:
                    if concept.iri == value:
                        return concept.label
        return value.rsplit("/", 1)[-1]

    def _file(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        kind, suffix = arguments["kind"], arguments["suffix"]
        rows = self._read_rows(store, kind, json.loads(content))
        facts = {**arguments["facts"], "version of the data": store.version, "note": NOTHING_ELSE}
        head = FileHead(arguments["title"], columns_of(kind), facts)
        return Reply(media_type=SUFFIXES[suffix], body=write_file(SUFFIXES[suffix], head, rows))

    def _read_rows(self, store: Store, kind: str, pairs: Sequence[tuple[str, str]]) -> Iterator[FileRow]:
        reader = RowReader(store, self._sources)
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            statements = reader.read_statements(list(dict.fromkeys(iri for _, iri in batch if iri)))
            things = reader.read_things(list(dict.fromkeys(iri for iri, _ in batch if iri)))
            for thing, iri in batch:
                row = statements.get(iri)
                if kind == STATEMENT:
                    if row is not None:
                        yield FileRow(statement_cells(row), row.located.geometry)
                elif thing in things and (row is not None or not iri):
                    located = row.located if row is not None else things[thing].located
                    yield FileRow(thing_cells(things[thing], row), located.geometry)


_SHOWN = (
    "list", "kind", "total", "first", "page", "last", "offset", "paths", "order", "orders", "chosen", "fields",
    "is_sample", "counts", "capped", "path",
)  # fmt: skip
