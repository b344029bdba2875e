"""Linked data: every IRI leads to a page or to RDF, and no contested content is served without its statement."""

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from api.services import Services, open_services
from kg import namespaces
from kg.settings import Settings
from kg.store.change import Change

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
BASE = "https://example.org/kg/"
CK = namespaces.CK
TEXT = "On Sunday the <b>north</b> said that the town lies in the zone; the south denied it. Nobody was asked."
HOSTILE = "<script>alert('x')</script> & \"quotes\""
SYNTAXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nq": "application/n-quads",
}


def _passage(slug: str, span: str, exact: str) -> str:
    start = TEXT.index(span)
    digest = hashlib.sha256(span.encode()).hexdigest()
    return f"""
    <id/passage/{slug}> a ck:Passage ; oa:hasSource <id/source/post> ;
      oa:hasSelector <id/selector/{slug}-p> , <id/selector/{slug}-q> .
    <id/selector/{slug}-p> a oa:TextPositionSelector ;
      oa:start {start} ; oa:end {start + len(span)} ; ck:sha256 "{digest}" .
    <id/selector/{slug}-q> a oa:TextQuoteSelector ; oa:exact "{exact}" ."""


DATA = f"""
@base <{BASE}> .
@prefix ck: <{CK}> .
@prefix dcterms: <{namespaces.DCTERMS}> .
@prefix hedge: <{namespaces.VOCAB}hedge/> .
@prefix oa: <{namespaces.OA}> .
@prefix owl: <{namespaces.OWL}> .
@prefix skos: <{namespaces.SKOS}> .

<graph/post> {{
  <graph/post> a ck:Dossier ; dcterms:title "The post"@en ; owl:versionInfo "1" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; ck:recordedBy <id/actor/curator> .
  <id/source/post> a ck:Source ; skos:prefLabel "Post"@en ; dcterms:publisher <id/actor/paper> ;
    ck:sha256 "{hashlib.sha256(TEXT.encode()).hexdigest()}" ; ck:inferred dcterms:publisher ;
    ck:inferenceNote "The text names no publisher."@en .
  <id/zone/east> a ck:Zone ; skos:prefLabel "the zone"@en .
  <id/incident/i1> a ck:Incident ; skos:prefLabel "incident one"@en .

  <id/statement/declared> a ck:Statement ; ck:speaker <id/actor/north> ; ck:declares <id/zone/east> ;
    ck:reportedIn <id/source/post> ; ck:hedge hedge:none ; ck:quote <id/passage/p1> .
  <id/statement/said> a ck:Statement ; ck:speaker <id/actor/north> ; ck:asserts <id/proposition/covers> ;
    ck:reportedIn <id/source/post> ; ck:hedge hedge:reportedly ; ck:quote <id/passage/p1> ;
    ck:saidWhenAsGiven "On Sunday"@en .
  <id/statement/denied> a ck:Statement ; ck:speaker <id/actor/south> ; ck:denies <id/proposition/covers> ;
    ck:disputes <id/statement/said> ; ck:disputedAspect <{namespaces.VOCAB}aspect/extent> ;
    ck:reportedIn <id/source/post> ; ck:hedge hedge:none ; ck:quote <id/passage/p2> .
  <id/proposition/covers> a ck:ZoneCoverage ; ck:zone <id/zone/east> ; ck:place <id/place/town> .

  <id/statement/wants> a ck:Statement ; ck:speaker <id/actor/paper> ; ck:asserts <id/proposition/aim> ;
    ck:reportedIn <id/source/post> ; ck:hedge hedge:none ; ck:quote <id/passage/bad> .
  <id/proposition/aim> a ck:Position ; ck:actor <id/actor/north> ; ck:content <id/proposition/account> .
  <id/proposition/account> a ck:IncidentAccount ; ck:incident <id/incident/i1> ; ck:perpetrator <id/actor/south> ;
    ck:count <id/count/c1> .
  <id/count/c1> a ck:CountEstimate ; ck:countOf <{namespaces.VOCAB}counted/killed> ;
    ck:asGiven "many"@en ; ck:minimum 3 .
  {_passage("p1", "the <b>north</b> said that the town lies in the zone", "said")}
  {_passage("p2", "the south denied it", "denied")}
  <id/passage/bad> a ck:Passage ; oa:hasSource <id/source/lost> ;
    oa:hasSelector <id/selector/bad-p> , <id/selector/bad-q> .
  <id/selector/bad-p> a oa:TextPositionSelector ; oa:start 3 ; oa:end 9 ; ck:sha256 "{"0" * 64}" .
  <id/selector/bad-q> a oa:TextQuoteSelector ; oa:exact "wants" .
  <id/source/lost> a ck:Source ; skos:prefLabel "lost post"@en .
}}
<graph/register> {{
  <graph/register> a ck:Reference ; dcterms:title "Register"@en ; owl:versionInfo "1" ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ; ck:recordedBy <id/actor/curator> .
  <id/actor/curator> a ck:Organization ; skos:prefLabel "curators"@en .
  <id/actor/paper> a ck:Organization ; skos:prefLabel "The Paper"@en .
  <id/actor/north> a ck:State ; skos:prefLabel "North"@en .
  <id/actor/south> a ck:State ; skos:prefLabel "South"@en .
  <id/place/town> a ck:Place ; skos:prefLabel "{HOSTILE.replace('"', chr(92) + '"')}"@en , "بلدة"@ar ;
    skos:hiddenLabel "Towne"@en ; ck:placeKind <{namespaces.VOCAB}place-kind/town> .
  <id/place/village> a ck:Place ; skos:prefLabel "قرية"@ar .
  <id/place/turned> a ck:Place ; skos:prefLabel "\u202edenrut\u2069"@en .
}}
"""

