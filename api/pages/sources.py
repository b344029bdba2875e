"""What pages and data documents are computed from besides the store. Made once for each process that computes them."""

from dataclasses import dataclass
from typing import Self

from api.pages.render import PageRenderer
from kg.query_lint.linter import QueryLint
from kg.questions.catalogue import Catalogue
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import Settings
from kg.source_archive import SourceArchive


@dataclass(frozen=True, slots=True)
class PageSources:
    """The settings, the schema with its index, the archive of source texts, the catalogue, templates and lint."""

    settings: Settings
    schema: Schema
    class_index: ClassIndex
    archive: SourceArchive
    catalogue: Catalogue
    renderer: PageRenderer
    lint: QueryLint

    @classmethod
    def create(cls, settings: Settings, schema: Schema) -> Self:
        """The sources that the settings name, and those that are shipped."""
        archive = SourceArchive(settings.archive_dir)
        lint = QueryLint.create(schema, settings)
        return cls(settings, schema, ClassIndex(schema), archive, Catalogue.load(), PageRenderer(settings), lint)
