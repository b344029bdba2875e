"""Each kind of silent emptiness gets its warning, and its neighbours that are right get none."""

import pytest

from kg.query_lint.linter import QueryLint
from kg.query_lint.reader import read_query
from kg.store.interface import Store

PREFIXES = """\
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX actor: <https://w3id.org/conflict-kg/id/actor/>
PREFIX graph: <https://w3id.org/conflict-kg/graph/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX aspect: <https://w3id.org/conflict-kg/vocab/aspect/>
PREFIX vocab: <https://w3id.org/conflict-kg/vocab/>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX geof: <http://www.opengis.net/def/function/geosparql/>
PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/>
PREFIX ex: <https://example.org/>
"""

WARNED = {
    # comparisons
    '?s ck:earliest ?d FILTER(?d < "2018-01-01T00:00:00"^^xsd:dateTime)': "xsd:date beside xsd:dateTime",
    '?s ck:earliest ?d FILTER("2018-01-01T00:00:00"^^xsd:dateTime >= ?d)': "Write the value as xsd:date",
    '?s ck:latest ?d FILTER(?d >= "2018-01-01")': "xsd:date beside xsd:string",
    "?s ck:latest ?d FILTER(?d < 2018)": "xsd:date beside xsd:integer",
    "?s ck:latest ?d FILTER(?d < NOW())": "xsd:date beside xsd:dateTime",
    '?s ck:earliest ?d FILTER(?x && (?d < "2018" || ?x)) ?s ex:p ?x': "xsd:date beside xsd:string",
    '?s ck:earliest ?d FILTER(YEAR(?d) = "2017")': 'YEAR(...) = "2017" is never true',
    '?s ck:earliest ?d FILTER(?d IN ("2017-01-01", ?o)) ?s ex:o ?o': "xsd:date beside xsd:string",
    '?s ck:speaker/ck:earliest ?d FILTER(?d = "2017")': "xsd:date beside xsd:string",
    '{ ?s ck:earliest ?d } UNION { ?s ck:latest ?d } FILTER(?d < "2018")': "xsd:date beside xsd:string",
    '?s (ck:earliest) ?e ; ck:earliest|ck:latest ?d FILTER(?d < "2018")': "xsd:date beside xsd:string",
    '?s ck:when ?w FILTER(?w < "2018"^^edtf:EDTF)': "edtf:EDTF has no order",
    '?s ck:when ?w FILTER(?w != "2018"^^edtf:EDTF)': "only = compares it",
    '?s ck:speaker ?who FILTER(?who = "Bellingcat")': "a resource beside xsd:string. Write an IRI",
    '?s ck:best ?n FILTER(?n > "5")': "xsd:integer beside xsd:string",
    'BIND(STRLEN("x") AS ?n) FILTER(?n = "1")': "xsd:integer beside xsd:string",
    'VALUES (?n ?x) { (1 UNDEF) (2.5 "x") } FILTER(?n = "1")': "xsd:integer beside xsd:string",
    "?s ck:speaker ?a ; ck:about ?b FILTER(?a < ?b)": "a resource has no order",
    # arguments
    '?s ck:speaker ?who FILTER(CONTAINS(?who, "cat"))': "write STR(...) around it",
    '?s ck:speaker ?who FILTER REGEX(?who, "cat")': "the argument is a resource",
    '?s ck:best ?n FILTER(STRSTARTS(?n, "1"))': "the argument is xsd:integer",
    "?s ck:when ?w FILTER(YEAR(?w) = 2017)": "the argument is edtf:EDTF",
    "?s ck:when ?w FILTER(xsd:date(?w) < ?d) ?s ck:latest ?d": "the argument is edtf:EDTF; write STR(...)",
    "?s ck:speaker ?who BIND(xsd:integer(?who) AS ?n)": "xsd:integer(?who) is always an error",
    "?s ck:latest ?d FILTER(xsd:integer(?d) > 2017)": "the argument is xsd:date; write STR(...)",
    "?g ck:geometryOf ?p FILTER(geof:sfWithin(?g, ?g))": "it takes geo:wktLiteral",
    "?g geo:asWKT ?a ; ck:geometryOf ?p BIND(geof:distance(?a, ?p, uom:metre) AS ?m)": "distance(..., ?p) is always",
    "?s ck:speaker ?who FILTER(?who)": "FILTER(?who) keeps no solution: a resource is neither true nor false",
    "?s ck:earliest ?d FILTER ?d": "xsd:date is neither true nor false",
    '?s skos:prefLabel ?l FILTER(CONTAINS(STR(?l), "Town"@en))': "text without; leave out the tag",
    '?s skos:prefLabel ?l FILTER(CONTAINS(LCASE(STR(?l)), "town"@en))': "text without; leave out the tag",
    '?s skos:prefLabel ?l FILTER(REGEX(?l, "Town"@en))': 'REGEX(..., "Town"@en) is always an error',
    '?s skos:prefLabel ?l FILTER(LANGMATCHES(?l, "en"))': "write LANG(...) around it",
    "?s ?p ?o FILTER(STRSTARTS(STR(?p), ck:))": "the argument is a resource; write STR(...) around it",
    "?s ck:speaker ?who FILTER(STRENDS(STR(?who), actor:bellingcat))": "write STR(...) around it",
    '?s ck:best ?n BIND(CONCAT("n = ", ?n) AS ?t)': "CONCAT(..., ?n) is always an error: the argument is xsd:integer",
    '?s ck:best ?n FILTER(CONTAINS("38", ?n))': "CONTAINS(..., ?n) is always an error",
    "?s ck:earliest ?d BIND(MD5(?d) AS ?h)": "write STR(...) around it",
    # constants that are no value of their datatype
    '?s ck:earliest ?d FILTER(?d < "2018-1-1"^^xsd:date)': 'every comparison is an error; write "2018-01-01"',
    '?s ck:earliest ?d FILTER(?d < "1 January 2018"^^xsd:date)': 'write "2018-01-01"',
    '?s ck:earliest ?d FILTER(?d < "2018"^^xsd:date)': 'write "2017-08-07"',
    '?s ex:at ?d FILTER(?d < "2018-01-01"^^xsd:dateTime)': "is no xsd:dateTime, so nothing is equal to it",
    '?s ex:at ?d FILTER(?d < "2018-01-01 10:00"^^xsd:dateTime)': "is no xsd:dateTime",
    '?s ex:is ?d FILTER(?d = "yes"^^xsd:boolean)': 'write "true"',
    '?s ex:n ?d FILTER(?d > "5,5"^^xsd:decimal)': "is no xsd:decimal",
    '?s ex:n ?n FILTER(?n IN (5, "six"^^xsd:integer))': '"six" is no xsd:integer',
    '?s ck:best "six"^^xsd:int': '"six" is no xsd:int',
    '?s ck:earliest ?d FILTER(?d < xsd:date("2018"))': '"2018" is no xsd:date',
    '?s ck:when "7 Aug 2017"^^edtf:EDTF': 'is an error; write "2017-08-07"',
    'VALUES ?d { "2017-8-7"^^xsd:date } ?s ck:earliest ?d': 'write "2017-08-07"',
    'BIND("2017-8-7"^^xsd:date AS ?d) ?s ck:earliest ?e FILTER(?e < ?d)': 'write "2017-08-07"',
    '?g geo:asWKT ?w FILTER(geof:sfWithin(?w, "POLYGON((0 0, 1,1))"^^geo:wktLiteral))': "longitude first, in degrees",
    '?g geo:asWKT ?w FILTER(geof:sfWithin(?w, "<urn:EPSG:4326> POINT(33 36)"^^geo:wktLiteral))': "without a reference",
    # constants in patterns
    '?s skos:prefLabel "Bellingcat"': "it is xsd:string, the property has text with a language",
    '?s ck:earliest "2017-01-01"': "the property has xsd:date",
    'VALUES ?l { "Bellingcat" "Town council" } ?s skos:prefLabel ?l': "they are xsd:string, the property has text with",
    "VALUES (?n ?x) { (5.0 1) (7.5 UNDEF) } ?s ck:best ?n ; ck:minimum ?x": "for ?n matches the property",
    "?s ck:best 5.0": "it is xsd:decimal, the property has xsd:integer",
    # names
    "?s ck:denys ?o": "did you mean ck:denies",
    "?s a ck:Statment": "did you mean ck:Statement",
    "?s ck:speaker actor:belingcat": "did you mean actor:bellingcat",
    "?s ck:speaker actor:مجلس": "did you mean actor:town-council",
    "?s ck:speaker <https://w3id.org/conflict-kg/id/actor/belingcat>": "conflict-kg/id/actor/bellingcat>",
    "GRAPH graph:pots { ?s ?p ?o }": "know graph:pots",
    "VALUES ?act { ck:asserts ck:denys } ?s ?act ?o": "did you mean ck:denies",
    "?s ?p ?o FILTER(?p = ck:denys)": "did you mean ck:denies",
    "FILTER NOT EXISTS { ?s ck:retract ?o } ?s ?p ?o": "did you mean ck:retracts",
    "?s (ck:about|^ck:abuot)+ ?o": "did you mean ck:about",
    "[] ck:speaker [ a ck:Actr ]": "did you mean ck:Actor",
    "?s ck:hedge vocab:hedge\\/possibilty": "neither the ontology nor the data know",
    "?s ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/possibilty>": "vocab/hedge/possibility>",
    '?s skos:preflabel "Bellingcat"@en': "did you mean skos:prefLabel?",
    "?s <http://purl.org/dc/terms/tittle> ?o": "did you mean <http://purl.org/dc/terms/title>?",
    "?s <http://w3id.org/conflict-kg/ontology#denies> ?o": "did you mean <https://w3id.org/conflict-kg/ontology#denies>?",
    "?s <https://w3id.org/conflict-kg/ontology/denies> ?o": "did you mean <https://w3id.org/conflict-kg/ontology#denies>?",
    "?s a <http://w3id.org/conflict-kg/ontology#Statement>": "did you mean <https://w3id.org/conflict-kg/ontology#Statement>?",
    "?s <http://www.w3.org/2004/02/skos#prefLabel> ?l": "did you mean <http://www.w3.org/2004/02/skos/core#prefLabel>?",
    "?s <https://w3id.org/conflict-kg/ontologyspeaker> ?o": "mean <https://w3id.org/conflict-kg/ontology#speaker>?",
    "?s ck:prefLabel ?l": "did you mean <http://www.w3.org/2004/02/skos/core#prefLabel>?",
    "?s rdfs:type ck:Statement": "did you mean <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>?",
    "?s a skos:concept": "did you mean skos:Concept?",
    "?s owl:subClassOf ?o": "did you mean <http://www.w3.org/2000/01/rdf-schema#subClassOf>?",
    "?s <https://w3id.org/conflict-kg/ontologydenies> ?o": "did you mean <https://w3id.org/conflict-kg/ontology#denies>?",
    "?s <http://www.w3.org/2004/02/skos/coreprefLabel> ?l": "did you mean <http://www.w3.org/2004/02/skos/core#prefLabel>?",
    "?s <http://purl.org/dc/termstitle> ?l": "did you mean <http://purl.org/dc/terms/title>?",
    "?s ck:hedge <https://w3id.org/conflict-kg/vocab/hedgepossibility>": "vocab/hedge/possibility>?",
    "?s ck:speaker <https://w3id.org/conflict-kg/id/actorbellingcat>": "actor/bellingcat>, with a slash",
    "?s ck:Statement ?o": "is no property",
    "?s a ck:denies": "is no class",
    "?s a ck:Actor": "of ck:Actor itself, only of its subclasses; write a/rdfs:subClassOf* ck:Actor",
    "?s ck:speaker [ a ck:Thing ]": "nothing is an instance of ck:Thing itself",
    "?s a ck:Statement ; ck:perpetrator ?p": "no ck:Statement has ck:perpetrator; it is a property",
    "?s ck:location ?l { ?s a ck:Incident OPTIONAL { ?s ck:hedge ?h } }": "no ck:Incident has ck:hedge",
    "?p ck:speaker ?who . ?p a ck:IncidentAccount": "no ck:IncidentAccount has ck:speaker",
    "?s ck:hedge aspect:label": "aspect:label can be no value of ck:hedge, which has values of hedge",
    "?s ck:speaker <https://w3id.org/conflict-kg/vocab/hedge/possibility>": "which has values of actor",
    "?s ck:asserts/ck:location actor:bellingcat": "can be no value of ck:location, which has values of place",
    "?s ck:target <https://w3id.org/conflict-kg/vocab/weapon/bomb>": "which has values of actor or place",
    # languages
    '?s skos:prefLabel ?l FILTER(LANG(?l) = "EN")': 'use LANGMATCHES(LANG(...), "EN")',
    '?s skos:prefLabel ?l FILTER("ar-SY" = LANG(?l))': "stored in lower case",
    '?s skos:prefLabel ?l FILTER(LANG(?l) IN ("en", "AR"))': 'never "AR"',
    '?s skos:prefLabel ?l FILTER(LANG(?l) = "fr")': "no value of skos:prefLabel has the language fr; their",
    '?s skos:prefLabel ?l FILTER(LANG(?l) IN ("en", "english"))': "has the language english",
    '?s skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), "fr-CH"))': "has the language fr-ch",
    '?s skos:prefLabel "Bellingcat"@de': 'the data has "Bellingcat"@en',
    '?s skos:prefLabel ?l FILTER(?l = "Bellingcat"@ar)': 'the data has "Bellingcat"@en',
    '?s skos:prefLabel ?l FILTER(?l IN ("Bellingcat"@en, "Bellingcat"@fr))': 'no value is "Bellingcat"@fr',
    'VALUES ?l { "Bellingcat"@en "Bellingcat"@de } ?s skos:prefLabel ?l': 'no value is "Bellingcat"@de',
    "?s skos:prefLabel 'مجلس'@en": '"مجلس"@ar',
    # variables
    "?s ?p ?o FILTER(?x = 1)": "nothing binds ?x, which is used in FILTER",
    "?s ?p ?o FILTER(BOUND(?x))": "nothing binds ?x",
    "?s ck:speaker ?Speaker FILTER(STR(?speaker) = 'x')": "FILTER; did you mean ?Speaker?",
    "?s ?p ?o FILTER EXISTS { ?s ?q ?x FILTER(?y = ?x) }": "nothing binds ?y",
    "?s ?p ?o { ?a ?b ?c FILTER(?o = ?c) }": "?o is bound outside the group in which FILTER uses it",
    "?s ?p ?o MINUS { ?a ?b ?c FILTER(?o = ?c) }": "?o is bound outside the group",
    "{ SELECT ?s { ?s ex:p ?inner } } FILTER(?inner = 1)": "?inner is bound outside the group",
    "BIND(?o + 1 AS ?more) ?s ?p ?o": "?o is bound only after the BIND that uses it",
    "?s ?p ?o OPTIONAL { BIND(?o AS ?same) }": "?o is bound outside the group in which BIND uses it",
}

