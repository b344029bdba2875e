"""Large files of RDF: parsed by the engine as streams, into a store in memory; no object is made for a quad.

Owns what is refused of a file, the home graph of its triples, and IRIs for its blank nodes: all as for small files
(``kg.ingest.documents``), so that a file gets the same quads whichever way it is loaded.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import InputRejectedError, SourceLocation
from kg.ingest import documents
from kg.ingest.bulk.checked_reader import CheckedReader, Report, syntax_findings
from kg.ingest.bulk.skolemization import IndistinguishableLinesError, skolemize_lines
from kg.ingest.documents import Document, locate_file
from kg.namespaces import TYPE
from kg.rdf_formats import N_QUADS, N_TRIPLES, TRIG, TURTLE
from kg.rdf_limits import check_rdf
from kg.rdf_reader import LINE_SYNTAXES
from kg.store.line_scanner import open_scanner

SYNTAXES = {f".{syntax.suffix}": syntax for syntax in (N_QUADS, N_TRIPLES, TRIG, TURTLE)}
"""By suffix, what can be read as a stream; JSON-LD and RDF/XML are examined as a whole before they are parsed."""
_TERM = re.compile(rb"^(?:\S+ \S+ )?(?:(?P<blank>_:)|(?P<triple><<))", re.MULTILINE)
"""A subject or object that is neither IRI nor literal."""
_PARSED, _RENAMED = "parsed.nq", "renamed.nq"


@dataclass(frozen=True)
class LargeDocument(Document):
    """A document whose quads are in a store."""

    named: tuple[ox.NamedNode, ...] = ()

    @property
    def graphs(self) -> list[ox.NamedNode]:
        """The home graphs that the document contains, sorted."""
        return list(self.named)


def read_large_file(path: Path, base_iri: str, scratch: Path, report: Report) -> tuple[ox.Store, LargeDocument]:
    """The quads of the file, in named graphs and without blank nodes, in a store in memory.

    ``scratch``: a folder for files. Raises InputRejectedError.
    """
    engine, has_blank_nodes = _parse(path, base_iri, report)
    if has_blank_nodes:
        engine = _rename_blank_nodes(path, base_iri, scratch)
    engine = _assign_home_graph(engine, path, scratch)
    graphs = sorted((graph for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode)), key=str)
    return engine, LargeDocument(str(path), frozenset(), locate_file(str(path)), named=tuple(graphs))


def _parse(path: Path, base_iri: str, report: Report) -> tuple[ox.Store, bool]:
    """The quads as they are, and whether there are blank nodes among them."""
    engine, syntax = ox.Store(), SYNTAXES[path.suffix.lower()]
    reader = CheckedReader(path, syntax, report)
    with reader, syntax_findings(path, syntax, reader):
        if syntax not in LINE_SYNTAXES:
            check_rdf(path.read_bytes(), syntax)
        engine.bulk_load(io.BufferedReader(reader), syntax.engine, base_iri=base_iri)
    has_blank_nodes = False
    if reader.is_suspect:
        found = _find_terms(engine)
        if "triple" in found:
            cure = "Write plain RDF 1.1: a statement about a triple is a ck:Statement about a proposition"
            raise _reject(path, "a triple term of RDF 1.2", cure, "rdf-1.1")
        if any(isinstance(graph, ox.BlankNode) for graph in engine.named_graphs()):
            cure = "Name it by the IRI of a home graph, which the file describes"
            raise _reject(path, "a graph has a blank node as its name", cure, "graph-name")
        has_blank_nodes = "blank" in found
    return engine, has_blank_nodes


def _find_terms(engine: ox.Store) -> set[str]:
    """Which of blank nodes and triple terms there are."""
    found: set[str] = set()
    with open_scanner(lambda lines: found.update(str(term.lastgroup) for term in _TERM.finditer(lines))) as scanner:
        engine.dump(scanner, ox.RdfFormat.N_QUADS)
    return found


def _rename_blank_nodes(path: Path, base_iri: str, scratch: Path) -> ox.Store:
    syntax, engine = SYNTAXES[path.suffix.lower()], ox.Store()
    parsed, renamed = scratch / _PARSED, scratch / _RENAMED
    with CheckedReader(path, syntax, lambda _bytes, _lines: None) as reader:
        # Once, because the parser names what has no label differently each time.
        quads = ox.parse(io.BufferedReader(reader), syntax.engine, base_iri=base_iri)
        ox.serialize(quads, str(parsed), format=ox.RdfFormat.N_QUADS)
    try:
        skolemize_lines(parsed, renamed, base_iri)
    except IndistinguishableLinesError as error:
        raise InputRejectedError(list(documents.describe_alike(error.quads, error.nodes, str(path)))) from None
    engine.bulk_load(path=str(renamed), format=ox.RdfFormat.N_QUADS)
    for file in (parsed, renamed):
        file.unlink()
    return engine


def _assign_home_graph(engine: ox.Store, path: Path, scratch: Path) -> ox.Store:
    """The quads, with those of the default graph moved to the home graph that they describe."""
    default = ox.DefaultGraph()
    first = next(engine.quads_for_pattern(None, None, None, default), None)
    if first is None:
        if not any(True for _ in engine.named_graphs()):
            raise _reject(path, "the file contains no triple", "Give it one home graph.", "")
        return engine
    types = engine.quads_for_pattern(None, TYPE, None, default)
    home = documents.select_home_graph(documents.find_home_graphs(types), str(path))
    moved, staged = ox.Store(), scratch / _PARSED
    if any(True for _ in engine.named_graphs()):
        engine.dump(str(staged), ox.RdfFormat.N_QUADS)
        moved.bulk_load(path=str(staged), format=ox.RdfFormat.N_QUADS)
        moved.clear_graph(default)
    engine.dump(str(staged), ox.RdfFormat.N_TRIPLES, from_graph=default)
    moved.bulk_load(path=str(staged), format=ox.RdfFormat.N_TRIPLES, to_graph=home)
    staged.unlink()
    return moved


def _reject(path: Path, message: str, cure: str, rule: str) -> InputRejectedError:
    return documents.reject(message, cure, SourceLocation(str(path)), rule)
