"""A source with its shipped dossier, for tests of what is recorded of it.

The archived texts are not in this repository: tests that need one are skipped loudly where it is missing.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ingest.ingestor import Ingestor
from kg.ingest.quotes import Passage, read_passages, read_text_hashes
from kg.knowledge_graph import list_shipped_documents, load_shipped_schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive, sha256_hex
from kg.validation.validator import Validator

Quads = frozenset[ox.Quad]


@dataclass(frozen=True, slots=True)
class ShippedSource:
    """A source, by the slug that its IRI and its dossier have, and the name of the file with its text."""

    slug: str
    text_name: str

    @property
    def iri(self) -> str:
        """The IRI of the source."""
        return f"{DEFAULT_BASE_IRI}id/source/{self.slug}"

    @property
    def dossier(self) -> Path:
        """The shipped dossier."""
        (path,) = [path for path in list_shipped_documents() if path.name == f"{self.slug}.yaml"]
        return path

    def read_dossier(self) -> Quads:
        """The quads of the dossier."""
        schema = load_shipped_schema(DEFAULT_BASE_IRI)
        ingestor = Ingestor(schema, Validator(schema.shapes), SourceArchive(None), DEFAULT_BASE_IRI)
        return ingestor.read(self.dossier.read_bytes(), self.dossier.name).quads

    def select_passages(self, quads: Quads) -> list[Passage]:
        """The passages of the source."""
        return [passage for passage in read_passages(quads) if passage.source == self.iri]

    def find_text(self, repository: Path, quads: Quads) -> Path:
        """The file with the archived text. Skips the test without one."""
        wanted = read_text_hashes(quads)[self.iri]
        beside = repository.parent / "shared" / "domain" / self.text_name
        folder = os.environ.get("KG_ARCHIVE_DIR", "")
        candidates = [beside, *(sorted(Path(folder).iterdir()) if folder and Path(folder).is_dir() else [])]
        for path in candidates:
            if path.is_file() and sha256_hex(path.read_bytes()) == wanted:
                return path
        pytest.skip(
            f"THE ARCHIVED TEXT IS MISSING, so the quotes of {self.slug} are not checked: put the file with SHA-256 "
            f"{wanted} into a folder and name that folder in KG_ARCHIVE_DIR, or lay it at {beside}"
        )