MANY = 1_201
"""Statements about one place: more than a page of its data has."""
SAID = "".join(
    f"<id/proposition/{n}> a ck:ZoneCoverage ; ck:place <id/place/many> . "
    f"<id/statement/{n}> a ck:Statement ; ck:asserts <id/proposition/{n}> .\n"
    for n in range(MANY)
)
MUCH = f"""@base <{BASE}> . @prefix ck: <{CK}> .
<graph/many> {{ <graph/many> a ck:Dataset . <id/place/many> a ck:Place . {SAID} }}"""


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("resources")
    archive: Path = home / "archive"
    archive.mkdir()
    (archive / "post.txt").write_text(TEXT, encoding="utf-8")
    services = open_services(Settings(data_dir=home, archive_dir=archive, base_iri=BASE, empty=True, workers=1))
    change = Change.from_quads(
        added=frozenset(quad for text in (DATA, MUCH) for quad in ox.parse(text, format=ox.RdfFormat.TRIG))
    )
    services.knowledge_graph.store.apply(change)
    services.executor.refresh(change, services.knowledge_graph.store.version)
    with (
        serving(services) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30, headers={"Accept": "*/*"}) as client,
    ):
        yield client


def _page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def _data(client: httpx.Client, path: str, suffix: str = "ttl") -> set[ox.Triple]:
    answer = client.get(f"/data/{path}.{suffix}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == SYNTAXES[suffix]
    return {q.triple for q in ox.parse(answer.content, format=ox.RdfFormat.from_extension(suffix))}


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER["Accept"], "/page/place/town"),
        ("*/*", "/data/place/town.ttl"),
        ("application/ld+json", "/data/place/town.jsonld"),
        ("application/rdf+xml", "/data/place/town.rdf"),
        ("application/trig, text/turtle;q=0.5", "/data/place/town.trig"),
    ],
)
def test_iri_leads_to_page_or_data(client: httpx.Client, accept: str, location: str) -> None:
    answer = client.get("/id/place/town", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, location)
    assert answer.headers["vary"] == "Accept"


