"""Home graphs that tell which write they come from: every label of a graph has the number of that write.

Owns what they contain, as exact quads. Sends nothing.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.namespaces import CK, TYPE
from kg.settings import DEFAULT_BASE_IRI

Quads = frozenset[ox.Quad]

HOME_GRAPHS = f"{DEFAULT_BASE_IRI}graph/"
"""How their names begin."""
LABEL = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
ORGANIZATION = ox.NamedNode(f"{CK}Organization")
_DCTERMS, _OWL = "http://purl.org/dc/terms/", "http://www.w3.org/2002/07/owl#"
_LICENSE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_RECORDER = ox.NamedNode(f"{DEFAULT_BASE_IRI}id/actor/recorders-0")
_MAX_FILLER = 30_000
"""Characters of the description, so that the engine has to flush now and then."""


def is_home_graph(graph: object) -> bool:
    """Whether it is one of these, and not of the ontology, which comes with the first write."""
    return isinstance(graph, ox.NamedNode) and graph.value.startswith(HOME_GRAPHS)


def graph_of(name: str) -> ox.NamedNode:
    """The home graph of this name."""
    return ox.NamedNode(HOME_GRAPHS + name)


def reference(name: str, number: int) -> Quads:
    """A reference graph with a few organizations, as write ``number`` leaves it."""
    graph = graph_of(name)
    organizations = (quad for index in range(2 + number % 4) for quad in organization(name, str(index), number))
    return frozenset([*_describe_graph(graph, "Reference", number), *organizations])


def recorders() -> Quads:
    """The graph of those who have recorded the others; it has to be there first."""
    return reference("recorders", 0)


def organization(name: str, key: str, number: int) -> Iterator[ox.Quad]:
    """An organization in the graph of this name."""
    graph, subject = graph_of(name), ox.NamedNode(f"{DEFAULT_BASE_IRI}id/actor/{name}-{key}")
    yield ox.Quad(subject, TYPE, ORGANIZATION, graph)
    yield ox.Quad(subject, LABEL, label(number), graph)


def dossier(name: str, number: int) -> Quads:
    """A dossier with a few incidents, as write ``number`` leaves it."""
    graph = graph_of(name)
    incidents = [ox.NamedNode(f"{DEFAULT_BASE_IRI}id/incident/{name}-{index}") for index in range(1 + number % 3)]
    return frozenset(
        [
            *_describe_graph(graph, "Dossier", number),
            *(ox.Quad(incident, TYPE, ox.NamedNode(f"{CK}Incident"), graph) for incident in incidents),
            *(ox.Quad(incident, LABEL, label(number), graph) for incident in incidents),
        ]
    )


def dossier_yaml(name: str, number: int) -> bytes:
    """The same as people write it."""
    incidents = "".join(
        f'  - {{id: incident/{name}-{index}, type: Incident, prefLabel: "write {number}"}}\n'
        for index in range(1 + number % 3)
    )
    return f"""\
"@context": {DEFAULT_BASE_IRI}context
id: ../graph/{name}
type: Dossier
title: "{number}"
description: "{_filler(number)}"
license: {_LICENSE.value}
recordedBy: actor/recorders-0
version: "{number}"
incidents:
{incidents}""".encode()


def relabel(quads: Quads, number: int) -> Quads:
    """The same with the labels of another write."""
    return frozenset(
        ox.Quad(quad.subject, LABEL, label(number), quad.graph_name) if quad.predicate == LABEL else quad
        for quad in quads
    )


def label(number: int) -> ox.Literal:
    """The label of all that write ``number`` has labelled."""
    return ox.Literal(f"write {number}", language="en")


def _describe_graph(graph: ox.NamedNode, class_name: str, number: int) -> Iterator[ox.Quad]:
    yield ox.Quad(graph, TYPE, ox.NamedNode(CK + class_name), graph)
    yield ox.Quad(graph, ox.NamedNode(f"{_DCTERMS}title"), ox.Literal(str(number), language="en"), graph)
    yield ox.Quad(graph, ox.NamedNode(f"{_DCTERMS}description"), ox.Literal(_filler(number), language="en"), graph)
    yield ox.Quad(graph, ox.NamedNode(f"{_OWL}versionInfo"), ox.Literal(str(number)), graph)
    yield ox.Quad(graph, ox.NamedNode(f"{CK}recordedBy"), _RECORDER, graph)
    yield ox.Quad(graph, ox.NamedNode(f"{_DCTERMS}license"), _LICENSE, graph)


def _filler(number: int) -> str:
    return " ".join(["What it is."] * (1 + number * 7919 % (_MAX_FILLER // 12)))
