"""The questions about the two shipped sources, answered from the shipped data.

Each file holds what is asked, in the words of the catalogue, and the rows or the verdict that a faithful graph gives;
IRIs stand as ``kind:slug``, and of a table only the columns that answer. The files of ``both-sources`` are named after
the question, and ask it of each source: what one source does not say must not be answered.
"""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.namespaces import CK
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.question import AnswerKind
from kg.settings import DEFAULT_BASE_IRI
from kg.status.verdict import Reason, Verdict
from kg.store.interface import Queryable
from kg.store.query_template import SolutionSequence, Term, text_of

HERE = Path(__file__).parent
FILES = sorted([*(HERE / "first-source").glob("*.json"), *(HERE / "second-source").glob("*.json")])
BOTH = sorted((HERE / "both-sources").glob("*.json"))


def short(term: Term | str | None) -> str:
    text = term if isinstance(term, str) else text_of(term)
    if isinstance(term, ox.Literal) or not text.startswith(DEFAULT_BASE_IRI):
        return text
    return ":".join(text.rsplit("/", 2)[-2:])


def summarize(answer: YesNoAnswer | TableAnswer, columns: list[str]) -> Any:
    if isinstance(answer, TableAnswer):
        rows = [[short(row[column]) for column in columns] for row in answer.rows]
        return [list(row) for row in dict.fromkeys(map(tuple, rows))]
    return {
        "verdict": answer.verdict.value,
        "reason": answer.reason.value if answer.reason else None,
        "inferred": answer.decision.is_inferred,
        "deciding": [short(each.iri) for each in answer.grounds],
        "bearing": [[each.how, short(each.statement.iri)] for each in answer.related],
        "searched": [short(each) for each in answer.searched],
    }


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_shipped_data_gives_the_expected_answer(path: Path, catalogue: Catalogue, shipped: Queryable) -> None:
    for asked in read(path)["asked"]:
        answer = catalogue.ask(asked["name"], asked["parameters"], shipped, DEFAULT_BASE_IRI)
        assert path.stem in answer.question.answers
        assert summarize(answer, asked.get("columns", [])) == asked["expected"]


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_a_question_is_answered_from_each_source(path: Path, catalogue: Catalogue, shipped: Queryable) -> None:
    for asked in read(path)["asked"]:
        assert asked["name"] == path.stem
        answer = catalogue.ask(asked["name"], asked["parameters"], shipped, DEFAULT_BASE_IRI)
        assert summarize(answer, asked.get("columns", [])) == asked["expected"]


def test_all_questions_of_both_sources_are_covered(catalogue: Catalogue) -> None:
    names = [f"Q{number:02}" for number in range(1, 26)] + [f"A{number:02}" for number in range(1, 13)]
    assert [path.stem for path in FILES] == names
    assert {name for question in catalogue for name in question.answers} == set(names)


@pytest.mark.slow
def test_a_statement_with_two_quotes_has_no_row_for_each(catalogue: Catalogue, shipped: Queryable) -> None:
    for question in catalogue:
        if question.kind is AnswerKind.TABLE and question.name != "which-documents-does-a-source-cite":
            table = question.select({}, shipped)
            rows = {tuple(text_of(row[name]) for name in table.columns if name != "words") for row in table.rows}
            assert len(rows) == len(table.rows), question.name


