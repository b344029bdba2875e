"""The queries of the benchmark, each with several values so that no cache of answers flatters anybody."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pyoxigraph as ox

QUERIES = Path(__file__).with_name("queries")
ROWS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
POINT, PAGE = "point", "page"
_ZONES_A_QUERY = 10


@dataclass(frozen=True, slots=True)
class Question:
    """One query under its name, in as many texts as it has values."""

    name: str
    media_type: str
    texts: tuple[str, ...]


def questions(values_file: Path) -> list[Question]:
    """All of them, filled with the values that were generated with the data."""
    values = {name: [_term(text) for text in texts] for name, texts in json.loads(values_file.read_text()).items()}
    zones = values["zone"]
    values["zones"] = [" ".join(zones[at : at + _ZONES_A_QUERY]) for at in range(0, len(zones), _ZONES_A_QUERY)]
    return [_question(path, values) for path in sorted(QUERIES.glob("*.rq"))]


def named(asked: Sequence[Question], name: str) -> Question:
    return next(question for question in asked if question.name == name)


def _question(path: Path, values: Mapping[str, Sequence[str]]) -> Question:
    template = Template(path.read_text(encoding="utf-8"))
    names = template.get_identifiers()
    if len(names) > 1:
        raise ValueError(f"{path.name}: more than one parameter")
    texts = [template.substitute({name: value}) for name in names for value in values[name]] or [template.template]
    return Question(path.stem, TRIPLES if "\nCONSTRUCT" in template.template else ROWS, tuple(texts))


def _term(text: str) -> str:
    """A term as the library writes it."""
    return str(ox.NamedNode(text[1:-1]) if text.startswith("<") else ox.Literal(text[1:-1]))
