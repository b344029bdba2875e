"""The page of ``/graphql``: GraphiQL where its assets were built, a plain form where not."""

import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages.render import render_page
from api.state import state_of
from kg.graphql.request.persisted_documents import list_question_documents
from kg.questions.catalogue import Catalogue

_SCRIPT = Path(__file__).parent / "assets" / "graphiql" / "graphiql.js"
_FIRST_EXAMPLE = "who-declared-which-zone"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def graphiql_page(request: Request) -> Response:
    """The page, with the shipped documents as examples, the main question first."""
    state = state_of(request)
    shipped = list_question_documents()
    examples = [_build_example(name, text, state.services.catalogue) for name, text in shipped]
    examples.sort(key=lambda example: example["name"] != _FIRST_EXAMPLE)
    values: dict[str, Any] = {"examples": examples, "data": json.dumps(examples)}
    if not _SCRIPT.is_file():
        return render_page(request, "graphiql.html", has_editor=False, **values)
    return render_page(request, "graphiql.html", policy=_POLICY, has_editor=True, **values)


def _build_example(name: str, text: str, catalogue: Catalogue) -> dict[str, object]:
    """A document, with those variables that the example of its question has values for."""
    question = catalogue.questions.get(name)
    parameters = question.example if question else {}
    variables = {parameter: value for parameter, value in parameters.items() if f"${parameter}:" in text}
    title = text.partition("\n")[0].removeprefix("#").strip()
    return {"name": name, "title": title, "query": text, "variables": variables}
