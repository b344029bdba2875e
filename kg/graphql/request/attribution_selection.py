"""Whether a selection attributes content: the fields of a proposition, a statement, or a connection of statements.

Shared by ``AttributionRule``, which judges a document, ``Redactor``, which judges what was read for it, and
``ClaimFinder``. Which fields give attribution is for ``AttributionPolicy``.
"""

from collections.abc import Callable, Iterable, Sequence

from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.collect_fields import NUMBERS, TOTAL, FieldGroup, select_nodes, selects_data, selects_field
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.schema_builder import PAGE_SIZE_DEFAULT
from kg.graphql.schema.type_model import TypeModel

ORDER = "orderBy"
PAGE_SIZES = frozenset({"first", "last"})


class AttributionSelection:
    """Judges the merged selections of one schema."""

    def __init__(self, model: TypeModel, policy: AttributionPolicy) -> None:
        self._model, self._policy = model, policy

    def has_line(self, fields: Iterable[FieldGroup]) -> bool:
        """Whether the attribution or the headline of a proposition is selected."""
        return any(self._policy.is_attribution(field.binding) for field in fields)

    def is_attributed(self, fields: Iterable[FieldGroup]) -> bool:
        """Whether a proposition is selected with attribution, headline, or statements that attribute it."""
        return any(self._policy.is_attribution(field.binding) or self.attributes_proposition(field) for field in fields)

    def attributes_proposition(self, field: FieldGroup) -> bool:
        """Whether these are the statements of a proposition, each with its attribution.

        Or with its act, since who denies it does not say so, whose it is, and who disputes it.
        """
        return self._policy.is_statement_connection(field.binding) and self._has_full_page(field, self.attributes_act)

    def attributes_passage(self, field: FieldGroup) -> bool:
        """Whether these are the statements that quote a passage, each with whose it is."""
        return self._policy.is_quoted_by(field.binding) and self._has_full_page(field, self.names_speaker)

    def attributes_part(self, field: FieldGroup) -> bool:
        """Whether these are the propositions that a part belongs to, each with its attribution."""
        return self._policy.is_owner_link(field.binding) and self._has_full_page(field, self.has_line)

    def names_speaker(self, fields: Sequence[FieldGroup]) -> bool:
        """Whether a statement is selected with its attribution, or with its speaker and source.

        Without the source, what somebody is reported to have said would look like what they said.
        """
        policy = self._policy
        return any(policy.is_statement_attribution(field.binding) for field in fields) or (
            any(policy.is_speaker(field.binding) and self._is_identified(field) for field in fields)
            and any(policy.is_source(field.binding) and self._has_full_page(field, self._has_id) for field in fields)
        )

    def names_speakers_only(self, connection: FieldGroup) -> bool:
        """Whether all nodes of a page of a connection of statements are selected with whose they are, and no number."""
        nodes = list(select_nodes(connection))
        return not selects_data(connection) or (
            bool(nodes)
            and not selects_field(connection, TOTAL)
            and not (has_no_size(connection) and selects_field(connection, NUMBERS))
            and all(
                any(self.names_speaker(node.selection_set.field_groups(member)) for node in nodes)
                for member in self._members(connection)
            )
        )

    def _has_full_page(self, connection: FieldGroup, is_enough: Callable[[Sequence[FieldGroup]], bool]) -> bool:
        """Whether enough is selected of the nodes, of whichever type, and no argument may empty their page."""
        return _is_unfiltered(connection) and any(
            all(is_enough(node.selection_set.field_groups(member)) for member in self._members(connection))
            for node in select_nodes(connection)
        )

    def attributes_act(self, fields: Sequence[FieldGroup]) -> bool:
        """Whether a statement is selected with its attribution, or with act, whose it is, who dispute and retract it.

        Each of these on pages that are whole: who is on the next might dispute it.
        """
        policy = self._policy
        return any(policy.is_statement_attribution(field.binding) for field in fields) or (
            self.names_speaker(fields)
            and any(policy.is_act(field.binding) for field in fields)
            and any(policy.is_source(field.binding) and _has_room(field) for field in fields)
            and all(
                any(
                    leads(field.binding) and _has_room(field) and self._has_full_page(field, self.names_speaker)
                    for field in fields
                )
                for leads in (policy.is_disputed_by, policy.is_retracted_by)
            )
        )

    def _is_identified(self, speaker: FieldGroup) -> bool:
        """Whether more than the type of a speaker is selected, of whichever type it is."""
        return all(self._has_id(subfields) for _, subfields in speaker.subfields)

    def _has_id(self, fields: Iterable[FieldGroup]) -> bool:
        return any(self._policy.identifies_node(field.binding) for field in fields)

    def _members(self, connection: FieldGroup) -> tuple[str, ...]:
        assert isinstance(connection.binding, ConnectionField)
        return self._model.members(connection.binding.target)


def selects_more_than_nodes(connection: FieldGroup) -> bool:
    """Whether numbers are selected, or edges without their nodes, which redaction would leave in."""
    return selects_field(connection, NUMBERS) or any(
        field.name == "edges" and not any(edge_field.name == "node" for edge_field in edge_fields)
        for _, fields in connection.subfields
        for field in fields
        for _, edge_fields in field.subfields
    )


def has_no_size(connection: FieldGroup) -> bool:
    """Whether the page of a connection has no nodes, however many there are."""
    return any(connection.arguments.get(name, 1) == 0 for name in PAGE_SIZES)


def _has_room(connection: FieldGroup) -> bool:
    """Whether the page of a connection is no smaller than one of no given size."""
    sizes = (connection.arguments.get(name) for name in PAGE_SIZES)
    return all(size is None or size >= PAGE_SIZE_DEFAULT for size in sizes)


def _is_unfiltered(connection: FieldGroup) -> bool:
    """Whether the arguments of a connection, with the variables of the request, cannot empty its page."""
    given = (name for name, value in connection.arguments.items() if value is not None)
    return all(name == ORDER or name in PAGE_SIZES for name in given) and not has_no_size(connection)
