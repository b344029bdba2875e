"""``kg find`` finds things and concepts by any of their names, and shows the names they have."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.cli.graph_access import OpenGraph, open_graph
from kg.settings import Settings
from kg.writer import DocumentFile

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
        graph.writer.load([DocumentFile("names.ttl", REGISTER.encode())])
    return directory


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("trg", "actor/rights-group"),
        ("rights group", "actor/rights-group"),
        ("مَجْلِس جـــوبر", "actor/jobar-council"),
        ("council of Jawbar", "actor/jobar-council"),
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
