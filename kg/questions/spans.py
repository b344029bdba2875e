"""The full spans around the words of an answer's statements, where the archive has the texts.

Owns the look-up; a span is given only if its SHA-256 is the one the passage states.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.questions.answer import YesNoAnswer
from kg.source_archive import SourceArchive, extract_span
from kg.store.interface import Queryable
from kg.store.query_template import support, text_of

Spans = Mapping[str, tuple[str, ...]]
"""Statement IRI to its spans, in the order of the text."""


def spans_of(answer: YesNoAnswer, store: Queryable, archive: SourceArchive) -> Spans:
    """The spans of every statement that the answer shows; none for those whose text is not at hand."""
    statements = [each.statement for each in (*answer.deciding, *(bearer.said for bearer in answer.bearing))]
    return spans_of_statements(statements, store, archive)


def spans_of_statements(statements: Iterable[str], store: Queryable, archive: SourceArchive) -> Spans:
    """The spans of these statements."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in support("spans").select_each(store, [ox.NamedNode(each) for each in statements]).rows:
        text = archive.text(text_of(row["text"]))
        span = (
            extract_span(text, int(text_of(row["start"])), int(text_of(row["end"])), text_of(row["sha256"]))
            if text
            else None
        )
        if span:
            found[text_of(row["statement"])].append(span)
    return {statement: tuple(each) for statement, each in found.items()}
