"""SPARQL queries of our own with VALUES clauses that are replaced by terms, and the solutions of a query.

Owns binding. A term enters query text only as the RDF library serializes it, never as it was typed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.store.interface import Queryable

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Solution = Mapping[str, Term | None]

_PARAMETERS = re.compile(
    r"WHERE\s*\{\s*(?P<clause>VALUES\s*\((?P<names>[?\w\s]*)\)\s*\{\s*(?P<rows>\((?:\s*UNDEF)+\s*\))\s*\})"
)
_REPEATED_CLAUSE = re.compile(r"VALUES \((?P<names>(?:\?\w+ ?)+)\) \{ \((?:UNDEF ?)+\) \}")
_OPEN_CLAUSE = re.compile(r"(?<=VALUES )\(\?(\w+)\) \{ \(UNDEF\) \}")
_COMMENT = re.compile(r"^[^\S\n]*+#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SolutionSequence:
    """The solutions of a SELECT, in its order."""

    columns: tuple[str, ...]
    rows: tuple[Solution, ...]

    @classmethod
    def select(cls, store: Queryable, text: str) -> "SolutionSequence":
        """Evaluate a SELECT. Raises what ``Queryable.query`` raises."""
        solutions = store.query(text)
        assert isinstance(solutions, ox.QuerySolutions)
        columns = tuple(variable.value for variable in solutions.variables)
        return cls(columns, tuple(dict(zip(columns, solution, strict=True)) for solution in solutions))


@dataclass(frozen=True, slots=True)
class QueryTemplate:
    """A SELECT whose first clause is ``VALUES (?a ?b) { (UNDEF UNDEF) }``; unbound, it leaves all of them open.

    Branches of a UNION may repeat it for some of the variables: Oxigraph does not push bindings into all of them.
    """

    text: str
    names: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "QueryTemplate":
        """The template in a file. Raises ValueError if its first clause has another form."""
        text = path.read_text(encoding="utf-8")
        clause = _find_parameters(text, path.name)
        names = tuple(name.removeprefix("?") for name in clause["names"].split())
        if len(names) != len(clause["rows"].strip("()").split()):
            raise ValueError(f"{path.name}: the VALUES clause needs one UNDEF for each variable")
        return cls(text, names)

    def bind(self, rows: Iterable[Mapping[str, Term | None]]) -> str:
        """The query text with these rows as the values of its first clause; None leaves a variable open.

        A variable that is open in all rows is not in the clause: Apache Jena evaluates a FILTER of it on the clause
        alone, where it has no value.
        """
        rows = list(rows)
        start, end = _find_parameters(self.text, "query").span("clause")
        rest = _REPEATED_CLAUSE.sub(lambda clause: self._repeat(clause, rows), self.text[end:])
        return self.text[:start] + _bind_clause(self.names, rows) + rest

    def _repeat(self, clause: re.Match[str], rows: Sequence[Mapping[str, Term | None]]) -> str:
        names = [name.removeprefix("?") for name in clause["names"].split()]
        return _bind_clause(names, rows) if set(names) <= set(self.names) else clause[0]

    def select(self, store: Queryable, rows: Iterable[Mapping[str, Term | None]]) -> SolutionSequence:
        """The solutions for these rows. Raises what ``Queryable.query`` raises."""
        return SolutionSequence.select(store, self.bind(rows))

    def select_each(self, store: Queryable, terms: Iterable[Term]) -> SolutionSequence:
        """The solutions in which the only variable is one of the terms; without terms, none, and no query."""
        (name,) = self.names
        values = [{name: term} for term in sorted(set(terms), key=str)]
        return self.select(store, values) if values else SolutionSequence((), ())


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A SELECT with any number of clauses ``VALUES (?a) { (UNDEF) }``, each of one variable, bound together."""

    parts: tuple[str, ...]
    """Text and variable names, alternating."""

    @classmethod
    def read(cls, path: Path) -> "BatchQuery":
        """The query in a file."""
        return cls(tuple(_OPEN_CLAUSE.split(path.read_text(encoding="utf-8"))))

    def bind(self, terms: Mapping[str, Iterable[Term]]) -> str:
        """The query text with these terms as values; a variable without terms has no solutions."""
        clauses = {
            name: f"(?{name}) {{ {' '.join(f'({term})' for term in sorted(set(values), key=str))} }}"
            for name, values in terms.items()
        }
        return "".join(clauses[part] if index % 2 else part for index, part in enumerate(self.parts))

    def select(self, store: Queryable, terms: Mapping[str, Iterable[Term]]) -> SolutionSequence:
        """The solutions for these terms. Raises what ``Queryable.query`` raises."""
        return SolutionSequence.select(store, self.bind(terms))


def text_of(term: Term | None) -> str:
    """The IRI or lexical form of a term; empty for None."""
    match term:
        case None:
            return ""
        case ox.NamedNode() | ox.Literal():
            return term.value
        case _:
            return str(term)


def slug_of(term: Term | None) -> str:
    """The last segment of an IRI: the short name of a concept or resource."""
    return text_of(term).rsplit("/", 1)[-1]


def _bind_clause(names: Sequence[str], rows: Sequence[Mapping[str, Term | None]]) -> str:
    """The clause for those of the variables that are not open in all rows; empty without any."""
    bound = [name for name in names if not rows or any(row.get(name) is not None for row in rows)]
    if not bound:
        return ""
    values = " ".join(dict.fromkeys(_values_row(bound, row) for row in rows))
    return f"VALUES ({' '.join(f'?{name}' for name in bound)}) {{ {values} }}"


def _values_row(names: Sequence[str], row: Mapping[str, Term | None]) -> str:
    terms = (row.get(name) for name in names)
    return "(" + " ".join("UNDEF" if term is None else str(term) for term in terms) + ")"


def _find_parameters(text: str, name: str) -> re.Match[str]:
    # Comments are blanked, not cut, so that offsets stay valid.
    plain = _COMMENT.sub(lambda match: " " * len(match[0]), text)
    clauses = list(_PARAMETERS.finditer(plain))
    if len(clauses) != 1:
        raise ValueError(f"{name}: WHERE must start with one clause such as VALUES (?a ?b) {{ (UNDEF UNDEF) }}")
    return clauses[0]
