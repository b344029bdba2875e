"""The examples of docs/graphql.md: each block of GraphQL gives the JSON that stands below it."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kg.execution.passthrough import PassthroughExecutor
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.request.query_cost import RequestLimits
from kg.knowledge_graph import KnowledgeGraph, load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "graphql.md"
EXAMPLE = re.compile(
    r"^```graphql\n(?P<query>.*?)^```\n+(?:^```json variables\n(?P<variables>.*?)^```\n+)?"
    r"(?:^```json\n(?P<told>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)
RENEW = f"python {Path(__file__).relative_to(ROOT)}"


def examples() -> list["re.Match[str]"]:
    return list(EXAMPLE.finditer(PAGE.read_text(encoding="utf-8")))


def told(example: "re.Match[str]", service: GraphQLService, store: EmbeddedStore) -> str:
    """What is told, without what differs from run to run."""
    variables: dict[str, Any] = json.loads(example["variables"] or "{}")
    content = service.execute(
        GraphQLRequest(query=example["query"], variables=variables), PassthroughExecutor(store)
    ).formatted
    content.pop("extensions", None)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def made() -> tuple[GraphQLService, EmbeddedStore]:
    store = EmbeddedStore.in_memory()
    KnowledgeGraph.from_store(Settings(), store).prepare()
    service = GraphQLService(load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load(), DEFAULT_BASE_IRI)
    return service, store


@pytest.fixture(scope="module")
def shipped() -> Iterator[tuple[GraphQLService, EmbeddedStore]]:
    service, store = made()
    with closing(store):
        yield service, store


@pytest.mark.slow
@pytest.mark.parametrize("example", examples(), ids=lambda each: " ".join(each["query"].split())[:50])
def test_an_example_gives_what_stands_below_it(
    example: "re.Match[str]", shipped: tuple[GraphQLService, EmbeddedStore]
) -> None:
    found = told(example, *shipped)
    assert '"data": {' in found or '"ATTRIBUTION_REQUIRED"' in found
    if example["told"] is not None:
        assert found == example["told"], f"if the new answer is right, renew the page: {RENEW}"


def test_the_limits_told_are_those_that_hold() -> None:
    page, limits = PAGE.read_text(encoding="utf-8"), RequestLimits()
    for number in (limits.depth, limits.aliases, limits.tokens, limits.conditions, limits.cost, limits.objects):
        assert f"{number:,}" in page


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def _renewed(example: "re.Match[str]", service: GraphQLService, store: EmbeddedStore) -> str:
    if example["told"] is None:
        return example[0]
    start = example.start("told") - example.start()
    return example[0][:start] + told(example, service, store) + example[0][start + len(example["told"]) :]


if __name__ == "__main__":
    _api, _store = made()
    PAGE.write_text(
        EXAMPLE.sub(lambda each: _renewed(each, _api, _store), PAGE.read_text(encoding="utf-8")), encoding="utf-8"
    )
