import asyncio
import gc
import sys

import pytest

from kg.errors import NotRepresentableError
from kg.execution.interface import Query
from kg.execution.passthrough import PassthroughExecutor
from kg.store.embedded import EmbeddedStore


def test_the_error_of_a_query_holds_no_solutions(monkeypatch: pytest.MonkeyPatch) -> None:
    # Oxigraph's solutions may be freed only in the thread that has made them.
    unraisable: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda error: unraisable.append(str(error.exc_value)))
    executor = PassthroughExecutor(EmbeddedStore.in_memory())
    query = Query(text='SELECT ("\x01" AS ?x) {}', media_type="application/sparql-results+xml")
    with pytest.raises(NotRepresentableError):
        asyncio.run(executor.arun(query))
    executor.close()
    gc.collect()
    assert not unraisable
