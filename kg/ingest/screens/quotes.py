"""Screens of the rules about quotes."""

from collections.abc import Iterable
from typing import Any

from kg import namespaces
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.source_archive import NO_DIGEST
from kg.store.interface import Subject


def find_quotes_of_archived_texts(graph: ScreenedGraph) -> Iterable[Subject]:
    """The passages of each source whose text is in the archive."""
    archive = graph.context.archive
    archived = {
        source
        for source in _list_sources(graph)
        if any(archive.text(namespaces.value_of(digest)) is not None for digest in graph.digests.get(source, ()))
    }
    return [passage for passage, sources in graph.sources.items() if sources & archived]


def find_quotes_of_missing_texts(graph: ScreenedGraph) -> Iterable[Subject]:
    """A passage of each source whose text is not in the archive."""
    archive = graph.context.archive
    missing = {
        source
        for source in _list_sources(graph)
        if any(archive.text(namespaces.value_of(digest)) is None for digest in graph.digests.get(source, ()))
    }
    passages = {quad.subject for quad in graph.store.match(None, namespaces.TYPE, namespaces.PASSAGE)}
    for passage, sources in graph.sources.items():
        if passage in passages and sources & missing:
            yield passage
            if len(sources) == 1:  # else the rule may read another of them
                missing -= sources


def find_empty_digests(graph: ScreenedGraph) -> Iterable[Subject]:
    """What states a SHA-256 that was never computed."""
    for subject, digests in graph.digests.items():
        if any(namespaces.value_of(digest) == NO_DIGEST for digest in digests):
            yield subject


def find_quotes_of_unhashed_texts(graph: ScreenedGraph) -> Iterable[Subject]:
    """What quotes a source without a SHA-256."""
    unhashed = _list_sources(graph) - graph.digests.keys()
    return [passage for passage, sources in graph.sources.items() if sources & unhashed]


def _list_sources(graph: ScreenedGraph) -> set[Any]:
    return set().union(*graph.sources.values())
