"""SPARQL text of blocks that are joined by UNION.

Every term is written by the RDF library, or was checked to be a plain name. Owns syntax alone: what is asked for is
for others. No text of a client's gets here but inside a term.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import namespaces
from kg.graphql.schema.type_model import Step

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
TEXT_MAX = 180_000
"""How long the text of a query may be: what executors take, with room for the rest."""
_PREFIX = 24
"""What a prefix adds to a query besides its space, at most."""


_ESCAPED = re.compile(r"\\\\|\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")


def literal(term: ox.Literal) -> str:
    """The literal, its characters written as they are: executors refuse escapes by number."""
    return _ESCAPED.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[0], str(term)
    )


@dataclass(slots=True)
class PrefixMap:
    """Short names of IRIs; ``used`` has the prefixes that were used since it was last emptied."""

    prefixes: dict[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)

    def iri(self, iri: str) -> str:
        """The IRI, shortened where its last part is a plain name."""
        space, _, local = iri.rpartition("/")
        if not space or not _LOCAL.fullmatch(local):
            return str(ox.NamedNode(iri))
        prefix = self.used.get(space)
        if prefix is None:
            self.used[space] = prefix = self.prefixes.setdefault(space, f"n{len(self.prefixes)}")
        return f"{prefix}:{local}"

    def values(self, variable: str, iris: Iterable[str]) -> str:
        """A clause that gives the variable these values."""
        return f"VALUES {variable} {{ {' '.join(self.iri(each) for each in sorted(iris))} }}"

    def block(self, text: str) -> "Block":
        """The block, with the names it uses; those that come are the next one's."""
        found = Block(text, tuple(self.used.items()))
        self.used = {}
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a query, with the spaces and prefixes of its names."""

    text: str
    names: tuple[tuple[str, str], ...]


def packed(blocks: Iterable[Block], most: int) -> Iterator[list[Block]]:
    """The blocks in as few queries as hold them. Raises ValueError for one that none holds."""
    pack: list[Block] = []
    known: set[str] = set()
    size = 0
    for block in blocks:
        own = len(block.text) + sum(len(space) + _PREFIX for space, _ in block.names)
        added = len(block.text) + sum(len(space) + _PREFIX for space, _ in block.names if space not in known)
        if own > TEXT_MAX:
            raise ValueError("a block is longer than a query may be")
        if pack and (len(pack) == most or size + added > TEXT_MAX):
            yield pack
            pack, known, size, added = [], set(), 0, own
        pack.append(block)
        known.update(space for space, _ in block.names)
        size += added
    if pack:
        yield pack


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


def forwards(names: PrefixMap, subjects: Iterable[str], predicates: Sequence[str]) -> str:
    """What these subjects have for these predicates, as rows of s, p, o."""
    values = names.values("?s", subjects)
    if len(predicates) == 1:
        return f"{{ {values} VALUES ?p {{ {predicate(predicates[0])} }} ?s ?p ?o }}"
    return f"{{ {values} ?s ?p ?o {is_one_of('?p', predicates)} }}"


def homes(names: PrefixMap, nodes: Iterable[str], as_predicate: str) -> str:
    """The graphs that describe these nodes, as rows of s, p, o."""
    values = names.values("?s", nodes)
    return f"{{ {values} GRAPH ?o {{ ?s {namespaces.TYPE} ?class }} BIND({predicate(as_predicate)} AS ?p) }}"


def backwards(names: PrefixMap, objects: Iterable[str], predicates: Sequence[str]) -> str:
    """What points at these objects by any of these predicates, as rows of b, s, p, o with ``s`` the object.

    By several, all that points at them is gone through once: what has such links has few others.
    """
    values = names.values("?s", objects)
    if len(predicates) == 1:
        by = predicate(predicates[0])
        return f'{{ {values} ?o {by} ?s BIND({by} AS ?p) BIND("inverse" AS ?b) }}'
    return f'{{ {values} ?o ?p ?s {is_one_of("?p", predicates)} BIND("inverse" AS ?b) }}'


def typed(variable: str, type_variable: str, classes: Sequence[str]) -> str:
    """That the variable is of one of these classes."""
    if len(classes) == 1:
        return f"{variable} {namespaces.TYPE} {predicate(classes[0])} ."
    return f"{variable} {namespaces.TYPE} {type_variable} . {is_one_of(type_variable, classes)}"


def joined(blocks: Sequence[Block], columns: str, limit: int) -> str:
    """One query of all blocks."""
    texts = [each.text for each in blocks]
    where = texts[0] if len(texts) == 1 else f"{{ {' UNION '.join(texts)} }}"
    named = {prefix: space for each in blocks for space, prefix in each.names}
    prologue = "".join(f"PREFIX {prefix}: {ox.NamedNode(f'{space}/')}\n" for prefix, space in named.items())
    return f"{prologue}SELECT {columns} WHERE {where} LIMIT {limit}"
