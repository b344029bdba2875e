"""Parts of a copy: which file an address has, how pages are rewritten, which folders are replaced, how words fold."""

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from required import skip_unless_required

from api.pages.render import ASSETS
from api.static_site.addresses import Addresses, Target, link_between, page_of_resource
from api.static_site.folder import LIST, SiteFolder
from api.static_site.page_rewriter import PageRewriter
from api.static_site.search_files import write_search_files
from kg.errors import BadParameterError
from kg.name_folding import fold_name, fold_transliteration
from kg.search.hits import Hit

BASE = "https://w3id.org/conflict-kg/"
ADDRESSES = Addresses(
    BASE,
    {"id/place/x.html", "id/zone/a/b.html", "id/place/عين.html", "graph/places.html", "id/genid/1.html"},
    {"who-says": "zone=x"},
    left_out={"id/place/x.rdf"},
)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("/", "index.html"),
        ("/id/place/x", "id/place/x.html"),
        ("/page/place/x", "id/place/x.html"),
        ("/id/zone/a/b", "id/zone/a/b.html"),
        ("/id/place/%D8%B9%D9%8A%D9%86", "id/place/عين.html"),
        ("/.well-known/genid/1", "id/genid/1.html"),
        ("/id/place/unknown", None),
        ("/data/place/x.ttl", "id/place/x.ttl"),
        ("/data/place/x.ttl?page=2", "id/place/x.page-2.ttl"),
        ("/data/place/x.rdf", None),
        ("/graph/places", "graph/places.html"),
        ("/graph/places?format=nq", "graph/places.nq"),
        ("/vocab/hedge#none", "vocab/hedge.html"),
        ("/ontology?format=jsonld", "ontology.jsonld"),
        ("/context", "context.jsonld"),
        ("/static/style.css", "static/style.css"),
        ("/dumps/graph/places.nq.gz", "dumps/graph/places.nq.gz"),
        ("/questions/who-says?zone=x", "questions/who-says.html"),
        ("/questions/who-says", "questions/who-says.html"),
        ("/questions/who-says?zone=x&format=csv", "questions/who-says.csv"),
        ("/questions/who-says?zone=zone%2Fx&format=csv", "questions/who-says.csv"),
        ("/questions/who-says?zone=y", None),
        (f"/compare?thing={BASE}id/place/x", "compare/place/x.html"),
        (f"/compare?thing={BASE}id/place/x&source=a&format=csv", "compare/place/x.csv"),
        (f"/compare?thing={BASE}id/place/x&source=a", None),
        ("/questions/who-says?zone=x&page=2", "questions/who-says.page-2.html"),
        ("/questions/who-says?zone=x&format=spreadsheet", "questions/who-says.table.csv"),
        ("/incidents?page=2", "incidents.page-2.html"),
        ("/incidents?page=1", "incidents.html"),
        ("/incidents.xlsx", "incidents.xlsx"),
        ("/incidents.csv?speaker=x", None),
        ("/search?q=x", None),
        ("/sparql", None),
        ("/sparql?format=turtle", None),
        ("/graphql/schema", None),
        ("/places?speaker=x", None),
        ("/places", "places.html"),
        ("/ontology/Place", "ontology/~place.html"),
        ("/ontology/ZoneCoverage?format=ttl", "ontology/~zone~coverage.ttl"),
        ("/ontology/place", "ontology/place.html"),
        ("/dumps/graph/A~b.nq.gz", "dumps/graph/~a~~b.nq.gz"),
        ("/static/graphiql/Editor.js", "static/graphiql/Editor.js"),
        ("/../secret", None),
        ("/a//b", None),
        ("/%2e%2e/secret", None),
    ],
)
def test_the_file_of_an_address(url: str, file: str | None) -> None:
    target = ADDRESSES.find(url)
    assert (target.file if target else None) == file


@pytest.mark.parametrize(
    ("iri", "file"),
    [
        (f"{BASE}id/place/x", "id/place/x.html"),
        (f"{BASE}graph/places", "graph/places.html"),
        (f"{BASE}id/place/../../x", ""),
        (f"{BASE}id/place/{'x' * 300}", ""),
        (f"{BASE}ontology", ""),
        ("https://example.org/id/place/x", ""),
    ],
)
def test_the_file_of_a_resource(iri: str, file: str) -> None:
    assert page_of_resource(iri, BASE) == file


@pytest.mark.parametrize(
    ("file", "target", "link"),
    [
        ("index.html", "id/place/x.html", "id/place/x.html"),
        ("id/place/x.html", "index.html", "../../index.html"),
        ("id/place/x.html", "id/place/x.ttl", "x.ttl"),
        ("id/place/x.html", "id/place/a:b.html", "./a:b.html"),
        ("id/place/x.html", "id/place/a?b#c.html", "a%3Fb%23c.html"),
    ],
)
def test_links_are_relative(file: str, target: str, link: str) -> None:
    assert link_between(file, Target(target, "/")) == link


def rewrite(page: str) -> str:
    return PageRewriter(ADDRESSES, "http://copy.invalid").rewrite(
        page, "/page/zone/a/b", "id/zone/a/b.html", lambda _: None
    )


