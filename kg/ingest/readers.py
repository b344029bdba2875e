"""Which function reads which kind of file, by its suffix.

An importer for another format is one function that returns a ``Document``, and one row of ``READERS``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.ingest.documents import RDF_SUFFIXES, Document, parse_rdf
from kg.ingest.dossier.parser import parse_dossier
from kg.schema.model import Schema

Reader = Callable[[bytes, str, Schema, str], Document]
"""From the content and name of a file, the schema and the base IRI to a document. Raises InputRejectedError."""


def read_document(data: bytes, name: str, schema: Schema, base_iri: str) -> Document:
    """The document in a file whose syntax is given by the suffix of its name. Raises InputRejectedError."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        cure = f"Known are {', '.join(READERS)}"
        raise InputRejectedError([Finding(f"unknown kind of file {suffix!r}", cure, SourceLocation(name))])
    return READERS[suffix](data, name, schema, base_iri)


def _read_rdf(data: bytes, name: str, _schema: Schema, base_iri: str) -> Document:
    return parse_rdf(data, name, Path(name).suffix.lower(), base_iri)


READERS: Mapping[str, Reader] = {
    ".yaml": parse_dossier,
    ".yml": parse_dossier,
    **dict.fromkeys(RDF_SUFFIXES, _read_rdf),
}
