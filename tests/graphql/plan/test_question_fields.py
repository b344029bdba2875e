"""Questions of the catalogue over GraphQL: as fields, by name, and as documents with the same rows as their ``.rq``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_world import SmallWorld, said

from kg.graphql.execute import GraphQLRequest
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.questions.formats import to_json
from kg.questions.question import AnswerKind
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import text_of

Execute = Callable[..., dict[str, Any]]
Rows = set[tuple[str, ...]]
FOLDER = Path(__file__).parents[3] / "kg" / "questions"
DOCUMENTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql"))}


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = connection["nodes"]
    return result


def words(statement: dict[str, Any]) -> list[str]:
    passages = nodes(statement["quote"])
    own = [passage for passage in passages if not passage.get("cites", {}).get("totalCount")]
    return [passage["words"]["exact"] for passage in own or passages] or [""]


def statement_rows(proposition: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Act, speaker, hedge, statement and words of the statements about a proposition."""
    for statement in nodes(proposition["statements"]):
        for exact in words(statement):
            act, hedge = (statement[name].lower() for name in ("act", "hedge"))
            yield act.replace("_", " "), statement["speaker"]["id"], hedge.replace("_", "-"), statement["id"], exact


def controls(data: dict[str, Any]) -> Rows:
    return {
        (actor["id"], place["id"], control["controlKind"].lower().replace("_", "-"), *row)
        for control in nodes(data["territorialControls"])
        for actor in nodes(control["actor"])
        for place in nodes(control["place"])
        for row in statement_rows(control)
    }


def coverages(data: dict[str, Any]) -> Rows:
    return {
        (coverage["zone"]["id"], place["id"], (coverage["extent"] or "").lower(), *row)
        for coverage in nodes(data["zoneCoverages"])
        for place in nodes(coverage["place"])
        for row in statement_rows(coverage)
    }


def citations(data: dict[str, Any]) -> Rows:
    cited = {
        (source["id"], cited["id"], passage["words"]["exact"])
        for source in nodes(data["sources"])
        for passage in nodes(source["passages"])
        for cited in nodes(passage["cites"])
    }
    return cited | {
        (source["id"], ground["id"], exact)
        for source in nodes(data["sources"])
        for statement in nodes(source["reports"])
        for ground in nodes(statement["basedOn"])
        if "id" in ground
        for exact in words(statement)
    }


def labels(data: dict[str, Any]) -> Rows:
    rows: Rows = set()
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
                        disputes = [dispute["speaker"]["id"] for dispute in nodes(use["disputedBy"])] or [""]
                        about = declaration["speaker"]["id"], zone["id"], declaration["id"], labelled["id"]
                        use_of = labelling["label"], use["speaker"]["id"], use["id"]
                        rows |= {(*about, *use_of, speaker) for speaker in disputes}
    return rows


TABLES: dict[str, tuple[Callable[[dict[str, Any]], Rows], str]] = {
    "who-controls-what": (controls, "actor place kind act speaker hedge statement words"),
    "which-places-does-a-zone-cover": (coverages, "zone place extent act speaker hedge statement words"),
    "which-documents-does-a-source-cite": (citations, "source cited words"),
    "who-declared-which-zone": (
        labels, "declarer zone declaration labelled label labelledBy labelling disputedBy",
    ),
}  # fmt: skip
LAST_SEGMENTS = {"kind", "extent", "hedge"}


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
            text_of(row[column]).rsplit("/", 1)[-1] if column in LAST_SEGMENTS else text_of(row[column])
            for column in columns.split()
        )
        for row in table.rows
        if "labelling" not in row or row["labelling"]
    }
    assert expected
    assert rows_of(query_data(DOCUMENTS[name], **given)) == expected


def test_a_document_shows_no_dispute_that_was_taken_back() -> None:
    world = SmallWorld.create()
    turtle = (
        said("s1", "paper", "declares", "zone:z")
        + 'prop:n a ck:Labelling ; ck:labelled zone:z ; ck:label "haven"@en .\n'
        + said("s2", "paper", "asserts", "prop:n")
        + said("s3", "witness", "disputes", "st:s2")
        + said("s4", "witness", "retracts", "st:s3")
    )
    request = GraphQLRequest(query=DOCUMENTS["who-declared-which-zone"])
    data = world.service.execute(request, world.store(turtle)).formatted["data"]
    (row,) = labels(data)
    assert row[-3:] == (row[-3], f"{DEFAULT_BASE_IRI}id/statement/s2", "")


