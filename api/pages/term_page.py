"""View model of the page of one term of the ontology, and of one node shape.

Owns what is told of a term besides its definition: the shapes that constrain it, the questions that use it, the terms
beside it, and one use of it in the data. That use is a claim or statement with its speakers, or a thing by its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import pyoxigraph as ox

from api.pages.claim import ClaimRow, build_claim
from api.pages.ontology_page import ClassSection, FieldRow, build_class_section, build_field_row
from kg import namespaces
from kg.questions.catalogue import Catalogue
from kg.questions.question import Question
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, NodeShape, Property, Schema
from kg.source_archive import SourceArchive
from kg.store.interface import Store
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import view_builder
from kg.views.view_model import StatementView, ValueView

_BOUNDS = Bounds(listed=10, quads=2_000)
_MAX_BESIDE = 12
_LOOKED_AT = 20
"""Uses in the data of which the first that can be shown is taken."""


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A class whose instances have the property, with what its shape says."""

    of: Class
    row: FieldRow
    message: str


@dataclass(frozen=True, slots=True)
class DataUse:
    """A use of a term in the data."""

    thing: ValueView | None = None
    claim: ClaimRow | None = None
    statement: StatementView | None = None


@dataclass(frozen=True, slots=True)
class TermPage:
    """What the template shows of a term."""

    of: Class | Property
    section: ClassSection | None
    """Of a class."""
    below: tuple[str, ...]
    """The classes or properties directly below it."""
    uses: tuple[FieldUse, ...]
    """Of a property."""
    shapes: tuple[NodeShape, ...]
    questions: tuple[Question, ...]
    beside: tuple[str, ...]


def find_term(schema: Schema, name: str) -> Class | Property | None:
    """The class or property of the ontology with this name."""
    return schema.find_class(name) or next((known for known in schema.properties.values() if known.name == name), None)


def build_term_page(schema: Schema, catalogue: Catalogue, term: Class | Property) -> TermPage:
    """All that is told of a term without the data."""
    is_class = isinstance(term, Class)
    terms = schema.classes if is_class else schema.properties
    below = tuple(other.iri for other in terms.values() if term.iri in other.parents)
    return TermPage(
        of=term,
        section=build_class_section(schema, term) if isinstance(term, Class) else None,
        below=below,
        uses=() if is_class else tuple(_list_uses(schema, term.iri)),
        shapes=tuple(schema.shapes_of(term.iri)),
        questions=tuple(_list_questions(catalogue, term.name)),
        beside=tuple(iri for iri in _list_beside(schema, term) if iri not in (*term.parents, *below))[:_MAX_BESIDE],
    )


def find_use(store: Store, index: ClassIndex, archive: SourceArchive, term: Class | Property) -> DataUse | None:
    """The first use of a term in the data that a page can show with who says it."""
    found: Iterator[ox.Quad]
    if isinstance(term, Class):
        classes = map(ox.NamedNode, index.schema.subclasses(term.iri))
        found = chain.from_iterable(store.match(None, namespaces.TYPE, cls) for cls in classes)
    else:
        found = store.match(None, ox.NamedNode(term.iri), None)
    for quad in islice(found, _LOOKED_AT):
        if isinstance(quad.subject, ox.NamedNode) and (use := _show(store, index, archive, quad.subject.value)):
            return use
    return None


def _show(store: Store, index: ClassIndex, archive: SourceArchive, iri: str) -> DataUse | None:
    """The resource with its speakers; None for a part of something, which has none of its own."""
    about = describe(store, index, iri, _BOUNDS)
    if about is None:
        return None
    builder, types = view_builder(store, index, archive, about), set(about.types(iri))
    if types & index.statements:
        return DataUse(statement=builder.build_statement(iri))
    if types & index.propositions:
        claim = build_claim(builder, builder.build_proposition(iri))
        return DataUse(claim=claim) if claim.voices else None
    things = set(index.schema.subclasses(namespaces.THING)) | set(index.schema.subclasses(namespaces.HOME_GRAPH))
    return DataUse(thing=builder.build_link(iri)) if types & things else None


def _list_uses(schema: Schema, predicate: str) -> Iterator[FieldUse]:
    """The topmost classes that have the property, or what leads back over it."""
    for cls in schema.classes.values():
        for field in cls.fields.values():
            if field.predicate == predicate and not field.inverse:
                row = build_field_row(schema, cls, field)
                if row.owner == cls.name:
                    yield FieldUse(cls, row, field.message)


def _list_questions(catalogue: Catalogue, name: str) -> Iterator[Question]:
    """Those whose query has the term."""
    used = re.compile(rf"\bck:{re.escape(name)}(?![\w-])")
    return (question for question in catalogue if used.search(question.template.text))


def _list_beside(schema: Schema, term: Class | Property) -> Iterator[str]:
    """Classes under the same class; properties of the same domain."""
    if isinstance(term, Class):
        above = set(term.parents)
        return (cls.iri for cls in schema.classes.values() if above & set(cls.parents) and cls.iri != term.iri)
    return (
        other.iri
        for other in schema.properties.values()
        if term.domain and other.domain == term.domain and other.iri != term.iri
    )
