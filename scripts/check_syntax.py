"""Parses RDF and SPARQL files, chosen by suffix: `python -m scripts.check_syntax FILE...`."""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.datasets.functions import CUSTOM_FUNCTIONS

BASE_IRI = "https://example.org/"
_TEMPLATE_VALUES = re.compile(r"\{ \$\w+ \}")
"""A parameter of a query in `bench/`, which stands in a VALUES block and is replaced as text."""


def parse_rdf(path: Path) -> None:
    """Parse to the end. Raises SyntaxError."""
    for _ in ox.parse(path=path, base_iri=BASE_IRI):
        pass


def parse_query(path: Path) -> None:
    """Parse a query, with UNDEF for template parameters and the functions of data sets. Raises SyntaxError."""
    text = _TEMPLATE_VALUES.sub("{ UNDEF }", path.read_text(encoding="utf-8"))
    ox.Store().query(text, base_iri=BASE_IRI, custom_functions=dict(CUSTOM_FUNCTIONS))


PARSERS: dict[str, Callable[[Path], None]] = {
    **dict.fromkeys((".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld"), parse_rdf),
    ".rq": parse_query,
}


def find_errors(paths: Iterable[Path]) -> list[str]:
    """One line for each file that does not parse; files with other suffixes are ignored."""
    errors = []
    for path in paths:
        try:
            if parser := PARSERS.get(path.suffix):
                parser(path)
        except (SyntaxError, ValueError) as error:
            errors.append(f"{path}: {error}")
    return errors


if __name__ == "__main__":
    found = find_errors(map(Path, sys.argv[1:]))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