SILENT = [
    '?s ck:earliest ?d FILTER(?d < "2018-01-01"^^xsd:date)',
    '?s ck:earliest ?d FILTER(xsd:dateTime(?d) < "2018-01-01T00:00:00"^^xsd:dateTime)',
    '?s ck:earliest ?d FILTER(STR(?d) < "2018")',
    '?s ?p ?d FILTER(?d < "2018")',
    '?s ?p ?x . ?x ck:earliest ?d FILTER(?x != "2018")',
    '{ ?s ck:earliest ?d } UNION { ?s ex:date ?d } FILTER(?d < "2018")',
    '?s ck:earliest/ex:x ?d FILTER(?d < "2018")',
    '?s ck:earliest? ?d FILTER(?d < "2018")',
    "?d ^ck:earliest ?s FILTER(ISLITERAL(?d))",
    '?s ck:when ?w FILTER(?w = "2018"^^edtf:EDTF)',
    "?s ck:best ?n FILTER(?n > 5.5)",
    '?s ck:best 5, "5"^^xsd:int, "5"^^xsd:nonNegativeInteger',
    "?s ck:speaker ?a ; ck:about ?b FILTER(?a != ?b && STR(?a) < STR(?b))",
    "?s ck:best ?n FILTER(?n - 1 > -5)",
    '?s ck:speaker ?who FILTER(CONTAINS(STR(?who), "cat"))',
    '?s ck:when ?w FILTER(xsd:date(STR(?w)) < "2018-01-01"^^xsd:date)',
    "?s ck:earliest ?d BIND(xsd:dateTime(?d) AS ?t) FILTER(xsd:string(?d) > '2017')",
    "?g geo:asWKT ?a . ?h geo:asWKT ?b BIND(geof:distance(?a, ?b, uom:metre) AS ?m) FILTER(geof:sfWithin(?a, ?b))",
    "?s ck:observed ?x FILTER(?x)",
    '?s skos:prefLabel ?l FILTER(CONTAINS(?l, "Town"@en) || STRSTARTS(?l, "T"))',
    '?s skos:prefLabel ?l FILTER(CONTAINS(LCASE(?l), "town"@en))',
    '?s ck:best ?n BIND(CONCAT("n = ", STR(?n)) AS ?t)',
    '?s ck:earliest ?d FILTER(STRSTARTS(STR(?d), "2017") && ?d < "2018-01-01"^^xsd:date)',
    '?s ex:n ?n FILTER(?n = "05"^^xsd:integer || ?n < "1e3"^^xsd:double || ?n > "-5"^^xsd:int)',
    '?s ex:p ?x FILTER(?x = "a"^^ex:type)',
    'VALUES ?v { "z"^^xsd:boolean } BIND(!?v AS ?w)',
    '?s ck:when "2017-08-07~"^^edtf:EDTF, "2017-08"^^edtf:EDTF',
    '?g geo:asWKT ?w FILTER(geof:sfWithin(?w, "POLYGON((35 33, 37 33, 37 34, 35 33))"^^geo:wktLiteral))',
    "?s ck:best ?n FILTER(?n)",
    "?s <http://purl.org/dc/elements/1.1/title> ?t ; <http://www.w3.org/2008/05/skos-xl#prefLabel> ?l",
    '?s skos:prefLabel ?l FILTER(CONTAINS(LCASE(?l), "cat"))',
    '?s skos:prefLabel ?l FILTER(LANG(?l) = "en")',
    '?s skos:prefLabel ?l FILTER(LANG(?l) = "")',
    '?s skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), "*"))',
    '?s ex:name ?l FILTER(LANG(?l) = "fr")',
    '?s ?p ?l FILTER(LANG(?l) = "fr")',
    '?s skos:prefLabel|ex:name ?l FILTER(LANG(?l) != "fr")',
    '?s skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), "EN"))',
    '?s skos:prefLabel "Bellingcat"@EN',
    '?s skos:prefLabel ?l FILTER(?l != "Bellingcat"@de)',
    '?s skos:prefLabel "Bellingcat"@en, "No such label"@en',
    "?s ck:speaker actor:bellingcat ; a ck:Statement ; ck:denies ?o ; .",
    "?s ck:observed ?o",
    "?s a ck:Organization ; a/rdfs:subClassOf* ck:Actor",
    "?s a ck:Place",
    "?s a ck:Statement ; ck:asserts ?p . ?p a ck:IncidentAccount ; ck:perpetrator ?who",
    "{ ?s a ck:Statement } UNION { ?s ck:perpetrator ?who }",
    "?s a ck:Organization ; ck:observed ?o",
    "?s a ck:Statement ; ck:asserts/ck:perpetrator ?who ; ^ck:retracts ?r",
    "?s ck:observed actor:bellingcat ; ck:about actor:bellingcat ; ck:target actor:bellingcat",
    "?s ck:location? actor:bellingcat ; ^ck:location actor:bellingcat",
    "?s ck:relation <https://w3id.org/conflict-kg/vocab/actor-relation/part-of>",
    "GRAPH graph:post { ?s ?p ?o }",
    "?s ex:denys ex:Statment",
    "?s ?p ?o FILTER(STRSTARTS(STR(?p), STR(ck:)))",
    "?s skos:altLabel ?l ; skos:note ?n ; skos:prefLabel ?p",
    "?s skos:changeNote ?n ; a skos:Collection, owl:Thing ; rdfs:seeAlso ?o ; owl:sameAs ?p",
    "?s ?p ?o OPTIONAL { ?o ex:p ?q FILTER(?s != ?q) }",
    "?s ?p ?o FILTER EXISTS { ?a ?b ?c FILTER(?o = ?c) }",
    "?s ?p ?o FILTER NOT EXISTS { { ?a ?b ?c FILTER(?o = ?c) } UNION { ?a ex:p ?o } }",
    "?s ?p ?o BIND(?o AS ?same) FILTER(?same = ?o)",
    "?s ?p ?o { SELECT (COUNT(*) AS ?n) { ?a ?b ?c } } FILTER(?n > 1)",
    "GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'x'))",
    "VALUES ?n { 5.0 5 UNDEF } ?s ck:best ?n",
    "VALUES ?n { '5' } OPTIONAL { ?s ck:best ?n }",
    "VALUES (?l ?s) { ('Bellingcat'@en UNDEF) } ?s skos:prefLabel ?l",
    "VALUES ?x { UNDEF } ?s ?p ?o FILTER(?x = ?o)",
    "?s ?p ?o FILTER(?o IN (1, -2, 'x'@en, true)) # ck:denys in a comment\n",
]


