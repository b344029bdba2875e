"""A description told to readers: propositions with their statements, statements with speaker, hedge, source and words.

Owns names, order and grouping. Everything contested is held by a ``Said``, which has its statements; what a thing has
by itself is plain fields. Decides nothing: how a proposition stands is for ``kg.status.verdict``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.schema.model import Field, Schema, local_name
from kg.source_archive import SourceArchive
from kg.status.verdict import Act, Bearing, Evidence, decide
from kg.store.interface import Queryable
from kg.store.query_template import support, text_of
from kg.views.description import BoundedDescription
from kg.views.quotation import Quotation, read_quotation

_ACTS = {"asserts": Act.ASSERTS, "denies": Act.DENIES, "leavesOpen": Act.LEAVES_OPEN, "supposes": Act.SUPPOSES}
_DEPTH_MAX = 3
"""How many statements and propositions may stand within one another in one line."""
_POSSIBILITY = f"{namespaces.VOCAB}hedge/possibility"
_TOLD_APART = {"speaker", "hedge", "explicitness", "reportedIn", "quote", "rationale", "saidWhen", "saidEarliest"}
_TOLD_APART |= {"saidLatest", "recordedBy"}


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value as it is shown; ``iri`` where it is a resource, ``said`` a proposition or count to look into."""

    text: str
    iri: str = ""
    language: str = ""
    datatype: str = ""
    fields: tuple["FieldView", ...] = ()


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


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement: whose act, which act, on what, how worded, where reported, in which words, and who disputes it."""

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


@dataclass(frozen=True, slots=True)
class PropositionView:
    """A proposition: what it says, how it stands among those who speak of it, and the statements themselves."""

    iri: str
    name: str
    kind: ValueView
    roles: tuple[FieldView, ...]
    standing: str
    statements: tuple[StatementView, ...]
    within: tuple[tuple[ValueView, tuple[StatementView, ...]], ...]
    """The propositions whose content it is, with who states them; to intend something is not to say that it is so."""


@dataclass(frozen=True)
class ViewBuilder:
    """Tells one description; made by ``teller``."""

    description: BoundedDescription
    class_index: ClassIndex
    archive: SourceArchive
    names: Mapping[str, ox.Literal] = field(repr=False)
    concepts: Mapping[str, str] = field(repr=False)
    _summing: set[str] = field(default_factory=set, repr=False)
    """What is being summed up: a statement may be about itself, by way of others."""

    @property
    def schema(self) -> Schema:
        return self.class_index.schema

    def build_class_link(self, iri: str) -> ValueView:
        """The class of a resource."""
        found = self.class_index.class_of(self.description.iris(iri, namespaces.TYPE.value))
        return ValueView(found.label or found.name, found.iri) if found else ValueView("resource")

    def build_link(self, iri: str) -> ValueView:
        """A resource by its name, its content or its short name."""
        if iri in self.names:
            name = self.names[iri]
            return ValueView(name.value, iri, name.language or "")
        if iri in self.concepts:
            return ValueView(self.concepts[iri], iri)
        return ValueView(self._summary(iri) or _shortened(iri, self.description), iri)

    def build_fields(self, iri: str, *, without: Iterable[str] = ()) -> tuple[FieldView, ...]:
        """What the resource has by itself, in the order of its shapes."""
        found = self.class_index.class_of(self.description.iris(iri, namespaces.TYPE.value))
        if found is None:
            return tuple(self._unshaped(iri))
        inferred = {*self.description.iris(iri, f"{namespaces.CK}inferred")}
        told: dict[str, FieldView] = {}
        for each in found.fields.values():
            if not each.predicate or each.inverse or each.name in without or each.predicate in told:
                continue
            if values := self._values(iri, each):
                told[each.predicate] = FieldView(each.label, each.predicate, values, each.predicate in inferred)
        return tuple(told.values())

    def build_proposition(self, iri: str) -> PropositionView:
        """A proposition with every statement on it."""
        statements = [s for act in sorted(self.class_index.acts) for s in self.description.pointing(act, iri)]
        within = [
            each
            for each in self._pointing_propositions(iri)
            if any(predicate in self.class_index.part_predicates for predicate in self.description.objects[each])
        ]
        return PropositionView(
            iri,
            self._summary(iri),
            self.build_class_link(iri),
            self.build_fields(iri, without=("earliest", "latest")),
            decide(self._evidence(iri, statements)).status.value,
            tuple(self.build_statement(each) for each in sorted(set(statements), key=self.text_position)),
            tuple((self.build_link(each), self._stating(each)) for each in within),
        )

    def _stating(self, proposition: str) -> tuple[StatementView, ...]:
        """The statements on a proposition, or on what it is itself content of."""
        found: list[str] = []
        pending = [proposition]
        for each in pending:
            found += [s for act in sorted(self.class_index.acts) for s in self.description.pointing(act, each)]
            pending += [above for above in self._pointing_propositions(each) if above not in pending]
        return tuple(self.build_statement(each) for each in sorted(set(found), key=self.text_position))

    def build_statement(self, iri: str) -> StatementView:
        """A statement with all that makes it one."""
        about = self.description
        sources = about.iris(iri, f"{namespaces.CK}reportedIn")
        said = [about.text(iri, f"{namespaces.CK}{name}") for name in ("saidWhen", "saidWhenAsGiven")]
        explicitness = about.iris(iri, f"{namespaces.CK}explicitness")
        return StatementView(
            iri=iri,
            name=local_name(iri),
            speaker=self._one(iri, "speaker"),
            acts=tuple(self._acts(iri)),
            hedge=self._one(iri, "hedge"),
            explicitness=self.build_link(explicitness[0]) if explicitness else None,
            said_when=tuple(each for each in said if each),
            sources=tuple(map(self.build_link, sources)),
            reporters=tuple(
                self.build_link(r) for s in sources for r in about.iris(s, f"{namespaces.DCTERMS}publisher")
            ),
            quotes=tuple(read_quotation(about, self.archive, p) for p in about.iris(iri, namespaces.QUOTE.value)),
            rationale=about.text(iri, f"{namespaces.CK}rationale"),
            restates=tuple(map(self.build_link, about.iris(iri, f"{namespaces.CK}restates"))),
            retracted_by=tuple(map(self.build_link, about.pointing(f"{namespaces.CK}retracts", iri))),
            disputes=tuple(self._disputes(iri)),
        )

    def build_statement_links(self, iri: str) -> tuple[FieldView, ...]:
        """How a statement stands to others, both ways, in the words of its shapes."""
        found = self.class_index.class_of(self.description.iris(iri, namespaces.TYPE.value))
        shown = []
        for each in found.fields.values() if found else ():
            if not each.predicate or each.name in _TOLD_APART or each.predicate in self.class_index.acts - {_relays()}:
                continue
            look = self.description.pointing if each.inverse else lambda p, s: self.description.iris(s, p)
            if values := tuple(self.build_link(other) for other in look(each.predicate, iri)):
                shown.append(FieldView(each.label, each.predicate, values))
        return tuple(shown)

    def read_quotation(self, passage: str) -> Quotation:
        """The words of a passage."""
        return read_quotation(self.description, self.archive, passage)

    def text_position(self, statement: str) -> tuple[str, int, str]:
        """Where a statement stands: by source, then in the order of its text."""
        about = self.description
        starts = [read_quotation(about, self.archive, p).start for p in about.iris(statement, namespaces.QUOTE.value)]
        source = about.iris(statement, f"{namespaces.CK}reportedIn")
        return (source[0] if source else "", min(starts, default=1 << 40), statement)

    def instances(self, family: frozenset[str]) -> list[str]:
        """The described resources whose class belongs to a family, sorted."""
        typed = {each for c in family for each in self.description.pointing(namespaces.TYPE.value, c)}
        return sorted(typed)

    def _pointing_propositions(self, iri: str) -> list[str]:
        found = self.description.subjects.get(iri, {})
        pointing = {s.value for s in (each for all_ in found.values() for each in all_) if isinstance(s, ox.NamedNode)}
        return sorted(pointing & set(self.instances(self.class_index.propositions)))

    def _one(self, iri: str, name: str) -> ValueView:
        found = self.description.iris(iri, f"{namespaces.CK}{name}")
        return self.build_link(found[0]) if found else ValueView("not recorded")

    def _acts(self, iri: str) -> Iterator[FieldView]:
        for act in sorted(self.class_index.acts):
            if targets := self.description.iris(iri, act):
                label = self.schema.properties[act].label
                yield FieldView(label, act, tuple(self.build_link(each) for each in targets))

    def _disputes(self, iri: str) -> Iterator[DisputeView]:
        for each in self.description.pointing(f"{namespaces.CK}disputes", iri):
            aspects = self.description.iris(each, f"{namespaces.CK}disputedAspect")
            taken_back = bool(self.description.pointing(f"{namespaces.CK}retracts", each))
            yield DisputeView(
                self.build_link(each), self._one(each, "speaker"), tuple(map(self.build_link, aspects)), taken_back
            )

    def _evidence(self, proposition: str, statements: Iterable[str]) -> Iterator[Evidence]:
        for act, iri in self._performed(proposition, statements):
            disputes = [each for each in self._disputes(iri) if not each.is_retracted]
            yield Evidence(
                statement=iri,
                act=act,
                bearing=Bearing.EXACT,
                speaker=next(iter(self.description.iris(iri, f"{namespaces.CK}speaker")), ""),
                is_possibility=self._is_possibility(iri),
                is_retracted=bool(self.description.pointing(f"{namespaces.CK}retracts", iri)),
                is_restatement=bool(self.description.iris(iri, f"{namespaces.CK}restates")),
                disputants=frozenset(each.speaker.iri for each in disputes),
            )

    def _performed(self, proposition: str, statements: Iterable[str]) -> Iterator[tuple[Act, str]]:
        for iri in statements:
            for name, act in _ACTS.items():
                if proposition in self.description.iris(iri, f"{namespaces.CK}{name}"):
                    yield act, iri
        for position in self.description.pointing(f"{namespaces.CK}content", proposition):
            yield from ((Act.INTENDS, each) for each in self.description.pointing(f"{namespaces.CK}asserts", position))

    def _is_possibility(self, statement: str) -> bool:
        broader = {c.iri: c.broader for scheme in self.schema.schemes.values() for c in scheme.concepts}
        hedge = next(iter(self.description.iris(statement, f"{namespaces.CK}hedge")), None)
        while hedge and hedge != _POSSIBILITY:
            hedge = broader.get(hedge)
        return hedge == _POSSIBILITY

    def _values(self, iri: str, of: Field) -> tuple[ValueView, ...]:
        assert of.predicate
        return tuple(self._value(each) for each in self.description.values(iri, of.predicate))

    def _value(self, term: object) -> ValueView:
        match term:
            case ox.NamedNode():
                shown = self.build_link(term.value)
                is_count = f"{namespaces.CK}CountEstimate" in self.description.iris(term.value, namespaces.TYPE.value)
                inner = self.build_fields(term.value) if is_count else ()
                return ValueView(shown.text, shown.iri, shown.language, fields=inner)
            case ox.Literal():
                return ValueView(term.value, language=term.language or "", datatype=term.datatype.value)
            case _:
                return ValueView(str(term))

    def _unshaped(self, iri: str) -> Iterator[FieldView]:
        for predicate, values in self.description.objects.get(iri, {}).items():
            yield FieldView(local_name(predicate), predicate, tuple(map(self._value, values)))

    def _summary(self, iri: str) -> str:
        """A proposition or statement in a line; empty for anything else, within itself, and too deep down."""
        if iri in self._summing or len(self._summing) >= _DEPTH_MAX:
            return ""
        self._summing.add(iri)
        try:
            return self._summed(iri)
        finally:
            self._summing.discard(iri)

    def _summed(self, iri: str) -> str:
        types = set(self.description.iris(iri, namespaces.TYPE.value))
        if types & self.class_index.statements:
            return f"{self._one(iri, 'speaker').text} {self._summary_of_acts(iri)}"
        if f"{namespaces.CK}CountEstimate" in types:
            counted = ", ".join(
                self.build_link(each).text for each in self.description.iris(iri, f"{namespaces.CK}countOf")
            )
            return f"{self.description.text(iri, f'{namespaces.CK}asGiven')} ({counted})"
        if not types & self.class_index.propositions:
            return ""
        if gist := self.description.text(iri, f"{namespaces.CK}gist"):
            return f"{self.build_class_link(iri).text}: {gist}"
        roles = [
            ", ".join(value.text for value in each.values)
            for each in self.build_fields(
                iri, without=("earliest", "latest", "whenAsGiven", "timeMode", "count", "when")
            )
        ]
        return f"{self.build_class_link(iri).text}: {' · '.join(roles[:4])}"

    def _summary_of_acts(self, iri: str) -> str:
        return "; ".join(f"{act.label}: {', '.join(v.text for v in act.values)}" for act in self._acts(iri))


def view_builder(
    store: Queryable, schema: Schema, archive: SourceArchive, description: BoundedDescription
) -> ViewBuilder:
    """The teller of a description, with the names of all it mentions."""
    mentioned = {iri for quad in description.quads for iri in (quad.subject, quad.object) if _is_data(iri, schema)}
    names: dict[str, ox.Literal] = {}
    for row in support("names").select_each(store, mentioned).rows:
        name, iri = row["name"], text_of(row["thing"])
        if isinstance(name, ox.Literal) and (iri not in names or (name.language == "en" != names[iri].language)):
            names[iri] = name
    concepts = {c.iri: c.label for scheme in schema.schemes.values() for c in scheme.concepts}
    return ViewBuilder(description, ClassIndex(schema), archive, names, concepts)


def _shortened(iri: str, about: BoundedDescription) -> str:
    """The short name of a resource of ours, or an IRI from elsewhere as it is."""
    is_ours = "/id/" in iri or "/graph/" in iri or iri in about.objects
    return local_name(iri) if is_ours else iri


def _relays() -> str:
    return f"{namespaces.CK}relays"


def _is_data(term: object, schema: Schema) -> bool:
    return isinstance(term, ox.NamedNode) and term.value not in schema.classes
