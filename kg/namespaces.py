"""The IRIs that Python names, and the one table of prefixes. All other terms are read from ontology and shapes.

A test checks that each IRI exists. Class names of the ontology stand in no other module of Python.
"""

from collections.abc import Mapping

from pyoxigraph import BlankNode, Literal, NamedNode

CK = "https://w3id.org/conflict-kg/ontology#"
CKS = "https://w3id.org/conflict-kg/shapes#"
VOCAB = "https://w3id.org/conflict-kg/vocab/"
COLUMN = "https://w3id.org/conflict-kg/column/"
ROW = "https://w3id.org/conflict-kg/row/"
CODE = "https://w3id.org/conflict-kg/code/"
FUNCTION = "https://w3id.org/conflict-kg/function/"
"""Of mappings of data sets."""
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OA = "http://www.w3.org/ns/oa#"
DCTERMS = "http://purl.org/dc/terms/"
GEO = "http://www.opengis.net/ont/geosparql#"
PROV = "http://www.w3.org/ns/prov#"
SD = "http://www.w3.org/ns/sparql-service-description#"
HYDRA = "http://www.w3.org/ns/hydra/core#"
VOID = "http://rdfs.org/ns/void#"
FORMATS = "http://www.w3.org/ns/formats/"
GEOF = "http://www.opengis.net/def/function/geosparql/"

PREFIXES = {
    "ck": CK,
    "cks": CKS,
    "dcterms": DCTERMS,
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "formats": FORMATS,
    "geo": GEO,
    "oa": OA,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "sd": SD,
    "sh": SH,
    "skos": SKOS,
    "void": VOID,
    "xsd": XSD,
}
"""Every prefix that is read or written, with its namespace."""


def select_prefixes(*names: str) -> dict[str, str]:
    """These prefixes with their namespaces."""
    return {name: PREFIXES[name] for name in names}


