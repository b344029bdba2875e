"""What mutations begin with: the queries, documents, dossiers and examples of this repository, and what they name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyoxigraph as ox

from kg.questions.catalogue import Catalogue
from kg.rdf_formats import RDF_SYNTAXES, select_triples, serialize

REPOSITORY = Path(__file__).parents[2]
_MAX_BYTES = 20_000
_TRIG = """
<https://w3id.org/conflict-kg/graph/fuzzed> {
  <https://w3id.org/conflict-kg/graph/fuzzed> a <https://w3id.org/conflict-kg/ontology#Dataset> ;
    <http://purl.org/dc/terms/title> "Fuzzed"@en ; <https://w3id.org/conflict-kg/ontology#recordedBy>
    <https://w3id.org/conflict-kg/id/actor/conflict-kg> ; <http://www.w3.org/2002/07/owl#versionInfo> "1" ;
    <http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/> .
  _:a <urn:p> _:b , ( 1 2 3 ) , "x"@en , "2017-08-07"^^<http://www.w3.org/2001/XMLSchema#date> . _:b <urn:p> _:a .
}
"""
_UPDATES = (
    "INSERT DATA { <x:s> <x:p> 1 . GRAPH <x:g> { <x:s> <x:p> 'a'@en , _:b } }",
    "DELETE { ?s ?p ?o } INSERT { ?s <x:q> ?o } WHERE { ?s ?p ?o FILTER(isLiteral(?o)) }",
    "DELETE WHERE { GRAPH ?g { <x:s> ?p ?o } }",
    "WITH <x:g> DELETE { ?s ?p ?o } INSERT { ?s ?p 2 } USING <x:g> USING NAMED <x:h> WHERE { ?s ?p ?o }",
    "CREATE SILENT GRAPH <x:g> ; COPY <x:g> TO <x:h> ; MOVE SILENT <x:h> TO DEFAULT ; ADD DEFAULT TO <x:g>",
    "CLEAR NAMED ; DROP SILENT GRAPH <x:g> ; INSERT DATA { <x:s> <x:p> 1.0e0 }",
    "PREFIX x: <x:> INSERT { ?s x:n ?m } WHERE { SELECT ?s (COUNT(*) AS ?m) { ?s (x:p|^x:q)+/x:r* ?o } GROUP BY ?s }",
    "LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <x:g>",
)
_QUERIES = (
    "SELECT * { ?s ?p ?o } LIMIT 5",
    "ASK { ?s a <https://w3id.org/conflict-kg/ontology#Zone> }",
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 20",
    "DESCRIBE <https://w3id.org/conflict-kg/id/zone/idlib>",
    "SELECT (GROUP_CONCAT(DISTINCT ?l; separator=', ') AS ?x) (MAX(STRLEN(?l)) AS ?m) { ?s ?p ?l } GROUP BY ?p HAVING (?m > 3)",
    "SELECT * { ?s (<x:a>/^<x:b>|!(<x:c>|^<x:d>))* ?o OPTIONAL { ?o ?p ?q MINUS { ?q ?r 1 } } } ORDER BY DESC(?o) OFFSET 2",
    "SELECT * { VALUES (?a ?b) { (1 UNDEF) ('x'@en <x:y>) } BIND(REGEX(STR(?b), '^(a|b)*$', 'i') AS ?c) FILTER EXISTS { ?s ?p ?b } }",
    "SELECT (xsd:dateTime('2017-08-07T00:00:00Z') - xsd:dateTime('2016-08-07T00:00:00Z') AS ?d) {}",
    "SELECT (REPLACE('abc', '(b)', '$1$1') AS ?r) (SUBSTR('abc', -1, 5) AS ?u) (ENCODE_FOR_URI('é') AS ?e) (IRI('a') AS ?i) {}",
    "SELECT * { ?s ?p << <x:a> <x:b> ?o >> . ?t ?q 'a'@en--ltr }",
)  # fmt: skip
_DOCUMENTS = (
    "query ($where: ZoneWhere, $first: Int) { zones(where: $where, first: $first) { totalCount nodes { id prefLabel } } }",
    'query { node(id: "zone:idlib") { id __typename ... on Zone { prefLabel coverage { nodes { id status headline } } } } }',
    "query ($ids: [ID!]!) { nodes(ids: $ids) { id ...F } } fragment F on Zone { prefLabel @include(if: true) }",
    '{ a: zoneCoverage(zone: "idlib", place: "jobar") { verdict headline } __schema { types { name fields { name } } } }',
    '{ actors(first: 2, after: "abc", where: {prefLabel: {contains: "army"}}) { edges { cursor node { id } } pageInfo { endCursor } } }',
)  # fmt: skip
_VARIABLES: tuple[Any, ...] = (
    {"where": {"prefLabel": {"contains": "Idlib"}, "and": [{"prefLabel": {"eq": "x"}}]}, "first": 3},
    {"ids": ["zone:idlib", "actor:russia"]},
    {},
    None,
)


@dataclass(frozen=True, slots=True)
class Seeds:
    """Valid inputs of each kind."""

    queries: tuple[str, ...]
    updates: tuple[str, ...]
    graphql: tuple[str, ...]
    variables: tuple[Any, ...]
    rdf: tuple[tuple[str, bytes], ...]
    """Suffix and content of documents in every syntax."""
    dossiers: tuple[str, ...]
    questions: tuple[tuple[str, dict[str, str]], ...]
    """Names of questions with the parameters of their examples."""
    paths: tuple[str, ...]

    @classmethod
    def read(cls, repository: Path = REPOSITORY) -> Self:
        """The seeds of this repository."""
        queries = sorted(repository.glob("kg/questions/*.rq")) + sorted(repository.glob("bench/queries/*.rq"))
        documents = sorted(repository.glob("tests/graphql/unseen_questions/*.graphql"))
        dossiers = [repository / "tests/ingest/dossier/post.yaml", *sorted(repository.glob("data/dossiers/*.yaml"))]
        return cls(
            queries=(*map(_read, queries), *_QUERIES),
            updates=_UPDATES,
            graphql=(*map(_read, documents), *_DOCUMENTS),
            variables=_VARIABLES,
            rdf=tuple(_in_all_syntaxes(repository)),
            dossiers=tuple(map(_read, dossiers)),
            questions=tuple((question.name, dict(question.example)) for question in Catalogue.load()),
            paths=_PATHS,
        )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _in_all_syntaxes(repository: Path) -> list[tuple[str, bytes]]:
    """A few of the examples of the shapes in each syntax, and a data set with blank nodes, lists and literals."""
    examples = [path.read_bytes() for path in sorted(repository.glob("tests/shapes/*/valid/*.ttl"))[::12]]
    found: list[tuple[str, bytes]] = []
    for content, syntax in [(_TRIG.encode(), ox.RdfFormat.TRIG), *((text, ox.RdfFormat.TURTLE) for text in examples)]:
        quads = list(ox.parse(content, format=syntax, base_iri="https://w3id.org/conflict-kg/"))
        for target in RDF_SYNTAXES:
            items = quads if target.has_graphs else select_triples(quads)
            found.append((target.suffix, serialize(items, target)[:_MAX_BYTES]))
    return found


_PATHS = (
    "/", "/healthz", "/readyz", "/metrics", "/ontology", "/shapes", "/vocab", "/vocab/hedge", "/vocab/hedge/aggregated", "/context",
    "/context.jsonld", "/alignments", "/openapi.json", "/graphql/schema", "/graphql", "/sparql", "/graphs?default", "/questions",
    "/id/zone/idlib", "/page/zone/idlib", "/data/zone/idlib.ttl", "/data/zone/idlib.jsonld", "/page/actor/russia", "/id/actor/russia",
    "/data/actor/russia.nq", "/graph/actors", "/graph/syria-daily-2017-08-07", "/page/graph/actors", "/page/source/syria-daily-2017-08-07",
    "/.well-known/genid/abc-c14n0", "/.well-known/void", "/static/style.css", "/robots.txt", "/favicon.ico",
    "/graphs?graph=http%3A%2F%2Fexample.org%2Fg", "/load", "/queries",
)  # fmt: skip
