"""``kg find`` finds things and concepts by any of their names, and shows the names they have."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from shipped_data import ShippedData

from kg import server_client
from kg.cli.graph_access import OpenGraph, open_graph
from kg.cli.graph_search import open_search
from kg.document_calls import DocumentFile
from kg.journal.record import UNKNOWN
from kg.server_file import ServerAddress
from kg.settings import Settings

Run = Callable[..., Any]

REGISTER = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<graph/names> a ck:Reference ; dcterms:title "Names"@en ; owl:versionInfo "1" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; ck:recordedBy <id/actor/conflict-kg> .
<id/actor/rights-group> a ck:Organization ; skos:prefLabel "The Rights Group"@en ; skos:hiddenLabel "TRG"@en .
<id/actor/jobar-council> a ck:Organization ; skos:prefLabel "Jobar Council"@en , "مجلس جوبر"@ar .
"""


@pytest.fixture(scope="module")
def named_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("named")
    with open_graph(Settings(data_dir=directory, empty=True)) as graph:
        assert isinstance(graph, OpenGraph)
        graph.writer.load([DocumentFile("names.ttl", REGISTER.encode())], UNKNOWN)
    return directory


@pytest.fixture(scope="module")
def shipped_data_dir(shipped_data: ShippedData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped_data.copy(tmp_path_factory.mktemp("shipped"))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("trg", "actor/rights-group"),
        ("rights group", "actor/rights-group"),
        ("مَجْلِس جـــوبر", "actor/jobar-council"),
        ("council of Jawbar", "actor/jobar-council"),
        ("majlis jubar", "actor/jobar-council"),
        ("مجلس جبر", "actor/jobar-council"),
        ("airstrike", "incident-type/airstrike"),
    ],
)
def test_the_nearest_is_listed_first(name: str, first: str, run: Run, named_data_dir: Path) -> None:
    result = run("find", *name.split(), "--data-dir", named_data_dir)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{first} ")


def test_names_are_shown_as_they_are(run: Run, named_data_dir: Path) -> None:
    line = run("find", "TRG", "--limit", "1", "--data-dir", named_data_dir).out
    assert line.split(None, 1)[1] == "The Rights Group, (TRG)\n"
    (found,) = json.loads(run("find", "--json", "مَجْلِس جوبر", "--data-dir", named_data_dir).out)
    assert found["labels"] == ["Jobar Council", "مجلس جوبر"]


def test_a_kind_or_scheme_narrows_what_is_found(run: Run, named_data_dir: Path) -> None:
    assert run("find", "jobar council", "--kind", "place", "--data-dir", named_data_dir).code == 1
    assert run("find", "airstrikes", "--kind", "counted", "--data-dir", named_data_dir).out.startswith("counted/airstr")


def test_what_is_near_nothing_is_said_to_be(run: Run, named_data_dir: Path) -> None:
    result = run("find", "Zanzibar", "--data-dir", named_data_dir)
    assert (result.code, result.out) == (1, "")
    assert result.err == "nothing is called 'Zanzibar', or nearly so\n"


@pytest.mark.parametrize("nothing", [(), ("",)])
def test_a_scheme_is_listed_without_a_name(nothing: tuple[str, ...], run: Run, named_data_dir: Path) -> None:
    result = run("find", "--kind", "hedge", *nothing, "--data-dir", named_data_dir)
    slugs = [line.split()[0] for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert {"hedge/attributed", "hedge/unclear", "hedge/none"} <= set(slugs)
    assert len(slugs) == len(set(slugs)) > 20
    assert run("find", "--kind", "no-such-kind", "--data-dir", named_data_dir).code == 1


def test_neither_a_name_nor_a_kind_is_refused(run: Run, named_data_dir: Path) -> None:
    result = run("find", "--data-dir", named_data_dir)
    assert (result.code, result.out) == (2, "")
    assert "give a name, or --kind" in result.err


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "Assad regime",
            [
                "actor/syrian-government Government of the Syrian Arab Republic",
                "“Assad regime”: said by EA WorldView, in Syria Daily, about 7 August 2017 (hedge: none)",
            ],
        ),
        (
            "Khattab",
            ["place/aj-2017-04-19-building", "al-Khattab mosque”: said by Bellingcat, in Bellingcat on al-Jinah"],
        ),
        (
            "community hall",
            [
                "place/aj-2017-04-19-building",
                "hall”: claimed by United States Department of Defense, in Bellingcat on al-Jinah",
                "denied by Bellingcat, in Bellingcat on al-Jinah",
            ],
        ),
        ("--kind hedge said", ["hedge/attributed"]),
    ],
)
def test_what_somebody_calls_so_is_found_with_who_does(
    name: str, lines: list[str], run: Run, shipped_data_dir: Path
) -> None:
    first, *_ = run("find", *name.split(), "--data-dir", shipped_data_dir).out.splitlines()
    start, *parts = lines
    assert " ".join(first.split()).startswith(start)
    assert [part for part in parts if part not in first] == []


