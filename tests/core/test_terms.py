"""Every IRI that Python names is one of ontology or shapes, or of a vocabulary of others."""

import pyoxigraph as ox

from kg import terms
from kg.schema import Schema

EXTERNAL = (terms.OA, terms.DCTERMS, terms.SH, terms.RDF, terms.RDFS, terms.OWL, terms.SKOS, terms.XSD, terms.EDTF)


def named() -> dict[str, str]:
    """The IRIs in ``kg.terms``, by the name of the constant, without those that only begin others."""
    found: dict[str, str] = {}
    for name, value in vars(terms).items():
        if not name.isupper():
            continue
        members = value if isinstance(value, tuple) else (value,)
        found |= {f"{name} {iri}": iri for each in members if not (iri := terms.value_of(each)).endswith(("#", "/"))}
    return found


def test_every_iri_named_exists_or_is_of_an_external_vocabulary(schema: Schema) -> None:
    there = {terms.value_of(quad.subject) for quad in (*schema.ontology, *schema.shapes)}
    assert len(named()) > 25
    assert [name for name, iri in named().items() if iri not in there and not iri.startswith(EXTERNAL)] == []


def test_every_property_named_of_ours_is_one_that_the_ontology_defines(schema: Schema) -> None:
    ours = [
        value.value
        for name, value in vars(terms).items()
        if isinstance(value, ox.NamedNode) and value.value.startswith(terms.CK) and name not in ("DATASET", "PASSAGE")
    ]
    assert [iri for iri in ours if iri not in schema.properties] == []
