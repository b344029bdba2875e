"""Questions that the schema was not designed for, each in one request over the shipped data.

``unseen_questions/NAME.graphql`` has its complete response data in ``NAME.json``. After an intended change of data or
schema, the command of ``RENEW`` writes these files again, to be reviewed.
"""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from in_process import InProcessGraph

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
FOLDER = Path(__file__).with_name("unseen_questions")
QUESTIONS = sorted(FOLDER.glob("*.graphql"))
RENEW = "python tests/graphql/test_unseen_questions.py"
QUERIES_MAX = 16


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_answered_in_one_request(question: Path, execute: Execute) -> None:
    content = execute(question.read_text(encoding="utf-8"))
    assert "errors" not in content, content["errors"]
    assert "withheld" not in content["extensions"]
    assert content["extensions"]["queries"] <= QUERIES_MAX
    expected = json.loads(question.with_suffix(".json").read_text(encoding="utf-8"))
    assert content["data"] == expected, f"if the new data is right, renew it: {RENEW}"


def test_there_are_thirty_questions_each_with_a_heading() -> None:
    assert len(QUESTIONS) >= 30
    for document in QUESTIONS:
        first = document.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# "), document.name
        assert first.endswith("?"), document.name


def test_every_answer_has_content() -> None:
    for document in QUESTIONS:
        answer = json.loads(document.with_suffix(".json").read_text(encoding="utf-8"))
        assert any(page.get("nodes", True) if isinstance(page, dict) else page for page in answer.values()), (
            document.name
        )


def _renew() -> None:
    with closing(EmbeddedStore.in_memory()) as store:
        InProcessGraph.create(Settings(), store).load_shipped()
        service = GraphQLService(load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load(), DEFAULT_BASE_IRI)
        for document in QUESTIONS:
            data = service.execute(GraphQLRequest(query=document.read_text(encoding="utf-8")), store).data
            text = json.dumps(data, ensure_ascii=False, indent=1)
            document.with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    _renew()