def prefixed_name(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI as a prefixed name, where one of the prefixes fits; else the IRI itself."""
    for prefix, namespace in prefixes.items():
        local = iri.removeprefix(namespace)
        if local != iri and "/" not in local and "#" not in local:
            return f"{prefix}:{local}"
    return iri


DATA_PREFIXES = select_prefixes(
    "ck", "cks", "dcterms", "edtf", "geo", "oa", "owl", "prov", "rdf", "rdfs", "skos", "xsd"
)
"""The prefixes of the JSON-LD context, of dossiers and of exports."""
VOCABULARY_PREFIXES = {**DATA_PREFIXES, **select_prefixes("sh")}
"""The prefixes of pages and of linked data, which include shapes."""
SERVICE_PREFIXES = select_prefixes("sd", "formats", "void")
"""The prefixes of the service description."""
QUERY_PREFIXES = select_prefixes("ck", "dcterms", "edtf", "oa", "skos", "xsd")
"""The prefixes of the queries that pages show."""

TYPE = NamedNode(f"{RDF}type")

DOSSIER = NamedNode(f"{CK}Dossier")
DATASET = NamedNode(f"{CK}Dataset")
CATALOGUED_DATASET = ("http://www.w3.org/ns/dcat#Dataset", f"{VOID}Dataset")
"""What catalogues call any home graph, and all of them together: the classes of DCAT and VoID."""
SCHEMA_DATASET = "https://schema.org/Dataset"
"""The same in schema.org."""
REFERENCE = NamedNode(f"{CK}Reference")
HOME_GRAPH_CLASSES = (DOSSIER, DATASET, REFERENCE)
KIND = NamedNode(f"{CK}kind")
REPLACES = NamedNode(f"{DCTERMS}replaces")
CLOSED = NamedNode(f"{CK}closed")
FIELD = NamedNode(f"{CKS}field")
SEVERITY_IN_DATASET = NamedNode(f"{CKS}severityInDataset")

ACT = f"{CK}act"
HOME_GRAPH = f"{CK}HomeGraph"
THING = f"{CK}Thing"
ACTOR_CLASS = f"{CK}Actor"
PERSON = f"{CK}Person"
ORGANIZATION = f"{CK}Organization"
UNNAMED = (f"{CK}UnnamedActor", f"{CK}UnnamedPlace")
PROPOSITION = f"{CK}Proposition"
STATEMENT = f"{CK}Statement"
INCIDENT_CLASS = f"{CK}Incident"
PLACE_CLASS = f"{CK}Place"
ZONE_CLASS = f"{CK}Zone"
ZONE_BOUNDARY = f"{CK}ZoneBoundary"
INCIDENT_ACCOUNT = f"{CK}IncidentAccount"
LABELLING = f"{CK}Labelling"
SOURCE = f"{CK}Source"
PASSAGE = NamedNode(f"{CK}Passage")

# The links of statements and propositions that the decision table rests on (kg.status).
ASSERTS = f"{CK}asserts"
DENIES = f"{CK}denies"
LEAVES_OPEN = f"{CK}leavesOpen"
SUPPOSES = f"{CK}supposes"
DISPUTES = f"{CK}disputes"
RETRACTS = f"{CK}retracts"
RESTATES = f"{CK}restates"
CONTENT = f"{CK}content"
SHOWS = f"{CK}shows"
ABOUT = f"{CK}about"
SPEAKER = f"{CK}speaker"
SAID_TO = f"{CK}saidTo"
HEDGE = f"{CK}hedge"
REPORTED_IN = f"{CK}reportedIn"
RECORDED_BY = f"{CK}recordedBy"
EXPLICITNESS = f"{CK}explicitness"
RELAYS = f"{CK}relays"
DECLARES = f"{CK}declares"
BASED_ON = f"{CK}basedOn"
PART_OF_STATEMENT = f"{CK}partOfStatement"
DISPUTED_ASPECT = f"{CK}disputedAspect"
CONCERNS = f"{CK}concerns"
PART_OF_COUNT = f"{CK}partOfCount"
SUPPORTS = f"{CK}supports"
IN_TENSION_WITH = f"{CK}inTensionWith"
FROM = f"{CK}from"
TO = f"{CK}to"
LINK = f"{CK}link"
IN_TENSION = f"{VOCAB}statement-link/in-tension-with"
IN_CONFLICT = f"{VOCAB}statement-link/conflicts-with"
PUBLISHER = f"{DCTERMS}publisher"
CREATOR = f"{DCTERMS}creator"
REPUBLISHES = f"{CK}republishes"
SOURCE_KIND = f"{CK}sourceKind"
REPORTS_ON_OTHERS = f"{CK}reportsOnOthers"
ACTOR = f"{CK}actor"
PERPETRATOR = f"{CK}perpetrator"
POSITION_KIND = f"{CK}positionKind"
LOCATION_CANDIDATE = f"{CK}locationCandidate"
INCIDENT = f"{CK}incident"
INCIDENT_TYPE = f"{CK}incidentType"
PART_OF_INCIDENT = f"{CK}partOfIncident"
WEAPON = f"{CK}weapon"
ZONE = f"{CK}zone"
PLACE = f"{CK}place"
EXTENT = f"{CK}extent"
UNSPECIFIED = f"{VOCAB}extent/unspecified"
LABEL = f"{CK}label"
LABELLED = f"{CK}labelled"
MEDIUM = f"{CK}medium"
COMPUTED = f"{VOCAB}explicitness/computed"
HEDGES = f"{VOCAB}hedge/"
ASPECTS = f"{VOCAB}aspect"
RECORDERS_NOTES = f"{VOCAB}source-kind/recorders-notes"
BROADER = f"{SKOS}broader"
IN_SCHEME = NamedNode(f"{SKOS}inScheme")
PREF_LABEL = f"{SKOS}prefLabel"

WHEN = NamedNode(f"{CK}when")
TIME_MODE = f"{CK}timeMode"
THROUGHOUT = f"{VOCAB}time-mode/throughout"
WHEN_AS_GIVEN = NamedNode(f"{CK}whenAsGiven")
EARLIEST = NamedNode(f"{CK}earliest")
LATEST = NamedNode(f"{CK}latest")
SPAN = NamedNode(f"{CK}span")
SAID_WHEN = NamedNode(f"{CK}saidWhen")
SAID_EARLIEST = NamedNode(f"{CK}saidEarliest")
SAID_LATEST = NamedNode(f"{CK}saidLatest")
SAID_SPAN = NamedNode(f"{CK}saidSpan")
ISSUED = NamedNode(f"{DCTERMS}issued")
ISSUED_SPAN = NamedNode(f"{CK}issuedSpan")
SPANS = {WHEN: SPAN, SAID_WHEN: SAID_SPAN, ISSUED: ISSUED_SPAN}
"""From each property of EDTF dates to the property of the spans of days that are derived from it."""

HAS_SOURCE = NamedNode(f"{OA}hasSource")
HAS_SELECTOR = NamedNode(f"{OA}hasSelector")
START = NamedNode(f"{OA}start")
END = NamedNode(f"{OA}end")
EXACT = NamedNode(f"{OA}exact")
OWN_WORDS = NamedNode(f"{CK}ownWords")
SHA256 = NamedNode(f"{CK}sha256")
CHARACTERS = NamedNode(f"{CK}characters")
QUOTE = NamedNode(f"{CK}quote")
RATIONALE = NamedNode(f"{CK}rationale")
TRANSLATION_OF = NamedNode(f"{CK}translationOf")
GEOMETRY_OF = NamedNode(f"{CK}geometryOf")
ADMINISTRATIVE_PARENT = f"{CK}administrativeParent"


def value_of(term: object) -> str:
    """The IRI of a named node, the label of a blank node, the lexical form of a literal; empty for None."""
    if isinstance(term, (NamedNode, BlankNode, Literal)):
        return term.value
    return "" if term is None else str(term)