def test_what_a_source_does_not_name_comes_last_with_the_source(run: Run, shipped_data_dir: Path) -> None:
    lines = run("find", "Human Rights Watch", "--limit", "50", "--data-dir", shipped_data_dir).out.splitlines()
    assert lines[0].startswith("actor/human-rights-watch ")
    assert lines[-1].startswith("actor/unnamed-")
    assert lines[-1].endswith("not named in Bellingcat on al-Jinah, republished by the Syrian Archive, 19 April 2017")
    assert not [line for line in lines[:-1] if line.startswith("actor/unnamed-") and "not named in" not in line]


def test_json_has_who_says_a_name(run: Run, shipped_data_dir: Path) -> None:
    (found,) = json.loads(run("find", "--json", "Assad regime", "--data-dir", shipped_data_dir).out)
    assert (found["id"], found["text"], found["matched"]) == ("actor/syrian-government", "Assad regime", "called")
    said = {(saying["speaker_name"], saying["act"], saying["hedge"]) for saying in found["said"]}
    assert ("EA WorldView", "said", "none") in said
    assert found["unnamedIn"] == []


def test_words_that_are_in_no_name_are_found_in_the_quotes_of_statements(run: Run, shipped_data_dir: Path) -> None:
    lines = run("find", "an unlikely place", "--data-dir", shipped_data_dir).out.splitlines()
    line = " ".join(lines[0].split())
    assert line.startswith(
        "statement/aj-2017-04-19-s54 “an unlikely place”: held unlikely by Bellingcat, in Bellingcat on"
    )
    assert "(hedge: unlikely); said by United States Department of Defense" in line
    assert line.endswith(", on proposition/aj-2017-04-19-meeting")
    assert "statement/" not in run("find", "Bellingcat", "--data-dir", shipped_data_dir).out
    found, *_ = json.loads(run("find", "--json", "an unlikely place", "--data-dir", shipped_data_dir).out)
    assert (found["text"], found["said"][0]["speaker_name"]) == ("an unlikely place", "Bellingcat")
    assert found["propositions"] == ["proposition/aj-2017-04-19-meeting"]


def test_a_running_server_is_searched_with_the_same_result(
    shipped_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's search is replaced: it is tested over HTTP elsewhere."""
    with open_search(Settings(data_dir=shipped_data_dir)) as search:
        hits = search.find("Assad regime", "")
    served = {"hits": [{"id": "x", "path": "/x", **hit.members()} for hit in hits]}
    answers = iter([httpx.Response(503, json={"detail": "being indexed"}), httpx.Response(200, json=served)])
    asked: list[dict[str, Any]] = []

    def answer(_url: str, params: dict[str, Any], **_options: Any) -> httpx.Response:
        asked.append(params)
        return next(answers)

    monkeypatch.setattr(server_client, "_RETRY_S", 0)
    monkeypatch.setattr(httpx, "get", answer)
    found = server_client.search(ServerAddress("http://127.0.0.1:1", "token"), "Assad regime", "actor")
    assert found == hits
    assert [parameters["kind"] for parameters in asked] == ["actor", "actor"]
