"""The value of a constant expression, by the engine: it decides what it can read, compile and compute."""

import pyoxigraph as ox


def has_value(expression: str) -> bool:
    """Whether the expression, which has no variables, has a value and no error."""
    solutions = ox.Store().query(f"SELECT ({expression} AS ?value) {{}}")
    assert isinstance(solutions, ox.QuerySolutions)
    return next(solutions)["value"] is not None
