"""What a statement says, in one line for each of its acts: speaker, deed, content, hedge and sources together."""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.views.quotation import Quotation
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import StandingView, ValueView


@dataclass(frozen=True, slots=True)
class Saying:
    """One act of a statement, on one proposition, statement or thing."""

    speaker: ValueView
    done: str
    """What the speaker did, by the act and the hedge: said, told as a claim, denied, declared."""
    content: ValueView
    hedge: ValueView
    sources: tuple[ValueView, ...]
    statement: str
    is_retracted: bool
    said_when: tuple[str, ...]
    act: str
    """The IRI of the act."""
    standing: StandingView | None
    """How the content stands, if it is a proposition."""
    quotes: tuple[Quotation, ...]


def build_sayings(builder: ViewBuilder, statement: str) -> Iterator[Saying]:
    """The acts of a statement, in the order of its view; those on propositions are worded by their evidence."""
    view = builder.build_statement(statement)
    for act in view.acts:
        for content in act.values:
            standing = builder.build_standing(content.iri) if content.iri in builder.propositions else None
            yield Saying(
                speaker=view.speaker,
                done=view.deeds[act.property],
                content=content,
                hedge=view.hedge,
                sources=view.sources,
                statement=statement,
                is_retracted=bool(view.retracted_by),
                said_when=view.said_when,
                act=act.property,
                standing=standing,
                quotes=view.quotes,
            )