@pytest.mark.parametrize(
    "asked",
    [
        {"actor": "russia", "type": "attack", "place": "idlib-province"},
        {"actor": "russia", "type": "bombardment", "place": "idlib-province"},
        {"actor": "free-syrian-army", "type": "rescue", "place": "idlib-province"},
        {"actor": "bellingcat", "type": "meeting", "place": "idlib-province"},
    ],
    ids=lambda asked: f"{asked['actor']}-{asked['type']}",
)
def test_a_denial_of_where_one_strike_was_denies_no_other_deed_there(
    asked: dict[str, str], catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert (answer.verdict, answer.reason) == (Verdict.UNDETERMINED, Reason.SILENT)
    assert "took it back" not in answer.headline


@pytest.mark.parametrize(
    ("asked", "headline"),
    [
        (
            {"actor": "syrian-government", "type": "chemical-attack", "place": "idlib-province"},
            "YES, INFERRED, on April 4, says EA WorldView, and GeoNames gazetteer lists Khan Sheikhoun"
            " under Idlib Province.",
        ),
        (
            {"actor": "united-states", "type": "airstrike", "place": "syria"},
            "YES, INFERRED, says Bellingcat (published by Syrian Archive), and GeoNames gazetteer lists Aleppo Province"
            " under Syria, and read together: aj-2017-04-19-s80, aj-2017-04-19-s80-place.",
        ),
    ],
    ids=lambda asked: asked["actor"] if isinstance(asked, dict) else "",
)
def test_a_deed_at_a_place_answers_for_the_province_and_the_state(
    asked: dict[str, str], headline: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert answer.headline.startswith(headline)


@pytest.mark.parametrize(
    "asked",
    [
        {"actor": "syrian-government", "type": "killing", "on": "2017-04-04"},
        {"actor": "united-states", "type": "airstrike", "on": "2017-08-05"},
    ],
    ids=lambda asked: asked["actor"],
)
def test_a_denial_of_when_one_deed_was_denies_no_other_deed_of_that_day(
    asked: dict[str, str], catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert answer.verdict not in (Verdict.NO, Verdict.DENIED, Verdict.DISPUTED)


def test_a_denial_of_where_a_strike_was_answers_for_whom_it_is_said_of(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    asked = {"actor": "united-states", "type": "airstrike", "place": "idlib-province"}
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert answer.verdict is Verdict.NO
    incident = "strike near al-Jinah, 16 March 2017"
    assert f"Of this incident: {incident}. United States Central Command said so and took it back" in answer.headline


@pytest.mark.parametrize("more", [{}, {"place": "jobar"}], ids=str)
def test_the_agent_of_an_attack_is_probable_in_the_voice_of_the_source(
    more: dict[str, str], catalogue: Catalogue, shipped: Queryable
) -> None:
    asked = {"actor": "syrian-government", "type": "chemical-attack", "weapon": "chlorine"} | more
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert answer.headline.startswith(
        "PROBABLY, INFERRED, says EA WorldView, and read together: sd-2017-08-07-f12, sd-2017-08-07-f13. "
    )


def test_what_is_said_in_quotation_marks_is_told_so(catalogue: Catalogue, shipped: Queryable) -> None:
    asked = {"actor": "syrian-government", "type": "chemical-attack", "weapon": "toxic-gas"}
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert answer.headline == "THE WORDS OF OTHERS, told by EA WorldView, in quotation marks."


@pytest.mark.parametrize("name", ["what-is-said-of-incidents", "who-denies-what"])
def test_what_is_said_or_denied_is_told_in_words(name: str, catalogue: Catalogue, shipped: Queryable) -> None:
    rows = catalogue.question(name).select({}, shipped).rows
    assert rows
    assert [text_of(row["statement"]) for row in rows if not text_of(row["gist"]).strip()] == []


def test_parts_are_told_only_of_the_incident_that_is_asked_for(catalogue: Catalogue, shipped: Queryable) -> None:
    rows = catalogue.question("what-is-said-of-incidents").select({}, shipped).rows
    assert {row["part"] for row in rows} == {None}


NOT_KNOWN_TO_BE_IN_SYRIA = {
    "place:syria": "it is the state",
    "place:manila": "it lies in another state",
    "place:northwest-syria": "no reference graph lists the region under a unit",
    "place:aj-2017-04-19-small-building": "it is only said to be next to another building",
    "place:unnamed-aj-2017-04-19-s07": "where the territories are is not said",
    "place:unnamed-aj-2017-04-19-s07-rubble": "rubble of the strike, on which the incident hangs",
    "place:unnamed-aj-2017-04-19-s12": "that it is the smaller building is only implied",
    "place:unnamed-aj-2017-04-19-s70": "outside, on which the incident hangs",
    "place:unnamed-aj-2017-04-19-s72": "between the building and the road",
    "place:unnamed-aj-2017-04-19-s74": "rubble of the strike, on which the incident hangs",
    "place:unnamed-aj-2017-04-19-s76": "a road, only shown",
    "place:unnamed-aj-2017-04-19-s78": "the site, on which the incident hangs",
    "place:unnamed-sd-2017-08-07-f04": "it is only said to be near Damascus",
    "place:unnamed-sd-2017-08-07-f23": "the periphery of a zone without a boundary",
    "place:unnamed-sd-2017-08-07-f25": "it is only said to be near Ein Tarma",
    "place:unnamed-sd-2017-08-07-f29": "suburbs of which it is not said of what",
    "place:unnamed-sd-2017-08-07-f69": "opposition territory, not said where",
}
"""The places that neither a reference graph nor a speaker puts into a unit of Syria, and why."""


def test_every_place_is_in_syria_by_a_reference_graph_or_a_speaker_but_those_that_are_known(
    shipped: Queryable,
) -> None:
    query = f"""
    PREFIX ck: <{CK}>
    SELECT ?place ?unit WHERE {{
      VALUES ?kind {{ ck:Place ck:UnnamedPlace }}
      ?place a ?kind .
      OPTIONAL {{
        {{ ?place ck:administrativeParent ?unit }} UNION {{
          ?relation a ck:PlaceRelation ; ck:place ?place ; ck:other ?unit ; ^ck:asserts ?statement ;
            ck:relation <https://w3id.org/conflict-kg/vocab/place-relation/part-of> .
        }}
      }}
    }}
    """
    units: dict[str, set[str]] = {}
    for row in SolutionSequence.select(shipped, query).rows:
        units.setdefault(short(row["place"]), set()).add(short(row["unit"]))
    inside = {"place:syria"}
    while new := {place for place, above in units.items() if above & inside} - inside:
        inside |= new
    assert {place for place in units if place not in inside - {"place:syria"}} == set(NOT_KNOWN_TO_BE_IN_SYRIA)


def table(name: str, asked: dict[str, str], columns: str, catalogue: Catalogue, store: Queryable) -> Any:
    return summarize(catalogue.ask(name, asked, store, DEFAULT_BASE_IRI), columns.split())


def test_the_title_of_a_video_is_the_word_of_who_uploaded_it(catalogue: Catalogue, shipped: Queryable) -> None:
    rows = table("who-calls-whom-what", {"labelled": "aj-2017-04-19-s27"}, "label speaker hedge", catalogue, shipped)
    title = "Centre for Tablighi Da'wah in the Levant"
    assert rows == [[title, "actor:unnamed-aj-2017-04-19-s45", "hedge:attributed"]]


@pytest.mark.parametrize(
    ("bearer", "label", "speaker"),
    [
        ("actor:unnamed-aj-2017-04-19-s48-preachers", "preachers", "actor:unnamed-aj-2017-04-19-s48"),
        ("actor:unnamed-aj-2017-04-19-s54-worshippers", "worshippers", "actor:unnamed-aj-2017-04-19-s54"),
        ("place:unnamed-aj-2017-04-19-s48", "eating area", "actor:unnamed-aj-2017-04-19-s48"),
    ],
)
def test_what_somebody_not_named_is_called_is_a_label_of_who_calls_them_so(
    bearer: str, label: str, speaker: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    assert table("who-calls-whom-what", {"labelled": bearer}, "label speaker", catalogue, shipped) == [[label, speaker]]


def test_the_handle_of_somebody_not_named_does_not_call_them_what_somebody_calls_them(shipped: Queryable) -> None:
    query = f"""
    PREFIX ck: <{CK}>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?bearer WHERE {{
      ?labelling ck:labelled ?bearer ; ck:label ?label .
      ?bearer a ?kind ; skos:prefLabel ?handle .
      VALUES ?kind {{ ck:UnnamedActor ck:UnnamedPlace }}
      FILTER (CONTAINS(LCASE(STR(?handle)), LCASE(STR(?label))))
    }}
    """
    assert not SolutionSequence.select(shipped, query).rows


def test_what_the_pentagon_calls_unfinished_is_linked_to_what_locals_say(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    rows = table(
        "what-speaks-for-or-against-a-statement",
        {"statement": "aj-2017-04-19-s13-unfinished"},
        "how other by",
        catalogue,
        shipped,
    )
    assert ["statement-link:supports", "statement:aj-2017-04-19-s23", "actor:conflict-kg"] in rows


def test_that_the_imam_lived_in_the_building_the_author_says_too(catalogue: Catalogue, shipped: Queryable) -> None:
    asked = {"about": "aj-2017-04-19-building", "speaker": "bellingcat"}
    rows = table("what-is-judged-of-what", asked, "gist statement", catalogue, shipped)
    assert ["the imam lived in it", "statement:aj-2017-04-19-s15-residence"] in rows


def test_what_was_not_made_public_was_not_so_far(catalogue: Catalogue, shipped: Queryable) -> None:
    rows = table("who-denies-what", {"speaker": "human-rights-watch"}, "gist statement", catalogue, shipped)
    (gist,) = [gist for gist, statement in rows if statement == "statement:aj-2017-04-19-s56-hrw"]
    assert gist.endswith("has been made public so far")
