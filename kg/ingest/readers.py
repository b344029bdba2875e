"""Which function reads which kind of file, by its suffix.

An importer for another format is one function that returns a ``Document``, and one row of ``READERS``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.ingest.documents import RDF_SUFFIXES, Document, parse_rdf
from kg.ingest.dossier.parser import parse_dossier
from kg.schema.model import Schema
from kg.source_archive import SourceArchive

Reader = Callable[[bytes, str, Schema, str, SourceArchive], Document]
"""From the content and name of a file, the schema, the base IRI and the texts of sources to a document.

Raises InputRejectedError.
"""


def read_document(
    data: bytes, name: str, schema: Schema, base_iri: str, archive: SourceArchive | None = None
) -> Document:
    """The document in a file whose syntax is given by the suffix of its name. Raises InputRejectedError."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        cure = f"Known are {', '.join(READERS)}"
        raise InputRejectedError([Finding(f"unknown kind of file {suffix!r}", cure, SourceLocation(name))])
    return READERS[suffix](data, name, schema, base_iri, archive or SourceArchive(None))


def _read_rdf(data: bytes, name: str, _schema: Schema, base_iri: str, _archive: SourceArchive) -> Document:
    return parse_rdf(data, name, Path(name).suffix.lower(), base_iri)


READERS: Mapping[str, Reader] = {
    ".yaml": parse_dossier,
    ".yml": parse_dossier,
    **dict.fromkeys(RDF_SUFFIXES, _read_rdf),
}
