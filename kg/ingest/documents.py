"""Documents: files of one or more home graphs (named graphs that are documents), as quads without blank nodes.

Owns reading files, parsing RDF, which home graph a triple belongs to, and IRIs for blank nodes: by their canonical
labels, so that the same input gets the same IRIs. Knows no store and no shapes.
"""

import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, GraphSyntaxError, InputRejectedError, SourceLocation
from kg.ingest.canonicalization import IndistinguishableNodesError, canonical_labels
from kg.rdf_formats import N_TRIPLES, RDF_BY_SUFFIX, RdfSyntax
from kg.rdf_reader import LINE_SYNTAXES, find_line_errors, read_quads

RDF_SUFFIXES = {f".{suffix}": syntax for suffix, syntax in RDF_BY_SUFFIX.items()}
MAX_BYTES = 200_000_000
_SHOWN_NODES = 3
MAX_SYNTAX_FINDINGS = 50
_PARSER_PLACE = re.compile(r"^Parser error (?:at line \d+(?: columns? \d+| between columns \d+ and \d+)|between .*?): ")
_LINE_CURES = {
    "by a dot": "End the line with a space and a point.",
    "nexpected end": "Close what is open (a line break in a text is written \\n), and end the line with a point.",
    "single triple": "Begin a new line for each statement.",
    "must be": "Write IRIs in full, in angle brackets; there are no prefixes, and only objects may be literals.",
    "IRI": "Write an absolute IRI, with %20 for a space.",
    "escape": 'Of a backslash, write \\\\; the other escapes are \\t, \\n, \\r, \\", \\u and \\U.',
    "language": "Write a language tag such as en or ar-SY.",
}
"""What to do about a bad line of N-Triples or N-Quads, by words of the parser's message."""
STDIN = "-"
"""The name of the document on stdin, with a suffix for its syntax, as a file has."""

Locate = Callable[[str, str], SourceLocation]
"""From the IRIs of a subject and a predicate (or an empty string) to the location in the document that states it."""


@dataclass(frozen=True)
class Document:
    """Quads of home graphs, without blank nodes, and their locations in the file."""

    name: str
    quads: frozenset[ox.Quad]
    locate: Locate = field(repr=False)
    findings: tuple[Finding, ...] = ()
    """What could not be read; the quads are the rest. Such a document is checked further and never loaded."""
    incomplete: frozenset[str] = frozenset()
    """With findings: the IRIs of resources of which a part could not be read."""
    declared: frozenset[str] = frozenset()
    """With findings: the IRIs that the document declares, even where it could not be read, or their prefixes."""

    @property
    def graphs(self) -> list[ox.NamedNode]:
        """The home graphs that the document contains, sorted."""
        names = {quad.graph_name for quad in self.quads}
        return sorted((name for name in names if isinstance(name, ox.NamedNode)), key=lambda name: name.value)


def locate_file(name: str) -> Locate:
    """Locates everything in the file as a whole, for documents whose parser reports no lines."""
    location = SourceLocation(name)
    return lambda _subject, _predicate: location


def read_bytes(path: Path) -> bytes:
    """The content of an input file, or of stdin for "-". Raises InputRejectedError when it cannot be read."""
    try:
        if path.stem == STDIN:
            return sys.stdin.buffer.read()
        if path.stat().st_size > MAX_BYTES:
            raise reject(f"more than {MAX_BYTES:,} bytes", "Split it.", SourceLocation(str(path)))
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise reject(f"cannot be read: {reason}", "Check the name.", SourceLocation(str(path))) from None


def parse_rdf(data: bytes, name: str, suffix: str, base_iri: str) -> Document:
    """The document in the RDF syntax of the suffix. Raises InputRejectedError if it does not parse.

    Triples outside any named graph belong to the one home graph that they describe.
    """
    _check_utf8(data, name)
    try:
        quads = list(read_quads(data, RDF_SUFFIXES[suffix], base_iri))
    except GraphSyntaxError as error:
        raise InputRejectedError(_describe_syntax_errors(data, RDF_SUFFIXES[suffix], name, error)) from None
    if any(isinstance(quad.graph_name, ox.BlankNode) for quad in quads):
        cure = "Name it by the IRI of a home graph, which the file describes"
        raise reject("a graph has a blank node as its name", cure, SourceLocation(name), "graph-name")
    if any(isinstance(term, ox.Triple) for quad in quads for term in (quad.subject, quad.object)):
        cure = "Write plain RDF 1.1: a statement about a triple is a ck:Statement about a proposition"
        raise reject("a triple term of RDF 1.2", cure, SourceLocation(name), "rdf-1.1")
    try:
        quads = _assign_home_graph(skolemize(quads, base_iri), name)
    except IndistinguishableNodesError as error:
        raise InputRejectedError(list(describe_alike(quads, error.nodes, name))) from None
    return Document(name, frozenset(quads), locate_file(name))


