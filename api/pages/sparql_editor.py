"""The page of ``/sparql``: the YASGUI editor where its assets were built (``web/``), a plain form where not."""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages.render import render_page

_SCRIPT = Path(__file__).parent / "assets" / "yasgui" / "yasgui.min.js"
# The editor sets inline styles; scripts, fonts and connections are this server's only.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def editor_page(request: Request, *, status: int = 200, **values: Any) -> Response:
    """The page; values: ``text``, and either ``failure``, or ``formats`` with ``truth``, ``turtle`` or ``table``."""
    if not _SCRIPT.is_file():
        return render_page(request, "sparql.html", status=status, has_editor=False, **values)
    return render_page(request, "sparql.html", status=status, policy=_POLICY, has_editor=True, **values)
