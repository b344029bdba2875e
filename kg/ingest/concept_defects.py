"""What is wrong with a concept that a home graph adds to a scheme of the ontology.

Owns the requirements: an open scheme, an IRI below that of the scheme, a name, a definition, an example, a place in the
tree. Knows no documents.
"""

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg import namespaces
from kg.schema.model import Scheme, local_name

Defect = tuple[str, str]
"""What is wrong, and how to correct it."""

_HEDGE_SCHEME = namespaces.HEDGES.rstrip("/")
_DESCRIPTION = (
    (namespaces.PREF_LABEL, "no prefLabel", "Give it a skos:prefLabel, once a language"),
    (f"{namespaces.SKOS}definition", "no definition", "Say in one sentence what it means: skos:definition"),
    (f"{namespaces.SKOS}example", "no example", "Give the words of a passage that calls for it: skos:example"),
)


def find_concept_defects(quads: Sequence[ox.Quad], scheme: Scheme | None, is_in_reference: bool) -> Iterator[Defect]:
    """The defects of the concept that these quads describe, as one of this scheme; of none that is not ours."""
    if scheme is None:
        return
    concept = namespaces.value_of(quads[0].subject)
    if not is_in_reference:
        yield "a concept outside a reference graph", "Describe it in a ck:Reference; other graphs only use it"
    if scheme.is_closed:
        yield f"the scheme of {scheme.label} is closed", f"Choose one of: {', '.join(_slugs(scheme))}"
    if not scheme.has_below(concept):
        yield "the IRI is not below that of its scheme", f"Call it <{scheme.iri}/{local_name(concept) or 'SLUG'}>"
    values = {(quad.predicate.value, namespaces.value_of(quad.object)) for quad in quads}
    predicates = {predicate for predicate, _ in values}
    for predicate, message, cure in _DESCRIPTION:
        if predicate not in predicates:
            yield message, cure
    above = {value for predicate, value in values if predicate == namespaces.BROADER}
    if not all(map(scheme.has_below, above)):
        yield "a broader concept of another scheme", f"Choose one of: {', '.join(_slugs(scheme))}"
    if not above and scheme.iri == _HEDGE_SCHEME:
        groups = ", ".join(concept.slug for concept in scheme.concepts if concept.broader is None)
        yield "a hedge without a group", f"Its group decides whether a statement counts. Give it skos:broader: {groups}"
    elif not above and (f"{namespaces.SKOS}topConceptOf", scheme.iri) not in values:
        cure = f"Give it skos:broader, one of {', '.join(_slugs(scheme))}; or skos:topConceptOf <{scheme.iri}>"
        yield "no place among the concepts of its scheme", cure


def _slugs(scheme: Scheme) -> Iterable[str]:
    return (concept.slug for concept in scheme.concepts)
