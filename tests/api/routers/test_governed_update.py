"""SPARQL Update in governed mode: each request is one change, judged as a load is, and made whole or not at all."""

import httpx
import pytest

BASE = "https://w3id.org/conflict-kg/"
PREFIXES = f"""
PREFIX ck: <{BASE}ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX g: <{BASE}graph/> PREFIX actor: <{BASE}id/actor/> PREFIX place: <{BASE}id/place/>
PREFIX kind: <{BASE}vocab/place-kind/> PREFIX prop: <{BASE}id/proposition/> PREFIX st: <{BASE}id/statement/>
"""
UPDATE = {"Content-Type": "application/sparql-update"}
NEW_ACTOR = 'INSERT DATA { GRAPH g:invented { actor:new a ck:Organization ; skos:prefLabel "New"@en } }'
UNLABELLED = (
    "DELETE { GRAPH ?g { ?a skos:prefLabel ?l } } WHERE { GRAPH ?g { ?a a ck:ArmedGroup ; skos:prefLabel ?l } }"
)


def update(client: httpx.Client, text: str, query: str = "", **headers: str) -> httpx.Response:
    return client.post(f"/sparql{query}", content=PREFIXES + text, headers=UPDATE | headers)


def ask(client: httpx.Client, pattern: str) -> bool:
    response = client.get("/sparql", params={"query": f"{PREFIXES} ASK {{ {pattern} }}", "format": "json"})
    return bool(response.json()["boolean"])


def count(client: httpx.Client) -> int:
    query = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    return int(client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1])


def findings(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 422, response.text
    return list(response.json()["findings"])


def test_update_that_conforms_is_made_and_visible_to_the_next_read(governed: httpx.Client) -> None:
    before = count(governed)
    response = update(governed, NEW_ACTOR)
    assert (response.status_code, response.content) == (204, b"")
    assert count(governed) == before + 2
    assert ask(governed, 'GRAPH g:invented { actor:new skos:prefLabel "New"@en }')
    assert update(governed, "DELETE WHERE { GRAPH g:invented { actor:new ?p ?o } }").status_code == 204
    assert count(governed) == before


def test_update_needs_the_token(governed: httpx.Client, governed_address: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong-token-wrong"}):
        response = httpx.post(
            f"{governed_address}/sparql", content=NEW_ACTOR, headers=UPDATE | headers, trust_env=False
        )
        assert response.status_code == 401
    assert not ask(governed, "actor:new ?p ?o")


def test_answer_names_a_version_of_the_data_that_has_the_change(governed: httpx.Client) -> None:
    versions = [update(governed, text).headers["dataset-version"] for text in (NEW_ACTOR, "CLEAR GRAPH g:post")]
    assert len(set(versions)) == 2


def test_operations_see_those_before_them_and_are_judged_together(governed: httpx.Client) -> None:
    unlabelled_for_a_moment = f"""{UNLABELLED} ;
    INSERT {{ GRAPH g:invented {{ ?a skos:prefLabel "Guard of the river"@en }} }}
    WHERE {{ ?a a ck:ArmedGroup FILTER NOT EXISTS {{ ?a skos:prefLabel ?l }} }}"""
    assert update(governed, unlabelled_for_a_moment).status_code == 204
    assert ask(governed, 'actor:river-guard skos:prefLabel "Guard of the river"@en')


def test_one_violation_refuses_all_operations_of_a_request(governed: httpx.Client) -> None:
    before = count(governed)
    (finding,) = findings(update(governed, f"{NEW_ACTOR} ; {UNLABELLED}"))
    assert finding["subject"] == f"{BASE}id/actor/river-guard"
    assert finding["rule"].endswith("#Thing-prefLabel")
    assert count(governed) == before


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("DELETE WHERE { GRAPH g:invented { actor:council ?p ?o } }", "still-used"),
        ('INSERT DATA { GRAPH g:invented { actor:untyped skos:prefLabel "x"@en } }', "no-type"),
        ("INSERT DATA { GRAPH g:invented { place:ostra ck:administrativeParent place:none } }", "unknown-reference"),
        ('INSERT DATA { GRAPH g:post { place:ostra skos:altLabel "O"@en } }', "home-graph"),
        ('INSERT DATA { GRAPH g:none { actor:x a ck:Person ; skos:prefLabel "X"@en } }', "home-graph"),
        (
            'INSERT DATA { GRAPH g:invented { actor:council skos:note "1"^^<urn:none> , <<( <a:a> <a:b> <a:c> )>> } }',
            "",
        ),
    ],
)
def test_integrity_rules_judge_updates(governed: httpx.Client, text: str, rule: str) -> None:
    before = count(governed)
    response = update(governed, text)
    assert response.status_code == (422 if rule else response.status_code)
    assert response.status_code in (400, 422)
    if rule:
        found = [finding for finding in findings(response) if finding["rule"] == rule]
        assert found
        assert all(finding["cure"] for finding in found)
    assert count(governed) == before


