"""Redacts contested nodes that would be returned without attribution. The run-time counterpart of ``AttributionRule``.

The rule accepts statements with their speakers as attribution. The content of a position, a depiction or an assessment
may have no statements: unless attribution or headline is selected, such a node is left out and reported.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kg.graphql.plan.layer_plan import LayerPlan
from kg.graphql.request import error_codes
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_selection import AttributionSelection
from kg.graphql.request.collect_fields import TYPENAME, FieldGroup, MergedSelectionSet
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.type_model import LinkField

MESSAGE = (
    "Nothing selected says who says this: no statement asserts it (it is the content of a position, depiction or"
    " assessment), or its statements continue on another page. Also select `attribution` or `headline`;"
    " of a passage, the whole of `quotedBy { nodes { attribution } }`."
)


class Redactor:
    """Decides for each node of one operation; without a policy nothing is redacted."""

    def __init__(self, policy: AttributionPolicy | None, selection: AttributionSelection, plan: LayerPlan) -> None:
        self._policy, self._selection, self._plan = policy, selection, plan
        self._required: dict[tuple[MergedSelectionSet, str, bool], Sequence[FieldGroup] | None] = {}
        self._redacted: dict[str, None] = {}
        self.has_redacted = False
        """Whether anything was left out of a list or is null."""

    def is_redacted(self, selection_set: MergedSelectionSet, type_name: str, iri: str, link: LinkField | None) -> bool:
        """Whether the node, reached by this link, would be returned without attribution."""
        policy = self._policy
        if policy is None or _holds_words_of_parent(policy, type_name, link):
            return False
        key = selection_set, type_name, link is not None and policy.reveals_role(link)
        if key not in self._required:
            self._required[key] = self._required_connections(policy, *key)
        connections = self._required[key]
        if connections is None or any(self._has_all_nodes(connection, iri) for connection in connections):
            return False
        # The content of a proposition that is returned with attribution may have no statements of its own.
        if (
            link is not None
            and link.is_contested
            and not any(self._is_cut(connection, iri) for connection in connections)
        ):
            return False
        self.has_redacted = True
        return True

    def add_redacted(self, iri: str) -> None:
        """Records a node that was left out of a list."""
        self._redacted[iri] = None

    def report(self) -> Mapping[str, Any] | None:
        """The value of ``extensions.withheld``: how many nodes were left out of lists, and what to select.

        None if there are none. Which ones is not said: that a link or a filter led to them is content.
        """
        if not self._redacted:
            return None
        return {"message": MESSAGE, "code": error_codes.ATTRIBUTION, "count": len(self._redacted)}

    def _has_all_nodes(self, connection: FieldGroup, iri: str) -> bool:
        """Whether the page has statements, and all of them: the next one may deny what the first asserts."""
        assert isinstance(connection.binding, ConnectionField)
        target = connection.binding.target
        page = self._plan.connection(connection).pages.get(iri)
        if page is None or self._is_cut(connection, iri):
            return False
        return any(self._plan.resolve_type(cursor.iri, target) for cursor in page.cursors)

    def _is_cut(self, connection: FieldGroup, iri: str) -> bool:
        page = self._plan.connection(connection).pages.get(iri)
        return page is not None and (page.has_next or page.has_previous)

    def _required_connections(
        self, policy: AttributionPolicy, selection_set: MergedSelectionSet, type_name: str, reveals_role: bool
    ) -> Sequence[FieldGroup] | None:
        """The statements that alone attribute a node; None if it needs no attribution, or has another."""
        fields = selection_set.field_groups(type_name)
        if policy.is_proposition(type_name):
            is_contested = any(policy.is_contested(field.binding) for field in fields) or (
                reveals_role and any(field.name != TYPENAME for field in fields)
            )
            if is_contested and not self._selection.has_line(fields):
                return [field for field in fields if self._selection.attributes_proposition(field)]
        if policy.is_passage(type_name) and any(policy.is_passage_content(field.binding) for field in fields):
            return [field for field in fields if self._selection.attributes_passage(field)]
        return None


def _holds_words_of_parent(policy: AttributionPolicy, type_name: str, link: LinkField | None) -> bool:
    """Whether the node is the words of a statement that is returned with its speaker."""
    return link is not None and policy.is_passage(type_name) and not any(step.inverse for step in link.steps)
