"""``/`` and ``/problems``: the first page, and what the types of problem documents mean."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.errors import TABLE
from api.pages.render import read_query, render_page
from api.pages.table import ResultTable, build_table
from api.state import state_of
from kg.errors import ConflictKgError

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> HTMLResponse:
    """What this is, what it contains, and where the endpoints are."""
    totals, graphs = (_run_query(request, name) for name in ("totals", "home-graphs"))
    return render_page(request, "home.html", totals=totals, graphs=graphs, example=read_query("who-denies-what"))


@router.get("/problems")
def problems(request: Request) -> HTMLResponse:
    """The problem types, each with the meaning that its error states."""
    meanings = {problem_type.slug: error.__doc__ or "" for error, problem_type in TABLE.items()}
    problem_types = sorted(TABLE.values(), key=lambda problem_type: problem_type.slug)
    return render_page(request, "problems.html", problem_types=problem_types, meanings=meanings)


def _run_query(request: Request, name: str) -> ResultTable | None:
    """The result of one of the page's own queries; None if it fails, because the rest of the page does not need it."""
    try:
        return build_table(state_of(request).services.executor.query(read_query(name)))
    except ConflictKgError:
        return None
