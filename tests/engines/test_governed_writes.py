"""Governed writes over a remote engine: the same answers as over the embedded store."""

import httpx
import pytest

pytestmark = pytest.mark.slow

BASE = "https://w3id.org/conflict-kg/"
UPDATE, TURTLE = {"Content-Type": "application/sparql-update"}, {"Content-Type": "text/turtle"}
PREFIXES = f"""PREFIX ck: <{BASE}ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX actor: <{BASE}id/actor/> PREFIX graph: <{BASE}graph/> """
HARBOUR = f"""{PREFIXES} <> a ck:Reference ; dcterms:title "Harbour"@en ; owl:versionInfo "1" ;
  ck:recordedBy actor:conflict-kg ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
actor:pilots a ck:Organization ; skos:prefLabel "Pilots"@en ."""
STATES: tuple[tuple[str, str, str, dict[str, str], int], ...] = (
    ("PUT", "/graph/harbour", HARBOUR, TURTLE, 201),
    ("PUT", "/graph/harbour", HARBOUR.replace("Pilots", "The Pilots"), TURTLE, 204),
    ("POST", "/graph/harbour", f'{PREFIXES} actor:pilots skos:hiddenLabel "HP"@en .', TURTLE, 204),
    ("PATCH", "/graph/harbour", f'{PREFIXES} DELETE WHERE {{ ?a skos:hiddenLabel "HP"@en }}', UPDATE, 204),
    (
        "POST",
        "/sparql",
        PREFIXES + 'INSERT DATA { GRAPH graph:harbour { actor:divers a ck:Organization ; skos:prefLabel "D"@en } }',
        UPDATE,
        204,
    ),
    (
        "POST",
        "/sparql",
        f"""{PREFIXES} DELETE {{ GRAPH ?g {{ ?a skos:prefLabel ?l }} }}
          INSERT {{ GRAPH ?g {{ ?a skos:prefLabel "The Divers"@en }} }}
          WHERE {{ GRAPH ?g {{ ?a skos:prefLabel ?l }} FILTER(?l = "D"@en) }}""",
        UPDATE,
        204,
    ),
    (
        "POST",
        "/sparql",
        f"{PREFIXES} DELETE WHERE {{ GRAPH graph:harbour {{ actor:divers skos:prefLabel ?l }} }}",
        UPDATE,
        422,
    ),
    ("DELETE", "/graph/harbour", "", {}, 204),
)


def read(client: httpx.Client) -> list[str]:
    response = client.get("/graph/harbour", headers={"Accept": "application/n-triples"})
    return response.text.splitlines() if response.is_success else []


def test_writes_have_the_same_effects_over_each_store(governed: httpx.Client, embedded: httpx.Client) -> None:
    for method, path, body, headers, status in STATES:
        for client in (governed, embedded):
            response = client.request(method, path, content=body, headers=headers)
            assert response.status_code == status, response.text
        assert read(governed) == read(embedded)
    assert read(governed) == []


def test_version_of_a_graph_is_that_of_the_engine(governed: httpx.Client) -> None:
    assert governed.put("/graph/harbour", content=HARBOUR, headers=TURTLE).status_code == 201
    tag = governed.get("/graph/harbour", headers={"Accept": "text/turtle"}).headers["etag"]
    changed = HARBOUR.replace("Pilots", "The Pilots")
    assert governed.put("/graph/harbour", content=changed, headers=TURTLE | {"If-Match": tag}).status_code == 204
    assert governed.delete("/graph/harbour", headers={"If-Match": tag}).status_code == 412
    assert governed.delete("/graph/harbour").status_code == 204