def test_nothing_acceptable_is_406(client: httpx.Client) -> None:
    assert client.get("/id/place/town", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("path", ["/id/place/towm", "/page/place/towm", "/data/place/towm.ttl"])
def test_an_unknown_name_gives_404_with_the_nearest(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert ">town</a>" in answer.text


def test_what_is_called_as_the_path_is_named_is_among_the_nearest(client: httpx.Client) -> None:
    assert client.get("/id/place/قرية").json()["known"] == ["village"]


@pytest.mark.parametrize(
    "path", ["/id/place/a%20b", "/id/place/a%3Cb", "/data/place/town.docx", "/data/place/town", "/graph/a%20b"]
)
def test_a_name_that_no_resource_can_have_is_404(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["place/town", "statement/said", "incident/i1", "proposition/covers", "count/c1"])
def test_all_syntaxes_have_the_same_triples(client: httpx.Client, path: str) -> None:
    first = _data(client, path)
    assert first
    assert all(_data(client, path, suffix) == first for suffix in SYNTAXES)


def test_data_keeps_home_graphs_where_the_syntax_has_them(client: httpx.Client) -> None:
    quads = set(ox.parse(client.get("/data/place/town.trig").content, format=ox.RdfFormat.TRIG))
    homes = {q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)}
    assert homes == {f"{BASE}graph/post", f"{BASE}graph/register"}


@pytest.mark.parametrize(
    "path", ["place/town", "zone/east", "actor/south", "incident/i1", "count/c1", "proposition/account", "source/post"]
)
def test_no_content_is_served_without_its_statement(client: httpx.Client, path: str) -> None:
    """Each proposition in the data has all its statements there, or is the content of one that has."""
    triples = _data(client, path)
    node = ox.NamedNode
    acts = {node(f"{CK}{name}") for name in ("asserts", "denies", "leavesOpen", "supposes")}
    classes = {node(f"{CK}{name}") for name in ("ZoneCoverage", "Position", "IncidentAccount")}
    propositions = {t.subject for t in triples if t.predicate == namespaces.TYPE and t.object in classes}
    parents = {t.object: t.subject for t in triples if t.predicate == node(f"{CK}content")}
    assert propositions
    for proposition in propositions:
        stated = parents.get(proposition, proposition)
        statements = {t.subject for t in triples if t.predicate in acts and t.object == stated}
        assert statements
        for statement in statements:
            fields = {t.predicate.value.removeprefix(CK) for t in triples if t.subject == statement}
            assert {"speaker", "hedge", "reportedIn", "quote"} <= fields
    if node(f"{BASE}id/proposition/covers") in propositions:
        denials = {t.subject for t in triples if t.predicate == node(f"{CK}denies")}
        assert denials == {node(f"{BASE}id/statement/denied")}


def test_page_of_a_thing_has_speakers_acts_and_hedges(client: httpx.Client) -> None:
    page = _page(client, "/page/place/town")
    for words in ("covers", "North", "South", "denied", "reportedly", "disputed", "What else is said of it"):
        assert words in page
    assert "zone coverage" not in page
    proposition = re.search(r'href="/id/(proposition/[^"]+)"', page)
    assert proposition
    claim = _page(client, f"/page/{proposition[1]}")
    for words in ("“said”", "“denied”", "Disputed</strong> by"):
        assert words in claim
    assert "The Paper" in page
    assert "Towne" not in page


def test_page_of_an_incident_marks_content_that_is_not_asserted(client: httpx.Client) -> None:
    page = _page(client, "/page/incident/i1")
    assert "only intended" in page
    assert "/id/proposition/aim" in page
    assert "The Paper" in page
    assert "/id/statement/wants" in page
    assert "many" in page


def test_statement_shows_the_whole_span_from_the_archive(client: httpx.Client) -> None:
    page = _page(client, "/page/statement/said")
    assert "the &lt;b&gt;north&lt;/b&gt; <mark>said</mark> that the town lies in the zone" in page
    assert "Nobody was asked" not in page


def test_statement_without_archived_text_shows_the_reason(client: httpx.Client) -> None:
    page = _page(client, "/page/statement/wants")
    assert "<mark>wants</mark>" in page
    assert "does not hold the text" in page


def test_source_shows_what_is_inferred_and_its_statements_in_order(client: httpx.Client) -> None:
    page = _page(client, "/page/source/post")
    assert "inferred" in page
    assert "The text names no publisher." in page
    assert '<mark><a href="/id/statement/denied">denied</a></mark> it. Nobody was asked.' in page
    assert page.index("/id/statement/said") < page.rindex("/id/statement/denied")


def test_graph_is_a_document(client: httpx.Client) -> None:
    page = _page(client, "/graph/post")
    assert "https://creativecommons.org/licenses/by/4.0/" in page
    assert "/id/statement/said" in page
    quads = set(ox.parse(client.get("/graph/post?format=nq").content, format=ox.RdfFormat.N_QUADS))
    assert {q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)} == {f"{BASE}graph/post"}
    turtle = client.get("/graph/post")
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert len(list(ox.parse(turtle.content, format=ox.RdfFormat.TURTLE))) == len(quads)
    assert client.get("/graph/nothing").json()["known"] == ["many", "post", "register"]


@pytest.mark.parametrize("path", ["/page/place/town", "/page/statement/said", "/graph/register", "/page/zone/east"])
def test_data_is_never_markup(client: httpx.Client, path: str) -> None:
    page = _page(client, path)
    assert "<script" not in page
    assert "<b>north" not in page
    assert "&lt;script&gt;" in page


def test_every_link_from_every_page_resolves(client: httpx.Client) -> None:
    seen: set[str] = set()
    pending = {"/graph/post", "/graph/register", "/page/incident/i1", "/page/statement/said"}
    while pending:
        path = pending.pop()
        seen.add(path)
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code in (200, 303), path
        links = {answer.headers["location"]} if answer.status_code == 303 else set()
        if answer.headers.get("content-type", "").startswith("text/html"):
            links |= {html.unescape(link) for link in re.findall(r'href="(/[^"]*)"', answer.text)}
        own = ("/id/", "/page/", "/data/", "/graph/", "/vocab/")
        pending |= {link.partition("#")[0] for link in links if link.startswith(own)} - seen
    assert "/page/selector/p1-p" in seen or "/page/passage/p1" in seen


