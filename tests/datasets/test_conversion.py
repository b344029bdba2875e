"""Rows become the same bytes each time, whatever else is in the batch; lists, codes and findings reach the queries."""

import csv
import json
from pathlib import Path

import pytest

from kg.datasets import mapping
from kg.datasets.conversion import convert
from kg.datasets.dataset import NO_LICENCE, check_licence, find_folder, list_datasets, load_dataset
from kg.datasets.row_lines import RowLines
from kg.datasets.selection import SelectionRule
from kg.errors import Finding, InputRejectedError, SourceLocation, UnknownNameError
from kg.namespaces import CK, VOCAB
from kg.package_data import find_folder as find_shipped
from kg.settings import DEFAULT_BASE_IRI

SKOS = "http://www.w3.org/2004/02/skos/core#"
SHIPPED = find_shipped("data") / "datasets"
UCDP = SHIPPED / "ucdp-ged"
MAPPING = """
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX code: <https://w3id.org/conflict-kg/code/>
PREFIX col: <https://w3id.org/conflict-kg/column/>
PREFIX row: <https://w3id.org/conflict-kg/row/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT { ?incident skos:prefLabel ?label ; skos:note ?note ; ck:incidentType ?type }
WHERE {
  ?row col:id ?id .
  BIND (IRI(CONCAT("id/incident/", ?id)) AS ?incident)
  { ?row col:names ?name . ?name row:text ?label ; row:position ?position } UNION { ?row col:a_note ?note }
  UNION { ?row col:kind ?kind . ?code code:column "kind" ; code:code ?kind ; code:concept ?type }
}
"""
FILES = {
    "source.toml": '[row]\nkey = "id"\n[lists.names]\nseparator = ";"\n',
    "mapping.rq": MAPPING,
    "codes.csv": "column,code,concept,label\nkind,1,incident-type/airstrike,\nkind,one,incident-type/airstrike,\n",
    "dataset.ttl": "<graph/x> a <https://w3id.org/conflict-kg/ontology#Dataset> .",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "datasets" / "x"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def to_lines(folder: Path, content: str, tmp_path: Path) -> list[str]:
    file, out = tmp_path / "rows.csv", tmp_path / "out.nq"
    file.write_text(content, encoding="utf-8")
    convert(load_dataset(folder, DEFAULT_BASE_IRI), [file], out, None, SelectionRule({}))
    base = f"<{DEFAULT_BASE_IRI}id/incident/"
    return [line.removeprefix(base) for line in out.read_text(encoding="utf-8").splitlines() if line.startswith(base)]


def test_lists_codes_and_columns_reach_the_query(folder: Path, tmp_path: Path) -> None:
    lines = to_lines(folder, 'id,names,a note,kind\n1,"Kelp; ""Depot""","50 % \\ <x>",one\n2,,,3\n', tmp_path)
    assert lines == [
        f'1> <{SKOS}note> "50 % \\\\ <x>" <{DEFAULT_BASE_IRI}graph/x> .',
        f'1> <{SKOS}prefLabel> "Kelp" <{DEFAULT_BASE_IRI}graph/x> .',
        f'1> <{SKOS}prefLabel> "\\"Depot\\"" <{DEFAULT_BASE_IRI}graph/x> .',
        f"1> <{CK}incidentType> <{VOCAB}incident-type/airstrike> <{DEFAULT_BASE_IRI}graph/x> .",
    ]


def test_the_same_rows_are_the_same_bytes_in_batches_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, documents = load_dataset(UCDP, DEFAULT_BASE_IRI), []
    for size in (1, 7, 500):
        monkeypatch.setattr(mapping.batches, "__defaults__", (size,))
        out = tmp_path / f"{size}.nq"
        convert(dataset, [UCDP / "sample.csv"], out, None, SelectionRule({}))
        documents.append(set(out.read_bytes().splitlines()))
        again = tmp_path / "again.nq"
        convert(dataset, [UCDP / "sample.csv"], again, None, SelectionRule({}))
        assert again.read_bytes() == out.read_bytes()
    assert documents[0] == documents[1] == documents[2]


def test_findings_are_listed_as_json_lines_or_csv(tmp_path: Path) -> None:
    dataset, rows = load_dataset(UCDP, DEFAULT_BASE_IRI), UCDP / "tests" / "broken-bounds" / "rows.csv"
    counted = convert(dataset, [rows], tmp_path / "x.nq", tmp_path / "f.jsonl", SelectionRule({})).rules
    convert(dataset, [rows], tmp_path / "x.nq", tmp_path / "f.csv", SelectionRule({}))
    as_json = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text(encoding="utf-8").splitlines()]
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as file:
        as_csv = list(csv.DictReader(file))
    assert [{key: str(value) for key, value in line.items()} for line in as_json] == as_csv
    assert sorted(counted) == sorted(line["rule"] for line in as_csv)


