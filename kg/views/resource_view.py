"""Builds the views of a description: propositions with their statements, statements with speaker, hedge and quotes.

Owns names, order and grouping. Contested content is only in a ``PropositionView``, which has its statements; the fields
of a thing are not contested. The status of a proposition is decided by ``kg.status``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, Schema, local_name
from kg.schema.summary_template import fill_template
from kg.source_archive import SourceArchive
from kg.status.act import Act
from kg.status.standing import Standing
from kg.status.wording import deed_of, format_date, is_worded, shorten_names, split_words, word_deed
from kg.store.interface import Queryable
from kg.store.labels import fetch_labels
from kg.text_direction import isolate
from kg.views.description import BoundedDescription
from kg.views.incident_name import IncidentName
from kg.views.incident_names import name_incidents
from kg.views.quotation import Quotation, read_quotation
from kg.views.standings import StandingReader, read_standings
from kg.views.view_model import DisputeView, FieldView, PropositionView, StandingView, StatementView, ValueView

_MAX_DEPTH = 3
"""How deep the summary of a statement or proposition may nest summaries of others, where no other bound is given."""
_MAX_SUMMARY_FIELDS = 4
_DERIVED_FIELDS = ("earliest", "latest", "span")
_NOT_IN_SUMMARY = (*_DERIVED_FIELDS, "whenAsGiven", "timeMode", "count", "when")
_OWN_FIELDS = frozenset({
    "speaker", "hedge", "explicitness", "reportedIn", "quote", "rationale", "saidWhen", "saidEarliest", "saidLatest",
    "saidSpan", "recordedBy",
})  # fmt: skip
"""Fields of a statement that a ``StatementView`` has, or that are no relation to another statement."""
_NO_OFFSET = 1 << 40
_INCIDENT = "/id/incident/"


@dataclass(frozen=True)
class ViewBuilder:
    """Builds the views of one description; made by ``view_builder``."""

    description: BoundedDescription
    class_index: ClassIndex
    archive: SourceArchive
    standings: StandingReader = field(repr=False)
    labels: Mapping[str, ox.Literal] = field(repr=False)
    concepts: Mapping[str, str] = field(repr=False)
    store: Queryable = field(repr=False)
    """For the descriptions of things that the focus names, which pages show in part."""
    max_depth: int = _MAX_DEPTH
    _being_summarized: set[str] = field(default_factory=set, repr=False)
    """Guards against cycles: a statement may be about itself by way of others."""
    _classes: dict[tuple[str, ...], Class | None] = field(default_factory=dict, repr=False)
    _quotations: dict[str, Quotation] = field(default_factory=dict, repr=False)
    _propositions: dict[str, PropositionView] = field(default_factory=dict, repr=False)
    _statements: dict[str, StatementView] = field(default_factory=dict, repr=False)

    @property
    def schema(self) -> Schema:
        return self.class_index.schema

    @cached_property
    def propositions(self) -> frozenset[str]:
        """The described propositions."""
        return frozenset(self.instances(self.class_index.propositions))

    @cached_property
    def incident_names(self) -> Mapping[str, IncidentName]:
        """The display names of the incidents that the description names."""
        named = {
            term.value
            for quad in self.description.quads
            for term in (quad.subject, quad.object)
            if isinstance(term, ox.NamedNode) and _INCIDENT in term.value
        }
        return name_incidents(self.store, sorted(named, key=lambda iri: (iri != self.description.focus, iri)))

    def build_class_link(self, iri: str) -> ValueView:
        """The class of a resource."""
        cls = self._class_of(iri)
        return ValueView(cls.label or cls.name, cls.iri) if cls else ValueView("resource")

    def build_link(self, iri: str) -> ValueView:
        """A resource by its label, its summary or its short name."""
        if _INCIDENT in iri and iri in self.incident_names:
            return ValueView(str(self.incident_names[iri]), iri)
        if iri in self.labels:
            label = self.labels[iri]
            return ValueView(label.value, iri, label.language or "")
        if iri in self.concepts:
            return ValueView(self.concepts[iri], iri)
        return ValueView(self._summarize(iri) or _short_name(iri, self.description), iri)

    def build_fields(self, iri: str, *, without: Iterable[str] = ()) -> tuple[FieldView, ...]:
        """The fields of a resource that have values, in the order of its shapes."""
        cls = self._class_of(iri)
        if cls is None:
            return tuple(self._build_unshaped_fields(iri))
        inferred = {*self.description.iris(iri, f"{namespaces.CK}inferred")}
        views: dict[str, FieldView] = {}
        for field_ in cls.fields.values():
            predicate = field_.predicate
            if not predicate or field_.inverse or field_.name in without or predicate in views:
                continue
            if values := self._build_values(iri, predicate):
                views[predicate] = FieldView(field_.label, predicate, values, predicate in inferred)
        return tuple(views.values())

    def build_proposition(self, iri: str) -> PropositionView:
        """A proposition with every statement on it."""
        if iri not in self._propositions:
            self._propositions[iri] = self._view_proposition(iri)
        return self._propositions[iri]

    def _view_proposition(self, iri: str) -> PropositionView:
        statements = self._statements_on(iri)
        parents = [
            parent
            for parent in self._find_referring_propositions(iri)
            if any(predicate in self.class_index.part_predicates for predicate in self.description.objects[parent])
        ]
        return PropositionView(
            iri,
            self._summarize(iri),
            self.build_class_link(iri),
            self.build_fields(iri, without=_DERIVED_FIELDS),
            self.build_standing(iri),
            self._build_statements(statements),
            tuple((self.build_link(parent), self._build_statements(self._indirect(parent))) for parent in parents),
            self.count_referrers(iri, self.class_index.statements),
        )

    def build_standing(self, proposition: str) -> StandingView | None:
        """How a proposition stands; None where there is too much evidence to decide it on a page."""
        standing = self.standings.standing_of(proposition)
        return _view_standing(standing, proposition) if standing else None

    def build_statement(self, iri: str) -> StatementView:
        """A statement with its speaker, acts, hedge, sources, quotes and disputes."""
        if iri not in self._statements:
            self._statements[iri] = self._view_statement(iri)
        return self._statements[iri]

    def _view_statement(self, iri: str) -> StatementView:
        about = self.description
        sources = about.iris(iri, f"{namespaces.CK}reportedIn")
        said_when = [about.text(iri, f"{namespaces.CK}{name}") for name in ("saidWhen", "saidWhenAsGiven")]
        explicitness = about.iris(iri, f"{namespaces.CK}explicitness")
        reporters = [iri for source in sources for iri in about.iris(source, f"{namespaces.DCTERMS}publisher")]
        return StatementView(
            iri=iri,
            name=local_name(iri),
            speaker=self._build_only(iri, "speaker"),
            acts=tuple(self._build_acts(iri)),
            hedge=self._build_only(iri, "hedge"),
            explicitness=self.build_link(explicitness[0]) if explicitness else None,
            said_when=tuple(text for text in said_when if text),
            sources=tuple(map(self.build_link, sources)),
            reporters=tuple(map(self.build_link, reporters)),
            quotes=tuple(map(self.read_quotation, about.iris(iri, namespaces.QUOTE.value))),
            rationale=about.text(iri, f"{namespaces.CK}rationale"),
            restates=tuple(map(self.build_link, about.iris(iri, f"{namespaces.CK}restates"))),
            retracted_by=tuple(map(self.build_link, about.referrers(f"{namespaces.CK}retracts", iri))),
            disputes=tuple(self._build_disputes(iri)),
            deeds={act: self._word_deed(iri, act) for act in self.class_index.acts if about.iris(iri, act)},
        )

    def build_statement_links(self, iri: str) -> tuple[FieldView, ...]:
        """The relations of a statement to others, in both directions."""
        cls = self._class_of(iri)
        left_out = self.class_index.acts - {namespaces.RELAYS}
        views = []
        for field_ in cls.fields.values() if cls else ():
            predicate = field_.predicate
            if not predicate or field_.name in _OWN_FIELDS or predicate in left_out:
                continue
            inverse = field_.inverse
            others = self.description.referrers(predicate, iri) if inverse else self.description.iris(iri, predicate)
            if others:
                views.append(FieldView(field_.label, predicate, tuple(map(self.build_link, others))))
        return tuple(views)

    def read_quotation(self, passage: str) -> Quotation:
        """The quotation of a passage."""
        if passage not in self._quotations:
            self._quotations[passage] = read_quotation(self.description, self.archive, passage)
        return self._quotations[passage]

    def text_position(self, statement: str) -> tuple[str, int, str]:
        """The sort key of statements: by source, then in the order of its text."""
        about = self.description
        starts = [self.read_quotation(passage).start for passage in about.iris(statement, namespaces.QUOTE.value)]
        source = about.iris(statement, f"{namespaces.CK}reportedIn")
        return (source[0] if source else "", min(starts, default=_NO_OFFSET), statement)

    def instances(self, classes: Iterable[str]) -> list[str]:
        """The described resources of any of these classes, sorted."""
        return sorted({iri for cls in classes for iri in self.description.referrers(namespaces.TYPE.value, cls)})

    def count_referrers(self, iri: str, classes: Iterable[str]) -> int:
        """How many resources of these classes refer to a resource, if not all are described; else 0."""
        totals = self.description.totals.get(iri, {})
        return sum(totals.get(cls, 0) for cls in classes)

    def _class_of(self, iri: str) -> Class | None:
        types = tuple(self.description.types(iri))
        if types not in self._classes:
            self._classes[types] = self.class_index.class_of(types)
        return self._classes[types]

    def _statements_on(self, proposition: str) -> list[str]:
        return [s for act in sorted(self.class_index.acts) for s in self.description.referrers(act, proposition)]

    def _build_statements(self, statements: Iterable[str]) -> tuple[StatementView, ...]:
        return tuple(map(self.build_statement, sorted(set(statements), key=self.text_position)))

    def _indirect(self, proposition: str) -> list[str]:
        """The statements on a proposition, and on those whose content it is."""
        statements: list[str] = []
        pending = [proposition]
        for iri in pending:
            statements += self._statements_on(iri)
            pending += [parent for parent in self._find_referring_propositions(iri) if parent not in pending]
        return statements

    def _find_referring_propositions(self, iri: str) -> list[str]:
        by_predicate = self.description.subjects.get(iri, {}).values()
        referring = {term.value for terms in by_predicate for term in terms if isinstance(term, ox.NamedNode)}
        return sorted(referring & self.propositions)

    def _build_only(self, iri: str, name: str) -> ValueView:
        iris = self.description.iris(iri, f"{namespaces.CK}{name}")
        return self.build_link(iris[0]) if iris else ValueView("not recorded")

    def _build_acts(self, iri: str) -> Iterator[FieldView]:
        for act in sorted(self.class_index.acts):
            if targets := self.description.iris(iri, act):
                label = self.schema.properties[act].label
                yield FieldView(label, act, tuple(map(self.build_link, targets)))

    def _build_disputes(self, iri: str) -> Iterator[DisputeView]:
        about = self.description
        for dispute in about.referrers(f"{namespaces.CK}disputes", iri):
            aspects = tuple(map(self.build_link, about.iris(dispute, f"{namespaces.CK}disputedAspect")))
            is_retracted = bool(about.referrers(f"{namespaces.CK}retracts", dispute))
            yield DisputeView(
                self.build_link(dispute),
                self._build_only(dispute, "speaker"),
                aspects,
                is_retracted,
                self._build_only(dispute, "hedge"),
                tuple(map(self.build_link, about.iris(dispute, f"{namespaces.CK}reportedIn"))),
            )

    def _build_values(self, iri: str, predicate: str) -> tuple[ValueView, ...]:
        return tuple(map(self._build_value, self.description.values(iri, predicate)))

    def _build_value(self, term: object) -> ValueView:
        match term:
            case ox.NamedNode():
                link = self.build_link(term.value)
                is_part = self._summary_template(term.value) is not None and term.value not in self.propositions
                return ValueView(
                    link.text, link.iri, link.language, fields=self.build_fields(term.value) if is_part else ()
                )
            case ox.Literal():
                return ValueView(term.value, language=term.language or "", datatype=term.datatype.value)
            case _:
                return ValueView(str(term))

    def _build_unshaped_fields(self, iri: str) -> Iterator[FieldView]:
        for predicate in self.description.objects.get(iri, {}):
            yield FieldView(local_name(predicate), predicate, self._build_values(iri, predicate))

    def _summarize(self, iri: str) -> str:
        """A proposition, statement or count in one line; empty for others, in a cycle, and below ``max_depth``."""
        if iri in self._being_summarized or len(self._being_summarized) >= self.max_depth:
            return ""
        self._being_summarized.add(iri)
        try:
            return self._compose_summary(iri)
        finally:
            self._being_summarized.discard(iri)

    def summarize_without(self, iri: str, fields: Collection[str]) -> str:
        """The summary of a proposition without these fields, which stand beside it; empty if it has no template."""
        template = self._summary_template(iri)
        if not template:
            return ""
        gist = isolate(self.description.text(iri, f"{namespaces.CK}gist"))
        filled = fill_template(
            template, lambda name: "" if name in fields else self._summarize_field(iri, name), if_empty=gist
        )
        return f"{filled}: {gist}" if gist not in ("", filled) else filled

    def _compose_summary(self, iri: str) -> str:
        types = set(self.description.types(iri))
        if types & self.class_index.statements:
            return f"{isolate(self._build_only(iri, 'speaker').text)} {self._summarize_acts(iri)}"
        if self._summary_template(iri):
            return self.summarize_without(iri, ())
        if gist := isolate(self.description.text(iri, f"{namespaces.CK}gist")):
            return gist
        if not types & self.class_index.propositions:
            return ""
        fields = self.build_fields(iri, without=_NOT_IN_SUMMARY)[:_MAX_SUMMARY_FIELDS]
        return f"{self.build_class_link(iri).text}: {' · '.join(_join(view.values) for view in fields)}"

    def _summarize_acts(self, iri: str) -> str:
        """What its speaker did, worded by the act and the hedge, and which content: denied: a boundary is defined."""
        deeds = ((self.describe_deed(iri, act.property), self._join_named(act.values)) for act in self._build_acts(iri))
        return "; ".join(f"{deed}: {contents}" if contents else deed for deed, contents in deeds)

    def describe_deed(self, statement: str, act: str) -> str:
        """What the speaker of a statement did by one of its acts: said, told as a claim, denied, declared.

        A hedge that the verb does not express follows it.
        """
        deed = self._word_deed(statement, act)
        hedge = next(iter(self.description.iris(statement, namespaces.HEDGE)), "")
        return deed if is_worded(local_name(hedge)) else f"{deed} (hedge: {self.build_link(hedge).text})"

    def _word_deed(self, statement: str, act: str) -> str:
        about = self.description
        items = (self.standings.act_of(statement, content) for content in about.iris(statement, act))
        if item := next(filter(None, items), None):
            return deed_of(item)
        hedge = next(iter(about.iris(statement, namespaces.HEDGE)), "")
        return word_deed(split_words(local_name(act)), local_name(hedge), is_author=self._is_author(statement))

    def _is_author(self, statement: str) -> bool:
        """Whether the speaker wrote the source, or published it where nobody did; not if that is not known."""
        about = self.description
        sources = about.iris(statement, namespaces.REPORTED_IN)
        authors = [
            author
            for source in sources
            for author in about.iris(source, namespaces.CREATOR) or about.iris(source, namespaces.PUBLISHER)
        ]
        return not set(authors).isdisjoint(about.iris(statement, namespaces.SPEAKER))

    def _summary_template(self, iri: str) -> str | None:
        templates = self.class_index.summary_templates
        return next((templates[cls] for cls in self.description.types(iri) if cls in templates), None)

    def _summarize_field(self, iri: str, name: str) -> str:
        """The values of a field; of literals only the first, which is one of several languages."""
        cls = self._class_of(iri)
        predicate = cls.fields[name].predicate if cls else None
        values = self._build_values(iri, predicate) if predicate else ()
        if values and values[0].datatype == namespaces.EDTF:
            return format_date(values[0].text)
        return self._join_named(self._leave_out_parts(values) if values and values[0].iri else values[:1])

    def _leave_out_parts(self, values: Sequence[ValueView]) -> Iterator[ValueView]:
        """The values without numbers that are part of another of them: beside it they would pass for its rivals."""
        about, listed = self.description, {value.iri for value in values}
        return (value for value in values if listed.isdisjoint(about.iris(value.iri, namespaces.PART_OF_COUNT)))

    def _join_named(self, values: Iterable[ValueView]) -> str:
        """The values, but for what is too deep to be named: its short name would mean nothing in a sentence."""
        return _join(value for value in values if value.text != _short_name(value.iri, self.description)
                     or value.iri in self.labels or value.iri in self.concepts or not value.iri)  # fmt: skip


def _join(values: Iterable[ValueView]) -> str:
    return ", ".join(isolate(value.text) for value in values)


def view_builder(
    store: Queryable,
    index: ClassIndex,
    archive: SourceArchive,
    description: BoundedDescription,
    *,
    decided: Iterable[str] | None = None,
    max_depth: int = _MAX_DEPTH,
) -> ViewBuilder:
    """The builder for a description, with the labels of all resources in it, in English where there are several.

    ``decided``: the propositions of which it is decided how they stand, if not all of them. ``max_depth``: how deep
    summaries nest; what is deeper than one may depend on what else is described.
    """
    schema = index.schema
    terms = {
        term for quad in description.quads for term in (quad.subject, quad.object) if _may_have_label(term, schema)
    }
    labels: dict[str, ox.Literal] = {}
    for iri, label in fetch_labels(store, terms):
        if iri not in labels or (label.language == "en" != labels[iri].language):
            labels[iri] = label
    short = shorten_names({iri: label.value for iri, label in labels.items()})
    labels = {iri: ox.Literal(short[iri], language=label.language) for iri, label in labels.items()}
    concepts = {concept.iri: concept.label for scheme in schema.schemes.values() for concept in scheme.concepts}
    if decided is None:
        decided = {iri for cls in index.propositions for iri in description.referrers(namespaces.TYPE.value, cls)}
    standings = read_standings(store, decided)
    return ViewBuilder(description, index, archive, standings, labels, concepts, store, max_depth)


def _view_standing(standing: Standing, proposition: str) -> StandingView:
    acts = (item for item in standing.evidence if item.proposition == proposition and item.act is not Act.DISPUTES)
    return StandingView(standing.decision.status.value, standing.badge, standing.sentence, tuple(acts))


def _short_name(iri: str, description: BoundedDescription) -> str:
    """The local name of a resource of this graph; an IRI of elsewhere as it is."""
    is_ours = "/id/" in iri or "/graph/" in iri or iri in description.objects
    return local_name(iri) if is_ours else iri


def _may_have_label(term: object, schema: Schema) -> bool:
    return isinstance(term, ox.NamedNode) and term.value not in schema.classes
