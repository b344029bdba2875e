"""The full spans around the quoted words of statements, cut from archived texts.

A span is returned only if its SHA-256 is the one that its passage records.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.questions.evidence_graph import SUPPORT
from kg.source_archive import SourceArchive, extract_span, parse_offset
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of

Spans = Mapping[str, tuple[str, ...]]
"""The spans of each statement, by its IRI, in the order of the text."""

_SPANS = QueryTemplate.read(SUPPORT / "spans.rq")


def read_spans(statements: Iterable[str], store: Queryable, archive: SourceArchive) -> Spans:
    """The spans of these statements; a statement whose text is not in the archive has none."""
    spans: dict[str, list[str]] = defaultdict(list)
    for row in _SPANS.select_each(store, map(ox.NamedNode, statements)).rows:
        text = archive.text(text_of(row["text"]))
        start, end = parse_offset(text_of(row["start"])), parse_offset(text_of(row["end"]))
        span = extract_span(text, start, end, text_of(row["sha256"])) if text else None
        if span:
            spans[text_of(row["statement"])].append(span)
    return {statement: tuple(found) for statement, found in spans.items()}
