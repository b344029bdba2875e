"""Counter-examples that became rules: each is a small graph, a question, and the only answer that misleads nobody."""

from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.schema.inflection import constant_case
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
@prefix extent: <https://w3id.org/conflict-kg/vocab/extent/> .
@prefix kind: <https://w3id.org/conflict-kg/vocab/source-kind/> .
@prefix position: <https://w3id.org/conflict-kg/vocab/position-kind/> .

source:article a ck:Source ; ck:sourceKind kind:article ; dcterms:publisher actor:paper ; skos:prefLabel "Article"@en .
source:press a ck:Source ; ck:sourceKind kind:press-statement ; dcterms:publisher actor:army ;
    skos:prefLabel "Press statement"@en .
source:copy a ck:Source ; ck:sourceKind kind:article ; dcterms:publisher actor:archive ; dcterms:creator actor:paper ;
    ck:republishes source:article ; skos:prefLabel "Copy"@en .
actor:paper a ck:Organization ; skos:prefLabel "Paper"@en .
actor:archive a ck:Organization ; skos:prefLabel "Archive"@en .
actor:army a ck:Organization ; skos:prefLabel "Army"@en .
actor:unit a ck:Organization ; skos:prefLabel "Unit"@en .
actor:militia a ck:ArmedGroup ; skos:prefLabel "Militia"@en .
actor:witness a ck:Person ; skos:prefLabel "Witness"@en .
actor:ministry a ck:Organization ; skos:prefLabel "Ministry"@en .
actor:ally a ck:State ; skos:prefLabel "Ally"@en .
actor:coalition a ck:Coalition ; skos:prefLabel "Coalition"@en .
place:town a ck:Place ; ck:administrativeParent place:province ; skos:prefLabel "Town"@en .
place:province a ck:Place ; skos:prefLabel "Province"@en .
zone:z a ck:Zone ; skos:prefLabel "Zone"@en .
incident:a a ck:Incident . incident:b a ck:Incident .
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
class Readers:
    catalogue: Catalogue
    service: GraphQLService
    vocabularies: frozenset[ox.Quad]

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


@pytest.fixture(scope="module")
def readers() -> Readers:
    schema, catalogue = load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load()
    graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}ontology")
    quads = frozenset(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in schema.ontology)
    return Readers(catalogue, GraphQLService(schema, catalogue, DEFAULT_BASE_IRI), quads)


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

