"""The formats of citations, in order of preference: the names of ``kg.views.citation`` with their media types."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format of citations that can be negotiated."""

    media_type: str
    names: tuple[str, ...]
    label: str
    aliases: tuple[str, ...] = ()


CITATION_FORMATS: Mapping[str, CitationFormat] = {
    "txt": CitationFormat("text/plain", ("txt",), "Text"),
    "bib": CitationFormat("application/x-bibtex", ("bib",), "BibTeX"),
    "csl": CitationFormat("application/vnd.citationstyles.csl+json", ("csl",), "CSL-JSON"),
}