def test_links_are_local_and_shown_iris_are_real(client: httpx.Client) -> None:
    page = _page(client, "/page/place/town")
    assert f'href="{BASE}' not in page
    assert f"{BASE}id/place/town" in page


def test_responses_have_etags_and_alternates(client: httpx.Client) -> None:
    for path in ("/data/place/town.ttl", "/page/place/town", "/graph/post"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
    links = client.get("/page/place/town").headers["link"]
    assert '</data/place/town.ttl>; rel="alternate"; type="text/turtle"' in links


def test_a_name_written_right_to_left_is_isolated_in_the_title(client: httpx.Client) -> None:
    page = _page(client, "/page/place/village")
    assert "<title>\u2068قرية\u2069 \u2013" in page
    assert '<h1 dir="auto" lang="ar">قرية</h1>' in page


def test_a_name_with_controls_of_direction_is_shown_without_and_given_as_data_with_them(client: httpx.Client) -> None:
    page = _page(client, "/page/place/turned")
    assert "<title>denrut \u2013" in page
    assert not set(page) & set("\u202e\u2069")
    assert any(str(triple.object) == '"\u202edenrut\u2069"@en' for triple in _data(client, "place/turned"))


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "nq"])
def test_ld_13_walking_next_to_the_end_finds_all_that_is_said(client: httpx.Client, suffix: str) -> None:
    path = f"/data/place/many.{suffix}"
    response = client.get(path)
    last, found = _target(response, "last"), [_statements(response)]
    while following := _target(response, "next"):
        response = client.get(following)
        assert response.status_code == 200
        found.append(_statements(response))
        assert _target(response, "last") == last
        assert _target(response, "first") == f"{path}?page=1"
    assert response.url.raw_path.decode() == last
    assert [len(statements) for statements in found] == [500, 500, 201]
    assert len(set.union(*found)) == MANY
    assert client.get(f"{path}?page=4").status_code == 404
    assert client.get(f"{path}?page=0").status_code == 422


def _target(response: httpx.Response, relation: str) -> str:
    """The target of the link with that relation, which the document has in terms of Hydra; empty without one."""
    found = re.search(rf'<([^>]*)>; rel="{relation}"', response.headers["link"])
    term = {"prev": "previous"}.get(relation, relation)
    listed = {str(quad.object) for quad in _parse(response) if quad.predicate.value == f"{namespaces.HYDRA}{term}"}
    assert listed == ({f"<{response.url.join(found[1])}>"} if found else set())
    return found[1] if found else ""


def _statements(response: httpx.Response) -> set[str]:
    return {str(quad.subject) for quad in _parse(response) if quad.predicate.value == f"{CK}asserts"}


def _parse(response: httpx.Response) -> list[ox.Quad]:
    suffix = response.url.path.rpartition(".")[2]
    return list(ox.parse(response.content, format=ox.RdfFormat.from_extension(suffix)))


def test_what_few_refer_to_has_one_page_and_does_not_speak_of_pages(client: httpx.Client) -> None:
    response = client.get("/data/place/town.ttl")
    assert 'rel="next"' not in response.headers["link"]
    assert namespaces.HYDRA not in response.text
    assert response.content == client.get("/data/place/town.ttl?page=1").content


@pytest.mark.parametrize(
    ("accept", "media_type", "begins"),
    [
        ("*/*", "text/plain", "North "),
        ("application/x-bibtex", "application/x-bibtex", "@incollection{said,"),
        ("application/vnd.citationstyles.csl+json", "application/vnd.citationstyles.csl+json", "["),
    ],
)
def test_a_statement_is_cited_in_the_format_that_is_asked_for(
    client: httpx.Client, accept: str, media_type: str, begins: str
) -> None:
    response = client.get("/cite/statement/said", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert response.text.startswith(begins)
    assert "id/statement/said" in response.text
    assert 'rel="cite-as"' in response.headers["link"]
    assert response.headers["vary"] == "Accept"
    again = client.get("/cite/statement/said", headers={"Accept": accept, "If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_what_does_not_exist_is_not_cited(client: httpx.Client) -> None:
    assert client.get("/cite/statement/never").status_code == 404
    assert client.get("/cite/statement/said", params={"format": "rtf"}).status_code == 406