def test_rows_that_are_not_selected_are_counted(tmp_path: Path) -> None:
    rule = SelectionRule({"where_coordinates": ("Khan Shaykhun*",)})
    result = convert(load_dataset(UCDP, DEFAULT_BASE_IRI), [UCDP / "sample.csv"], tmp_path / "x.nq", None, rule)
    assert (result.rows, result.left_out) == (2, 115)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mapping.rq", "CONSTRUCT {", "does not parse"),
        ("mapping.rq", "SELECT * { ?s ?p ?o }", "is no CONSTRUCT"),
        ("mapping.rq", "CONSTRUCT WHERE { ?s ?p ?o", "does not parse"),
        ("mapping.rq", "CONSTRUCT { ?s a ?x } { ?s a ?y BIND (<x:f>(?y) AS ?x) }", "x:f"),
        ("checks.rq", "ASK { ?s ?p ?o }", "no SELECT"),
        ("codes.csv", "code,concept\n", "no header"),
        ("codes.csv", "column,code\nkind,\n", "has no code"),
        ("dataset.ttl", "<x> a <y> .", "0 home graphs"),
        ("dataset.ttl", "<x> a ", "does not parse"),
    ],
)
def test_a_folder_that_is_wrong_is_refused_with_the_file_that_is(
    folder: Path, tmp_path: Path, name: str, content: str, message: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputRejectedError) as caught:
        to_lines(folder, "id,names,a note,kind\n1,,,\n", tmp_path)
    assert message in str(caught.value)
    assert caught.value.findings[0].cure


def test_an_own_data_set_comes_before_a_shipped_one_of_the_same_name(folder: Path) -> None:
    assert find_folder("ucdp-ged", [folder.parent, SHIPPED]) == UCDP
    own = folder.rename(folder.with_name("ucdp-ged"))
    assert find_folder("ucdp-ged", [own.parent, SHIPPED]) == own
    assert list_datasets([own.parent, SHIPPED]).count("ucdp-ged") == 1
    with pytest.raises(UnknownNameError, match="ucdp-ged"):
        find_folder("ucdp", [SHIPPED])


def test_a_row_of_which_no_statement_is_made_is_found_and_others_say_where_they_stand(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "mapping.rq").write_text(
        """PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
        PREFIX col: <https://w3id.org/conflict-kg/column/>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        # CONSTRUCT {
        construct { ?statement a ck:Statement ; ck:asserts ?account . ?account ck:count ?count , ?more }
        WHERE { ?row col:id ?id ; col:kind ?kind .
          BIND (IRI(CONCAT("id/statement/", ?id)) AS ?statement)
          BIND (IRI(CONCAT("id/proposition/", ?id)) AS ?account)
          BIND (IRI(CONCAT("id/count/", ?id)) AS ?count) BIND (IRI(CONCAT("id/count/", ?id, "-more")) AS ?more) }""",
        encoding="utf-8",
    )
    file, out, findings = tmp_path / "rows.csv", tmp_path / "out.nq", tmp_path / "findings.csv"
    file.write_text('id,kind\n1,one\n"2\n",\n3,one\n', encoding="utf-8")
    lines = RowLines(tmp_path / "lines")
    dataset = load_dataset(folder, DEFAULT_BASE_IRI)
    counted = convert(dataset, [file], out, findings, SelectionRule({}), row_lines=lines)
    assert counted.rules == {"nothing-said": 1}
    assert findings.read_text(encoding="utf-8").splitlines()[1].startswith("rows.csv,2,3,nothing-said,")
    assert b"/row/" not in out.read_bytes()
    subjects = [f"{DEFAULT_BASE_IRI}id/{name}" for name in ("count/3", "count/3-more", "statement/1", "place/9")]
    findings_ = [Finding("wrong", subject=subject, location=SourceLocation(str(out), 7)) for subject in subjects]
    located = lines.locate([*findings_, Finding("elsewhere")], out, folder / "mapping.rq")
    places = [finding.location and str(finding.location) for finding in located]
    assert places == [f"{file}:5", f"{file}:5", f"{file}:2", f"{folder}/mapping.rq", None]


