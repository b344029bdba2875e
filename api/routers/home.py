"""``/`` and ``/problems``: the first page, and what the types of problem documents mean."""

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.errors import TABLE
from api.pages.render import QUERIES, read_query, render_page
from api.pages.table import ResultTable, build_table
from api.state import state_of
from kg import namespaces
from kg.errors import ConflictKgError
from kg.store.query_template import QueryTemplate

router = APIRouter(include_in_schema=False)

_HOME_GRAPHS = QueryTemplate.read(QUERIES / "home-graphs.rq")


@router.get("/")
def home(request: Request) -> HTMLResponse:
    """What this is, what it contains, and where the endpoints are."""
    totals = _run_query(request, read_query("totals"))
    graphs = _run_query(request, _home_graphs_query(request))
    return render_page(request, "home.html", totals=totals, graphs=graphs, example=read_query("who-denies-what"))


@router.get("/problems")
def problems(request: Request) -> HTMLResponse:
    """The problem types, each with the meaning that its error states."""
    meanings = {problem_type.slug: error.__doc__ or "" for error, problem_type in TABLE.items()}
    problem_types = sorted(TABLE.values(), key=lambda problem_type: problem_type.slug)
    return render_page(request, "problems.html", problem_types=problem_types, meanings=meanings)


def _home_graphs_query(request: Request) -> str:
    """The query for the instances of every home graph class that the schema has."""
    schema = state_of(request).services.knowledge_graph.schema
    classes = [schema.classes[iri] for iri in schema.leaves([namespaces.HOME_GRAPH])]
    return _HOME_GRAPHS.bind({"class": ox.NamedNode(cls.iri), "kind": ox.Literal(cls.label)} for cls in classes)


def _run_query(request: Request, query: str) -> ResultTable | None:
    """The result of one of the page's own queries; None if it fails, because the rest of the page does not need it."""
    try:
        return build_table(state_of(request).services.executor.query(query))
    except ConflictKgError:
        return None
