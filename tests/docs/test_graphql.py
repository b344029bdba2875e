"""The examples of docs/graphql.md: each GraphQL block gives the JSON shown below it."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from in_process import InProcessGraph
from shipped_data import ShippedData

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.request.query_cost import RequestLimits
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "graphql.md"
EXAMPLE = re.compile(
    r"^```graphql\n(?P<query>.*?)^```\n+(?:^```json variables\n(?P<variables>.*?)^```\n+)?"
    r"(?:^```json\n(?P<result>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)
RENEW = f"python {Path(__file__).relative_to(ROOT)}"


def examples() -> list["re.Match[str]"]:
    return list(EXAMPLE.finditer(PAGE.read_text(encoding="utf-8")))


def execute(example: "re.Match[str]", service: GraphQLService, store: EmbeddedStore) -> str:
    """The response, without what differs from run to run."""
    variables: dict[str, Any] = json.loads(example["variables"] or "{}")
    content = service.execute(GraphQLRequest(query=example["query"], variables=variables), store).formatted
    content.pop("extensions", None)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def create_service() -> GraphQLService:
    return GraphQLService(load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load(), DEFAULT_BASE_IRI)


@pytest.fixture(scope="module")
def shipped(shipped_data: ShippedData) -> Iterator[tuple[GraphQLService, EmbeddedStore]]:
    with closing(shipped_data.store()) as store:
        yield create_service(), store


@pytest.mark.slow
@pytest.mark.parametrize("example", examples(), ids=lambda example: " ".join(example["query"].split())[:50])
def test_example_gives_the_result_shown(
    example: "re.Match[str]", shipped: tuple[GraphQLService, EmbeddedStore]
) -> None:
    result = execute(example, *shipped)
    assert '"data": {' in result or '"ATTRIBUTION_REQUIRED"' in result
    if example["result"] is not None:
        assert result == example["result"], f"if the new result is right, renew the page: {RENEW}"


def test_limits_on_the_page_are_the_defaults() -> None:
    page, limits = PAGE.read_text(encoding="utf-8"), RequestLimits()
    for number in (limits.depth, limits.aliases, limits.tokens, limits.conditions, limits.cost, limits.objects):
        assert f"{number:,}" in page


def test_every_link_resolves() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def _replace_result(example: "re.Match[str]", service: GraphQLService, store: EmbeddedStore) -> str:
    if example["result"] is None:
        return example[0]
    start = example.start("result") - example.start()
    return example[0][:start] + execute(example, service, store) + example[0][start + len(example["result"]) :]


if __name__ == "__main__":
    _service, _store = create_service(), EmbeddedStore.in_memory()
    InProcessGraph.create(Settings(), _store).load_shipped()
    PAGE.write_text(
        EXAMPLE.sub(lambda match: _replace_result(match, _service, _store), PAGE.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
