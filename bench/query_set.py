"""The queries of the benchmark, each with several values so that result caches do not distort the figures."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pyoxigraph as ox

QUERIES = Path(__file__).with_name("queries")
RESULTS_JSON = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"
POINT, PAGE = "point", "page"
_ZONES_PER_QUERY = 10


@dataclass(frozen=True, slots=True)
class BenchmarkQuery:
    """A query with one text for each value of its parameter."""

    name: str
    media_type: str
    texts: tuple[str, ...]


def load_queries(values_file: Path) -> list[BenchmarkQuery]:
    """All queries, filled with the values that were generated with the data."""
    values = {name: [_term(text) for text in texts] for name, texts in json.loads(values_file.read_text()).items()}
    zones = values["zone"]
    values["zones"] = [" ".join(zones[at : at + _ZONES_PER_QUERY]) for at in range(0, len(zones), _ZONES_PER_QUERY)]
    return [_load_query(path, values) for path in sorted(QUERIES.glob("*.rq"))]


def find_query(queries: Sequence[BenchmarkQuery], name: str) -> BenchmarkQuery:
    return next(query for query in queries if query.name == name)


def _load_query(path: Path, values: Mapping[str, Sequence[str]]) -> BenchmarkQuery:
    template = Template(path.read_text(encoding="utf-8"))
    names = template.get_identifiers()
    if len(names) > 1:
        raise ValueError(f"{path.name}: more than one parameter")
    texts = [template.substitute({name: value}) for name in names for value in values[name]] or [template.template]
    return BenchmarkQuery(path.stem, N_TRIPLES if "\nCONSTRUCT" in template.template else RESULTS_JSON, tuple(texts))


def _term(text: str) -> str:
    """A term as pyoxigraph serializes it."""
    return str(ox.NamedNode(text[1:-1]) if text.startswith("<") else ox.Literal(text[1:-1]))
