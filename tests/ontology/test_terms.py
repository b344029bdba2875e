"""Versions agree, released terms are kept, and texts name only declared terms."""

import re
import tomllib
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

BASE = "https://w3id.org/conflict-kg/"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
KINDS = [
    *(OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    *(SKOS + kind for kind in ("ConceptScheme", "Concept")),
]
RELEASED = Path(__file__).parent / "released-terms.txt"
RELEASE = "python tests/ontology/release_terms.py"


@pytest.mark.parametrize("header", ["ontology", "shapes", "alignments"])
def test_headers_have_the_version_of_the_package(header: str, sources: Store, repository: Path) -> None:
    version = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert values(sources, header, "versionInfo") == [version]
    assert values(sources, header, "versionIRI") in ([], [f"{BASE}{header}/{version}"])


def test_released_terms_are_still_there_or_deprecated(sources: Store) -> None:
    declared = {
        quad.subject.value
        for kind in KINDS
        for quad in sources.quads_for_pattern(None, RDF_TYPE, NamedNode(kind))
        if isinstance(quad.subject, NamedNode)
    }
    gone = [term for term in RELEASED.read_text("utf-8").splitlines()[1:] if BASE + term not in declared]
    assert not gone, f"declare them again with owl:deprecated true and dcterms:isReplacedBy: {gone}"


def test_list_of_released_terms_is_that_of_the_version(sources: Store) -> None:
    listed = RELEASED.read_text("utf-8").splitlines()[0]
    assert listed == f"# {values(sources, 'ontology', 'versionInfo')[0]}", f"renew the list: {RELEASE}"


def test_texts_name_only_terms_that_are_declared(sources: Store) -> None:
    declared = {
        quad.subject.value
        for quad in sources.quads_for_pattern(None, RDF_TYPE, None)
        if isinstance(quad.subject, NamedNode)
    }
    named = {
        (quad.object.value, namespace + name)
        for quad in sources
        if isinstance(quad.object, Literal)
        for prefix, namespace in (("ck", f"{BASE}ontology#"), ("cks", f"{BASE}shapes#"))
        for name in re.findall(rf"\b{prefix}:([\w-]+)", quad.object.value)
    }
    assert named, "no text names a term: is the pattern still right?"
    assert not [(text, term) for text, term in named if term not in declared]


def values(store: Store, header: str, name: str) -> list[str]:
    quads = store.quads_for_pattern(NamedNode(BASE + header), NamedNode(OWL + name), None)
    return [quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal)]
