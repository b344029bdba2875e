"""The page of ``/graphql``: GraphiQL where its assets were built, a plain form where not."""

import json
from collections.abc import Mapping
from typing import Any

from api.pages.render import ASSETS
from api.pages.replies import page_reply
from api.pages.sources import PageSources
from kg.execution.procedure import Procedure, Reply
from kg.graphql.request.persisted_documents import list_question_documents
from kg.questions.catalogue import Catalogue
from kg.store.interface import Store

_SCRIPT = ASSETS / "graphiql" / "graphiql.js"
_FIRST_EXAMPLE = "who-declared-which-zone"
GRAPHIQL_PAGE = "graphiql-page"


def has_editor() -> bool:
    """Whether the assets of GraphiQL were built."""
    return _SCRIPT.is_file()


class GraphiqlProcedures:
    """The procedure over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedure by its name."""
        return {GRAPHIQL_PAGE: self._page}

    def _page(self, _store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        """The shipped documents are the examples, the main question first."""
        shipped = list_question_documents()
        examples = [_build_example(name, text, self._sources.catalogue) for name, text in shipped]
        examples.sort(key=lambda example: example["name"] != _FIRST_EXAMPLE)
        values = {"examples": examples, "data": json.dumps(examples), "has_editor": has_editor()}
        return page_reply(self._sources.renderer.render("graphiql.html", section="/graphql", **values))


def _build_example(name: str, text: str, catalogue: Catalogue) -> dict[str, object]:
    """A document, with those variables that the example of its question has values for."""
    question = catalogue.questions.get(name)
    parameters = question.example if question else {}
    variables = {parameter: value for parameter, value in parameters.items() if f"${parameter}:" in text}
    title = text.partition("\n")[0].removeprefix("#").strip()
    return {"name": name, "title": title, "query": text, "variables": variables}
