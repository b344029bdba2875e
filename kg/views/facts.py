"""What a description says of its focus that fits into a header of HTTP: classes, home graphs and their licences."""

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg import namespaces

_LICENSE = ox.NamedNode(f"{namespaces.DCTERMS}license")
_MAX_LISTED = 10


def read_facts(quads: Iterable[ox.Quad], focus: str) -> Mapping[str, list[str]]:
    """IRIs, sorted; of each at most ten. A home graph has a licence, and a resource that of its home graphs."""
    listed = list(quads)
    about = [quad for quad in listed if getattr(quad.subject, "value", "") == focus]
    homes = {quad.graph_name.value for quad in about if isinstance(quad.graph_name, ox.NamedNode)}
    licenses = (
        quad.object.value
        for quad in listed
        if quad.predicate == _LICENSE
        and isinstance(quad.object, ox.NamedNode)
        and getattr(quad.subject, "value", "") in homes
    )
    classes = (q.object.value for q in about if q.predicate == namespaces.TYPE and isinstance(q.object, ox.NamedNode))
    facts = {"classes": classes, "home_graphs": homes, "licenses": licenses}
    return {name: sorted(set(iris))[:_MAX_LISTED] for name, iris in facts.items()}
