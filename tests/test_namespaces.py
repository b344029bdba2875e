"""Every IRI that Python names is declared in ontology or shapes, or belongs to an external vocabulary."""

import re
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.schema.model import Schema

EXTERNAL = (
    namespaces.OA,
    namespaces.DCTERMS,
    namespaces.SH,
    namespaces.RDF,
    namespaces.RDFS,
    namespaces.OWL,
    namespaces.SKOS,
    namespaces.XSD,
    namespaces.EDTF,
    namespaces.VOID,
    "http://www.w3.org/ns/dcat#",
    "https://schema.org/",
)


def named_iris() -> dict[str, str]:
    """The IRIs in ``kg.namespaces``, by the name of the constant, without namespaces."""
    iris: dict[str, str] = {}
    for name, value in vars(namespaces).items():
        if not name.isupper() or isinstance(value, dict):
            continue
        members = value if isinstance(value, tuple) else (value,)
        for member in members:
            iri = namespaces.value_of(member)
            if not iri.endswith(("#", "/")):
                iris[f"{name} {iri}"] = iri
    return iris


def test_every_iri_named_exists_or_is_of_an_external_vocabulary(schema: Schema) -> None:
    declared = {namespaces.value_of(quad.subject) for quad in (*schema.ontology, *schema.shapes)}
    assert len(named_iris()) > 25
    assert [name for name, iri in named_iris().items() if iri not in declared and not iri.startswith(EXTERNAL)] == []


def test_every_property_named_of_ours_is_one_that_the_ontology_defines(schema: Schema) -> None:
    ours = [
        value.value
        for name, value in vars(namespaces).items()
        if isinstance(value, ox.NamedNode)
        and value.value.startswith(namespaces.CK)
        and name not in ("DOSSIER", "DATASET", "REFERENCE", "PASSAGE")
    ]
    assert [iri for iri in ours if iri not in schema.properties] == []


def test_every_prefix_stands_for_a_namespace() -> None:
    assert [prefix for prefix, space in namespaces.PREFIXES.items() if not space.endswith(("#", "/"))] == []


def test_the_home_graph_classes_are_those_of_the_ontology(schema: Schema) -> None:
    named = {cls.value for cls in namespaces.HOME_GRAPH_CLASSES}
    assert named == set(schema.leaves([namespaces.HOME_GRAPH])), "a document of another class would be refused"


def test_no_name_stands_for_two_terms() -> None:
    assigned = re.findall(r"^([A-Z_]+) = ", Path(namespaces.__file__).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(assigned) == sorted(set(assigned))
