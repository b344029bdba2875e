"""What is contested: what propositions say, and the coming to a proposition by what it says.

Owns this alone. The rule of validation and what is told at last ask the same, so that neither can know better.
"""

from functools import cached_property

from kg import namespaces
from kg.graphql.schema.field_binding import ComputedField, ConnectionField, FieldBinding, TextsField
from kg.graphql.schema.type_model import LinkField, TypeCategory, TypeModel, ValueField
from kg.schema.model import local_name

ATTRIBUTION_FIELDS = frozenset({ComputedField.ATTRIBUTION, ComputedField.STATUS})
"""What says by itself how a proposition stands."""
STATEMENTS = "statements"
"""What says it only if there are any."""
PASSAGE = local_name(namespaces.PASSAGE.value)
QUOTATION_FIELDS = frozenset({"words", "ownWords", "position", "translationOf"})
"""What of a passage is, or leads to, somebody's words."""
QUOTED_BY = "quotedBy"
_QUOTING = frozenset({"quote", "translationOf"})
UNCONTESTED_FIELDS = frozenset({"__typename", "totalCount", "pageInfo"})
"""What tells how many there are, and nothing of any of them."""


class AttributionPolicy:
    """Knows what is contested in a model."""

    def __init__(self, model: TypeModel) -> None:
        self._model = model

    @staticmethod
    def is_content(role: FieldBinding | None) -> bool:
        """Whether a field is what a proposition says."""
        match role:
            case ValueField(is_contested=contested) | LinkField(is_contested=contested):
                return contested
            case TextsField(value=value):
                return value.is_contested
            case ConnectionField(link=LinkField(is_contested=contested)):
                return contested
        return False

    def reveals_role(self, link: LinkField) -> bool:
        """Whether coming by this link already says what a proposition says: who its perpetrator is, say."""
        return any(step.inverse and step.predicate in self._predicates for step in link.steps)

    def is_quotation_link(self, owner: str, link: LinkField) -> bool:
        """Whether the link leads from what somebody says, or from a passage, to the words."""
        known = self._model.types.get(owner)
        return link.name in _QUOTING and known is not None and (
            known.category is TypeCategory.STATEMENT or known.name == PASSAGE
        )  # fmt: skip

    @cached_property
    def _predicates(self) -> frozenset[str]:
        found = set()
        for each in self._model.types.values():
            for field in each.fields.values() if each.category is TypeCategory.PROPOSITION else ():
                if isinstance(field, LinkField) and field.is_contested:
                    found |= {step.predicate for step in field.steps}
                elif isinstance(field, ValueField) and field.is_contested:
                    found.add(field.predicate)
        return frozenset(found)
