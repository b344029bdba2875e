"""The page of ``/graphql``: GraphiQL where its files were built in, a plain form where they were not.

Everything it loads is our own; nothing else may be loaded, and no other host is contacted.
"""

import json
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api import services
from api.pages import render
from kg.graphql.request.persisted_documents import PersistedDocuments
from kg.questions import Catalogue

_ASSETS = Path(__file__).parent.parent / "pages" / "assets" / "graphiql"
_MAIN = "who-declared-which-zone"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def page(request: Request) -> Response:
    """The page, with the example operations; the main question comes first."""
    catalogue = services.of(request).catalogue
    examples = [_example(name, text, catalogue) for name, text in PersistedDocuments(None).shipped()]
    examples.sort(key=lambda each: each["name"] != _MAIN)
    has_editor = (_ASSETS / "graphiql.js").is_file()
    found = render(request, "graphiql.html", has_editor=has_editor, examples=examples, data=json.dumps(examples))
    if has_editor:
        found.headers["Content-Security-Policy"] = _POLICY
    return found


def _example(name: str, text: str, catalogue: Catalogue) -> dict[str, Any]:
    """A document with the values of its question's example, for those parameters that it takes."""
    entry = catalogue.questions.get(name)
    given = entry.example if entry else {}
    variables = {each: value for each, value in given.items() if f"${each}:" in text}
    title = text.partition("\n")[0].removeprefix("#").strip()
    return {"name": name, "title": title, "query": text, "variables": variables}
