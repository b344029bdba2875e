"""Which fields need attribution, and which give it; read from the type model and the properties of the fields.

Shared by ``AttributionRule``, before execution, and ``Redactor``, after it.
"""

from collections.abc import Iterable

from kg import namespaces
from kg.graphql.schema.computed_fields import ComputedField
from kg.graphql.schema.field_binding import ConnectionField, FieldBinding, TextsField
from kg.graphql.schema.type_model import HOME_GRAPH, LinkField, PathStep, TypeCategory, TypeModel, ValueField

_PASSAGE_PROVENANCE = frozenset({namespaces.HAS_SOURCE.value, HOME_GRAPH.predicate})
_STATEMENT_WORDS = frozenset({namespaces.QUOTE.value, namespaces.RATIONALE.value})
_PROVENANCE = frozenset(
    {
        namespaces.SPEAKER,
        namespaces.REPORTED_IN,
        namespaces.SAID_TO,
        namespaces.SAID_WHEN.value,
        namespaces.SAID_EARLIEST.value,
        namespaces.SAID_LATEST.value,
        namespaces.SAID_SPAN.value,
        namespaces.RECORDED_BY,
        HOME_GRAPH.predicate,
    }
)
"""Whose a statement is, where and when it was said, and who recorded it; all else is what its speaker says, or how."""
_TRANSLATION = PathStep(namespaces.TRANSLATION_OF.value, inverse=False)
_DISPUTED_BY = PathStep(namespaces.DISPUTES, inverse=True)
_QUOTE, _QUOTED_BY = (PathStep(namespaces.QUOTE.value, inverse=inverse) for inverse in (False, True))


