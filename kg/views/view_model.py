"""What pages show: fields with values, statements, propositions. Values only; built by ``resource_view``.

Contested content is only in a ``PropositionView``, which carries the statements on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.status.act import Evidence
from kg.status.sentence import Sentence
from kg.views.quotation import Quotation


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value; ``iri`` where it is a resource, ``fields`` where it is shown with what it consists of."""

    text: str
    iri: str = ""
    language: str = ""
    datatype: str = ""
    fields: tuple["FieldView", ...] = ()


def link_by_name(iri: str, names: Mapping[str, str]) -> ValueView:
    """A resource by its name among these, else by its short name."""
    return ValueView(names.get(iri) or iri.rsplit("/", 1)[-1], iri)


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with its values; ``is_inferred`` where the record says that the text does not state it."""

    label: str
    property: str
    values: tuple[ValueView, ...]
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A statement that rejects another, and in which aspects."""

    statement: ValueView
    speaker: ValueView
    aspects: tuple[ValueView, ...]
    is_retracted: bool
    hedge: ValueView
    sources: tuple[ValueView, ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement: speaker, acts with their objects, hedge, sources, quotes, and the disputes of it."""

    iri: str
    name: str
    speaker: ValueView
    acts: tuple[FieldView, ...]
    hedge: ValueView
    explicitness: ValueView | None
    said_when: tuple[str, ...]
    sources: tuple[ValueView, ...]
    reporters: tuple[ValueView, ...]
    quotes: tuple[Quotation, ...]
    rationale: str
    restates: tuple[ValueView, ...]
    retracted_by: tuple[ValueView, ...]
    disputes: tuple[DisputeView, ...]
    deeds: Mapping[str, str] = field(default_factory=dict)
    """What the speaker did, by the property of each act, as it is worded: said, told as a claim, denied."""


@dataclass(frozen=True, slots=True)
class StandingView:
    """How a proposition stands: its status, a badge of a few words, and a sentence."""

    status: str
    badge: str
    sentence: Sentence
    """The headline, in phrases with the statements that they word."""
    acts: tuple[Evidence, ...]
    """Those on the proposition itself that are no disputes."""

    @property
    def headline(self) -> str:
        """The sentence as plain text."""
        return "".join(phrase.text for phrase in self.sentence)


@dataclass(frozen=True, slots=True)
class PropositionView:
    """A proposition: its fields, its status by the statements on it, and the statements."""

    iri: str
    name: str
    class_link: ValueView
    fields: tuple[FieldView, ...]
    standing: StandingView | None
    """None where there is too much evidence to decide it on a page."""
    statements: tuple[StatementView, ...]
    content_of: tuple[tuple[ValueView, tuple[StatementView, ...]], ...]
    """The propositions whose content it is, each with its statements; they do not assert that it holds."""
    statement_count: int = 0
    """How many statements there are on it, where only some are among ``statements``; else 0."""