def messages(lint: QueryLint, store: Store, text: str) -> list[str]:
    return [warning.message for warning in lint.check_strictly(store, text)]


@pytest.mark.parametrize("pattern", WARNED)
def test_a_pattern_that_finds_nothing_by_mistake_gets_one_warning(pattern: str, lint: QueryLint, store: Store) -> None:
    (message,) = messages(lint, store, f"{PREFIXES}SELECT * {{ {pattern} }}")
    assert WARNED[pattern] in message


@pytest.mark.parametrize("pattern", SILENT)
def test_a_pattern_that_is_right_gets_none(pattern: str, lint: QueryLint, store: Store) -> None:
    text = f"{PREFIXES}SELECT * {{ {pattern} }}"
    assert read_query(text) is not None
    assert messages(lint, store, text) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?s ?label { ?s ?p ?o }", ["nothing binds ?label, which is used in SELECT"]),
        ("SELECT (COUNT(?x) AS ?n) { ?s ?p ?o }", ["nothing binds ?x, which is used in SELECT"]),
        ("SELECT (?n + 1 AS ?m) (COUNT(*) AS ?n) { ?s ?p ?o }", []),
        ("SELECT ?s { ?s ?p ?o } ORDER BY ?x", ["nothing binds ?x, which is used in ORDER BY"]),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(?x) > 1)", ["nothing binds ?x, which is used in HAVING"]),
        ("SELECT ?y { ?s ?p ?o } GROUP BY (STR(?o) AS ?y) HAVING(COUNT(*) > 1) ORDER BY DESC(?y) LIMIT 5", []),
        ("SELECT ?x { ?s ?p ?o } VALUES ?x { 1 }", []),
        ("CONSTRUCT { ?s ck:denys ?x } WHERE { ?s ?p ?o }", ["nothing binds ?x, which is used in CONSTRUCT"]),
        ("CONSTRUCT WHERE { ?s ck:denys ?o }", ["neither the ontology nor the data know ck:denys; did you mean"]),
        ("DESCRIBE ?x { ?s ?p ?o }", ["nothing binds ?x, which is used in DESCRIBE"]),
        ("DESCRIBE actor:belingcat", ["neither the ontology nor the data know actor:belingcat; did you mean"]),
        ("ASK FROM graph:nope { ?s ?p ?o }", ["neither the ontology nor the data know graph:nope"]),
        ("SELECT * FROM graph:post { GRAPH ?g { ?s ?p ?o } }", ["GRAPH matches nothing: the query has FROM but no"]),
        ("ASK FROM NAMED graph:post { ?s ?p ?o }", ["this matches nothing: the query has FROM NAMED but no FROM"]),
        ("ASK FROM NAMED graph:post { { SELECT * { ?s ?p ?o } } }", ["this matches nothing"]),
        ("ASK FROM graph:post FROM NAMED graph:post { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }", []),
        ("ASK FROM NAMED graph:post { GRAPH ?g { ?s ?p ?o FILTER EXISTS { ?o ?q ?s } } }", []),
        ("ASK FROM graph:post { ?s ?p ?o }", []),
        ("SELECT ?o { ?s ?p ?o { SELECT ?o { ?a ?b ?c } } }", ["?o is bound outside the group in which SELECT uses"]),
    ],
)
def test_other_clauses_are_examined_too(query: str, expected: list[str], lint: QueryLint, store: Store) -> None:
    found = messages(lint, store, f"{PREFIXES}{query}")
    assert len(found) == len(expected)
    assert all(message.startswith(start) for message, start in zip(found, expected, strict=True))


def test_a_warning_has_the_place_of_the_word(lint: QueryLint, store: Store) -> None:
    (warning,) = lint.check(store, f"{PREFIXES}SELECT * {{\n  ?s ck:denys ?o }}")
    assert (warning.line, warning.column) == (PREFIXES.count("\n") + 2, 6)
