"""A data set as a folder: how its files are read, how rows are mapped, its codes, and its home graph.

Owns the names of the files in the folder, and what is wrong with them. Reads no rows.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kg.datasets.functions import CUSTOM_FUNCTIONS
from kg.datasets.query_text import list_columns
from kg.datasets.selection import SelectionRule, parse_rules
from kg.datasets.source_format import JSON, SourceFormat, local_name, parse_source_format
from kg.errors import Finding, InputRejectedError, SourceLocation, UnknownNameError
from kg.namespaces import CODE, DATASET, REFERENCE, TYPE, VOCAB
from kg.nearest_names import nearest_names

SOURCE, MAPPING, CHECKS, CODES, HOME, CONCEPTS = (
    "source.toml",
    "mapping.rq",
    "checks.rq",
    "codes.csv",
    "dataset.ttl",
    "concepts.ttl",
)
NO_LICENCE = "https://example.org/the-licence-of-its-maker"
"""What stands in a scaffold until somebody knows it."""
_CODE_COLUMNS = ("column", "code", "concept", "label")


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a folder says."""

    folder: Path
    source_format: SourceFormat
    rules: Mapping[str, SelectionRule]
    mapping: str
    checks: str
    """Empty if there are none."""
    codes: tuple[ox.Quad, ...]
    graph: ox.NamedNode
    """The home graph."""
    header: tuple[ox.Quad, ...]
    """What ``dataset.ttl`` says, in the home graph."""
    base_iri: str

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def concepts(self) -> Path | None:
        """The document of concepts that the data set adds, if it has one."""
        file = self.folder / CONCEPTS
        return file if file.is_file() else None


def find_folder(name: str, folders: Iterable[Path]) -> Path:
    """The data set of this name in the first of the folders that has it. Raises UnknownNameError."""
    known = {found.name: found for folder in reversed(list(folders)) for found in _list_datasets(folder)}
    if name not in known:
        raise UnknownNameError("data set", name, nearest_names(name, known) or sorted(known)[:10])
    return known[name]


def list_datasets(folders: Iterable[Path]) -> list[str]:
    """The names of all data sets in the folders."""
    return sorted({found.name for folder in folders for found in _list_datasets(folder)})


def _list_datasets(folder: Path) -> Iterator[Path]:
    return (source.parent for source in sorted(folder.glob(f"*/{SOURCE}")))


def load_dataset(folder: Path, base_iri: str) -> Dataset:
    """The data set in the folder. Raises InputRejectedError, naming the file, the line and the cure."""
    source = _read(folder / SOURCE)
    graph, header = _parse_header(folder / HOME, base_iri)
    queries = {
        name: _read_query(folder / name, base_iri)
        for name in (MAPPING, CHECKS)
        if name == MAPPING or (folder / name).exists()
    }
    source_format = parse_source_format(source, str(folder / SOURCE))
    return Dataset(
        folder=folder,
        source_format=_add_queried(source_format, queries, folder),
        rules=parse_rules(source, str(folder / SOURCE)),
        mapping=queries[MAPPING],
        checks=queries.get(CHECKS, ""),
        codes=tuple(_parse_codes(folder / CODES, base_iri)) if (folder / CODES).exists() else (),
        graph=graph,
        header=header,
        base_iri=base_iri,
    )


def check_licence(dataset: Dataset) -> None:
    """Raise InputRejectedError if the licence is the one that a scaffold has in place of it."""
    if any(quad.object.value == NO_LICENCE for quad in dataset.header if isinstance(quad.object, ox.NamedNode)):
        cure = "Name its maker and the terms under which it is given; look there for more that is not known yet."
        raise _reject(dataset.folder / HOME, "the licence of the data is not named yet", cure)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _reject(path, f"cannot be read: {error.strerror}", "A data set has this file.") from None
    except UnicodeDecodeError as error:
        raise _reject(path, f"byte {error.start} is not UTF-8", "Save it as UTF-8.") from None


