"""The examples of docs/graphql.md: each GraphQL block gives the JSON shown below it."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from in_process import InProcessGraph
from shipped_data import ShippedData
from text_search import execute_with_index, index_of

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.request.query_cost import RequestLimits
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.search.text_index import TextIndex
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "graphql.md"
EXAMPLE = re.compile(
    r"^```graphql\n(?P<query>.*?)^```\n+(?:^```json variables\n(?P<variables>.*?)^```\n+)?"
    r"(?:^```json\n(?P<result>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)
RENEW = f"PYTHONPATH=$PWD:$PWD/tests/support python {Path(__file__).relative_to(ROOT)}"


def examples() -> list["re.Match[str]"]:
    return list(EXAMPLE.finditer(PAGE.read_text(encoding="utf-8")))


def execute(example: "re.Match[str]", service: GraphQLService, store: EmbeddedStore, index: TextIndex) -> str:
    """The response, without what differs from run to run."""
    variables: dict[str, Any] = json.loads(example["variables"] or "{}")
    request = GraphQLRequest(query=example["query"], variables=variables)
    content = execute_with_index(service, request, store, index).formatted
    content.pop("extensions", None)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def create_service() -> GraphQLService:
    return GraphQLService(load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load(), DEFAULT_BASE_IRI)


@pytest.fixture(scope="module")
def shipped(
    shipped_data: ShippedData, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[GraphQLService, EmbeddedStore, TextIndex]]:
    with closing(shipped_data.store()) as store, index_of(store, tmp_path_factory.mktemp("index")) as index:
        yield create_service(), store, index


@pytest.mark.slow
@pytest.mark.parametrize("example", examples(), ids=lambda example: " ".join(example["query"].split())[:50])
def test_example_gives_the_result_shown(
    example: "re.Match[str]", shipped: tuple[GraphQLService, EmbeddedStore, TextIndex]
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


def _replace_result(example: "re.Match[str]", service: GraphQLService, store: EmbeddedStore, index: TextIndex) -> str:
    if example["result"] is None:
        return example[0]
    start = example.start("result") - example.start()
    return example[0][:start] + execute(example, service, store, index) + example[0][start + len(example["result"]) :]


if __name__ == "__main__":
    _service, _store = create_service(), EmbeddedStore.in_memory()
    InProcessGraph.create(Settings(), _store).load_shipped()
    with TemporaryDirectory() as _folder, index_of(_store, Path(_folder)) as _index:
        PAGE.write_text(
            EXAMPLE.sub(
                lambda match: _replace_result(match, _service, _store, _index), PAGE.read_text(encoding="utf-8")
            ),
            encoding="utf-8",
        )
