"""What the page of a source shows: whose words it is, its text with the passages marked, and what it cites.

Owns what stands beside which paragraph. Where the archive does not have the text, the statements follow one another in
the order of the text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from api.pages.render import QUERIES
from api.pages.saying import Saying, build_sayings
from kg.namespaces import BASED_ON, CK, CREATOR, HAS_SOURCE, ISSUED, PUBLISHER, QUOTE, REPUBLISHES, SHA256
from kg.schema.model import local_name
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, text_of
from kg.views.marked_text import Mark, mark_text
from kg.views.quotation import Quotation
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import ValueView

MAX_TEXT = 25_000
"""Bytes of the text on its page; of a longer one the paragraphs that are quoted, up to that."""
MAX_BYTES = 85_000
"""Of text and statements, with the markup of these, on one page."""
_MARKUP = 200
"""Bytes around what a statement says, and its quoted words."""
_SOURCES = QueryTemplate.read(QUERIES / "which-are-sources.rq")
_AROUND = QueryTemplate.read(QUERIES / "sources-around.rq")


@dataclass(frozen=True, slots=True)
class LinkedSegment:
    """A part of a paragraph, linked to the statement that quotes it; to none where nobody does."""

    text: str
    statement: str


@dataclass(frozen=True, slots=True)
class QuotedParagraph:
    """A paragraph of the text, with what the statements say that quote it; ``follows_gap`` where text is left out."""

    segments: tuple[LinkedSegment, ...]
    sayings: tuple[Saying, ...]
    follows_gap: bool


@dataclass(frozen=True, slots=True)
class Citation:
    """A source to which this one refers, with the statement that does, if any."""

    cited: ValueView
    words: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote and published it; the recorder's inference where the source does not say so."""

    creators: tuple[ValueView, ...]
    publishers: tuple[ValueView, ...]
    issued: str
    is_creator_inferred: bool
    is_publisher_inferred: bool
    republishes: tuple[ValueView, ...]


def source_values(builder: ViewBuilder) -> dict[str, Any]:
    """The values of the template of a source, the focus of the description."""
    about, focus = builder.description, builder.description.focus
    described = set(builder.instances(builder.class_index.statements))
    reported = sorted(described & set(about.referrers(f"{CK}reportedIn", focus)), key=builder.text_position)
    quotations = {iri: builder.read_quotation(iri) for iri in about.referrers(HAS_SOURCE.value, focus)}
    text = builder.archive.text(about.text(focus, SHA256.value))
    shown = _bound_sayings(builder, reported, MAX_BYTES - min(_size(text or ""), MAX_TEXT))
    paragraphs = _read_paragraphs(builder, text, quotations, shown) if text is not None else []
    beside = {saying.statement for paragraph in paragraphs for saying in paragraph.sayings}
    around = list(_read_around(builder))
    return {
        "byline": _read_byline(builder),
        "speakers": _count_speakers(builder, reported),
        "statement_count": len(reported),
        "has_all_statements": focus not in about.incomplete,
        "shown_count": len(shown),
        "has_text": text is not None,
        "paragraphs": paragraphs,
        "sayings": [saying for iri, sayings in shown.items() if iri not in beside for saying in sayings],
        "citations": _read_citations(builder, quotations, shown),
        "republished_by": [other for other, how in around if how == "republishes"],
        "cited_by": [other for other, how in around if how == "cites" and other.iri != focus],
        "inference_note": about.text(focus, f"{CK}inferenceNote"),
    }


def _bound_sayings(builder: ViewBuilder, statements: Iterable[str], room: int) -> dict[str, tuple[Saying, ...]]:
    """What the first statements say, by statement, in so many bytes."""
    shown: dict[str, tuple[Saying, ...]] = {}
    for iri in statements:
        sayings = tuple(build_sayings(builder, iri))
        room -= sum(_size(words.exact) for saying in sayings for words in saying.quotes)
        room -= sum(_MARKUP + _size(saying.speaker.text) + _size(saying.content.text) for saying in sayings)
        if room < 0:
            break
        shown[iri] = sayings
    return shown


def _size(text: str) -> int:
    return len(text.encode())