@pytest.mark.parametrize(
    "text",
    [
        'INSERT DATA { actor:new a ck:Organization ; skos:prefLabel "New"@en }',
        "DELETE DATA { actor:council a ck:Organization }",
        "DELETE { ?a skos:prefLabel ?l } WHERE { ?a skos:prefLabel ?l }",
        "INSERT { GRAPH g:invented { ?a skos:altLabel ?l } ?a skos:altLabel ?l } WHERE { ?a skos:prefLabel ?l }",
    ],
)
def test_triple_in_no_graph_is_refused_with_the_cure(governed: httpx.Client, text: str) -> None:
    before = count(governed)
    for finding in findings(update(governed, text)):
        assert finding["message"].startswith("in no graph: ")
        assert "urn:x-variable" not in finding["message"]
        assert "GRAPH <IRI of a home graph>" in finding["cure"]
    assert count(governed) == before


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("CLEAR ALL", "name the graphs one by one"),
        ("CLEAR DEFAULT", "name the graphs one by one"),
        ("DROP NAMED", "name the graphs one by one"),
        ("DROP SILENT ALL", "name the graphs one by one"),
        ("CREATE GRAPH g:x", "INSERT DATA creates it"),
        ("COPY g:post TO g:x", "PUT the graph under its new name"),
        ("MOVE g:post TO g:x", "PUT the graph under its new name"),
        ("ADD g:post TO g:x", "DELETE and INSERT"),
        ("LOAD <http://127.0.0.1:9/>", "send the data itself"),
        ("LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH g:x", "send the data itself"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "query that endpoint directly"),
    ],
)
def test_other_operations_are_refused_with_what_to_do_instead(governed: httpx.Client, text: str, instead: str) -> None:
    before = count(governed)
    for request in (text, f"{NEW_ACTOR} ; {text}"):
        response = update(governed, request)
        assert response.status_code == 403
        assert instead in response.json()["detail"]
    assert count(governed) == before


@pytest.mark.parametrize("verb", ["CLEAR", "DROP"])
def test_cleared_graph_is_gone(governed: httpx.Client, verb: str) -> None:
    assert update(governed, f"{verb} GRAPH g:post").status_code == 204
    assert governed.get("/graph/post").status_code == 410
    assert update(governed, f"{verb} GRAPH g:post").status_code == 409
    assert update(governed, f"{verb} SILENT GRAPH g:post").status_code == 204


def test_where_reads_the_union_and_using_and_with_narrow_it(governed: httpx.Client) -> None:
    def labels(more: str) -> int:
        insert = f"INSERT {{ GRAPH g:invented {{ actor:council skos:hiddenLabel ?l }} }} {more}"
        report = update(governed, f"{insert} WHERE {{ ?a a ck:Incident ; skos:prefLabel ?l }}", "?dry-run=true")
        return sum(graph["added"] for graph in report.json()["graphs"])

    assert (labels(""), labels("USING g:post"), labels("USING g:invented")) == (3, 3, 0)
    nothing = "INSERT { actor:council skos:hiddenLabel ?l } WHERE { ?a a ck:Incident ; skos:prefLabel ?l }"
    assert update(governed, f"WITH g:invented {nothing}", "?dry-run=true").json()["graphs"] == []
    named = (
        'WITH g:invented INSERT { actor:council skos:hiddenLabel "HC"@en } WHERE { actor:council a ck:Organization }'
    )
    assert update(governed, named).status_code == 204
    assert ask(governed, 'GRAPH g:invented { actor:council skos:hiddenLabel "HC"@en }')


