"""HTML for people: templates, one stylesheet, the first page. No script, and no other host is contacted.

Other routers use ``render`` with templates of their own that extend ``base.html``, and the macros of ``table.html``.
"""

from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api import services
from api.errors import TABLE
from api.http.links import local_path
from api.pages.table import ResultTable, build_table
from kg.errors import ConflictKgError

_HERE = Path(__file__).parent
_QUERIES = _HERE / "queries"

# Nothing but our own stylesheet and images may load, whatever a literal in the data contains.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


def environment(base_iri: str) -> jinja2.Environment:
    """The templates; whatever a value contains, it is shown and never markup. ``local`` makes our IRIs paths."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["local"] = partial(local_path, base_iri=base_iri)
    return found


def assets() -> StaticFiles:
    """The stylesheet and the icon, to be mounted at /static."""
    return StaticFiles(directory=_HERE / "assets")


def render(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The template ``name`` filled in; ``request`` and ``settings`` are there for every template."""
    pages: jinja2.Environment = request.app.state.pages
    settings = services.of(request).settings
    html = pages.get_template(name).render(request=request, settings=settings, **values)
    return HTMLResponse(html, status, {"Content-Security-Policy": _POLICY, "Vary": "Accept"})


@router.get("/")
def home(request: Request) -> HTMLResponse:
    """What this is, what it holds, and where everything stands."""
    example = (_QUERIES / "who-denies-what.rq").read_text(encoding="utf-8")
    return render(request, "home.html", totals=_asked(request, "totals"), graphs=_asked(request, "home-graphs"),
                  example=example)  # fmt: skip


@router.get("/problems")
def problems(request: Request) -> HTMLResponse:
    """What the types of our problem documents mean."""
    answers = sorted(TABLE.values(), key=lambda answer: answer.slug)
    meanings = {answer.slug: next(e for e, a in TABLE.items() if a is answer).__doc__ or "" for answer in answers}
    return render(request, "problems.html", answers=answers, meanings=meanings)


def _asked(request: Request, name: str) -> ResultTable | None:
    """The rows of one of our own queries; None while they cannot be had, for the page has more to say than them."""
    text = (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    try:
        return build_table(services.of(request).executor.query(text))
    except ConflictKgError:
        return None
