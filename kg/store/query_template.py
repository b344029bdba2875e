"""A query of ours as text with one clause of values that can be replaced by terms; and its rows.

Owns that clause. A term gets into query text only as the RDF library writes it, never as somebody typed it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.store.interface import Queryable

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Solution = Mapping[str, Term | None]

_VALUES = re.compile(r"WHERE\s*\{\s*VALUES\s*\((?P<names>[?\w\s]*)\)\s*\{\s*(?P<rows>\((?:\s*UNDEF\s*)+\))\s*\}")
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class QueryTemplate:
    """A SELECT whose first clause is ``VALUES (?a ?b) { (UNDEF UNDEF) }``; as it stands it leaves all of them open."""

    text: str
    names: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "QueryTemplate":
        """The template in a file. Raises ValueError where the clause is not as it must be."""
        text = path.read_text(encoding="utf-8")
        clause = _clause(text, path.name)
        names = tuple(name.removeprefix("?") for name in clause["names"].split())
        if len(names) != len(clause["rows"].strip("()").split()):
            raise ValueError(f"{path.name}: the clause of values needs one UNDEF for each name")
        return cls(text, names)

    def bind(self, rows: Iterable[Mapping[str, Term | None]]) -> str:
        """The query with these rows for its values; None leaves a name open."""
        start, end = _clause(self.text, "query").span("rows")
        return self.text[:start] + " ".join(_row(self.names, row) for row in rows) + self.text[end:]

    def select(self, store: Queryable, rows: Iterable[Mapping[str, Term | None]]) -> "SolutionSequence":
        """The solutions over the store. Raises what ``Queryable.query`` raises."""
        return SolutionSequence.select(store, self.bind(rows))

    def select_each(self, store: Queryable, terms: Iterable[Term]) -> "SolutionSequence":
        """The solutions where the only name takes each of the terms; none, unasked, where there are no terms."""
        (name,) = self.names
        values = [{name: term} for term in sorted(set(terms), key=str)]
        return self.select(store, values) if values else SolutionSequence((), ())


@dataclass(frozen=True, slots=True)
class SolutionSequence:
    """The solutions of a SELECT, in its order."""

    columns: tuple[str, ...]
    rows: tuple[Solution, ...]

    @classmethod
    def select(cls, store: Queryable, text: str) -> "SolutionSequence":
        solutions = store.query(text)
        assert isinstance(solutions, ox.QuerySolutions)
        columns = tuple(variable.value for variable in solutions.variables)
        return cls(columns, tuple(dict(zip(columns, solution, strict=True)) for solution in solutions))


def support(name: str) -> QueryTemplate:
    """One of the queries that help answering but are no questions themselves."""
    return QueryTemplate.read(Path(__file__).parents[1] / "questions" / "support" / f"{name}.rq")


def text_of(term: Term | None) -> str:
    """The IRI or the words of a term, without what marks it as one; empty for none."""
    match term:
        case None:
            return ""
        case ox.NamedNode() | ox.Literal():
            return term.value
        case _:
            return str(term)


def slug_of(term: Term | None) -> str:
    """The last part of an IRI: the short name of a concept or a resource."""
    return text_of(term).rsplit("/", 1)[-1]


def _row(names: Sequence[str], row: Mapping[str, Term | None]) -> str:
    terms = (row.get(name) for name in names)
    return "(" + " ".join("UNDEF" if term is None else str(term) for term in terms) + ")"


def _clause(text: str, name: str) -> re.Match[str]:
    # Comments are blanked, not cut, so that places stay what they are.
    plain = _COMMENT.sub(lambda match: " " * len(match[0]), text)
    found = list(_VALUES.finditer(plain))
    if len(found) != 1:
        raise ValueError(f"{name}: WHERE must start with one clause such as VALUES (?a ?b) {{ (UNDEF UNDEF) }}")
    return found[0]
