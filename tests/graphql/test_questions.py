"""Questions of the catalogue by GraphQL: as fields, by name, and as documents that give the rows of their ``.rq``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.formats import to_json
from kg.questions.question import AnswerKind
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import text_of

Execute = Callable[..., dict[str, Any]]
Rows = set[tuple[str, ...]]
FOLDER = Path(__file__).parents[2] / "kg" / "questions"
DOCUMENTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql"))}


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = connection["nodes"]
    return found


def words(statement: dict[str, Any]) -> list[str]:
    return [each["words"]["exact"] for each in nodes(statement["quote"])] or [""]


def said(proposition: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Act, speaker, hedge, statement and words of all that is said of a proposition."""
    for each in nodes(proposition["statements"]):
        for exact in words(each):
            act, hedge = (each[name].lower() for name in ("act", "hedge"))
            yield act.replace("_", " "), each["speaker"]["id"], hedge.replace("_", "-"), each["id"], exact


def controls(data: dict[str, Any]) -> Rows:
    return {
        (actor["id"], place["id"], each["controlKind"].lower().replace("_", "-"), *told)
        for each in nodes(data["territorialControls"])
        for actor in nodes(each["actor"])
        for place in nodes(each["place"])
        for told in said(each)
    }


def coverages(data: dict[str, Any]) -> Rows:
    return {
        (each["zone"]["id"], place["id"], (each["extent"] or "").lower(), *told)
        for each in nodes(data["zoneCoverages"])
        for place in nodes(each["place"])
        for told in said(each)
    }


def citations(data: dict[str, Any]) -> Rows:
    return {
        (source["id"], cited["id"], passage["words"]["exact"])
        for source in nodes(data["sources"])
        for passage in nodes(source["passages"])
        for cited in nodes(passage["cites"])
    }


def labels(data: dict[str, Any]) -> Rows:
    found: Rows = set()
    for zone in nodes(data["zones"]):
        whose = [zone]
        for coverage in nodes(zone["coverage"]):
            for place in nodes(coverage.get("place") or {"nodes": []}):
                for control in nodes(place["coverages"]):
                    if control["extent"] in (None, "WHOLE", "UNSPECIFIED"):
                        whose += nodes(control["actor"])
        for declaration in nodes(zone["declaredBy"]):
            for labelled in whose:
                for labelling in nodes(labelled["labellings"]):
                    for use in nodes(labelling["statements"]):
                        disputes = [each["speaker"]["id"] for each in nodes(use["disputedBy"])] or [""]
                        about = declaration["speaker"]["id"], zone["id"], declaration["id"], labelled["id"]
                        use_of = labelling["label"], use["speaker"]["id"], use["id"]
                        found |= {(*about, *use_of, each) for each in disputes}
    return found


TABLES: dict[str, tuple[Callable[[dict[str, Any]], Rows], str]] = {
    "who-controls-what": (controls, "actor place kind act speaker hedge statement words"),
    "which-places-does-a-zone-cover": (coverages, "zone place extent act speaker hedge statement words"),
    "which-documents-does-a-source-cite": (citations, "source cited words"),
    "who-declared-which-zone": (
        labels, "declarer zone declaration labelled label labelledBy labelling disputedBy",
    ),
}  # fmt: skip
_SHORT = {"kind", "extent", "hedge"}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("is_narrowed", [True, False], ids=["as in the example", "of everything"])
def test_a_document_gives_the_rows_of_its_query(
    name: str, is_narrowed: bool, query_data: Execute, catalogue: Catalogue, shipped_store: EmbeddedStore
) -> None:
    rows_of, columns = TABLES[name]
    given = dict(catalogue.question(name).example) if is_narrowed else {}
    given = {parameter: value for parameter, value in given.items() if f"${parameter}:" in DOCUMENTS[name]}
    table = catalogue.ask(name, given, shipped_store, DEFAULT_BASE_IRI)
    assert isinstance(table, TableAnswer)
    expected = {
        tuple(
            text_of(row[each]).rsplit("/", 1)[-1] if each in _SHORT else text_of(row[each]) for each in columns.split()
        )
        for row in table.rows
        if "labelling" not in row or row["labelling"]
    }
    assert expected
    assert rows_of(query_data(DOCUMENTS[name], **given)) == expected


