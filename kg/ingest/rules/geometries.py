"""Rules about geometries."""

from collections.abc import Iterable

from kg import namespaces
from kg.errors import Finding
from kg.ingest.geometries import check_geometries
from kg.ingest.proposed_write import ProposedWrite


def check_readable_geometries(write: ProposedWrite) -> Iterable[Finding]:
    """Each geometry can be read by the functions of GeoSPARQL."""
    return check_geometries(write.change.added)


def check_geometries_stated(write: ProposedWrite) -> Iterable[Finding]:
    """A geometry of a place without a speaker belongs to a reference graph: that of its source."""
    cure = "Move it to a reference graph; where a speaker states it, let a PlaceLocation have it and drop geometryOf"
    retyped = (write.in_graph(namespaces.GEOMETRY_OF, graph) for graph in write.no_longer_references())
    for quad in sorted({*write.added(namespaces.GEOMETRY_OF)}.union(*retyped), key=str):
        if not write.is_reference(quad.graph_name):
            subject = namespaces.value_of(quad.subject)
            message = "a geometry of a place, without a speaker"
            yield Finding(message, cure, None, subject, "geometry", namespaces.GEOMETRY_OF.value)
