"""Reads node shapes and property shapes (SHACL, sections 2.2 and 2.3) as constraints and as fields of classes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from kg.namespaces import CKS, FIELD, SH, SKOS, TYPE, value_of
from kg.schema.model import Constraint, Field, NodeShape, local_name
from kg.schema.property_path import PropertyPath, read_path, split_path
from kg.schema.quad_index import QuadIndex, Term


class ShapesReader:
    """Reads a shapes graph."""

    def __init__(self, graph: QuadIndex) -> None:
        self._graph = graph

    def target_classes(self) -> set[str]:
        """The classes that some node shape targets."""
        graph = self._graph
        return {iri for shape in graph.subjects(f"{SH}targetClass") for iri in graph.iris(shape, f"{SH}targetClass")}

    def paths(self) -> dict[str, PropertyPath]:
        """The path of each named property shape."""
        graph = self._graph
        shapes = [shape for shape in graph.subjects(f"{SH}path") if isinstance(shape, ox.NamedNode)]
        return {shape.value: read_path(graph, graph.objects(shape, f"{SH}path")[0]) for shape in shapes}

    def node_shapes(self) -> tuple[NodeShape, ...]:
        """The named node shapes, by IRI."""
        nodes = self._graph.subjects(TYPE.value, f"{SH}NodeShape")
        named = sorted(node.value for node in nodes if isinstance(node, ox.NamedNode))
        return tuple(map(self._node_shape, named))

    def fields(self, lineage: Iterable[str]) -> dict[str, Field]:
        """The fields of a class, given it and its superclasses: ordered property shapes of the shapes that target them.

        A property shape without ``sh:order`` only tightens the field of its name.
        """
        graph = self._graph
        shapes = dict.fromkeys(
            property_
            for iri in lineage
            for shape in graph.subjects(f"{SH}targetClass", iri)
            for property_ in graph.objects(shape, f"{SH}property")
        )
        read = sorted(map(self._field, shapes), key=lambda field: field.order)
        fields = {field.name: field for field in read if field.order}
        for rule in (field for field in read if not field.order and field.name in fields):
            fields[rule.name] = replace(fields[rule.name], minimum=max(fields[rule.name].minimum, rule.minimum))
        return fields

    def _node_shape(self, iri: str) -> NodeShape:
        graph = self._graph
        properties = [self._constraint(shape) for shape in graph.objects(iri, f"{SH}property")]
        return NodeShape(
            iri=iri,
            label=graph.text(iri, f"{SH}name") or local_name(iri),
            targets=tuple(graph.iris(iri, f"{SH}targetClass")),
            description=graph.text(iri, f"{SH}description"),
            message=graph.text(iri, f"{SH}message"),
            is_closed=graph.text(iri, f"{SH}closed") == "true",
            order=int(graph.text(iri, f"{SH}order") or 0),
            summary=graph.text(iri, f"{CKS}summary"),
            constraints=tuple(sorted(properties, key=lambda constraint: constraint.iri)),
        )

    def _constraint(self, shape: Term) -> Constraint:
        graph = self._graph
        iri = shape.value if isinstance(shape, ox.NamedNode) else ""
        maximum = graph.text(shape, f"{SH}maxCount")
        return Constraint(
            iri=iri,
            label=graph.text(shape, f"{SH}name") or (local_name(iri) if iri else ""),
            path=read_path(graph, graph.objects(shape, f"{SH}path")[0]),
            minimum=int(graph.text(shape, f"{SH}minCount") or 0),
            maximum=int(maximum) if maximum else None,
            description=graph.text(shape, f"{SH}description"),
            message=graph.text(shape, f"{SH}message"),
        )

    def _field(self, shape: Term) -> Field:
        graph = self._graph
        predicate, inverse = split_path(read_path(graph, graph.objects(shape, f"{SH}path")[0]))
        minimum = graph.text(shape, f"{SH}minCount") or graph.text(shape, f"{SH}qualifiedMinCount")
        maximum = graph.text(shape, f"{SH}maxCount") or graph.text(shape, f"{SH}qualifiedMaxCount")
        return Field(
            name=graph.text(shape, FIELD.value) or local_name(predicate or value_of(shape)),
            shape=value_of(shape),
            predicate=predicate,
            inverse=inverse,
            classes=tuple(self._value_classes(shape)),
            datatype=graph.text(shape, f"{SH}datatype") or None,
            scheme=self._scheme(shape),
            minimum=int(minimum or 0),
            maximum=int(maximum) if maximum else None,
            label=graph.text(shape, f"{SH}name"),
            description=graph.text(shape, f"{SH}description"),
            message=graph.text(shape, f"{SH}message"),
            order=int(graph.text(shape, f"{SH}order") or 0),
        )

    def _value_classes(self, shape: Term) -> Iterator[str]:
        """The classes of the values: by ``sh:class``, alternatives of ``sh:or``, and the qualified value shape."""
        graph = self._graph
        yield from graph.iris(shape, f"{SH}class")
        for alternatives in graph.objects(shape, f"{SH}or"):
            for member in graph.members(alternatives):
                yield from graph.iris(member, f"{SH}class")
        for qualified in graph.objects(shape, f"{SH}qualifiedValueShape"):
            yield from graph.iris(qualified, f"{SH}targetClass")

    def _scheme(self, shape: Term) -> str | None:
        """The concept scheme of the values: the ``skos:inScheme`` that their node shape demands."""
        graph = self._graph
        for node in graph.objects(shape, f"{SH}node"):
            for property_ in graph.objects(node, f"{SH}property"):
                if graph.text(property_, f"{SH}path") == f"{SKOS}inScheme":
                    return graph.text(property_, f"{SH}hasValue")
        return None
