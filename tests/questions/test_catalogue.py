"""The files of the catalogue, how parameters are parsed, and what is refused."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.errors import BadParameterError, UnknownNameError
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.formats import render_text, to_csv, to_json
from kg.questions.parameter import ParameterType, QuestionParameter
from kg.questions.question import AnswerKind, Question
from kg.settings import DEFAULT_BASE_IRI
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate

QUESTIONS = sorted(Catalogue.load(), key=lambda question: question.name)
GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/test")
COVERAGE = "does-zone-cover-place"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_is_plain_sparql(question: Question) -> None:
    # Portable SPARQL 1.1: no named graphs, no federation, no functions of our own.
    lines = question.template.text.upper().splitlines()
    words = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    assert not {"GRAPH", "SERVICE", "FROM", "LATERAL"} & set(words.split())
    assert "\nORDER BY" in words
    assert words.count("GROUP_CONCAT") == words.count("SAMPLE(") == 0


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_runs_as_it_stands(question: Question, shipped: Queryable) -> None:
    rows = question.select({}, shipped)
    compared = {each.name for each in question.parameters if each.type is not ParameterType.PERIOD}
    # Where places within a unit answer, the column is the place named; of a depiction, what it shows.
    shown = set(rows.columns) | ({"place"} if "location" in rows.columns else set())
    shown |= {"of", "type"} if "shows" in rows.columns else set()
    assert compared <= shown


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_example_is_answered(question: Question, catalogue: Catalogue, shipped: Queryable) -> None:
    answer = catalogue.ask(question.name, question.example, shipped, DEFAULT_BASE_IRI)
    assert answer.rows if isinstance(answer, TableAnswer) else answer.verdict
    assert question.summary in render_text(answer)
    assert json.loads(json.dumps(to_json(answer)))["question"] == question.name
    lines = list(csv.reader(io.StringIO(to_csv(answer))))
    assert len({len(line) for line in lines}) == 1


def test_every_answer_carries_speaker_source_and_words(catalogue: Catalogue, shipped: Queryable) -> None:
    answer = catalogue.ask(COVERAGE, {"zone": "idlib", "place": "khan-sheikhoun"}, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    (said,) = answer.grounds
    assert (said.speaker, said.source) == (
        f"{DEFAULT_BASE_IRI}id/actor/ea-worldview",
        f"{DEFAULT_BASE_IRI}id/source/syria-daily-2017-08-07",
    )
    assert said.words == ("covered",)
    assert answer.decision.is_inferred
    assert [step.parent.rsplit("/", 1)[-1] for step in answer.reference_steps] == [
        "maarrat-al-numan-district",
        "idlib-province",
    ]


@pytest.mark.parametrize(
    "zone",
    ["idlib", "zone:idlib", "zone/idlib", f"{DEFAULT_BASE_IRI}id/zone/idlib"],
    ids=["slug", "colon", "path", "iri"],
)
def test_a_resource_has_many_spellings(zone: str, catalogue: Catalogue, shipped: Queryable) -> None:
    answer = catalogue.ask(COVERAGE, {"zone": zone, "place": "idlib-province"}, shipped, DEFAULT_BASE_IRI)
    assert answer.terms["zone"] == ox.NamedNode(f"{DEFAULT_BASE_IRI}id/zone/idlib")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("Ein Tarma", "place/ein-tarma"),
        ("ayn tarma", "place/ein-tarma"),
        ("place:ayn-tarma", "place/ein-tarma"),
        ("جَوْبَر", "place/jobar"),
        ("محافظه ادلب", "place/idlib-province"),
        ("محـافظة إدلب", "place/idlib-province"),
    ],
)
def test_a_place_is_found_by_its_names_in_any_spelling(
    given: str, path: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = catalogue.ask(COVERAGE, {"zone": "idlib", "place": given}, shipped, DEFAULT_BASE_IRI)
    assert answer.terms["place"] == ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{path}")


def test_a_concept_is_found_by_its_label(catalogue: Catalogue, shipped: Queryable) -> None:
    terms = catalogue.question("did-actor-do").resolve_terms(
        {"actor": "Russia", "type": "Chemical attack"}, shipped, DEFAULT_BASE_IRI
    )
    assert str(terms["type"]).endswith("incident-type/chemical-attack>")


def test_a_name_of_several_is_refused_with_all_of_them(store_of: Callable[[Iterable[ox.Quad]], Queryable]) -> None:
    store = store_of(
        ox.Quad(ox.NamedNode(f"{DEFAULT_BASE_IRI}id/place/{slug}"), ox.NamedNode(namespaces.PREF_LABEL), label, GRAPH)
        for slug, label in (("kafr-a", ox.Literal("Kafr", language="en")), ("kafr-b", ox.Literal("kafr")))
    )
    parameter = QuestionParameter.from_header("where", "resource(place)", "")
    with pytest.raises(BadParameterError, match="is the name of several; write one of place/kafr-a, place/kafr-b"):
        parameter.find("Kafr", store, DEFAULT_BASE_IRI)


def test_a_label_matches_regardless_of_case_and_apostrophe(catalogue: Catalogue, shipped: Queryable) -> None:
    answer = catalogue.ask("who-calls-whom-what", {"label": "al qa'eda"}, shipped, DEFAULT_BASE_IRI)
    assert answer.terms["label"] == ox.Literal("Al Qa\N{RIGHT SINGLE QUOTATION MARK}eda")


@pytest.mark.parametrize(
    ("name", "given", "near"),
    [
        ("does-zone-cover-plase", {}, COVERAGE),
        (COVERAGE, {"zone": "east-gouta", "place": "jobar"}, "east-ghouta"),
        (COVERAGE, {"zone": "east-ghouta", "place": "ein-tarmac"}, "ein-tarma"),
        ("did-actor-do", {"actor": "russia", "type": "chemical"}, "chemical-attack"),
    ],
)
def test_an_unknown_name_is_refused_with_near_names(
    name: str, given: dict[str, str], near: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        catalogue.ask(name, given, shipped, DEFAULT_BASE_IRI)
    assert near in caught.value.known


@pytest.mark.parametrize(
    ("name", "given", "near"),
    [
        (
            "who-calls-whom-what",
            {"label": "al quaeda"},
            "Al Qa\N{RIGHT SINGLE QUOTATION MARK}eda (in a statement of United States of America, American officials "
            "and commentators (F64); denied by EA WorldView)",
        ),
        ("which-date-is-meant", {"asGiven": "on Sumday"}, "on Sunday (in a statement of EA WorldView)"),
    ],
)
def test_a_value_of_statements_is_offered_with_their_speakers(
    name: str, given: dict[str, str], near: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        catalogue.ask(name, given, shipped, DEFAULT_BASE_IRI)
    assert near in caught.value.known
    assert all(" (in a statement of " in value for value in caught.value.known)


def test_every_table_of_what_is_said_names_sources(catalogue: Catalogue, shipped: Queryable) -> None:
    for question in catalogue:
        if question.kind is AnswerKind.TABLE:
            answer = catalogue.ask(question.name, question.example, shipped, DEFAULT_BASE_IRI)
            assert isinstance(answer, TableAnswer)
            assert {"source", "sources"} & {*answer.columns}, question.name


def test_ids_of_what_is_said_are_offered_with_their_speakers(catalogue: Catalogue, shipped: Queryable) -> None:
    offered = 0
    for question in catalogue:
        for parameter in question.parameters:
            if parameter.of in ("statement", "proposition", "thing"):
                given = dict(question.example) | {parameter.name: f"{parameter.of}:aj-2017-04-19-mosq"}
                if parameter.of == "thing":
                    given[parameter.name] = "proposition:aj-2017-04-19-mosq"
                with pytest.raises(UnknownNameError) as caught:
                    catalogue.ask(question.name, given, shipped, DEFAULT_BASE_IRI)
                offered += len(caught.value.known)
                assert all(" (in a statement of " in value for value in caught.value.known), question.name
    assert offered > 10


def test_a_name_that_only_statements_use_is_answered_with_its_speakers(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        catalogue.ask("did-actor-do", {"actor": "Assad regime", "type": "killing"}, shipped, DEFAULT_BASE_IRI)
    assert caught.value.known[0] == "syrian-government (called so by EA WorldView)"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"place": "jobar"}, "zone"),
        ({"zone": " ", "place": "jobar"}, "zone"),
        ({"zone": "actor:russia", "place": "jobar"}, "zone"),
        ({"zone": "http://a b", "place": "jobar"}, "zone"),
        ({"zone": "a> ?b", "place": "jobar"}, "zone"),
        ({"zone": "east-ghouta", "place": "jobar", "town": "x"}, "town"),
    ],
)
def test_a_malformed_parameter_is_refused(
    given: dict[str, str], name: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    with pytest.raises(BadParameterError) as caught:
        catalogue.ask(COVERAGE, given, shipped, DEFAULT_BASE_IRI)
    assert caught.value.name == name


def test_a_value_cannot_inject_sparql(catalogue: Catalogue, shipped: Queryable) -> None:
    text = catalogue.question("who-calls-whom-what").template.bind([{"label": ox.Literal('") } } DROP ALL # \\')}])
    solutions = shipped.query(text)
    assert isinstance(solutions, ox.QuerySolutions)
    assert list(solutions) == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE { ?s ?p ?o }",
        "SELECT * WHERE { VALUES (?a ?b) { (UNDEF) } }",
        "SELECT * WHERE { ?s ?p ?o VALUES (?a) { (UNDEF) } }",
        "# WHERE { VALUES (?a) { (UNDEF) }\nSELECT * { ?s ?p ?o }",
    ],
)
def test_a_query_without_its_clause_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "what.rq"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"what\.rq"):
        QueryTemplate.read(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: zone,", "name: area,"),
        ("kind: yes-no", "kind: maybe"),
        ("resource(zone)", "resource"),
        ("resource(zone)", "thing(zone)"),
        ("#+ answers:", "#+ replies:"),
        ('zone: "east-ghouta", ', ""),
    ],
)
def test_a_malformed_header_is_refused(old: str, new: str, tmp_path: Path, catalogue: Catalogue) -> None:
    text = catalogue.question(COVERAGE).template.text
    assert old in text
    (tmp_path / "what.rq").write_text(text.replace(old, new, 1))
    with pytest.raises(ValueError, match=r"what\.rq"):
        Catalogue.load(tmp_path)
