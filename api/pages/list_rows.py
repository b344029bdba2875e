"""Rows of lists: a statement with its speaker, act, hedge and source beside what it says, or a thing with who names it.

Owns what is read of the graph for many statements at once, and that nothing contested is in a row without the statement
that says it. How rows are laid out is for pages and files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from api.http.links import local_path
from api.pages.list_geometry import Geometries, Located
from api.pages.sources import PageSources
from kg import namespaces
from kg.namespaces import ABOUT, CK, DENIES, DISPUTES, FROM, QUOTE, REPORTED_IN, RETRACTS, TO, value_of
from kg.schema.class_index import ClassIndex
from kg.schema.model import local_name
from kg.store.interface import Pattern, Store
from kg.views.description import BoundedDescription
from kg.views.resource_view import ViewBuilder, view_builder
from kg.views.view_model import StatementView, ValueView

BATCH = 250
_ROUNDS = 4
"""From a statement to its source and content, to what that is about, to its parts: how far rows are read."""
_OBJECTIONS = (RETRACTS, DISPUTES)
_LOCATIONS = ("location", "locationCandidate", "near", "place")
_AUTHORITY = f"{CK}authority"


@dataclass(frozen=True, slots=True)
class Objection:
    """A statement by which somebody takes back, denies or disputes another."""

    how: str
    statement: str
    path: str
    speaker: str
    hedge: str
    sources: tuple[str, ...]

    def __str__(self) -> str:
        source = f", in {'; '.join(self.sources)}" if self.sources else ""
        return f"{self.how} by {self.speaker} (hedge: {self.hedge}){source}: {self.statement}"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement with what it says; every field but the first ones is contested, and is of this statement."""

    iri: str
    path: str
    speaker: ValueView
    speaker_path: str
    done: str
    """What the speaker did, by the act and the hedge: said, told as a claim, denied."""
    hedge: str
    sources: tuple[ValueView, ...]
    source_path: str
    claim: str
    """What it is about, in one line."""
    claim_kind: str
    fields: Mapping[str, str]
    """Values of the proposition by the local names of properties, as text."""
    quotes: tuple[str, ...]
    said_when: str
    objections: tuple[Objection, ...]
    located: Located


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A thing as its home graph identifies it: nothing of this is contested."""

    iri: str
    path: str
    name: str
    """The handle that its home graph gives it."""
    shown: ValueView
    """How pages name it."""
    type: str
    named_by: str
    """The title of the home graph."""
    home: str
    located: Located


class RowReader:
    """Reads rows of a store, in batches."""

    def __init__(self, store: Store, sources: PageSources) -> None:
        self._store, self._sources = store, sources
        self._geometries = Geometries(store)

    def read_statements(self, iris: Sequence[str]) -> dict[str, StatementRow]:
        """The rows of those that the graph has."""
        rows: dict[str, StatementRow] = {}
        for start in range(0, len(iris), BATCH):
            description = _describe(self._store, self._sources.class_index, iris[start : start + BATCH])
            builder = view_builder(
                self._store, self._sources.class_index, self._sources.archive, description, decided=()
            )
            for iri in iris[start : start + BATCH]:
                if description.iris(iri, namespaces.SPEAKER):
                    rows[iri] = self._build_row(builder, iri)
        return rows

    def read_things(self, iris: Sequence[str]) -> dict[str, ThingRow]:
        """The rows of those that the graph has."""
        rows: dict[str, ThingRow] = {}
        for start in range(0, len(iris), BATCH):
            rows |= self._read_things(iris[start : start + BATCH])
        return rows

    def _read_things(self, iris: Sequence[str]) -> Iterable[tuple[str, ThingRow]]:
        index, base = self._sources.class_index, self._sources.settings.base_iri
        own = chain.from_iterable(self._store.match_each([(ox.NamedNode(iri), None, None) for iri in iris]))
        description = BoundedDescription.of("", own)
        homes = {home for iri in iris if (home := description.home_graph(iri))}
        about_homes = self._store.match_each([(ox.NamedNode(home), None, None) for home in sorted(homes)])
        description = BoundedDescription.of("", [*description.quads, *chain.from_iterable(about_homes)])
        builder = view_builder(self._store, index, self._sources.archive, description, decided=())
        for iri in iris:
            if not description.types(iri):
                continue
            label, home = builder.labels.get(iri), description.home_graph(iri)
            yield (
                iri,
                ThingRow(
                    iri,
                    local_path(iri, base),
                    label.value if label else local_name(iri),
                    builder.build_link(iri),
                    builder.build_class_link(iri).text,
                    builder.build_link(home).text if home else "",
                    home,
                    self._geometries.locate_thing(iri),
                ),
            )

    def _build_row(self, builder: ViewBuilder, iri: str) -> StatementRow:
        base = self._sources.settings.base_iri
        view = builder.build_statement(iri)
        act = view.acts[0]
        contents = [value.iri for value in act.values]
        proposition = next((content for content in contents if content in builder.propositions), "")
        is_said = act.property == namespaces.ASSERTS
        return StatementRow(
            iri=iri,
            path=local_path(iri, base),
            speaker=view.speaker,
            speaker_path=local_path(view.speaker.iri, base),
            done=view.deeds[act.property],
            hedge=view.hedge.text,
            sources=view.sources,
            source_path=local_path(view.sources[0].iri, base) if view.sources else "",
            claim="; ".join(value.text for value in act.values),
            claim_kind=builder.build_class_link(contents[0]).text,
            fields=_read_fields(builder, proposition),
            quotes=tuple(quote.exact for quote in view.quotes if quote.exact) or _rationale(view),
            said_when=view.said_when[0] if view.said_when else "",
            objections=tuple(self._find_objections(builder, view, contents if is_said else ())),
            located=self._geometries.locate_statement(builder.description, proposition, is_said=is_said),
        )

    def _find_objections(
        self, builder: ViewBuilder, view: StatementView, contents: Iterable[str]
    ) -> Iterator[Objection]:
        about = builder.description
        found = [("taken back", iri) for iri in about.referrers(RETRACTS, view.iri)]
        found += [("denied", iri) for content in contents for iri in about.referrers(DENIES, content)]
        for dispute in view.disputes:
            aspects = ", ".join(aspect.text for aspect in dispute.aspects)
            found.append((f"disputed as to {aspects}" if aspects else "disputed", dispute.statement.iri))
        for how, iri in found:
            if iri == view.iri or (how != "taken back" and about.referrers(RETRACTS, iri)):
                continue
            other = builder.build_statement(iri)
            yield Objection(
                how,
                iri,
                local_path(iri, self._sources.settings.base_iri),
                other.speaker.text,
                other.hedge.text,
                tuple(source.text for source in other.sources),
            )


def _rationale(view: StatementView) -> tuple[str, ...]:
    return (view.rationale,) if view.rationale else ()


def _read_fields(builder: ViewBuilder, proposition: str) -> dict[str, str]:
    if not proposition:
        return {}
    return {
        field.property.removeprefix(CK): "; ".join(value.text for value in field.values)
        for field in builder.build_fields(proposition)
    }


def _describe(store: Store, index: ClassIndex, statements: Sequence[str]) -> BoundedDescription:
    """The statements with what they are about, and the statements that object to them or their content."""
    quads: list[ox.Quad] = []
    pending, known = list(statements), set(statements)
    followed = {*index.acts, *index.part_predicates, REPORTED_IN, QUOTE.value, ABOUT, FROM, TO, f"{CK}utterance"}
    for number in range(_ROUNDS):
        nodes = [ox.NamedNode(iri) for iri in pending]
        patterns: list[Pattern] = [(node, None, None) for node in nodes]
        if number == 0:
            patterns += [(None, ox.NamedNode(link), node) for link in _OBJECTIONS for node in nodes]
        elif number == 1:
            patterns += [(None, ox.NamedNode(DENIES), node) for node in nodes]
        found = list(chain.from_iterable(store.match_each(patterns)))
        quads += found
        followed_to = (
            value_of(quad.object)
            for quad in found
            if quad.predicate.value in followed and isinstance(quad.object, ox.NamedNode)
        )
        # Those that object are read, but not what else they are about.
        objecting = (value_of(quad.subject) for quad in found if quad.predicate.value in (*_OBJECTIONS, DENIES))
        pending = sorted({*followed_to, *objecting} - known)
        known.update(pending)
    quads += _read_retractions(store, quads)
    return BoundedDescription.of("", quads)


def _read_retractions(store: Store, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Which of the statements that object were taken back."""
    objecting = {quad.subject for quad in quads if quad.predicate.value in (DISPUTES, DENIES)}
    retracts = ox.NamedNode(RETRACTS)
    return chain.from_iterable(store.match_each([(None, retracts, iri) for iri in sorted(objecting, key=str)]))
