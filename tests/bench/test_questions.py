from pathlib import Path

import pyoxigraph as ox

from bench.generate import generate, values_beside
from bench.questions import PAGE, POINT, questions


def test_every_query_is_read_by_the_engine_and_finds_something(tmp_path: Path) -> None:
    file = tmp_path / "data.nq"
    generate(10_000, file)
    store = ox.Store()
    store.bulk_load(path=file)
    asked = questions(values_beside(file))
    assert len(asked) == 13
    assert {POINT, PAGE} <= {question.name for question in asked}
    for question in asked:
        found = [any(store.query(text, use_default_graph_as_union=True)) for text in question.texts]
        assert any(found), question.name
