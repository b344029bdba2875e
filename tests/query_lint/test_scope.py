"""Warnings about variables without a value, beside the engine: it finds none either, in random patterns."""

import random
from collections import Counter

import pyoxigraph as ox

from kg.query_lint.reader import read_query
from kg.query_lint.rules import find_warnings
from kg.query_lint.vocabulary import SchemaVocabulary

VARIABLES = ["?a", "?b", "?c", "?d"]
HOLE = "HOLE"
DATA = "<urn:1> <urn:p> <urn:2> , 3 . <urn:2> <urn:p> <urn:1> ; <urn:q> 4 . <urn:3> <urn:q> <urn:1> ."


class PatternGenerator:
    """Random group graph patterns, one of which has a hole for a FILTER."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def query(self) -> str:
        text = f"SELECT * {{ {self._body(3)} }}"
        parts = text.split(HOLE)
        hole = self._chance.randrange(1, len(parts))
        return " ".join(parts[:hole]) + HOLE + " ".join(parts[hole:])

    def _body(self, depth: int) -> str:
        parts = [self._element(depth) for _ in range(self._chance.randint(1, 3))]
        parts.insert(self._chance.randint(0, len(parts)), HOLE)
        return " ".join(parts)

    def _element(self, depth: int) -> str:
        kinds = ["triple", "triple", "bind", "values"]
        if depth:
            kinds += ["group", "union", "optional", "optional", "minus", "exists", "subquery", "graph"]
        kind = self._chance.choice(kinds)
        body = self._body(depth - 1) if depth else ""
        match kind:
            case "triple":
                return f"{self._variable()} <urn:{self._chance.choice('pq')}> {self._variable()} ."
            case "bind":
                return f"BIND({self._variable()} AS ?new{self._chance.randrange(10**6)})"
            case "values":
                return f"VALUES {self._variable()} {{ <urn:1> 3 }}"
            case "group":
                return f"{{ {body} }}"
            case "union":
                return f"{{ {body} }} UNION {{ {self._body(depth - 1)} }}"
            case "optional" | "minus":
                return f"{kind.upper()} {{ {body} }}"
            case "exists":
                return f"FILTER {self._chance.choice(['', 'NOT '])}EXISTS {{ {body} }}"
            case "graph":
                return f"GRAPH ?g {{ {body} }}"
        return f"{{ SELECT {self._variable()} {{ {body} }} }}"

    def _variable(self) -> str:
        return self._chance.choice(VARIABLES)


def solutions(store: ox.Store, text: str) -> Counter[str] | None:
    """The solutions; None for a query that the engine does not accept."""
    try:
        found = store.query(text)
    except SyntaxError:
        return None
    assert isinstance(found, ox.QuerySolutions)
    return Counter(str([(variable, solution[variable]) for variable in found.variables]) for solution in found)


def test_a_variable_that_gets_a_warning_in_a_filter_has_no_value_there() -> None:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:g"))
    warned = silent = 0
    for seed in range(250):
        query = PatternGenerator(seed).query()
        without = solutions(store, query.replace(HOLE, ""))
        if without is None:
            continue
        for variable in VARIABLES:
            text = query.replace(HOLE, f"FILTER(!BOUND({variable}))")
            syntax = read_query(text)
            assert syntax is not None
            start = text.index(f"BOUND({variable}") + len("BOUND(")
            columns = [warning.column for warning in find_warnings(syntax, SchemaVocabulary(), text)]
            if start + 1 in columns:
                warned += 1
                assert solutions(store, text) == without, text
            else:
                silent += 1
    assert warned > 80
    assert silent > 80