def test_blank_nodes_get_iris(governed: httpx.Client) -> None:
    text = """INSERT DATA { GRAPH g:more {
      g:more a ck:Reference ; dcterms:title "More"@en ; owl:versionInfo "1" ;
        dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; ck:recordedBy actor:conflict-kg .
      _:one a ck:Place ; skos:prefLabel "One"@en ; ck:placeKind kind:town .
      _:two a ck:Place ; skos:prefLabel "Two"@en ; ck:placeKind kind:town ; ck:administrativeParent _:one } }"""
    assert update(governed, text).status_code == 204, update(governed, text).text
    linked = "?two skos:prefLabel 'Two'@en ; ck:administrativeParent ?one . ?one skos:prefLabel 'One'@en"
    assert ask(governed, f"{linked} FILTER(STRSTARTS(STR(?two), '{BASE}.well-known/genid/') && isIRI(?one))")
    assert not ask(governed, "?s ?p ?o FILTER(isBlank(?s) || isBlank(?o))")


def test_days_follow_from_dates_whatever_an_update_says_of_them(governed: httpx.Client) -> None:
    taken, day = "prop:post-ilm", "<http://www.w3.org/2001/XMLSchema#date>"
    assert ask(governed, f'{taken} ck:latest "2017-05-31"^^{day}')
    changed = f"""DELETE {{ GRAPH g:post {{ {taken} ck:when ?w }} }}
      INSERT {{ GRAPH g:post {{ {taken} ck:when "2017-06"^^<http://id.loc.gov/datatypes/edtf/EDTF> }} }}
      WHERE {{ {taken} ck:when ?w }}"""
    assert update(governed, changed).status_code == 204
    assert ask(governed, f'{taken} ck:latest "2017-06-30"^^{day}')
    assert update(governed, f"DELETE WHERE {{ GRAPH g:post {{ {taken} ck:when ?w }} }}").status_code == 204
    assert not ask(governed, f"{taken} ck:latest|ck:earliest|ck:span ?day")


def test_dry_run_says_what_would_change_and_changes_nothing(governed: httpx.Client) -> None:
    before = count(governed)
    report = update(governed, NEW_ACTOR, "?dry-run=true")
    assert report.status_code == 200
    assert report.json() == {
        "graphs": [
            {
                "graph": f"{BASE}graph/invented",
                "added": 2,
                "removed": 0,
                "new": [f"{BASE}id/actor/new"],
                "changed": [],
                "gone": [],
            }
        ],
        "warnings": [],
        "resources": [{"sign": "+", "iri": f"{BASE}id/actor/new", "sentence": "organization: New"}],
    }
    text = update(governed, NEW_ACTOR, "?dry-run=true", Accept="text/plain").text
    assert text == f"{BASE}graph/invented: +2 -0 quads; 1 new, 0 changed, 0 gone\n  + organization: New\n"
    form = governed.post("/sparql", data={"update": PREFIXES + NEW_ACTOR, "dry-run": "true"})
    assert form.json() == report.json()
    assert update(governed, UNLABELLED, "?dry-run=true").status_code == 422
    assert update(governed, NEW_ACTOR, "?dry-run=perhaps").status_code == 400
    assert count(governed) == before


def test_plain_mode_has_no_dry_run(plain: httpx.Client) -> None:
    insert = "INSERT DATA { <http://example.org/a> <http://example.org/p> 1 }"
    assert plain.post("/sparql?dry-run=true", content=insert, headers=UPDATE).status_code == 400
    put = plain.put(
        "/graphs?graph=http://example.org/g&dry-run=true", content="", headers={"Content-Type": "text/turtle"}
    )
    assert put.status_code == 400
    assert count(plain) == 0
