"""``/``, ``/problems`` and ``/warnings``: the first page, and what problem documents and warnings of queries mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from api.errors import TABLE
from api.http.links import local_path
from api.pages.render import QUERIES, PageRenderer, read_query
from api.pages.replies import page_reply
from api.pages.sources import PageSources
from api.pages.table import ResultTable, TableCell, build_table
from kg import namespaces
from kg.execution.procedure import Procedure, Reply
from kg.namespaces import UNNAMED
from kg.store.interface import Store
from kg.store.query_template import QueryTemplate, text_of
from kg.views.incident_names import name_incidents

HOME_PAGE = "home-page"
"""Arguments: ``endpoint``, the address of /sparql; ``overview``: ``totals`` and of each kind of thing ``total`` and the
``listed`` IRIs with names, from the index of lists, or None where the graph is to be counted."""
PROBLEMS_PAGE = "problems-page"
WARNINGS_PAGE = "warnings-page"
WARNINGS_PATH = "warnings"
"""Relative to the address of /sparql."""

LISTED = 16
LISTED_KINDS = ("zone", "place", "actor", "source", "incident")
_INCIDENT = "incident"
_THINGS = QueryTemplate.read(QUERIES / "home-things.rq")
_HOME_GRAPHS = QueryTemplate.read(QUERIES / "home-graphs.rq")


class HomeProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {HOME_PAGE: self._home, PROBLEMS_PAGE: self._problems, WARNINGS_PAGE: self._warnings}

    def _home(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        graphs, overview = build_table(store.query(self._home_graphs_query())), arguments["overview"]
        if overview is None:
            totals, things = build_table(store.query(read_query("totals"))), self._list_things(store)
            counts = {kind: len(listed) for kind, listed in things.items()}
        else:
            counted = overview["totals"]
            totals = ResultTable(tuple(counted), (tuple(TableCell(str(number)) for number in counted.values()),))
            things = {kind: self._link_things(found["listed"]) for kind, found in overview["things"].items()}
            things[_INCIDENT] = self._name_incidents(store, things[_INCIDENT])
            counts = {kind: found["total"] for kind, found in overview["things"].items()}
        return page_reply(render_home(self._sources.renderer, arguments["endpoint"], totals, graphs, things, counts))

    def _link_things(self, named: Iterable[Sequence[str]]) -> list[Mapping[str, str]]:
        base_iri = self._sources.settings.base_iri
        return [{"iri": iri, "name": name, "path": local_path(iri, base_iri)} for iri, name in named]

    def _list_things(self, store: Store) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """The name and path of things of each kind, by name; not those that no source names."""
        named = sorted(self._sources.class_index.things.difference(UNNAMED))
        classes = [self._sources.schema.classes[iri] for iri in named]
        rows = _THINGS.select(
            store, ({"class": ox.NamedNode(cls.iri), "kind": ox.Literal(cls.kind or "")} for cls in classes)
        ).rows
        things: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        for name, iri, kind in sorted(
            (text_of(row["name"]), text_of(row["thing"]), text_of(row["kind"])) for row in rows
        ):
            things[kind].append({"iri": iri, "name": name, "path": local_path(iri, self._sources.settings.base_iri)})
        things[_INCIDENT] = self._name_incidents(store, things[_INCIDENT])
        return things

    @staticmethod
    def _name_incidents(store: Store, incidents: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
        """The incidents with their display names, of as many as are shown."""
        names = name_incidents(store, (thing["iri"] for thing in incidents[:LISTED]))
        return [{**each, "name": str(names.get(each["iri"], each["name"]))} for each in incidents]

    def _home_graphs_query(self) -> str:
        """The query for the instances of every home graph class that the schema has."""
        schema = self._sources.schema
        classes = [schema.classes[iri] for iri in schema.leaves([namespaces.HOME_GRAPH])]
        return _HOME_GRAPHS.bind({"class": ox.NamedNode(cls.iri), "kind": ox.Literal(cls.label)} for cls in classes)

    def _problems(self, _store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        meanings = {problem_type.slug: error.__doc__ or "" for error, problem_type in TABLE.items()}
        problem_types = sorted(TABLE.values(), key=lambda problem_type: problem_type.slug)
        render = self._sources.renderer.render
        return page_reply(render("problems.html", problem_types=problem_types, meanings=meanings))

    def _warnings(self, _store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        return page_reply(self._sources.renderer.render("warnings.html"))


def render_home(
    renderer: PageRenderer,
    endpoint: str,
    totals: ResultTable | None = None,
    graphs: ResultTable | None = None,
    things: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    counts: Mapping[str, int] | None = None,
) -> bytes:
    """What this is, what it contains, and where the endpoints are; without the counts if they are None."""
    example = read_query("who-denies-what")
    return renderer.render(
        "home.html",
        endpoint=endpoint,
        totals=totals,
        graphs=graphs,
        things=things,
        counts=counts or {},
        listed=LISTED,
        example=example,
    )