def _read_query(path: Path, base_iri: str) -> str:
    text = _read(path)
    try:
        ox.Store().query(text, base_iri=base_iri, custom_functions=dict(CUSTOM_FUNCTIONS))
    except SyntaxError as error:
        raise _reject(path, f"does not parse: {error}", "Write a query of SPARQL 1.1.") from None
    except RuntimeError as error:  # a function that does not exist
        known = ", ".join(sorted(function.value for function in CUSTOM_FUNCTIONS))
        raise _reject(path, str(error), f"Beside those of SPARQL 1.1 there are {known}.") from None
    return text


def _add_queried(source_format: SourceFormat, queries: Mapping[str, str], folder: Path) -> SourceFormat:
    """The format with the columns that are to be in each header, because queries name them.

    Where ``source.toml`` names the columns, they are compared here. JSON has no header, and rows may differ in their
    members. Raises InputRejectedError.
    """
    parts = {name for list_ in source_format.lists.values() if list_.pattern for name in list_.pattern.groupindex}
    named = {name: list_columns(query) - parts for name, query in queries.items()}
    if source_format.syntax == JSON:
        return source_format
    if not source_format.columns and not source_format.forms:
        return replace(source_format, queried=frozenset[str]().union(*named.values()))
    known = {local_name(column) for form in (source_format, *source_format.forms) for column in form.columns}
    for name, columns in named.items() if known else ():
        for column in sorted(columns - known - set(map(local_name, source_format.optional))):
            near = nearest_names(column, known)[:1]
            cure = f"Write {near[0]}." if near else "Write one that source.toml names."
            raise _reject(folder / name, f"no form of file has the column {column}", cure)
    return source_format


def _parse_header(path: Path, base_iri: str) -> tuple[ox.NamedNode, tuple[ox.Quad, ...]]:
    try:
        quads = list(ox.parse(_read(path), format=ox.RdfFormat.TURTLE, base_iri=base_iri))
    except SyntaxError as error:
        raise _reject(path, f"does not parse: {error}", "Write Turtle.") from None
    graphs = [quad.subject for quad in quads if quad.predicate == TYPE and quad.object in (DATASET, REFERENCE)]
    if len(graphs) != 1 or not isinstance(graphs[0], ox.NamedNode):
        raise _reject(path, f"{len(graphs)} home graphs are described", "Describe one, a ck:Dataset or ck:Reference.")
    (graph,) = graphs
    return graph, tuple(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)


def _parse_codes(path: Path, base_iri: str) -> Iterator[ox.Quad]:
    """Each line a node with the columns that it fills; a concept is an IRI, relative to the vocabularies.

    One that begins with ``id/`` is something that another home graph describes, relative to the base.
    """
    reader = csv.DictReader(io.StringIO(_read(path), newline=""))
    if not set(_CODE_COLUMNS[:2]) <= set(reader.fieldnames or ()) <= set(_CODE_COLUMNS):
        raise _reject(path, "the first line is no header", f"Begin with {','.join(_CODE_COLUMNS)}.", 1)
    for line in reader:
        node = ox.NamedNode(f"{CODE}{reader.line_num}")
        if None in line or not line["code"]:
            raise _reject(path, "the line has no code, or too many values", "Correct it.", reader.line_num)
        for name, value in line.items():
            if value:
                object_ = _resolve(value, base_iri) if name == "concept" else ox.Literal(value)
                yield ox.Quad(node, ox.NamedNode(f"{CODE}{name}"), object_)


def _resolve(concept: str, base_iri: str) -> ox.NamedNode:
    if concept.startswith("id/"):
        return ox.NamedNode(base_iri + concept)
    return ox.NamedNode(concept if ":" in concept else VOCAB + concept)


def _reject(path: Path, message: str, cure: str, line: int | None = None) -> InputRejectedError:
    return InputRejectedError([Finding(message, cure, SourceLocation(str(path), line))])
