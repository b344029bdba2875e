"""The page of ``/graphql``: GraphiQL where its files were built in, a plain form where they were not.

Everything it loads is our own; nothing else may be loaded, and no other host is contacted.
"""

import json
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api.pages import render
from kg.graphql.documents import Documents

_ASSETS = Path(__file__).parent.parent / "pages" / "assets" / "graphiql"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def page(request: Request) -> Response:
    """The page, with the example operations."""
    examples = [_example(each) for each in Documents(None).shipped()]
    has_editor = (_ASSETS / "graphiql.js").is_file()
    found = render(request, "graphiql.html", has_editor=has_editor, examples=examples, data=json.dumps(examples))
    if has_editor:
        found.headers["Content-Security-Policy"] = _POLICY
    return found


def _example(document: tuple[str, str]) -> dict[str, Any]:
    name, text = document
    first = text.partition("\n")[0].removeprefix("#").strip()
    return {"name": name, "title": first, "query": text}