def test_a_column_that_a_query_names_is_to_be_in_the_header(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError, match=r"the header lacks a_note \(nearest: a not\)"):
        to_lines(folder, "id,names,a not,kind\n1,,,\n", tmp_path)
    source = (folder / "source.toml").read_text(encoding="utf-8")
    (folder / "source.toml").write_text(source.replace('key = "id"', 'key = "id"\noptional = ["a note"]'))
    assert len(to_lines(folder, "id,names,kind\n1,x,\n", tmp_path)) == 1


def test_a_column_that_no_form_of_file_has_is_refused_in_the_query(folder: Path) -> None:
    columns = 'columns = ["id", "names", "a notes", "kind"]'
    (folder / "source.toml").write_text(f'[file]\n{columns}\n[row]\nkey = "id"\n[lists.names]\nseparator = ";"\n')
    with pytest.raises(InputRejectedError, match=r"mapping\.rq: .*has the column a_note\. Write a_notes\."):
        load_dataset(folder, DEFAULT_BASE_IRI)


def test_a_licence_that_is_not_known_yet_is_refused(folder: Path) -> None:
    home = (folder / "dataset.ttl").read_text(encoding="utf-8")
    check_licence(load_dataset(folder, DEFAULT_BASE_IRI))
    licence = f"<http://purl.org/dc/terms/license> <{NO_LICENCE}>"
    (folder / "dataset.ttl").write_text(home.replace(" .", f" ; {licence} ."), encoding="utf-8")
    with pytest.raises(InputRejectedError, match=r"dataset\.ttl: .*licence"):
        check_licence(load_dataset(folder, DEFAULT_BASE_IRI))


def test_a_row_without_a_statement_of_its_own_is_found(folder: Path, tmp_path: Path) -> None:
    (folder / "mapping.rq").write_text(
        """PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
        PREFIX col: <https://w3id.org/conflict-kg/column/>
        PREFIX fn: <https://w3id.org/conflict-kg/function/>
        CONSTRUCT { ?statement a ck:Statement . ?point a ck:Statement }
        WHERE { ?row col:id ?id ; col:kind ?kind .
          BIND (IRI(CONCAT("id/statement/", fn:slug(?id))) AS ?statement)
          BIND (IRI(CONCAT("id/statement/point-", ?kind)) AS ?point) }""",
        encoding="utf-8",
    )
    rows = [f"{number},{number},,one" for number in range(150)]
    file, findings = tmp_path / "rows.csv", tmp_path / "findings.csv"
    file.write_text("\n".join(["id,names,a note,kind", "A-1,,,one", *rows, "a-1,,,one", "A-2,,,one", ""]))
    dataset = load_dataset(folder, DEFAULT_BASE_IRI)
    counted = convert(dataset, [file], tmp_path / "out.nq", findings, SelectionRule({}))
    assert counted.rules == {"no-own-statement": 1}
    place, value = "rows.csv,152,153,no-own-statement", f"{DEFAULT_BASE_IRI}id/statement/a-1"
    line = findings.read_text(encoding="utf-8").splitlines()[1]
    assert line.startswith(f"{place},{value},the row on line 2 of rows.csv becomes the same statement")
