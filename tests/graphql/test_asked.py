"""Questions as people ask them, each in one request over the shipped data: ``asked/NAME.graphql`` gives ``NAME.json``.

Answers are kept whole, so that whatever changes is seen. Where data or schema changed rightly, the command of ``RENEW``
writes them anew, to be read again.
"""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kg.execution.passthrough import PassthroughExecutor
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.knowledge_graph import KnowledgeGraph, load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
FOLDER = Path(__file__).with_name("asked")
QUESTIONS = sorted(FOLDER.glob("*.graphql"))
RENEW = "python tests/graphql/test_asked.py"
QUERIES_MAX = 16


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_it_is_answered_in_one_request(question: Path, execute: Execute) -> None:
    content = execute(question.read_text(encoding="utf-8"))
    assert "errors" not in content, content["errors"]
    assert "withheld" not in content["extensions"]
    assert content["extensions"]["queries"] <= QUERIES_MAX
    expected = json.loads(question.with_suffix(".json").read_text(encoding="utf-8"))
    assert content["data"] == expected, f"if the new answer is right, renew it: {RENEW}"


def test_questions_are_questions_and_there_are_enough() -> None:
    assert len(QUESTIONS) >= 30
    for each in QUESTIONS:
        first = each.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# "), each.name
        assert first.endswith("?"), each.name


def test_no_answer_is_without_content() -> None:
    for each in QUESTIONS:
        answer = json.loads(each.with_suffix(".json").read_text(encoding="utf-8"))
        assert any(page.get("nodes", True) if isinstance(page, dict) else page for page in answer.values()), each.name


def _renew() -> None:
    with closing(EmbeddedStore.in_memory()) as store:
        KnowledgeGraph.from_store(Settings(), store).prepare()
        service = GraphQLService(load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load(), DEFAULT_BASE_IRI)
        for each in QUESTIONS:
            data = service.execute(
                GraphQLRequest(query=each.read_text(encoding="utf-8")), PassthroughExecutor(store)
            ).data
            text = json.dumps(data, ensure_ascii=False, indent=1)
            each.with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    _renew()
