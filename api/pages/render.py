"""Templates and how they are filled in. No script but that of the editors, and no other host is contacted.

Templates extend ``base.html`` and use the macros of ``table.html``.
"""

from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api.http.links import local_path
from api.state import state_of

_HERE = Path(__file__).parent
QUERIES = _HERE / "queries"
"""The queries that pages run or show."""

# Only our own stylesheet and images may load, whatever a literal in the data contains.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def create_templates(base_iri: str) -> jinja2.Environment:
    """The templates, with every value escaped; the filter ``local`` makes paths of IRIs that this server serves."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["local"] = partial(local_path, base_iri=base_iri)
    return templates


def static_files() -> StaticFiles:
    """Stylesheets, icons and editors, to be mounted at /static."""
    return StaticFiles(directory=_HERE / "assets")


def read_query(name: str) -> str:
    """The text of a query that a page runs or shows."""
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")


def render_page(
    request: Request, template: str, *, status: int = 200, policy: str = _POLICY, **values: Any
) -> HTMLResponse:
    """The template filled in; it sees ``request``, ``settings`` and the values."""
    state = state_of(request)
    html = state.templates.get_template(template).render(request=request, settings=state.services.settings, **values)
    return HTMLResponse(html, status, {"Content-Security-Policy": policy, "Vary": "Accept"})