def _describe_syntax_errors(data: bytes, syntax: RdfSyntax, name: str, first: GraphSyntaxError) -> list[Finding]:
    """A finding for each bad line where the syntax has one statement a line, else for the first error."""
    errors = find_line_errors(data, syntax, MAX_SYNTAX_FINDINGS) if syntax in LINE_SYNTAXES else []
    return list_syntax_findings(name, syntax, first, errors)


def list_syntax_findings(
    name: str, syntax: RdfSyntax, first: GraphSyntaxError, errors: Sequence[GraphSyntaxError]
) -> list[Finding]:
    """A finding for each of the errors of single lines or, without any, for the first error of the document."""
    return [
        Finding(
            f"does not parse: {_line_reason(error.reason)}",
            _syntax_cure(error.reason, syntax) if errors else "Correct the syntax there.",
            SourceLocation(name, error.line, error.column),
            rule="syntax",
        )
        for error in errors or [first]
    ]


def _line_reason(reason: str) -> str:
    """The message of the parser without the place, which the finding has."""
    return _PARSER_PLACE.sub("", reason)


def _syntax_cure(reason: str, syntax: RdfSyntax) -> str:
    if syntax is N_TRIPLES and "Quads must be followed" in reason:
        return "End the line with a point after the third term; if the fourth is a graph, name the file .nq."
    return next((cure for words, cure in _LINE_CURES.items() if words in reason), "Correct the syntax there.")


def skolemize(quads: Sequence[ox.Quad], base_iri: str) -> list[ox.Quad]:
    """The quads with IRIs under ``.well-known/genid/`` instead of blank nodes (RDF 1.1 Concepts, section 3.5).

    Raises IndistinguishableNodesError.
    """
    labels = canonical_labels(quads)
    if not labels:
        return list(quads)

    def rename(term: Any, name: Callable[[str], Any]) -> Any:
        return name(labels[term]) if isinstance(term, ox.BlankNode) else term

    def rename_all(name: Callable[[str], Any]) -> list[ox.Quad]:
        return [
            ox.Quad(rename(q.subject, name), q.predicate, rename(q.object, name), rename(q.graph_name, name))
            for q in dict.fromkeys(quads)
        ]

    text = "\n".join(sorted(f"{quad} ." for quad in rename_all(ox.BlankNode)))
    prefix = f"{base_iri}.well-known/genid/{hashlib.sha256(text.encode()).hexdigest()[:12]}-"
    return rename_all(lambda label: ox.NamedNode(f"{prefix}{label}"))


def describe_alike(quads: Sequence[ox.Quad], nodes: Sequence[ox.BlankNode], name: str) -> Iterator[Finding]:
    """Findings that show some of the nodes by what is said of them."""
    message = f"{len(nodes)} blank nodes cannot be told apart; one of them is"
    cure = "Give them names: an IRI instead of [ ] or _:label, or something different said of each."
    for node in nodes[:_SHOWN_NODES]:
        said = sorted(f"{quad.predicate} {str(quad.object)[:100]}" for quad in quads if quad.subject == node)
        shown = f"[ {' ; '.join(said[:_SHOWN_NODES])} ]"
        yield Finding(f"{message} {shown}", cure, SourceLocation(name), rule="blank-nodes")


def find_home_graphs(quads: Iterable[ox.Quad]) -> list[ox.NamedNode]:
    """The subjects that are typed as a home graph, sorted."""
    subjects = {
        quad.subject
        for quad in quads
        if quad.predicate == namespaces.TYPE and quad.object in namespaces.HOME_GRAPH_CLASSES
    }
    return sorted((subject for subject in subjects if isinstance(subject, ox.NamedNode)), key=lambda node: node.value)


def _assign_home_graph(quads: list[ox.Quad], name: str) -> list[ox.Quad]:
    """The quads, with those of the default graph moved to the home graph that they describe."""
    if not quads:
        raise reject("the file contains no triple", "Give it one home graph.", SourceLocation(name))
    default = [quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)]
    if not default:
        return quads
    home = select_home_graph(find_home_graphs(default), name)
    moved = [ox.Quad(quad.subject, quad.predicate, quad.object, home) for quad in default]
    return moved + [quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]


def select_home_graph(graphs: Sequence[ox.NamedNode], name: str) -> ox.NamedNode:
    """The home graph of triples outside any named graph, of those that they describe. Raises InputRejectedError."""
    if len(graphs) != 1:
        listed = f" {len(graphs)}: {', '.join(graph.value for graph in graphs)}" if graphs else " none"
        raise reject(
            f"a file without named graphs must describe the one home graph it is; it describes{listed}",
            "Add <graph/NAME> a ck:Dossier (or Dataset, Reference), with title, licence, recordedBy, version.",
            SourceLocation(name),
            "home-graph",
        )
    return graphs[0]


def _check_utf8(data: bytes, name: str) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        location = SourceLocation(name, data[: error.start].count(b"\n") + 1)
        raise reject(f"byte 0x{data[error.start]:02x} is not UTF-8", "Save it as UTF-8.", location) from None


def reject(message: str, cure: str, location: SourceLocation, rule: str = "") -> InputRejectedError:
    """The error that refuses a whole document."""
    return InputRejectedError([Finding(message, cure, location, rule=rule)])
