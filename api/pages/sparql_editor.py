"""The page of ``/sparql`` for people: the YASGUI editor where its files were built, a plain form where not.

The files come from npm (``web/``) and lie under /static/yasgui. The page talks to no other host: its policy forbids it.
"""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages import render

BUILT = Path(__file__).parent / "assets" / "yasgui" / "yasgui.min.js"
# The editor sets styles from its script; scripts themselves, fonts and connections are ours alone.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(request: Request, *, status: int = 200, **values: Any) -> Response:
    """The page, with the values its template knows: text, and failure or formats with truth, turtle or table."""
    has_editor = BUILT.exists()
    shown = render(request, "sparql.html", status=status, has_editor=has_editor, **values)
    if has_editor:
        shown.headers["Content-Security-Policy"] = _POLICY
    return shown
