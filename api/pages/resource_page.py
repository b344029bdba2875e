"""Which template shows a resource, and its values.

The values are views of ``kg.views``: contested content is only in a proposition's view, which has its statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.actor_page import actor_values
from api.pages.incident_page import incident_values
from api.pages.located import located_values
from api.pages.place_page import place_values
from api.pages.source_page import source_values
from api.pages.statement_page import statement_values
from api.pages.zone_page import zone_values
from kg import namespaces
from kg.questions.catalogue import Catalogue
from kg.store.interface import Store
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import FieldView, PropositionView, StatementView, ValueView

MAX_LISTED = 150
"""Resources of one class that the contents of a home graph list."""
_NOT_LISTED = (
    f"{namespaces.SKOS}hiddenLabel",
    f"{namespaces.CK}inferred",
    f"{namespaces.CK}inferenceNote",
    namespaces.ISSUED_SPAN.value,
)


def select_template(
    builder: ViewBuilder, store: Store, catalogue: Catalogue, base_iri: str
) -> tuple[str, dict[str, Any]]:
    """The name of the template for the focus of the description, and the values that only this template has.

    ``store``, ``catalogue`` and ``base_iri``: for pages that show answers of the catalogue.
    """
    focus, index = builder.description.focus, builder.class_index
    types = set(builder.description.types(focus))
    if types & index.statements:
        return "resource-statement.html", statement_values(builder)
    if types & index.propositions:
        return "resource-proposition.html", {"proposition_view": builder.build_proposition(focus)}
    if namespaces.PASSAGE.value in types:
        return "resource-passage.html", _passage_values(builder)
    if namespaces.INCIDENT_CLASS in types:
        values = incident_values(builder)
        return "incident.html", values | located_values(builder, values["claims"], store, catalogue, base_iri)
    if types & set(index.schema.subclasses(namespaces.ACTOR_CLASS)):
        return "actor.html", actor_values(builder)
    if namespaces.SOURCE in types:
        return "source.html", source_values(builder)
    if types & set(index.schema.subclasses(namespaces.PLACE_CLASS)):
        return "place.html", _thing_values(builder) | place_values(builder, store, catalogue, base_iri)
    values = _thing_values(builder)
    if namespaces.ZONE_CLASS in types:
        values |= zone_values(builder, values["acts_on"])
        claims = [claim for section in values["sections"] for claim in section.claims]
        return "zone.html", values | located_values(builder, claims, store, catalogue, base_iri)
    return "resource.html", values


def common_values(builder: ViewBuilder, iri: str) -> dict[str, Any]:
    """The values of the head of every page about a resource."""
    home = builder.description.home_graph(iri)
    return {
        "iri": iri,
        "title": builder.build_link(iri),
        "class_link": builder.build_class_link(iri),
        "home": builder.build_link(home) if home else None,
        "home_fields": builder.build_fields(home) if home else (),
        "fields": [view for view in builder.build_fields(iri) if not _is_shown_elsewhere(view)],
        "is_cut": builder.description.is_cut,
        "totals": _count_referrers(builder, iri),
    }


def _count_referrers(builder: ViewBuilder, iri: str) -> list[tuple[int, str]]:
    """How many statements, propositions and passages refer to a resource of which not all is shown."""
    index = builder.class_index
    kinds = (
        (index.statements, "statements"),
        (index.propositions, "propositions"),
        ({namespaces.PASSAGE.value}, "passages"),
    )
    counted = [(builder.count_referrers(iri, classes), noun) for classes, noun in kinds]
    return [(count, noun) for count, noun in counted if count]


@dataclass(frozen=True, slots=True)
class Member:
    """A resource of a home graph; of a statement how it is worded, and in which sources."""

    link: ValueView
    hedges: tuple[ValueView, ...] = ()
    sources: tuple[ValueView, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentsSection:
    """The resources of one class that a home graph contains: the first of them, and how many there are."""

    heading: str
    members: tuple[Member, ...]
    count: int


def list_contents(builder: ViewBuilder, counts: Mapping[str, int]) -> list[ContentsSection]:
    """The resources of a home graph under the plural of their class; statements in the order of the text.

    ``counts``: how many of each class there are, where not all are described.
    """
    index = builder.class_index
    sections: list[ContentsSection] = []
    for iri in index.contents:
        classes = index.schema.subclasses(iri)
        members = [member for member in builder.instances(classes) if _is_in_focus(builder, member, counts)]
        if iri in index.statements:
            members.sort(key=builder.text_position)
        if members:
            heading = _plural(index.schema.classes[iri].label)
            listed = tuple(_build_member(builder, member) for member in members[:MAX_LISTED])
            count = sum(counts.get(cls, 0) for cls in classes) or len(members)
            sections.append(ContentsSection(heading, listed, count))
    return sections


def _build_member(builder: ViewBuilder, iri: str) -> Member:
    hedges, sources = (
        tuple(map(builder.build_link, builder.description.iris(iri, namespaces.CK + name)))
        for name in ("hedge", "reportedIn")
    )
    return Member(builder.build_link(iri), hedges, sources)


def _is_in_focus(builder: ViewBuilder, iri: str, counts: Mapping[str, int]) -> bool:
    """Whether the graph contains it; a large graph is described with resources of others that summaries name."""
    return not counts or builder.description.home_graph(iri) == builder.description.focus


def _thing_values(builder: ViewBuilder) -> dict[str, Any]:
    focus, about = builder.description.focus, builder.description
    referring = about.all_referrers(focus)
    statements = referring & set(builder.instances(builder.class_index.statements))
    made = {iri for iri in statements if focus in about.iris(iri, f"{namespaces.CK}speaker")}
    reported = {iri for iri in statements if focus in about.iris(iri, f"{namespaces.CK}reportedIn")}
    passages = _find_passages(builder, referring)
    quoting = {iri for passage in passages for iri in about.referrers(namespaces.QUOTE.value, passage)}
    return {
        "propositions": _build_propositions(builder, referring),
        "acts_on": _build_statements(builder, (statements | quoting) - made - reported),
        "made": _build_statements(builder, made),
        "reported": _build_statements(builder, reported),
        "passages": [builder.read_quotation(iri) for iri in sorted(passages)],
        "inference_note": about.text(focus, f"{namespaces.CK}inferenceNote"),
    }


def _find_passages(builder: ViewBuilder, referring: set[str]) -> set[str]:
    """Those among the referring resources, or which these select: a selector may refine another one."""
    passages = set(builder.instances([namespaces.PASSAGE.value]))
    refined = {iri for selector in referring for iri in builder.description.all_referrers(selector)}
    return (referring & passages) or (refined & passages)


def _passage_values(builder: ViewBuilder) -> dict[str, Any]:
    focus = builder.description.focus
    return {
        "words": builder.read_quotation(focus),
        "quoted_by": _build_statements(builder, builder.description.referrers(namespaces.QUOTE.value, focus)),
    }


def _build_propositions(builder: ViewBuilder, iris: set[str]) -> list[PropositionView]:
    propositions = iris & builder.propositions
    ordered = sorted(propositions, key=lambda iri: (builder.build_class_link(iri).text, iri))
    return [builder.build_proposition(iri) for iri in ordered]


def _build_statements(builder: ViewBuilder, iris: Iterable[str]) -> list[StatementView]:
    return [builder.build_statement(iri) for iri in sorted(iris, key=builder.text_position)]


def _is_shown_elsewhere(view: FieldView) -> bool:
    """The label is the heading, inference is marked at the fields; hidden labels and spans are for searching only."""
    is_heading = view.property == f"{namespaces.SKOS}prefLabel" and len(view.values) == 1
    return is_heading or view.property in _NOT_LISTED


def _plural(label: str) -> str:
    return f"{label[:-1]}ies" if label.endswith("y") else f"{label}s"
