"""``Link`` header fields of linked data, as https://signposting.org asks: what a client finds without reading a body.

Owns which relations each address has. Targets of this server are paths; licences and classes are told by the reply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from api.http.links import LinkHeader, local_path
from kg.rdf_formats import JSON_LD, RDF_BY_SUFFIX, RDF_SYNTAXES, TURTLE

_HTML = "text/html"
_CITATIONS = {"bib": "application/x-bibtex", "csl": "application/vnd.citationstyles.csl+json"}
"""What tools that collect references read, by ``format``."""
_ABOUT_PAGE = "https://schema.org/AboutPage"
_DATASET = "https://schema.org/Dataset"


@dataclass(frozen=True, slots=True)
class Described:
    """A resource or home graph with the addresses of its description."""

    iri: str
    base_iri: str
    page: str
    data: Mapping[str, str]
    """The path in each syntax, by suffix."""

    @property
    def path(self) -> str:
        """The path of the resource itself."""
        return local_path(self.iri, self.base_iri)


def describe_graph_addresses(iri: str, base_iri: str) -> Described:
    """The addresses of a home graph, which has one path for all formats."""
    path = local_path(iri, base_iri)
    data = {syntax.suffix: f"{path}?format={syntax.suffix}" for syntax in RDF_SYNTAXES}
    return Described(iri, base_iri, f"{path}?format=html", data)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the description says, and headers repeat; empty where no worker was asked."""

    classes: Sequence[str] = ()
    home_graphs: Sequence[str] = ()
    licenses: Sequence[str] = ()
    page: int = 1
    pages: int = 1
    """Of the description, in RDF."""

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Facts":
        """Those among the properties of a reply."""
        return cls(**{field.name: properties[field.name] for field in fields(cls) if field.name in properties})


def neighbours(page: int, pages: int) -> Mapping[str, int]:
    """The numbers of the pages that a page links to, by relation (RFC 8288); none of an only page."""
    if pages == 1:
        return {}
    others = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    return {relation: number for relation, number in others.items() if 1 <= number <= pages}


def link_of_redirect(about: Described) -> str:
    """The links of a 303: what the resource is cited as, and where it is described."""
    links = LinkHeader()
    links.add(about.iri, "cite-as")
    _add_alternates(links, about)
    _add_metadata(links, about)
    return links.format()


def link_of_page(about: Described, facts: Facts) -> str:
    """The links of a page about a resource, which is its landing page."""
    links = LinkHeader()
    links.add(about.path, "describes")
    links.add(about.iri, "cite-as")
    links.add(about.page, "canonical")
    _add_alternates(links, about)
    _add_metadata(links, about)
    for format_, media_type in _CITATIONS.items():
        links.add(f"{about.page.replace('/page/', '/cite/', 1)}?format={format_}", "describedby", media_type)
    for path, media_type in _documents(about):
        links.add(path, "item", media_type)
    links.add(_ABOUT_PAGE, "type")
    _add_facts(links, about, facts)
    return links.format()


def link_of_data(about: Described, suffix: str, facts: Facts) -> str:
    """The links of a document about a resource, in the syntax of the suffix."""
    links = LinkHeader()
    links.add(about.path, "describes")
    links.add(about.iri, "cite-as")
    path = about.data[suffix]
    links.add(path if facts.pages == 1 else f"{path}?page={facts.page}", "canonical")
    for relation, number in neighbours(facts.page, facts.pages).items():
        links.add(f"{path}?page={number}", relation, RDF_BY_SUFFIX[suffix].media_type)
    _add_alternates(links, about)
    links.add(about.page, "describedby", _HTML)
    links.add(about.page, "collection", _HTML)  # clients take one: the landing page, which has that of the home graph
    _add_facts(links, about, replace(facts, home_graphs=()))
    return links.format()


def link_of_citation(about: Described, facts: Facts) -> str:
    """The links of a citation: what it cites, and where that is described."""
    links = LinkHeader()
    links.add(about.path, "describes")
    links.add(about.iri, "cite-as")
    links.add(about.page, "describedby", _HTML)
    _add_metadata(links, about)
    _add_facts(links, about, facts)
    return links.format()


def link_of_graph(about: Described, facts: Facts) -> str:
    """The links of a home graph, whatever its format: a document, and a data set with distributions."""
    links = LinkHeader()
    links.add(about.iri, "cite-as")
    links.add(about.path, "canonical")
    _add_alternates(links, about)
    links.add(about.page, "describedby", _HTML)
    for path, media_type in _documents(about):
        links.add(path, "item", media_type)
    links.add(_DATASET, "type")
    _add_facts(links, about, facts)
    return links.format()


def _add_alternates(links: LinkHeader, about: Described) -> None:
    links.add(about.page, "alternate", _HTML)
    for path, media_type in _documents(about):
        links.add(path, "alternate", media_type)


def _add_metadata(links: LinkHeader, about: Described) -> None:
    for syntax in (TURTLE, JSON_LD):
        links.add(about.data[syntax.suffix], "describedby", syntax.media_type)


def _documents(about: Described) -> list[tuple[str, str]]:
    return [(about.data[syntax.suffix], syntax.media_type) for syntax in RDF_SYNTAXES]


def _add_facts(links: LinkHeader, about: Described, facts: Facts) -> None:
    for graph in facts.home_graphs:
        if graph != about.iri:
            links.add(local_path(graph, about.base_iri), "collection")
    for iri in facts.licenses:
        links.add(iri, "license")
    for iri in facts.classes:
        links.add(iri, "type")
