"""Documents: files of RDF, each one or more home graphs, read into quads without blank nodes.

Owns which syntax a file has, which home graph its triples belong to, and how blank nodes get IRIs: by the RDFC-1.0
canonical form of the document, so that the same input gives the same IRIs. Knows no store and no shapes.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.rdf_formats import RDF_BY_SUFFIX

RDF_SUFFIXES = {f".{suffix}": syntax for suffix, syntax in RDF_BY_SUFFIX.items()}
MAX_BYTES = 200_000_000
STDIN = "-"
"""The name of what is read from stdin; a suffix tells its syntax, as that of a file does."""

Locate = Callable[[str, str], SourceLocation]
"""From the IRIs of a subject and a predicate (or an empty string) to where the document says it."""


@dataclass(frozen=True)
class Document:
    """Quads by home graph, and where the text says them."""

    name: str
    quads: frozenset[ox.Quad]
    locate: Locate = field(repr=False)

    @property
    def graphs(self) -> list[ox.NamedNode]:
        """The home graphs that the document holds whole, sorted."""
        names = {quad.graph_name for quad in self.quads}
        return sorted((name for name in names if isinstance(name, ox.NamedNode)), key=lambda name: name.value)


def read_bytes(path: Path) -> bytes:
    """The content of an input file, or of stdin for "-". Raises InputRejectedError when it cannot be read."""
    try:
        if path.stem == STDIN:
            return sys.stdin.buffer.read()
        if path.stat().st_size > MAX_BYTES:
            raise InputRejectedError(
                [Finding(f"more than {MAX_BYTES:,} bytes", "Split it.", SourceLocation(str(path)))]
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputRejectedError(
            [Finding(f"cannot be read: {reason}", "Check the name.", SourceLocation(str(path)))]
        ) from None


def parse_rdf(data: bytes, name: str, suffix: str, base_iri: str) -> Document:
    """The document in an RDF syntax named by its suffix. Raises InputRejectedError where it does not parse.

    Triples outside any named graph belong to the one home graph that they describe.
    """
    _checked_utf8(data, name)
    try:
        quads = list(ox.parse(data, format=RDF_SUFFIXES[suffix].engine, base_iri=base_iri))
    except (SyntaxError, ValueError) as error:
        raise InputRejectedError([_syntax_finding(error, name)]) from None
    if any(isinstance(term, ox.Triple) for quad in quads for term in (quad.subject, quad.object)):
        cure = "Write plain RDF 1.1: a statement about a triple is a ck:Statement about a proposition"
        raise InputRejectedError([Finding("a triple term of RDF 1.2", cure, SourceLocation(name), rule="rdf-1.1")])
    quads = skolemize(quads, base_iri)
    return Document(name, frozenset(_at_home(quads, name)), lambda subject, path: SourceLocation(name))


def skolemize(quads: Sequence[ox.Quad], base_iri: str) -> list[ox.Quad]:
    """The quads with IRIs under ``.well-known/genid/`` instead of blank nodes (RDF 1.1 Concepts, section 3.5)."""
    if not any(isinstance(term, ox.BlankNode) for q in quads for term in (q.subject, q.object, q.graph_name)):
        return list(quads)
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    text = "\n".join(sorted(f"{quad} ." for quad in dataset))
    prefix = f"{base_iri}.well-known/genid/{hashlib.sha256(text.encode()).hexdigest()[:12]}-"

    def named(term: Any) -> Any:
        return ox.NamedNode(f"{prefix}{term.value}") if isinstance(term, ox.BlankNode) else term

    return [ox.Quad(named(q.subject), q.predicate, named(q.object), named(q.graph_name)) for q in dataset]


def find_home_graphs(quads: Iterable[ox.Quad]) -> list[ox.NamedNode]:
    """The subjects that are typed as a home graph, sorted."""
    found = {q.subject for q in quads if q.predicate == namespaces.TYPE and q.object in namespaces.HOME_GRAPH_CLASSES}
    return sorted((each for each in found if isinstance(each, ox.NamedNode)), key=lambda each: each.value)


def _at_home(quads: list[ox.Quad], name: str) -> list[ox.Quad]:
    """Quads of the default graph moved into the home graph they describe."""
    homeless = [quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)]
    if not quads:
        raise InputRejectedError([Finding("the file holds no triple", "Give it one home graph.", SourceLocation(name))])
    if not homeless:
        return quads
    homes = find_home_graphs(homeless)
    if len(homes) != 1:
        there = f"it describes {len(homes)}: {', '.join(h.value for h in homes)}" if homes else "it describes none"
        raise InputRejectedError(
            [
                Finding(
                    f"a file without named graphs must describe the one home graph it is; {there}",
                    "Add <graph/NAME> a ck:Dossier (or Dataset, Reference), with title, licence, recordedBy, version.",
                    SourceLocation(name),
                    rule="home-graph",
                )
            ]
        )
    moved = [ox.Quad(q.subject, q.predicate, q.object, homes[0]) for q in homeless]
    return moved + [quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]


def _checked_utf8(data: bytes, name: str) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        finding = Finding(
            f"byte 0x{data[error.start]:02x} is not UTF-8", "Save it as UTF-8.", SourceLocation(name, line)
        )
        raise InputRejectedError([finding]) from None


def _syntax_finding(error: SyntaxError | ValueError, name: str) -> Finding:
    line = getattr(error, "lineno", None)
    column = getattr(error, "offset", None)
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return Finding(
        f"does not parse: {said}", "Correct the syntax there.", SourceLocation(name, line, column), rule="syntax"
    )