def test_every_document_starts_with_its_question_and_is_tested(catalogue: Catalogue) -> None:
    assert set(DOCUMENTS) <= set(catalogue.questions)
    assert all(text.startswith("# ") and text.partition("\n")[0].endswith("?") for text in DOCUMENTS.values())
    assert set(DOCUMENTS) - {"does-zone-cover-place"} == set(TABLES)


@pytest.mark.parametrize("place", ["ein-tarma", "khan-sheikhoun", "idlib-province", "jobar"])
@pytest.mark.parametrize("zone", ["east-ghouta", "idlib"])
def test_an_answer_field_equals_the_answer_of_the_catalogue(
    zone: str, place: str, query_data: Execute, catalogue: Catalogue, shipped_store: EmbeddedStore
) -> None:
    name = "does-zone-cover-place"
    answer = catalogue.ask(name, {"zone": zone, "place": place}, shipped_store, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    data = query_data(DOCUMENTS[name], zone=zone, place=place)["answer"]["zoneCoverage"]
    expected = to_json(answer)
    assert data["verdict"].lower() == expected["verdict"]
    assert (data["reason"] or "").lower().replace("_", "-") == (expected["reason"] or "")
    assert data["headline"] == expected["headline"]
    assert [statement["id"] for statement in data["statements"]] == [
        statement["statement"] for statement in expected["statements"]
    ]
    assert [(related["how"], related["statement"]["id"]) for related in data["bearing"]] == [
        (related["how"], related["statement"]) for related in expected["bearing"]
    ]
    assert len(data["referenceSteps"]) == len(expected["referenceSteps"])
    assert len(data["searched"]) == len(expected["searched"])


def test_silence_lists_the_sources_searched(query_data: Execute) -> None:
    data = query_data(DOCUMENTS["does-zone-cover-place"], zone="idlib", place="qaboun")["answer"]["zoneCoverage"]
    assert (data["verdict"], data["reason"]) == ("UNDETERMINED", "SILENT")
    assert data["searched"]


def test_several_questions_can_be_asked_in_one_request(query_data: Execute) -> None:
    data = query_data("""{ answer { a: zoneCoverage(zone: "idlib", place: "idlib-province") { verdict headline }
        b: zoneCoverage(zone: "east-ghouta", place: "ein-tarma") { reason headline } __typename } }""")
    assert data["answer"]["a"]["verdict"] == "YES"
    assert data["answer"]["b"]["reason"] == "LEFT_OPEN"
    assert data["answer"]["__typename"] == "Answers"


def test_an_unknown_name_is_an_error_with_suggestions(execute: Execute) -> None:
    content = execute('{ answer { zoneCoverage(zone: "idlb", place: "idlib-province") { headline } } }')
    (error,) = content["errors"]
    assert error["extensions"]["code"] == "UNKNOWN"
    assert "idlib" in error["message"]
    assert content["data"] is None
    assert error["locations"]


def test_every_yes_no_question_has_a_field(service: Any, catalogue: Catalogue) -> None:
    questions = [question for question in catalogue if question.kind is AnswerKind.YES_NO]
    assert len(service.schema.type_map["Answers"].fields) == len(questions)
    assert "zoneCoverage" in service.schema.type_map["Answers"].fields


@pytest.mark.parametrize("name", sorted(Catalogue.load().questions))
def test_every_question_can_be_asked_by_its_name(
    name: str, query_data: Execute, catalogue: Catalogue, shipped_store: EmbeddedStore
) -> None:
    example = catalogue.question(name).example
    expected = catalogue.ask(name, example, shipped_store, DEFAULT_BASE_IRI)
    query = """query ($name: String!, $given: [ParameterInput!]) { question(name: $name, parameters: $given) {
        question { name summary kind parameters { name required } }
        table { columns rows { cells { column value name lang datatype } } } answer { verdict headline } } }"""
    given = [{"name": parameter, "value": value} for parameter, value in example.items()]
    data = query_data(query, name=name, given=given)["question"]
    assert data["question"]["name"] == name
    if isinstance(expected, TableAnswer):
        assert data["table"]["columns"] == list(expected.columns)
        assert [[cell["value"] for cell in row["cells"]] for row in data["table"]["rows"]] == [
            [None if row[column] is None else text_of(row[column]) for column in expected.columns]
            for row in expected.rows
        ]
    else:
        assert data["answer"]["verdict"].lower() == expected.verdict