@pytest.mark.parametrize(
    ("page", "rewritten"),
    [
        ('<a href="/page/place/x#words">x</a>', '<a href="../../place/x.html#words">x</a>'),
        ('<a href="#here">x</a>', '<a href="#here">x</a>'),
        ('<a href="https://example.org/?a&amp;b">x</a>', '<a href="https://example.org/?a&amp;b">x</a>'),
        ('<a href="http://copy.invalid/page/place/x">x</a>', '<a href="../../place/x.html">x</a>'),
        ('<a class="b" rel="next" href="/sparql">x</a>', '<a class="b" title="needs the server">x</a>'),
        ('<link rel="alternate" href="/sparql">', ""),
        ('<img src="/static/icon.svg" alt="">', '<img src="../../../static/icon.svg" alt="">'),
        ("<p>href=&#34;/sparql&#34; is text</p>", "<p>href=&#34;/sparql&#34; is text</p>"),
        ('<section data-needs="server"><h2>x</h2></section>y', "y"),
        ('<script src="/static/search.js" defer></script>', (
            '<script src="../../../static/site-search.js" defer></script>\n'
            '<script src="../../../static/search.js" defer></script>'
        )),
    ],
)  # fmt: skip
def test_a_page_is_rewritten(page: str, rewritten: str) -> None:
    assert rewrite(page) == rewritten


def test_forms_need_the_server_but_for_the_search() -> None:
    assert "This form needs the server" in rewrite('<form action="/sparql"><input name="query"></form>')
    search = rewrite('<form action="/search" role="search"><input name="q"></form>')
    assert search == '<form action="../../../search.html" role="search"><input name="q"></form>'


def test_a_folder_with_other_files_is_refused_and_stays(tmp_path: Path) -> None:
    place = tmp_path / "site"
    place.mkdir()
    (place / "thesis.odt").write_text("years of work", encoding="utf-8")
    with pytest.raises(BadParameterError, match=r"thesis\.odt"):
        SiteFolder(place)
    assert (place / "thesis.odt").read_text(encoding="utf-8") == "years of work"
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadParameterError, match="is no folder"):
        SiteFolder(file)


def test_a_copy_is_replaced_when_the_next_one_is_complete(tmp_path: Path) -> None:
    place = tmp_path / "site"
    first = SiteFolder(place)
    first.begin()
    first.write("a/b.html", b"one")
    assert not place.exists()
    assert first.finish() == 2
    second = SiteFolder(place)
    second.begin()
    second.write("c.html", b"two")
    assert (place / "a/b.html").read_bytes() == b"one"
    third = SiteFolder(place)  # the second one was interrupted
    third.begin()
    third.write("d.html", b"three")
    third.finish()
    assert sorted(path.name for path in place.iterdir()) == ["d.html", LIST]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    (place / "note.txt").touch()
    with pytest.raises(BadParameterError, match=r"note\.txt"):
        SiteFolder(place)


def test_files_of_the_search_are_bounded() -> None:
    words = [f"{first}{second}{n}" for first in "abc" for second in "xyz" for n in range(500)]
    hits = [
        Hit(f"{BASE}id/place/{n}", "place", word, "en", f"{word} common", "en", "name", "words", ())
        for n, word in enumerate(words)
    ]
    files = dict(write_search_files(hits, lambda iri: iri.removeprefix(BASE)))
    assert max(map(len, files.values())) < 50_000
    index = json.loads(files["search/index.json"])
    found: set[str] = set()
    for key in index["keys"]:
        name = "-".join(f"{ord(letter):x}" for letter in key)
        postings = json.loads(files[f"search/words/{name}.json"])["spelled"]
        assert all(word.startswith(key) for word in postings)
        found |= postings.keys()
    assert found == {*words, "common"}


FOLD = """
globalThis.document = {currentScript: {src: "http://localhost/static/site-search.js"}};
require(process.argv[2]);
const names = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify(names.map((name) => [siteSearch.foldName(name), siteSearch.foldTransliteration(name)])));
"""
NAMES = [
    "Ein Tarma", "Ayn Tarma", "عين ترما", "جَوْبَر", "إدلب", "ادلب", "al-Jinah", "Deir ez-Zor",
    "Al Qa\u2019eda", "L'Oréal",
    "ـتطويلـ", "Straße", "٣٤", "x\u0301y", "AL", "el", "الباب", "Idlib\u2013zone", "İstanbul", "ﬁ", "a_b", "",
]  # fmt: skip


def test_browsers_fold_words_as_the_program_does(tmp_path: Path, repository: Path) -> None:
    node = shutil.which("node")
    if node is None:
        skip_unless_required("no node")
        return
    data = (repository / "data" / "reference" / "places.ttl").read_text(encoding="utf-8")
    names = [*NAMES, *data.splitlines()[:400]]
    script = tmp_path / "fold.js"
    script.write_text(FOLD, encoding="utf-8")
    command = [node, str(script), str(ASSETS / "site-search.js")]
    done = subprocess.run(command, input=json.dumps(names).encode(), capture_output=True, timeout=60, check=True)
    folded = dict(zip(names, json.loads(done.stdout), strict=True))
    assert {name: [fold_name(name), fold_transliteration(name)] for name in names} == folded


_NAMES = st.text("aA\u00df\u1e9es\u017fS~-d\u03c3\u03c2\u0131\u0130iI\u212akK", min_size=1, max_size=4)


@given(one=_NAMES, other=_NAMES)
def test_names_of_files_differ_in_more_than_case(one: str, other: str) -> None:
    paths = f"/ontology/{quote(one)}", f"/ontology/{quote(other)}"
    files = {target.file.casefold() for target in map(ADDRESSES.find, paths) if target}
    assert len(files) == len({one, other})


@given(st.text(), st.text())
def test_no_file_lies_outside(kind: str, slug: str) -> None:
    file = page_of_resource(f"{BASE}id/{kind}/{slug}", BASE)
    assert not file or ".." not in Path(file).parts
