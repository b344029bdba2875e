from pathlib import Path

import pyoxigraph as ox

from bench.generate import generate, values_path
from bench.query_set import PAGE, POINT, load_queries


def test_every_query_parses_and_returns_rows(tmp_path: Path) -> None:
    file = tmp_path / "data.nq"
    generate(10_000, file)
    store = ox.Store()
    store.bulk_load(path=file)
    queries = load_queries(values_path(file))
    assert len(queries) == 13
    assert {POINT, PAGE} <= {query.name for query in queries}
    for query in queries:
        assert any(has_rows(store, text) for text in query.texts), query.name


def has_rows(store: ox.Store, text: str) -> bool:
    result = store.query(text, use_default_graph_as_union=True)
    return not isinstance(result, ox.QueryBoolean) and next(iter(result), None) is not None
