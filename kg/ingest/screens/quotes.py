"""Screens of the rules about quotes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from kg import namespaces
from kg.ingest.quotes import Passage, check_quoted_share, find_disagreements, read_passages
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.source_archive import NO_DIGEST
from kg.store.interface import Subject

_OF_PASSAGE = (namespaces.HAS_SOURCE, namespaces.OWN_WORDS)
_OF_SELECTOR = (namespaces.START, namespaces.END, namespaces.EXACT, namespaces.SHA256)


@dataclass(frozen=True, slots=True)
class _ArchivedQuotes:
    """The passages of the sources whose texts are in the archive."""

    texts: Mapping[str, Sequence[str]]
    """By the IRI of the source: one, unless it states several digests."""
    passages: Sequence[Passage]

    @classmethod
    def read(cls, graph: ScreenedGraph) -> "_ArchivedQuotes":
        texts = _read_archived(graph)
        return cls(texts, _read_passages(graph, texts) if texts else ())


def find_disagreeing_quotes(graph: ScreenedGraph) -> Iterable[Subject]:
    """The passages that disagree with an archived text of their source."""
    quotes = graph.view(_ArchivedQuotes.read)
    found = {
        passage.iri
        for passage in quotes.passages
        if any(find_disagreements(passage, text) for text in quotes.texts.get(passage.source, ()))
    }
    return [passage for passage in graph.sources if namespaces.value_of(passage) in found]


def find_quotes_of_repeated_texts(graph: ScreenedGraph) -> Iterable[Subject]:
    """The passages of each source of whose archived text its quotes repeat more than is permitted."""
    quotes = graph.view(_ArchivedQuotes.read)
    lengths = {source: min(map(len, texts)) for source, texts in quotes.texts.items()}
    repeated = {finding.subject for finding in check_quoted_share(quotes.passages, lengths)}
    return [passage for passage, sources in graph.sources.items() if any(map(repeated.__contains__, _iris(sources)))]


def find_quotes_of_missing_texts(graph: ScreenedGraph) -> Iterable[Subject]:
    """A passage, in each of the graphs that quote it, of each source whose text is not in the archive."""
    archive = graph.context.archive
    missing = {
        source
        for source in _list_sources(graph)
        if any(archive.text(namespaces.value_of(digest)) is None for digest in graph.digests.get(source, ()))
    }
    passages = {quad.subject for quad in graph.store.match(None, namespaces.TYPE, namespaces.PASSAGE)}
    judged = set()
    for quad in graph.quads(namespaces.HAS_SOURCE):
        passage, place = quad.subject, (quad.graph_name, quad.object)
        if passage in passages and quad.object in missing and place not in judged:
            yield passage
            if len(graph.sources[passage]) == 1:  # else the rule may read another of them
                judged.add(place)


def find_empty_digests(graph: ScreenedGraph) -> Iterable[Subject]:
    """What states a SHA-256 that was never computed."""
    for subject, digests in graph.digests.items():
        if any(namespaces.value_of(digest) == NO_DIGEST for digest in digests):
            yield subject


def find_quotes_of_unhashed_texts(graph: ScreenedGraph) -> Iterable[Subject]:
    """What quotes a source without a SHA-256."""
    unhashed = _list_sources(graph) - graph.digests.keys()
    return [passage for passage, sources in graph.sources.items() if sources & unhashed]


def _read_archived(graph: ScreenedGraph) -> Mapping[str, Sequence[str]]:
    """The texts in the archive of each source that has one, by the IRI of the source."""
    archive = graph.context.archive
    texts = {
        namespaces.value_of(source): [
            text
            for digest in graph.digests.get(source, ())
            if (text := archive.text(namespaces.value_of(digest))) is not None
        ]
        for source in _list_sources(graph)
    }
    return {source: of_source for source, of_source in texts.items() if of_source}


def _read_passages(graph: ScreenedGraph, texts: Mapping[str, object]) -> Sequence[Passage]:
    """The passages that quote one of the sources that have these texts."""
    quoting = {passage for passage, sources in graph.sources.items() if any(map(texts.__contains__, _iris(sources)))}
    links = [quad for quad in graph.quads(namespaces.HAS_SELECTOR) if quad.subject in quoting]
    selectors = {quad.object for quad in links}
    types = graph.store.match(None, namespaces.TYPE, namespaces.PASSAGE)
    own = (quad for quad in chain(types, graph.quads(*_OF_PASSAGE)) if quad.subject in quoting)
    of_selectors = (quad for quad in graph.quads(*_OF_SELECTOR) if quad.subject in selectors)
    return read_passages(chain(links, own, of_selectors))


def _iris(terms: Iterable[object]) -> Iterable[str]:
    return map(namespaces.value_of, terms)


def _list_sources(graph: ScreenedGraph) -> set[Any]:
    return set().union(*graph.sources.values())