def test_every_document_opens_with_its_question_and_is_tested(catalogue: Catalogue) -> None:
    assert set(DOCUMENTS) <= set(catalogue.questions)
    assert all(text.startswith("# ") and text.partition("\n")[0].endswith("?") for text in DOCUMENTS.values())
    assert set(DOCUMENTS) - {"does-zone-cover-place"} == set(TABLES)


@pytest.mark.parametrize("place", ["ein-tarma", "khan-sheikhoun", "idlib-province", "jobar"])
@pytest.mark.parametrize("zone", ["east-ghouta", "idlib"])
def test_an_answer_is_that_of_the_catalogue(
    zone: str, place: str, query_data: Execute, catalogue: Catalogue, shipped_store: EmbeddedStore
) -> None:
    name = "does-zone-cover-place"
    answer = catalogue.ask(name, {"zone": zone, "place": place}, shipped_store, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    told = query_data(DOCUMENTS[name], zone=zone, place=place)["answer"]["zoneCoverage"]
    expected = to_json(answer)
    assert told["verdict"].lower() == expected["verdict"]
    assert (told["reason"] or "").lower().replace("_", "-") == (expected["reason"] or "")
    assert told["explanation"] == expected["explanation"]
    assert [each["id"] for each in told["statements"]] == [each["statement"] for each in expected["statements"]]
    assert [(each["how"], each["statement"]["id"]) for each in told["bearing"]] == [
        (each["how"], each["statement"]) for each in expected["bearing"]
    ]
    assert len(told["register"]) == len(expected["register"])
    assert len(told["searched"]) == len(expected["searched"])


def test_silence_lists_the_sources_searched(query_data: Execute) -> None:
    told = query_data(DOCUMENTS["does-zone-cover-place"], zone="idlib", place="qaboun")["answer"]["zoneCoverage"]
    assert (told["verdict"], told["reason"]) == ("UNDETERMINED", "SILENT")
    assert told["searched"]


def test_several_answers_come_in_one_request(query_data: Execute) -> None:
    found = query_data("""{ answer { a: zoneCoverage(zone: "idlib", place: "idlib-province") { verdict }
        b: zoneCoverage(zone: "east-ghouta", place: "ein-tarma") { verdict reason } __typename } }""")
    assert found["answer"] == {"a": {"verdict": "YES"}, "b": {"verdict": "UNDETERMINED", "reason": "LEFT_OPEN"},
                               "__typename": "Answers"}  # fmt: skip


def test_a_slip_of_the_pen_is_told_and_not_answered(execute: Execute) -> None:
    content = execute('{ answer { zoneCoverage(zone: "idlb", place: "idlib-province") { verdict } } }')
    (error,) = content["errors"]
    assert error["extensions"]["code"] == "UNKNOWN"
    assert "idlib" in error["message"]
    assert content["data"] is None
    assert error["locations"]


def test_every_yes_no_question_has_a_field(service: Any, catalogue: Catalogue) -> None:
    entries = [each for each in catalogue if each.kind is AnswerKind.YES_NO]
    assert len(service.schema.type_map["Answers"].fields) == len(entries)
    assert "zoneCoverage" in service.schema.type_map["Answers"].fields


@pytest.mark.parametrize("name", sorted(Catalogue.load().questions))
def test_every_question_can_be_asked_by_its_name(
    name: str, query_data: Execute, catalogue: Catalogue, shipped_store: EmbeddedStore
) -> None:
    example = catalogue.question(name).example
    expected = catalogue.ask(name, example, shipped_store, DEFAULT_BASE_IRI)
    query = """query ($name: String!, $given: [ParameterInput!]) { question(name: $name, parameters: $given) {
        question { name summary kind parameters { name required } }
        table { columns rows { cells { column value name lang datatype } } } answer { verdict } } }"""
    given = [{"name": each, "value": value} for each, value in example.items()]
    told = query_data(query, name=name, given=given)["question"]
    assert told["question"]["name"] == name
    if isinstance(expected, TableAnswer):
        assert told["table"]["columns"] == list(expected.columns)
        assert [[cell["value"] for cell in row["cells"]] for row in told["table"]["rows"]] == [
            [None if row[column] is None else text_of(row[column]) for column in expected.columns]
            for row in expected.rows
        ]
    else:
        assert told["answer"]["verdict"].lower() == expected.verdict
