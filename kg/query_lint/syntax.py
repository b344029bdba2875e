"""What the rules know of a query: where variables get values and where they are used, names, comparisons, functions.

Values only, filled by ``reader``. Offsets are those of characters in the text.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class GroupKind(StrEnum):
    """How a group graph pattern stands in the one around it; this decides which variables pass its braces."""

    SOLUTIONS = "solutions"
    """No pattern: the solutions of a query or subquery, with the expressions of its SELECT clause."""
    GROUP = "group"
    OPTIONAL = "optional"
    EXISTS = "exists"
    MINUS = "minus"


@dataclass(slots=True)
class Group:
    """A group graph pattern and the variables that it may bind."""

    kind: GroupKind
    parent: "Group | None" = None
    bound: set[str] = field(default_factory=set)

    def sees(self, variable: str, *, is_filter: bool) -> bool:
        """Whether an expression in the group may have a value for the variable (SPARQL 1.1, section 18.2.2)."""
        group: Group | None = self
        while group is not None:
            if variable in group.bound:
                return True
            if not (group.kind is GroupKind.EXISTS or (is_filter and group.kind is GroupKind.OPTIONAL)):
                group = group.enclosing_exists()
            group = group.parent if group else None
        return False

    def is_within(self, other: "Group") -> bool:
        """Whether it is the other group or inside it."""
        group: Group | None = self
        while group is not None and group is not other:
            group = group.parent
        return group is not None

    def enclosing_exists(self) -> "Group | None":
        """The nearest EXISTS around the group: values from outside are substituted everywhere in its pattern."""
        group: Group | None = self
        while group is not None and group.kind is not GroupKind.EXISTS:
            group = group.parent
        return group


class Role(StrEnum):
    """Where an IRI stands in a triple pattern."""

    PREDICATE = "predicate"
    CLASS = "class"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class IriTerm:
    """An IRI that is a term of a pattern or an expression."""

    iri: str
    text: str
    """As it is written."""
    start: int
    role: Role = Role.OTHER
    predicates: "Predicates" = None
    """Of an object: the predicates that lead to it, if they are known."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An expression; only variables, constants and calls are distinguished."""

    start: int
    type_: str | None = None
    """Of a constant, and of a call that always returns the same; else None."""
    variable: str = ""
    text: str = ""
    """Of a literal: its quoted string, or its number, as written."""
    tag: str = ""
    """Of a literal: its language tag, as written."""
    function: str = ""
    """Of a call: in upper case, or the IRI."""
    arguments: tuple["Operand", ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; an item of IN is compared by ``=``."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression belongs to."""

    group: Group
    clause: str
    """Its keyword: FILTER, BIND, SELECT, ..."""
    before: frozenset[str] | None = None
    """Of a BIND: the variables bound before it; those bound later have no value yet."""


@dataclass(frozen=True, slots=True)
class Use:
    """A variable in an expression, a SELECT clause or a template."""

    variable: str
    start: int
    context: Context


Predicates = tuple[str, ...] | None
"""The predicates of which one leads to an object; None if that is unknown."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal that is the object of a triple pattern, or a value of VALUES."""

    predicates: Predicates
    literal: Operand


@dataclass(frozen=True, slots=True)
class Inline:
    """A variable of VALUES in a group, and the types of its values; None among them is unknown, or UNDEF."""

    variable: Operand
    group: Group
    types: frozenset[str | None]


class Described(NamedTuple):
    """What a pattern says of a variable as its subject: the IRI of a predicate, or of a class."""

    variable: str
    iri: str
    text: str
    """As it is written."""
    start: int
    group: Group


@dataclass(slots=True)
class QuerySyntax:
    """A query as read."""

    prefixes: dict[str, str] = field(default_factory=dict)
    undeclared: list[tuple[str, int]] = field(default_factory=list)
    """Prefixes that no PREFIX line declares, and where they are used."""
    names: list[IriTerm] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    calls: list[Operand] = field(default_factory=list)
    conditions: list[Operand] = field(default_factory=list)
    """What stands alone in a FILTER."""
    constants: list[Constant] = field(default_factory=list)
    objects: dict[str, list[tuple[Predicates, Group]]] = field(default_factory=lambda: defaultdict(list))
    """For each variable the predicates that lead to it, one item a pattern, and the group of the pattern."""
    predicates: list[Described] = field(default_factory=list)
    """Predicates of one step."""
    classes: list[Described] = field(default_factory=list)
    inlines: list[Inline] = field(default_factory=list)
    types: dict[str, list[str | None]] = field(default_factory=lambda: defaultdict(list))
    """For each variable the types that it gets elsewhere; None is unknown."""
    assigned: dict[str, list[Operand]] = field(default_factory=lambda: defaultdict(list))
    """For each variable of BIND and VALUES the expressions that are assigned to it."""
    bound: set[str] = field(default_factory=set)
    """Every variable that is bound somewhere."""
    dataset: set[str] = field(default_factory=set)
    """Which clauses name the dataset: ``FROM``, ``FROM NAMED``."""
    graph_patterns: list[int] = field(default_factory=list)
    """Where a GRAPH begins."""
    default_patterns: list[int] = field(default_factory=list)
    """Where triples outside any GRAPH begin."""