ANSWERS = {
    "a denial that is not also a dispute makes it disputed": Asked(
        MEETING + said("s1", "ministry", "asserts", "prop:m") + said("s2", "witness", "denies", "prop:m"),
        *did("militia", "meeting"), "disputed", "DISPUTED: Ministry says so, as Paper reports; Witness denies it",
    ),
    "one strike asserted and another denied is no dispute": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + account("q", f"{ATTACK} ; ck:incident incident:b")
        + said("s1", "paper", "asserts", "prop:p") + said("s2", "army", "denies", "prop:q"),
        *did("army"), "yes", "YES, says Paper",
    ),
    "a denial that names the incident is told as one of this incident": Asked(
        account("q", f"{ATTACK} ; ck:incident incident:b") + said("s2", "army", "denies", "prop:q"),
        *did("army"), "denied",
        "DENIED by Army, as Paper reports; nobody recorded here says that it is so. Of this incident.",
    ),
    "who says less does not say what is denied": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:militia")
        + said("s2", "army", "denies", "prop:q"),
        *did("army", target="actor:militia"), "denied",
        "DENIED by Army, as Paper reports; nobody recorded here says that it is so. Of this incident.",
    ),
    "the incident is a parameter": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + account("q", f"{ATTACK} ; ck:incident incident:b")
        + said("s1", "paper", "asserts", "prop:p") + said("s2", "army", "denies", "prop:q"),
        *did("army", incident="b"), "denied", "DENIED by Army",
    ),
    "a party that denies in a press release is no no": Asked(
        account("q", ATTACK) + said("s2", "army", "denies", "prop:q", more="ck:reportedIn source:press"),
        *did("army"), "denied", "DENIED by Army, in Press statement",
    ),
    "a party that tells its own deed in a press release is no yes": Asked(
        account("q", ATTACK) + said("s2", "army", "asserts", "prop:q", more="ck:reportedIn source:press"),
        *did("army"), "claimed", "SAID by Army of its own deed, in Press statement",
    ),
    "a flat deed and a probable agent are read together as probable": Asked(
        account("p", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:perpetrator actor:army ;"
                " ck:weapon weapon:chemical-agent") + said("s1", "paper", "asserts", "prop:p")
        + account("q", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:weapon weapon:chlorine")
        + said("s2", "paper", "asserts", "prop:q", "probably", "ck:partOfStatement st:s1"),
        *did("army", "chemical-attack", weapon="chlorine"), "yes", "PROBABLY, INFERRED, says Paper",
    ),
    "parts that name different perpetrators name no killer": Asked(
        PARTS + account("l", "ck:incident incident:a ; ck:incidentType type:looting ; ck:perpetrator actor:militia")
        + said("s2", "paper", "asserts", "prop:l", more="ck:partOfStatement st:s1")
        + account("k", "ck:incident incident:a ; ck:incidentType type:killing ; ck:target actor:witness")
        + said("s3", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("army", "killing"), "undetermined", "silent",
    ),
    "parts that agree are read together": Asked(
        PARTS + account("k", "ck:incident incident:a ; ck:incidentType type:killing ; ck:target actor:witness")
        + said("s3", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("army", "killing"), "yes", "YES, INFERRED, says Paper, and read together: s1, s3",
    ),
    "a target never passes from one part to another": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:militia")
        + said("s1", "paper", "asserts", "prop:p")
        + account("k", "ck:incident incident:a ; ck:incidentType type:killing")
        + said("s3", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("army", "killing", target="actor:militia"), "undetermined", "silent",
    ),
    "an exception by the same speaker is no": Asked(
        COVERAGE + OF_TOWN + said("s1", "paper", "asserts", "prop:w") + said("s2", "paper", "denies", "prop:t"),
        *covers("town"), "no", "NO, says Paper.",
    ),
    "the same exception by another is disputed": Asked(
        COVERAGE + OF_TOWN + said("s1", "paper", "asserts", "prop:w") + said("s2", "witness", "denies", "prop:t"),
        *covers("town"), "disputed", "Witness denies it, as Paper reports",
    ),
    "whole coverage of a unit covers its places": Asked(
        COVERAGE + said("s1", "paper", "asserts", "prop:w"),
        *covers("town"), "yes", "YES, INFERRED, says Paper",
    ),
    "whoever denies the step of the register stops it": Asked(
        COVERAGE + said("s1", "paper", "asserts", "prop:w")
        + "prop:n a ck:PlaceRelation ; ck:place place:town ; ck:relation place-relation:part-of ;"
        " ck:other place:province .\n"
        + said("s2", "witness", "denies", "prop:n"),
        *covers("town"), "undetermined", "silent",
    ),
    "not the army, a unit gone rogue": Asked(
        DEED + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r")
        + account("q", ATTACK) + said("s3", "paper", "denies", "prop:q"),
        *did("army"), "no", "NO, says Paper.",
    ),
    "a force answers for what it is a force of": Asked(
        DEED + FORCE.format("force-of", "army") + said("s2", "witness", "asserts", "prop:r"),
        *did("army"), "claimed", "INFERRED",
    ),
    "an organization answers for what it is part of": Asked(
        DEED + FORCE.format("part-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "yes", "and Unit is a part of Army, says Paper",
    ),
    "an ally does not answer": Asked(
        DEED + FORCE.format("allied-with", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "a state that is part of a coalition does not make its deed the coalition's": Asked(
        account("p", "ck:incidentType type:attack ; ck:perpetrator actor:ally")
        + said("s1", "paper", "asserts", "prop:p")
        + "prop:r a ck:ActorRelation ; ck:actor actor:ally ; ck:relation relation:part-of ;"
        " ck:other actor:coalition .\n"
        + said("s2", "paper", "asserts", "prop:r"),
        *did("coalition"), "undetermined", "silent",
    ),
    "what became part in 2017 does not answer for 2016": Asked(
        account("p", 'ck:incidentType type:attack ; ck:perpetrator actor:unit ; ck:earliest "2016-05-01"^^xsd:date ;'
                ' ck:latest "2016-05-01"^^xsd:date') + said("s1", "paper", "asserts", "prop:p")
        + 'prop:r a ck:ActorRelation ; ck:actor actor:unit ; ck:relation relation:part-of ; ck:other actor:army ;'
        ' ck:earliest "2017-01-01"^^xsd:date .\n' + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "to deny the whole's deed is to deny the part's": Asked(
        account("q", ATTACK) + said("s1", "paper", "denies", "prop:q")
        + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("unit"), "no", "NO, INFERRED, says Paper",
    ),
    "told flatly, and elsewhere only as a claim": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:b") + said("s2", "paper", "asserts", "prop:q", "claims-of"),
        *did("army"), "yes", "YES, says Paper, which elsewhere tells it only as a claim. 1 speaker, 1 source;",
    ),
    "copies of one text are one source": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "paper", "asserts", "prop:p", more="ck:reportedIn source:copy"),
        *did("army"), "yes", "1 speaker, 1 source; nobody recorded here denies it.",
    ),
    "who republishes is not the author": Asked(
        account("p", ATTACK) + said("s2", "archive", "asserts", "prop:p", more="ck:reportedIn source:copy"),
        *did("army"), "claimed", "SAID by Archive, as Paper (published by Archive) reports",
    ),
    "an author is shown with who published it": Asked(
        account("p", ATTACK) + said("s2", "paper", "asserts", "prop:p", more="ck:reportedIn source:copy"),
        *did("army"), "yes", "YES, says Paper (published by Archive)",
    ),
    "what is found without evidence is no denial": Asked(
        account("p", ATTACK) + said("s1", "paper", "leavesOpen", "prop:p", "no-evidence"),
        *did("army"), "undetermined", "UNDETERMINED, no evidence found: Paper found no evidence of it.",
    ),
    "who found no evidence stands beside the verdict": Asked(
        account("p", ATTACK) + said("s1", "paper", "leavesOpen", "prop:p", "no-evidence")
        + said("s2", "witness", "asserts", "prop:p"),
        *did("army"), "claimed", "Paper found no evidence of it.",
    ),
    "said and taken back": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p") + said("s2", "witness", "retracts", "st:s1"),
        *did("army"), "undetermined", "UNDETERMINED, taken back: Witness said so and took it back, as Paper reports.",
    ),
    "a retraction reaches restatements": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p")
        + said("s3", "witness", "asserts", "prop:p", more="ck:restates st:s1")
        + said("s2", "witness", "retracts", "st:s1"),
        *did("army"), "undetermined", "taken back",
    ),
    "said and taken back was still said": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p") + said("s2", "witness", "retracts", "st:s1"),
        "did-actor-say", {"actor": "witness", "content": "p"}, "yes",
        "YES: Witness said so, as Paper reports, and took it back.",
    ),
    "said by hearsay only is claimed to be said": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p", "reportedly"),
        "did-actor-say", {"actor": "witness", "content": "p"}, "claimed", "is reported to have said so",
    ),
    "an author who tells a claim has not said it": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p", "claims-of"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "undetermined", "silent",
    ),
    "a dispute of evidence or intent rejects nothing": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "witness", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:intent")
        + 'prop:x a ck:Assessment ; ck:gist "it was not meant"@en .\n',
        *did("army"), "yes", "Witness disputes it as to intent, as Paper reports.",
    ),
    "a dispute of a target rejects a question that names one": Asked(
        account("p", f"{ATTACK} ; ck:target actor:militia") + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "witness", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:target")
        + 'prop:x a ck:Assessment ; ck:gist "they hit others"@en .\n',
        *did("army", target="actor:militia"), "disputed", "DISPUTED AS TO TARGET: Paper says so; Witness rejects it",
    ),
    "a speaker who says both, and takes nothing back, is told to say both": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p", more='ck:saidWhen "2017-04-05"')
        + said("s2", "witness", "denies", "prop:p", more='ck:saidWhen "2017-04-06"'),
        *did("army"), "disputed", "DISPUTED: Witness says both (2017-04-05, 2017-04-06).",
    ),
    "formerly is told": Asked(
        'prop:p a ck:ActorRelation ; ck:actor actor:militia ; ck:relation relation:linked-to ; ck:other actor:unit ;'
        ' ck:whenAsGiven "formerly"@en .\n' + said("s1", "paper", "asserts", "prop:p"),
        "is-actor-related", {"actor": "militia", "relation": "linked-to", "other": "unit"}, "yes",
        "YES, formerly, says Paper.",
    ),
    "what another tells as a claim is not told so by the author": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:target actor:militia")
        + said("s2", "ministry", "asserts", "prop:q", "claims-of"),
        *did("army"), "yes", "YES, says Paper. 2 speakers, 1 source; nobody recorded here denies it.",
    ),
    "bodies counted in one part are not those of another": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:witness")
        + said("s1", "paper", "asserts", "prop:p")
        + account("k", "ck:incident incident:a ; ck:incidentType type:attack ; ck:target actor:militia")
        + said("s2", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("ministry", target="actor:militia"), "undetermined", "silent",
    ),
    "what nobody speaks of is silent, never no": Asked(
        account("p", "ck:incidentType type:meeting ; ck:participant actor:army")
        + said("s1", "paper", "asserts", "prop:p"),
        *did("army"), "undetermined",
        "the one source searched does not say whether Army did this: attack; nearest: Paper",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_answer_is_the_only_one_that_misleads_nobody(readers: Readers, name: str) -> None:
    asked = ANSWERS[name]
    answer = readers.ask(asked)
    assert (answer.verdict.value, asked.headline in answer.headline) == (asked.verdict, True), answer.headline


STATUSES = {
    "the content of an aim belongs to its holder": (
        POSITION.format("aim") + CONTENT + said("s1", "paper", "asserts", "prop:p"),
        "c", "ONLY_INTENDED", "aim of Ministry, according to Paper",
    ),
    "the content of a possible use is possible": (
        POSITION.format("use") + CONTENT + said("s1", "paper", "asserts", "prop:p", "may"),
        "c", "ONLY_POSSIBLE", "possible use by Ministry, according to Paper",
    ),
    "a position told by its holder is made by being said": (
        POSITION.format("promise") + CONTENT + said("s1", "ministry", "asserts", "prop:p", "attributed"),
        "p", "ASSERTED", "promise of Ministry, by its own word, as Paper reports",
    ),
    "a position told by its holder by hearsay is claimed": (
        POSITION.format("promise") + CONTENT + said("s1", "ministry", "asserts", "prop:p", "reportedly"),
        "p", "CLAIMED", 'promise of Ministry, by its own word, it is reported ("reportedly"), as Paper reports',
    ),
    "what a video is said to show is asserted on evidence": (
        "prop:d a ck:Depiction ; ck:medium source:video ; ck:shows prop:c .\n" + CONTENT
        + said("s1", "paper", "asserts", "prop:d"),
        "c", "ASSERTED", "said by Paper to be shown by video",
    ),
    "what a video is said not to show is found without evidence": (
        "prop:d a ck:Depiction ; ck:medium source:video ; ck:shows prop:c .\n" + CONTENT
        + said("s1", "paper", "denies", "prop:d"),
        "c", "NO_EVIDENCE_FOUND", "said by Paper not to be shown by video",
    ),
    "a restatement counts where what it restates is on another proposition": (
        CONTENT + account("o", "ck:incidentType type:attack ; ck:perpetrator actor:unit")
        + said("s1", "paper", "asserts", "prop:o")
        + said("s2", "paper", "asserts", "prop:c", more="ck:restates st:s1"),
        "c", "ASSERTED", "asserted by Paper",
    ),
    "a claim that an author tells names claimants and relays": (
        CONTENT + account("o", f"{ATTACK} ; ck:incident incident:a")
        + said("s1", "witness", "asserts", "prop:o", "not-given")
        + said("s2", "ministry", "relays", "st:s1", "claims-of")
        + said("s3", "paper", "asserts", "prop:x", "claims-of", "ck:basedOn st:s2")
        + 'prop:x a ck:Assessment ; ck:gist "it was so"@en .\n'
        + said("s4", "paper", "asserts", "prop:c", "claims-of", "ck:partOfStatement st:s3"),
        "c", "CLAIMED", 'a claim, told by Paper as such ("claims of"), of Witness, passed on by Ministry',
    ),
    "a name is used": (
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        + said("s1", "paper", "asserts", "prop:c"),
        "c", "USED", "used by Paper",
    ),
    "a name that others reject is disputed": (
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        'prop:o a ck:Labelling ; ck:labelled actor:militia ; ck:label "terrorists"@en .\n'
        + said("s1", "paper", "asserts", "prop:c")
        + said("s2", "army", "asserts", "prop:o", more="ck:disputes st:s1 ; ck:disputedAspect aspect:label"),
        "c", "DISPUTED", "disputed by Army as to label, as Paper reports",
    ),
    "a dispute of a role that the proposition does not fill leaves its status": (
        CONTENT + said("s1", "paper", "asserts", "prop:c")
        + said("s2", "army", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:number")
        + 'prop:x a ck:Assessment ; ck:gist "fewer"@en .\n',
        "c", "ASSERTED", "disputed by Army as to number, as Paper reports",
    ),
    "a machine that codes an article says nothing itself": (
        CONTENT + said("s1", "paper", "asserts", "prop:c", "machine-coded"),
        "c", "CLAIMED", "coded by a program by Paper",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(STATUSES))
def test_the_status_is_the_only_one_that_misleads_nobody(readers: Readers, name: str) -> None:
    turtle, proposition, status, attribution = STATUSES[name]
    found = readers.status(turtle, proposition)
    assert (found["status"], attribution in found["attribution"]) == (status, True), found
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": proposition}, "", "")
    assert constant_case(readers.ask(asked).status) == status


def test_the_rivals_of_a_name_stand_beside_it(readers: Readers) -> None:
    turtle = STATUSES["a name that others reject is disputed"][0]
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": "c"}, "", "")
    assert readers.ask(asked).headline == (
        '"rebels": used by Paper; rejected by Army, as Paper reports; against "terrorists" of Army.'
    )


def test_evidence_for_a_denial_is_called_that(readers: Readers) -> None:
    turtle = (
        CONTENT
        + said("s1", "paper", "denies", "prop:c")
        + said("s2", "paper", "asserts", "prop:x", more="ck:supports st:s1")
        + 'prop:x a ck:Assessment ; ck:gist "they were elsewhere"@en .\n'
    )
    answer = readers.ask(Asked(turtle, *did("army"), "no", "NO, says Paper."))
    assert [(each.how, each.statement.iri.rsplit("/", 1)[-1]) for each in answer.related] == [
        ("is evidence for the denial", "s2")
    ]
