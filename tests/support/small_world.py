"""Small graphs in Turtle, and the questions that are asked of them: the words for tests of verdicts.

Owns a few actors, places and sources, and the ways to a verdict, a status and a headline.
"""

from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.knowledge_graph import load_shipped_schema
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

_PREFIXES = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix actor: <https://w3id.org/conflict-kg/id/actor/> .
@prefix place: <https://w3id.org/conflict-kg/id/place/> .
@prefix zone: <https://w3id.org/conflict-kg/id/zone/> .
@prefix incident: <https://w3id.org/conflict-kg/id/incident/> .
@prefix source: <https://w3id.org/conflict-kg/id/source/> .
@prefix st: <https://w3id.org/conflict-kg/id/statement/> .
@prefix prop: <https://w3id.org/conflict-kg/id/proposition/> .
@prefix hedge: <https://w3id.org/conflict-kg/vocab/hedge/> .
@prefix aspect: <https://w3id.org/conflict-kg/vocab/aspect/> .
@prefix type: <https://w3id.org/conflict-kg/vocab/incident-type/> .
@prefix weapon: <https://w3id.org/conflict-kg/vocab/weapon/> .
@prefix relation: <https://w3id.org/conflict-kg/vocab/actor-relation/> .
@prefix place-relation: <https://w3id.org/conflict-kg/vocab/place-relation/> .
@prefix explicitness: <https://w3id.org/conflict-kg/vocab/explicitness/> .
@prefix extent: <https://w3id.org/conflict-kg/vocab/extent/> .
@prefix kind: <https://w3id.org/conflict-kg/vocab/source-kind/> .
@prefix position: <https://w3id.org/conflict-kg/vocab/position-kind/> .

source:article a ck:Source ; ck:sourceKind kind:article ; dcterms:publisher actor:paper ; skos:prefLabel "Article"@en .
source:press a ck:Source ; ck:sourceKind kind:press-statement ; dcterms:publisher actor:army ;
    skos:prefLabel "Press statement"@en .
source:copy a ck:Source ; ck:sourceKind kind:article ; dcterms:publisher actor:archive ; dcterms:creator actor:paper ;
    ck:republishes source:article ; skos:prefLabel "Copy"@en .
source:joint a ck:Source ; ck:sourceKind kind:article ; dcterms:publisher actor:paper ;
    dcterms:creator actor:paper , actor:archive ; skos:prefLabel "Joint article"@en .
actor:paper a ck:Organization ; skos:prefLabel "Paper"@en .
actor:archive a ck:Organization ; skos:prefLabel "Archive"@en .
actor:army a ck:Organization ; skos:prefLabel "Army"@en .
actor:unit a ck:Organization ; skos:prefLabel "Unit"@en .
actor:militia a ck:ArmedGroup ; skos:prefLabel "Militia"@en .
actor:witness a ck:Person ; skos:prefLabel "Witness"@en .
actor:eyewitnesses a ck:UnnamedActor ; skos:prefLabel "eyewitnesses of the raid (s64)"@en .
actor:ministry a ck:Organization ; skos:prefLabel "Ministry"@en .
actor:ally a ck:State ; skos:prefLabel "Ally"@en .
actor:coalition a ck:Coalition ; skos:prefLabel "Coalition"@en .
place:town a ck:Place ; ck:administrativeParent place:province ; skos:prefLabel "Town"@en .
place:province a ck:Place ; skos:prefLabel "Province"@en .
zone:z a ck:Zone ; skos:prefLabel "Zone"@en .
incident:a a ck:Incident ; skos:prefLabel "Raid, first"@en .
incident:b a ck:Incident ; skos:prefLabel "Raid, second"@en .
"""


def said(name: str, speaker: str, act: str, proposition: str, hedge: str = "none", more: str = "") -> str:
    """A statement in the article; without more, of nothing else."""
    source = "" if "reportedIn" in more else "ck:reportedIn source:article ; "
    return (
        f"st:{name} a ck:Statement ; ck:speaker actor:{speaker} ; ck:{act} {proposition} ; ck:hedge hedge:{hedge} ;"
        f" {source}{more} .\n"
    )


def account(name: str, roles: str) -> str:
    return f"prop:{name} a ck:IncidentAccount ; {roles} .\n"


class Asked(NamedTuple):
    """A question about a graph, and the answer."""

    turtle: str
    question: str
    parameters: dict[str, str]
    verdict: str
    headline: str
    """What the headline contains."""


@dataclass(frozen=True)
class SmallWorld:
    """Asks questions of small graphs."""

    catalogue: Catalogue
    service: GraphQLService
    vocabularies: frozenset[ox.Quad]

    @classmethod
    def create(cls) -> "SmallWorld":
        schema, catalogue = load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load()
        graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}ontology")
        quads = frozenset(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in schema.ontology)
        return cls(catalogue, GraphQLService(schema, catalogue, DEFAULT_BASE_IRI), quads)

    def store(self, turtle: str) -> EmbeddedStore:
        graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/case")
        triples = ox.parse(_PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
        quads = {ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in triples}
        store = EmbeddedStore.in_memory()
        store.apply(Change.from_quads(added=frozenset(quads | self.vocabularies)))
        return store

    def ask(self, asked: Asked) -> YesNoAnswer:
        answer = self.catalogue.ask(asked.question, asked.parameters, self.store(asked.turtle), DEFAULT_BASE_IRI)
        assert isinstance(answer, YesNoAnswer)
        return answer

    def status(self, turtle: str, proposition: str) -> dict[str, str]:
        query = (
            f'{{ node(id: "proposition:{proposition}") {{ ... on Proposition {{ status headline attribution }} }} }}'
        )
        content = self.service.execute(GraphQLRequest(query=query), self.store(turtle)).formatted
        assert "errors" not in content, content
        node: dict[str, str] = content["data"]["node"]
        return node


def did(actor: str, type_: str = "attack", **more: str) -> tuple[str, dict[str, str]]:
    return "did-actor-do", {"actor": actor, "type": type_, **more}


def covers(place: str) -> tuple[str, dict[str, str]]:
    return "does-zone-cover-place", {"zone": "z", "place": place}


ATTACK = "ck:incidentType type:attack ; ck:perpetrator actor:army"
MEETING = account("m", "ck:incident incident:a ; ck:incidentType type:meeting ; ck:participant actor:militia")
PARTS = account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
FORCE = "prop:r a ck:ActorRelation ; ck:actor actor:unit ; ck:relation relation:{} ; ck:other actor:{} . "
DEED = account("p", "ck:incidentType type:attack ; ck:perpetrator actor:unit") + said(
    "s1", "paper", "asserts", "prop:p"
)
COVERAGE = "prop:w a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:province ; ck:extent extent:whole .\n"
OF_TOWN = "prop:t a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:town .\n"
POSITION = "prop:p a ck:Position ; ck:actor actor:ministry ; ck:positionKind position:{} ; ck:content prop:c .\n"
CONTENT = account("c", ATTACK)
