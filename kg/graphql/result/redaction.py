"""No content is told without who says so in the same answer: the rule of validation, kept once more of what was read.

The rule takes statements with their speakers for attribution. What is only the content of a position, what is only
shown or assessed, has none: where nothing else tells who holds it, such a node is left out, and that is told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kg.graphql.plan.collect_fields import FieldGroup, MergedSelectionSet
from kg.graphql.plan.layer_plan import LayerPlan
from kg.graphql.request import errors
from kg.graphql.request.attribution_policy import (
    ATTRIBUTION_FIELDS,
    PASSAGE,
    QUOTATION_FIELDS,
    QUOTED_BY,
    STATEMENTS,
    UNCONTESTED_FIELDS,
    AttributionPolicy,
)
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.type_model import LinkField, TypeCategory, TypeModel

MESSAGE = (
    "Nobody states this itself: it is what a position, a depiction or an assessment holds. Take attribution or status"
    " besides statements, and it is told with who holds it."
)
_TOLD_MAX = 100


class Redactor:
    """Decides for each node that is to be told; ``is_on`` is whether attribution is required at all."""

    def __init__(self, model: TypeModel, plan: LayerPlan, is_on: bool) -> None:
        self._model, self._plan, self._is_on = model, plan, is_on
        self._contested = AttributionPolicy(model)
        self._resting: dict[tuple[MergedSelectionSet, str, bool], tuple[FieldGroup, ...] | None] = {}
        self._left_out: dict[str, None] = {}

    def is_redacted(self, selection: MergedSelectionSet, type_name: str, iri: str, by: LinkField | None) -> bool:
        """Whether the node, reached by this link, would be told without who says so."""
        if not self._is_on or self._is_told_by_parent(type_name, by):
            return False
        tells_role = by is not None and self._contested.reveals_role(by)
        key = selection, type_name, tells_role
        if key not in self._resting:
            self._resting[key] = self._rests_on(selection, type_name, tells_role)
        resting = self._resting[key]
        return resting is not None and not any(self._has_nodes(each, iri) for each in resting)

    def add_redacted(self, iri: str) -> None:
        """Remember that a node was left out of a list."""
        self._left_out[iri] = None

    def report(self) -> Mapping[str, Any] | None:
        """What was left out of lists, why, and what to take; None for nothing."""
        if not self._left_out:
            return None
        ids = list(self._left_out)
        return {"message": MESSAGE, "code": errors.ATTRIBUTION, "count": len(ids), "ids": ids[:_TOLD_MAX]}

    def _is_told_by_parent(self, type_name: str, by: LinkField | None) -> bool:
        """Whether it is content of a proposition that was told before it, with who says so, or words of a quote."""
        if by is None:
            return False
        return by.is_contested or (type_name == PASSAGE and not any(step.inverse for step in by.steps))

    def _rests_on(
        self, selection: MergedSelectionSet, type_name: str, tells_role: bool
    ) -> tuple[FieldGroup, ...] | None:
        """The statements that alone attribute such a node; None where nothing is left to attribute."""
        picks = selection.field_groups(type_name)
        family = self._model.types[type_name].category
        if family is TypeCategory.PROPOSITION:
            is_content = any(self._contested.is_content(each.role) for each in picks)
            is_content = is_content or (tells_role and any(each.name not in UNCONTESTED_FIELDS for each in picks))
            if is_content and not any(each.role in ATTRIBUTION_FIELDS for each in picks):
                return _named(picks, STATEMENTS)
        if type_name == PASSAGE and any(each.name in QUOTATION_FIELDS for each in picks):
            return _named(picks, QUOTED_BY)
        return None

    def _has_nodes(self, pick: FieldGroup, iri: str) -> bool:
        role = pick.role
        assert isinstance(role, ConnectionField)
        page = self._plan.connection(pick).pages.get(iri)
        return page is not None and any(self._plan.resolve_type(each.iri, role.target) for each in page.cursors)


def _named(picks: Iterable[FieldGroup], name: str) -> tuple[FieldGroup, ...]:
    return tuple(each for each in picks if each.name == name and isinstance(each.role, ConnectionField))
