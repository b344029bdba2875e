"""How much one request may ask for: counted before anything is read, each limit with a code of its own.

Cost is the number of nodes that the request asks for, with the page sizes it really gives, variables included. Every
fragment is measured once, so that measuring is quick however often fragments are spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)

from kg.graphql.request import errors
from kg.graphql.schema.schema_builder import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

COST_CEILING = 10**12
_PAGED = frozenset({"nodes", "edges"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """What a request may ask for."""

    characters: int = 100_000
    tokens: int = 5_000
    depth: int = 40
    """Fields within fields, those of pages included."""
    aliases: int = 100
    directives: int = 100
    conditions: int = 100
    """Conditions in all filters."""
    cost: int = 1_000_000_000
    """Nodes that may be asked for, if every page were full; what there really is has limits of its own."""
    objects: int = 250_000
    """Objects in an answer, each as often as it stands there."""
    seconds: float = 10.0


def counted(document: DocumentNode, limits: RequestLimits) -> list[GraphQLError]:
    """What of a document is too much whatever it means: aliases, directives."""
    counter = _Counter()
    visit(document, counter)
    found = []
    if counter.aliases > limits.aliases:
        message = f"The request has {counter.aliases} aliases; {limits.aliases} are allowed."
        found.append(errors.graphql_error(message, errors.TOO_MANY_ALIASES, limit=limits.aliases))
    if counter.directives > limits.directives:
        message = f"The request has {counter.directives} directives; {limits.directives} are allowed."
        found.append(errors.graphql_error(message, errors.TOO_MANY_DIRECTIVES, limit=limits.directives))
    if counter.conditions > limits.conditions:
        message = f"The request has {counter.conditions} conditions; {limits.conditions} are allowed."
        found.append(errors.graphql_error(message, errors.TOO_MANY_CONDITIONS, limit=limits.conditions))
    return found


class _Counter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.aliases = self.directives = self.conditions = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.aliases += node.alias is not None

    def enter_directive(self, *_: Any) -> None:
        self.directives += 1

    def enter_object_field(self, *_: Any) -> None:
        self.conditions += 1


def depth_error(document: DocumentNode, limits: RequestLimits) -> GraphQLError | None:
    """That some operation is too deep, if one is; fragments that spread themselves are left to validation."""
    depths = _Depths(
        {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    )
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode) and (depth := depths.of(each.selection_set)) > limits.depth:
            message = f"The request is {depth} fields deep; {limits.depth} are allowed."
            return errors.graphql_error(message, errors.TOO_DEEP, each, limit=limits.depth)
    return None


class _Depths:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, int] = {}

    def of(self, selected: SelectionSetNode | None) -> int:
        return max((self._one(each) for each in selected.selections), default=0) if selected else 0

    def _one(self, node: Node) -> int:
        if isinstance(node, FieldNode):
            return 1 + self.of(node.selection_set)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set)
        return self._fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else 0

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set) if fragment else 0
        return self._known[name]


class Costs:
    """Counts the nodes that an operation asks for."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._fragments, self._variables = fragments, variables
        self._known: dict[str, int] = {}
        self._pages: dict[str, bool] = {}

    def of(self, selected: SelectionSetNode | None) -> int:
        """The nodes below one node."""
        if selected is None:
            return 0
        return min(COST_CEILING, sum(self._one(each) for each in selected.selections))

    def _one(self, node: Node) -> int:
        if isinstance(node, FieldNode):
            return self._field(node)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set)
        return self._fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else 0

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0
            self._known[name] = self.of(self._fragments[name].selection_set)
        return self._known[name]

    def _field(self, node: FieldNode) -> int:
        if node.selection_set is None or node.name.value.startswith("__"):
            return 0
        below = self.of(node.selection_set)
        if self._is_page(node.selection_set):
            return min(COST_CEILING, self._size(node) * max(1, below))
        return below if node.name.value in (*_PAGED, "node", "pageInfo") else 1 + below

    def _is_page(self, selected: SelectionSetNode) -> bool:
        """Whether this is the selection of a connection: what pages are made of is asked for."""
        return any(self._is_of_page(each) for each in selected.selections)

    def _is_of_page(self, node: Node) -> bool:
        if isinstance(node, FieldNode):
            return node.name.value in _PAGED and node.selection_set is not None
        if isinstance(node, InlineFragmentNode):
            return self._is_page(node.selection_set)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self._pages:
            self._pages[name] = False
            self._pages[name] = self._is_page(self._fragments[name].selection_set)
        return self._pages[name]

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return min(PAGE_SIZE_MAX, max(0, int(value.value)))
                given = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
                if isinstance(given, int):
                    return min(PAGE_SIZE_MAX, max(0, given))
        return PAGE_SIZE_DEFAULT


def conditions_in(value: Any) -> int:
    """How many conditions a filter has, however it is nested; values to choose from are one condition."""
    if isinstance(value, Mapping):
        return sum(1 + conditions_in(each) for each in value.values())
    if isinstance(value, list):
        return sum(1 + conditions_in(each) for each in value if isinstance(each, (Mapping, list)))
    return 0
