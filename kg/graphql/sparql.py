"""SPARQL text of blocks that are joined by UNION.

Every term is written by the RDF library, or was checked to be a plain name. Owns syntax alone: what is asked for is
for others. No text of a client's gets here but inside a term.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import terms
from kg.graphql.model import Step

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
TEXT_MAX = 180_000
"""How long the text of a query may be: what executors take, with room for the rest."""


_ESCAPED = re.compile(r"\\\\|\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")


def literal(term: ox.Literal) -> str:
    """The literal, its characters written as they are: executors refuse escapes by number."""
    return _ESCAPED.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[0], str(term)
    )


@dataclass(slots=True)
class Names:
    """Short names of the IRIs of one query."""

    prefixes: dict[str, str] = field(default_factory=dict)

    def iri(self, iri: str) -> str:
        """The IRI, shortened where its last part is a plain name."""
        space, _, local = iri.rpartition("/")
        if not space or not _LOCAL.fullmatch(local):
            return str(ox.NamedNode(iri))
        prefix = self.prefixes.setdefault(f"{space}/", f"n{len(self.prefixes)}")
        return f"{prefix}:{local}"

    def values(self, variable: str, iris: Iterable[str]) -> str:
        """A clause that gives the variable these values."""
        return f"VALUES {variable} {{ {' '.join(self.iri(each) for each in sorted(iris))} }}"

    def prologue(self) -> str:
        return "".join(f"PREFIX {prefix}: {ox.NamedNode(space)}\n" for space, prefix in self.prefixes.items())


def predicate(iri: str) -> str:
    """A predicate of the schema."""
    return str(ox.NamedNode(iri))


def path(steps: Sequence[Step]) -> str:
    """A property path of one or several steps."""
    parts = [("^" if step.inverse else "") + predicate(step.predicate) for step in steps]
    return parts[0] if len(parts) == 1 else f"({'|'.join(parts)})"


def is_one_of(variable: str, iris: Sequence[str]) -> str:
    """A filter on a variable."""
    listed = ", ".join(predicate(each) for each in iris)
    return f"FILTER({variable} IN ({listed}))"


def forwards(names: Names, subjects: Iterable[str], predicates: Sequence[str]) -> str:
    """What these subjects have for these predicates, as rows of s, p, o."""
    values = names.values("?s", subjects)
    if len(predicates) == 1:
        return f"{{ {values} VALUES ?p {{ {predicate(predicates[0])} }} ?s ?p ?o }}"
    return f"{{ {values} ?s ?p ?o {is_one_of('?p', predicates)} }}"


def backwards(names: Names, objects: Iterable[str], predicate_: str) -> str:
    """What points at these objects by this predicate, as rows of b, s, p, o with ``s`` the object."""
    values = names.values("?s", objects)
    return f'{{ {values} ?o {predicate(predicate_)} ?s BIND({predicate(predicate_)} AS ?p) BIND("inverse" AS ?b) }}'


def typed(variable: str, type_variable: str, classes: Sequence[str]) -> str:
    """That the variable is of one of these classes."""
    if len(classes) == 1:
        return f"{variable} {terms.TYPE} {predicate(classes[0])} ."
    return f"{variable} {terms.TYPE} {type_variable} . {is_one_of(type_variable, classes)}"


def joined(names: Names, blocks: Sequence[str], columns: str, limit: int) -> str:
    """One query of all blocks."""
    where = blocks[0] if len(blocks) == 1 else f"{{ {' UNION '.join(blocks)} }}"
    return f"{names.prologue()}SELECT {columns} WHERE {where} LIMIT {limit}"