class AttributionPolicy:
    """Classifies the fields of a type model."""

    def __init__(self, model: TypeModel) -> None:
        self._model = model
        roles = _fields_of(model, TypeCategory.PROPOSITION)
        self._contested_predicates = frozenset(
            predicate for field in roles if field.is_contested for predicate in _predicates(field)
        )
        self.acts = _forward_predicates_of(
            field
            for field in _fields_of(model, TypeCategory.STATEMENT)
            if isinstance(field, LinkField) and all(map(self.is_proposition, model.members(field.target)))
        )
        """The predicates by which a statement does something with a proposition."""
        self._passage_predicates = (
            frozenset(
                predicate
                for name, type_ in model.types.items()
                if self.is_passage(name)
                for field in type_.fields.values()
                for predicate in _forward_predicates(field)
            )
            - _PASSAGE_PROVENANCE
        )
        self._acts_on_propositions = frozenset(PathStep(act, inverse=True) for act in self.acts)
        self._said_predicates = (
            frozenset(
                predicate
                for field in _fields_of(model, TypeCategory.STATEMENT)
                for predicate in _forward_predicates(field)
            )
            - _PROVENANCE
        )
        self._owner_links = frozenset(
            field
            for field in _fields_of(model, TypeCategory.PART)
            if isinstance(field, LinkField) and self.reveals_role(field)
        )
        self.owner_predicates = tuple(
            sorted({step.predicate for link in self._owner_links for step in link.steps if step.inverse})
        )
        """The predicates from a proposition to its parts, such as counts."""
        self.part_predicates = _forward_predicates_of(
            field
            for field in roles
            if isinstance(field, LinkField) and any(map(self.is_proposition, model.members(field.target)))
        )
        """The predicates from a proposition to one that is part of it, such as the content of a position."""

    def is_proposition(self, type_name: str) -> bool:
        return self._has_category(type_name, TypeCategory.PROPOSITION)

    def is_statement(self, type_name: str) -> bool:
        return self._has_category(type_name, TypeCategory.STATEMENT)

    def is_passage(self, type_name: str) -> bool:
        return self._model.types[type_name].iri == namespaces.PASSAGE.value

    @staticmethod
    def is_contested(binding: FieldBinding | None) -> bool:
        """Whether the field holds content of a proposition, or how it stands."""
        match binding:
            case ComputedField(needs_attribution=contested):
                return contested
            case ValueField(is_contested=contested) | LinkField(is_contested=contested):
                return contested
            case TextsField(value=ValueField(is_contested=contested)):
                return contested
            case ConnectionField(link=LinkField(is_contested=contested)):
                return contested
        return False

    @staticmethod
    def is_attribution(binding: FieldBinding | None) -> bool:
        """Whether the field is attribution by itself: the attribution or the headline of a proposition."""
        return isinstance(binding, ComputedField) and binding.attributes_proposition

    def is_statement_connection(self, binding: FieldBinding | None) -> bool:
        """Whether the field leads from a proposition to its statements of every act."""
        if not isinstance(binding, ConnectionField) or binding.link is None:
            return False
        return bool(self._acts_on_propositions) and self._acts_on_propositions <= {*binding.link.steps}

    def is_passage_content(self, binding: FieldBinding | None) -> bool:
        """Whether a field of a passage holds, or leads to, quoted words or what they cite: all but its source."""
        return not self._passage_predicates.isdisjoint(_forward_predicates(binding))

    @staticmethod
    def is_statement_words(binding: FieldBinding | None) -> bool:
        """Whether a field of a statement holds, or leads to, its words."""
        return not _STATEMENT_WORDS.isdisjoint(_forward_predicates(binding))

    @staticmethod
    def is_quoted_by(binding: FieldBinding | None) -> bool:
        """Whether a field leads from a passage to the statements that quote it."""
        return isinstance(binding, ConnectionField) and binding.link is not None and _QUOTED_BY in binding.link.steps

    def is_said(self, binding: FieldBinding | None) -> bool:
        """Whether a field of a statement is, or leads to, what its speaker says or does, or how it is worded.

        The wording tells the act: of some hedges all statements are denials.
        """
        return self.is_act(binding) or not self._said_predicates.isdisjoint(_forward_predicates(binding))

    def is_verdict_link(self, link: LinkField) -> bool:
        """Whether a link leads to the statements that do one thing: that there are any reveals how a node stands."""
        steps = {*link.steps}
        return (
            all(step.inverse and step.predicate in self._said_predicates for step in steps)
            and not self._acts_on_propositions <= steps
            and _QUOTED_BY not in steps
        )

    def is_owner_link(self, binding: FieldBinding | None) -> bool:
        """Whether a field leads from a part to the propositions that it belongs to."""
        return isinstance(binding, ConnectionField) and binding.link in self._owner_links

    def leads_to_part_of_another(self, owner: str, link: LinkField) -> bool:
        """Whether a link leads from a part to a part that may belong to another proposition."""
        if not self._has_category(owner, TypeCategory.PART) or link.target not in self._model.types:
            return False
        return any(field in self._owner_links for field in self._model.types[link.target].fields.values())

    @staticmethod
    def is_act(binding: FieldBinding | None) -> bool:
        """Whether the field is the act of a statement."""
        return isinstance(binding, ComputedField) and binding.is_act

    @staticmethod
    def is_disputed_by(binding: FieldBinding | None) -> bool:
        """Whether a field leads from a statement to those that dispute it."""
        link = binding.link if isinstance(binding, ConnectionField) else None
        return link is not None and _DISPUTED_BY in link.steps

    @staticmethod
    def is_statement_attribution(binding: FieldBinding | None) -> bool:
        return isinstance(binding, ComputedField) and binding.attributes_statement

    @staticmethod
    def is_speaker(binding: FieldBinding | None) -> bool:
        return namespaces.SPEAKER in _forward_predicates(binding)

    @staticmethod
    def is_source(binding: FieldBinding | None) -> bool:
        """Whether a field leads from a statement to the sources that report it."""
        return isinstance(binding, ConnectionField) and namespaces.REPORTED_IN in _forward_predicates(binding)

    @staticmethod
    def identifies_node(binding: FieldBinding | None) -> bool:
        """Whether the field identifies its node: its id, slug or preferred label."""
        if isinstance(binding, ComputedField):
            return binding.identifies_node
        return isinstance(binding, ValueField) and binding.predicate == namespaces.PREF_LABEL

    def reveals_role(self, link: LinkField) -> bool:
        """Whether following this link reveals content of a proposition: it is the inverse of a contested role."""
        return any(step.inverse and step.predicate in self._contested_predicates for step in link.steps)

    def cites(self, link: LinkField) -> bool:
        """Whether a link leads to passages by what they hold, as from a source to those that cite it."""
        return any(step.inverse and step.predicate in self._passage_predicates for step in link.steps)

    def leads_to_part(self, binding: FieldBinding | None) -> bool:
        """Whether a field leads from a proposition to one that is part of it, and may have no statements."""
        return not set(self.part_predicates).isdisjoint(_forward_predicates(binding))

    def is_retracted_by(self, binding: FieldBinding | None) -> bool:
        """Whether a field leads from a statement to those that take it back."""
        return isinstance(binding, ConnectionField) and binding.link is not None and self.is_retraction(binding.link)

    @staticmethod
    def is_retraction(link: LinkField) -> bool:
        """Whether a link leads from a statement to those that take it back."""
        return any(step.inverse and step.predicate == namespaces.RETRACTS for step in link.steps)

    def is_quotation_link(self, owner: str, link: LinkField) -> bool:
        """Whether the link leads from a statement or a passage to the words."""
        return (self.is_statement(owner) and _QUOTE in link.steps) or (
            self.is_passage(owner) and _TRANSLATION in link.steps
        )

    def _has_category(self, type_name: str, category: TypeCategory) -> bool:
        """Whether a type is of this category; a union is of none."""
        return type_name in self._model.types and self._model.types[type_name].category is category


def _fields_of(model: TypeModel, category: TypeCategory) -> tuple[ValueField | LinkField, ...]:
    """The fields of all types of a category."""
    return tuple(
        field for type_ in model.types.values() if type_.category is category for field in type_.fields.values()
    )


def _forward_predicates_of(links: Iterable[LinkField]) -> tuple[str, ...]:
    """The predicates that these links follow forwards, sorted."""
    return tuple(sorted({predicate for link in links for predicate in _forward_predicates(link)}))


def _predicates(field: ValueField | LinkField) -> tuple[str, ...]:
    return (field.predicate,) if isinstance(field, ValueField) else tuple(step.predicate for step in field.steps)


def _forward_predicates(binding: FieldBinding | None) -> tuple[str, ...]:
    match binding:
        case ValueField(predicate=predicate) | TextsField(value=ValueField(predicate=predicate)):
            return (predicate,)
        case LinkField(steps=steps) | ConnectionField(link=LinkField(steps=steps)):
            return tuple(step.predicate for step in steps if not step.inverse)
    return ()
