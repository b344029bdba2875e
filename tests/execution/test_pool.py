"""The pool as an executor: formats, datasets, reads after writes, limits, a bounded queue, workers returned."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import (
    OverloadedError,
    QueryDeadlineError,
    QueryLimitError,
    QueryRefusedError,
    QuerySyntaxError,
    ServiceClosingError,
)
from kg.execution.interface import Query, QueryForm
from kg.execution.pool import WorkerPool
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

EX = "https://example.org/"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def count(pool: WorkerPool, **dataset: tuple[str, ...]) -> int:
    result = pool.run(Query(text=COUNT, media_type="text/csv", **dataset))  # type: ignore[arg-type]
    return int(b"".join(result).split()[1])


def test_result_has_its_form_and_media_type_before_it_is_read(pool: WorkerPool) -> None:
    for text, form in [
        ("SELECT * {}", QueryForm.SOLUTIONS),
        ("ASK {}", QueryForm.BOOLEAN),
        ("DESCRIBE <x:a>", QueryForm.GRAPH),
    ]:
        result = pool.run(Query(text=text))
        assert result.form is form
        assert result.media_type
        result.close()


def test_query_returns_terms(pool: WorkerPool) -> None:
    rows = pool.query(f"SELECT ?o {{ <{EX}s1> ?p ?o }}")
    assert isinstance(rows, ox.QuerySolutions)
    assert [row["o"].value for row in rows] == [f"{EX}s2"]
    truth = pool.query("ASK {}")
    assert isinstance(truth, ox.QueryBoolean)
    assert bool(truth)
    triples = pool.query(f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o FILTER(?s = <{EX}s1>) }}")
    assert isinstance(triples, ox.QueryTriples)
    assert [triple.object.value for triple in triples] == [f"{EX}s2"]


def test_default_graph_is_the_union_unless_the_query_says_otherwise(pool: WorkerPool) -> None:
    assert count(pool) == 2000
    assert count(pool, default_graphs=(f"{EX}graph/0",)) == 1000
    assert count(pool, named_graphs=(f"{EX}graph/0",)) == 0
    rows = pool.query(f"SELECT (COUNT(*) AS ?n) FROM <{EX}graph/1> {{ ?s ?p ?o }}")
    assert isinstance(rows, ox.QuerySolutions)
    assert next(rows)["n"].value == "1000"


def test_protocol_dataset_overrides_the_query_and_hides_other_graphs(pool: WorkerPool) -> None:
    text = f"SELECT (COUNT(*) AS ?n) FROM <{EX}graph/1> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    result = pool.run(Query(text=text, media_type="text/csv", default_graphs=(f"{EX}graph/0",)))
    assert b"".join(result).split()[1] == b"0"


def test_syntax_error_has_line_and_column(pool: WorkerPool) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.query("SELECT *\n  { ?s ?p }")
    assert caught.value.line == 2
    assert caught.value.column


def test_read_after_refresh_sees_the_change(
    start_pool: Callable[..., WorkerPool], store: EmbeddedStore, quad: Callable[[int], ox.Quad]
) -> None:
    pool = start_pool()
    for number in range(5000, 5005):
        before = count(pool)
        change = Change.from_quads(added=frozenset({quad(number)}))
        store.apply(change)
        pool.refresh(change, store.version)
        assert count(pool) == before + 1
    store.apply(Change.from_quads(frozenset(quad(number) for number in range(5000, 5005))))


def test_burst_of_commits_leaves_one_checkpoint_and_a_copy_for_each_worker_on_disk(
    start_pool: Callable[..., WorkerPool], store: EmbeddedStore, quad: Callable[[int], ox.Quad]
) -> None:
    pool = start_pool()
    before = count(pool)
    change = Change.from_quads(added=frozenset({quad(6000)}))
    for commit in [change, change.inverse()] * 10:
        store.apply(commit)
        pool.refresh(commit, store.version)
    assert count(pool) == before
    copies = 0 if pool.status().in_memory else pool.status().workers
    wait_until(lambda: len(list(pool.directory.iterdir())) == 1 + copies)
    pool.close()
    assert list(pool.directory.iterdir()) == []


def test_shorter_timeout_is_honoured_and_longer_is_not(pool: WorkerPool, settings: Settings) -> None:
    for requested, granted in [(0.3, 0.3), (3600.0, settings.query_timeout_s)]:
        count(pool)
        killed = pool.status().killed
        with pytest.raises(QueryDeadlineError) as caught:
            pool.run(Query(text=ENDLESS, timeout_s=requested))
        assert caught.value.seconds == granted
        assert pool.status().killed == killed + 1


def test_result_larger_than_the_limit_is_stopped(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, query_timeout_s=30.0))
    with pytest.raises(QueryLimitError, match="larger than 4 MB"):
        b"".join(pool.run(Query(text="SELECT * { ?a ?b ?c . ?d ?e ?f }")))
    assert count(pool) == 2000


def test_result_that_is_not_read_loses_its_worker(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, query_timeout_s=1.0))
    result = pool.run(Query(text="SELECT * { ?a ?b ?c . ?d ?e ?f }"))
    time.sleep(1.3)
    assert count(pool) == 2000
    with pytest.raises(QueryDeadlineError):
        b"".join(result)


def test_closing_a_result_early_frees_the_worker(pool: WorkerPool) -> None:
    killed = pool.status().killed
    for _ in range(3):
        result = pool.run(Query(text="SELECT * { ?a ?b ?c . ?d ?e ?f }"))
        assert next(iter(result))
        result.close()
        assert pool.status().busy == 0
    assert pool.status().killed == killed + 3
    assert count(pool) == 2000


def test_queue_is_bounded(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, query_timeout_s=1.0))
    count(pool)
    outcomes: list[type[BaseException]] = []

    def run() -> None:
        try:
            pool.run(Query(text=ENDLESS))
        except (OverloadedError, QueryDeadlineError) as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(outcomes) >= 5)
    assert outcomes[:5] == [OverloadedError] * 5
    for thread in threads:
        thread.join()
    assert count(pool) == 2000


def test_many_threads_get_their_own_results(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, workers=2, queue_length=50, query_timeout_s=10.0))
    wrong = []

    def look_up(number: int) -> None:
        for _ in range(20):
            rows = pool.query(f"SELECT ?o {{ <{EX}s{number}> ?p ?o }}")
            if [row["o"].value for row in rows] != [f"{EX}s{number + 1}"]:  # type: ignore[union-attr]
                wrong.append(number)

    threads = [threading.Thread(target=look_up, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_closed_pool_says_that_the_service_is_closing(start_pool: Callable[..., WorkerPool]) -> None:
    pool = start_pool()
    pool.close()
    pool.close()
    with pytest.raises(ServiceClosingError):
        pool.query(COUNT)


def test_query_that_runs_when_the_pool_is_closed_broke_no_limit(start_pool: Callable[..., WorkerPool]) -> None:
    pool = start_pool()
    with ThreadPoolExecutor(1) as executor:
        running = executor.submit(pool.run, Query(text=ENDLESS))
        wait_until(lambda: pool.status().busy == 1)
        pool.close()
        with pytest.raises(ServiceClosingError):
            running.result(30)


def test_store_of_many_files_is_read_completely(
    tmp_path: Path, settings: Settings, quad: Callable[[int], ox.Quad]
) -> None:
    engine = ox.Store(str(tmp_path / "graph"))
    for batch in range(60):
        engine.bulk_extend([quad(batch * 100 + number) for number in range(100)])

    class BackedUpStore:
        def checkpoint(self, into: Path) -> str:
            engine.backup(str(into))
            return ""

    pool = WorkerPool(BackedUpStore(), tmp_path / "workers", settings)
    assert count(pool) == 6000
    checkpoint = next(pool.directory.iterdir())
    pool.close()
    assert not checkpoint.exists()


def test_unknown_function_is_refused_and_costs_no_worker(pool: WorkerPool) -> None:
    killed = pool.status().killed
    for text in ("SELECT (<http://x/f>(1) AS ?n) {}", "ASK { ?s ?p ?o FILTER(!<http://x/f>(?o)) }"):
        with pytest.raises(QueryRefusedError, match="<http://x/f>") as caught:
            pool.run(Query(text=text))
        assert not isinstance(caught.value, QueryLimitError)
    assert pool.status().killed == killed
