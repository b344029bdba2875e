"""The evaluation queries of W3C: warnings only for those that are written to use what has no value.

``KG_RDF_TESTS`` is a checkout of w3c/rdf-tests.
"""

import os
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryRefusedError
from kg.query_lint.linter import QueryLint
from kg.query_lint.reader import read_query
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore

pytestmark = [pytest.mark.slow, pytest.mark.conformance]

ON_PURPOSE = {
    "sparql10/algebra/filter-nested-2.rq": "a FILTER in braces of its own",
    "sparql10/algebra/filter-scope-1.rq": "a FILTER in another group than the variable",
    "sparql10/algebra/opt-filter-3.rq": "a FILTER of an OPTIONAL in an OPTIONAL",
    "sparql10/dataset/dataset-02.rq": "FROM NAMED and a pattern outside GRAPH",
    "sparql10/dataset/dataset-04.rq": "FROM and GRAPH",
    "sparql10/graph/graph-variable-scope.rq": "the variable of GRAPH inside it",
    "sparql10/optional-filter/expr-5.rq": "a FILTER in braces of its own in an OPTIONAL",
    "sparql11/bind/bind04.rq": "BIND of a variable that nothing binds",
    "sparql11/bind/bind07.rq": "BIND in a branch of a UNION",
    "sparql11/bind/bind10.rq": "a FILTER in another group than the BIND",
    "sparql11/entailment/bind04.rq": "as bind/bind04",
    "sparql11/entailment/bind07.rq": "as bind/bind07",
    "sparql11/functions/coalesce01.rq": "COALESCE of a variable that nothing binds",
    "sparql11/project-expression/projexp06.rq": "an expression of a variable that nothing binds",
    "sparql12/lang-basedir/strlang.rq": "STRLANG of a number and of an IRI",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    tests = os.environ.get("KG_RDF_TESTS", "")
    if not tests:
        pytest.skip("THE QUERIES OF W3C ARE NOT LINTED: KG_RDF_TESTS does not name their folder")
    return Path(tests) / "sparql"


def read_queries(folder: Path) -> dict[str, str]:
    """The queries that the engine parses, but for those of the syntax tests."""
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*.rq")):
        name = path.relative_to(folder).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        if "syn" not in name:
            with suppress(SyntaxError):
                with suppress(OSError, ValueError, RuntimeError):
                    ox.Store().query(text, base_iri="http://example.org/")
                texts[name] = text
    return texts


@pytest.mark.parametrize("has_vocabulary", [True, False], ids=["ours", "plain"])
def test_only_queries_that_use_what_has_no_value_get_a_warning(
    folder: Path, schema: Schema, has_vocabulary: bool
) -> None:
    vocabulary = SchemaVocabulary.from_schema(schema, DEFAULT_BASE_IRI) if has_vocabulary else SchemaVocabulary()
    lint, store = QueryLint(vocabulary), EmbeddedStore.in_memory()
    queries = read_queries(folder)
    assert len(queries) > 400
    warned = set()
    for name, text in queries.items():
        try:
            warned |= {name} if lint.check_strictly(store, text) else set()
        except QueryRefusedError as error:
            pytest.fail(f"{name}: {error}")
    assert warned == set(ON_PURPOSE)


def test_the_queries_of_sparql_1_are_read(folder: Path) -> None:
    unread = {name for name, text in read_queries(folder).items() if read_query(text) is None}
    others = ("sparql12/", "sparql11/service/", "sparql10/i18n/")
    assert {name for name in unread if not name.startswith(others)} == set()