def _read_paragraphs(
    builder: ViewBuilder, text: str, quotations: dict[str, Quotation], shown: dict[str, tuple[Saying, ...]]
) -> list[QuotedParagraph]:
    """The paragraphs of the text with what quotes them; blank lines are left out."""
    quoting = {
        iri: [each for each in builder.description.referrers(QUOTE.value, iri) if each in shown] for iri in quotations
    }
    paragraphs: list[QuotedParagraph] = []
    told: set[str] = set()
    room, follows_gap, is_long = MAX_TEXT, False, _size(text) > MAX_TEXT
    for paragraph in mark_text(text, _marks(quotations.values())):
        length = _size(paragraph.text)
        if not paragraph.text.strip():
            continue
        if length > room or (is_long and not paragraph.passages):
            follows_gap = True
            continue
        room -= length
        statements = [each for passage in paragraph.passages for each in quoting[passage] if each not in told]
        told.update(statements)
        segments = (
            LinkedSegment(segment.text, next((each for passage in segment.passages for each in quoting[passage]), ""))
            for segment in paragraph.segments
        )
        sayings = tuple(saying for iri in dict.fromkeys(statements) for saying in shown[iri])
        paragraphs.append(QuotedParagraph(tuple(segments), sayings, follows_gap))
        follows_gap = False
    return paragraphs


def _marks(quotations: Iterable[Quotation]) -> Iterator[Mark]:
    """The exact words of each passage of which the archive has the span; without exact words the whole span."""
    for quotation in quotations:
        if quotation.span:
            before, exact, _ = quotation.span
            start = quotation.start + (len(before) if exact else 0)
            yield Mark(start, start + len(exact or before), quotation.passage)


def _read_byline(builder: ViewBuilder) -> Byline:
    about, focus = builder.description, builder.description.focus
    inferred = about.iris(focus, f"{CK}inferred")
    creators, publishers, originals = (
        tuple(map(builder.build_link, about.iris(focus, property_))) for property_ in (CREATOR, PUBLISHER, REPUBLISHES)
    )
    issued = about.text(focus, ISSUED.value)
    return Byline(creators, publishers, issued, CREATOR in inferred, PUBLISHER in inferred, originals)


def _count_speakers(builder: ViewBuilder, statements: Iterable[str]) -> list[tuple[ValueView, int]]:
    """Who speaks in it, and in how many statements; who speaks most comes first."""
    speakers = (iri for each in statements for iri in builder.description.iris(each, f"{CK}speaker"))
    counted = Counter(speakers)
    ordered = sorted(counted, key=lambda iri: (-counted[iri], iri))
    return [(builder.build_link(iri), counted[iri]) for iri in ordered]


def _read_citations(
    builder: ViewBuilder, quotations: dict[str, Quotation], shown: dict[str, tuple[Saying, ...]]
) -> list[Citation]:
    """What passages refer to, and the sources on which its statements are based."""
    about = builder.description
    found: list[Citation] = []
    for iri, quotation in quotations.items():
        statements = about.referrers(QUOTE.value, iri)
        for cited in about.iris(iri, f"{CK}cites"):
            found.append(_cite(builder, cited, quotation.exact, statements, shown))
    bases = [(statement, base) for statement in shown for base in about.iris(statement, BASED_ON)]
    sources = {text_of(row["source"]) for row in _SOURCES.select_each(builder.store, _nodes(bases)).rows}
    cited_already = {each.cited.iri for each in found}
    found += [
        _cite(builder, base, "", [statement], shown) for statement, base in bases if base in sources - cited_already
    ]
    return sorted(found, key=lambda each: (each.cited.text, each.words))


def _nodes(bases: Iterable[tuple[str, str]]) -> set[ox.NamedNode]:
    """The resources on which statements are based: sources, but other statements and actors too."""
    return {ox.NamedNode(base) for _, base in bases}


def _cite(
    builder: ViewBuilder, cited: str, words: str, statements: Sequence[str], shown: dict[str, tuple[Saying, ...]]
) -> Citation:
    sayings = (saying for iri in statements for saying in shown.get(iri, ())[:1])
    return Citation(builder.build_link(cited), words, tuple(sayings))


def _read_around(builder: ViewBuilder) -> Iterator[tuple[ValueView, str]]:
    """The sources that republish or cite this one."""
    rows = _AROUND.select_each(builder.store, [ox.NamedNode(builder.description.focus)]).rows
    names = fetch_names(builder.store, (row["other"] for row in rows))
    for row in rows:
        iri = text_of(row["other"])
        yield ValueView(names.get(iri, local_name(iri)), iri), text_of(row["how"])
