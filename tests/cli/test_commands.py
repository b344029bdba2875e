"""Each command: data on stdout, messages on stderr; exit code 0 on success, 1 on rejection, 2 on wrong usage."""

import csv
import io
import json
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from ruamel.yaml import YAML

from kg.cli import kg
from kg.data_directory import GRAPH_STORE
from kg.store.embedded import EmbeddedStore

Run = Callable[..., Any]

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/conflict-kg/ontology#Statement> }"
GRAPH = "https://w3id.org/conflict-kg/graph/post"


def stdin_of(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


@pytest.mark.parametrize("name", ["", *sorted(kg.commands)])
def test_every_command_has_help(name: str, run: Run) -> None:
    result = run(*name.split(), "--help")
    assert result.code == 0
    assert result.out.startswith("Usage: ")
    assert len(result.out.split("\n\n")[1].strip()) > 20
    assert result.err == ""


def test_all_documented_commands_exist() -> None:
    reading = {"ask", "check", "context", "export", "find", "log", "publish", "query", "schema", "verify"}
    writing = {"backup", "dataset", "fill", "import", "load", "new", "remove", "restore", "serve", "token", "validate"}
    assert set(kg.commands) == reading | writing


@pytest.mark.parametrize(
    "arguments",
    [
        ["unheard-of"],
        ["load"],
        ["load", "a.yaml", "--unheard"],
        ["query"],
        ["export", "--format", "docx"],
        ["load", "-", "--format", "docx"],
        ["ask", "no-such-question"],
        ["ask", "who-declared-which-zone", "no-equals-sign"],
        ["export", "no-such-graph"],
        ["export", "--base-iri", "http://no-end"],
        ["query", "ASK {}", "--format", "ttl"],
        ["query", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"],
        ["verify", "--text", "post.txt", "--source", "source/unheard"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2_and_prints_nothing_on_stdout(
    arguments: list[str], run: Run, shared_data_dir: Path, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_DATA_DIR", str(shared_data_dir))
    monkeypatch.chdir(example)
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err


@pytest.mark.slow
def test_load_prints_the_change_on_stderr_and_none_the_second_time(run: Run, example: Path, tmp_path: Path) -> None:
    files = [example / "register.ttl", example / "post.yaml"]
    first = run("load", "--data-dir", tmp_path, *files)
    assert (first.code, first.out) == (0, "")
    assert f"{GRAPH}: +" in first.err
    assert "its quotes are not checked" in first.err
    second = run("load", "--data-dir", tmp_path, *files)
    assert (second.code, second.out) == (0, "")
    assert "nothing changed" in second.err


@pytest.mark.slow
def test_load_with_json_prints_the_change_as_data(run: Run, example: Path, data_dir: Path) -> None:
    result = run("load", "--json", "--data-dir", data_dir, example / "defective-dataset.trig")
    assert result.code == 0
    (graph,) = json.loads(result.out)
    assert graph["graph"].endswith("graph/table")
    assert graph["removed"] == 0
    assert any(name.endswith("count/row-1") for name in graph["new"])
    assert "warning: count/row-1: The best is above the maximum" in result.err


@pytest.mark.slow
def test_quiet_load_prints_nothing(run: Run, example: Path, data_dir: Path) -> None:
    result = run("load", "--quiet", "--data-dir", data_dir, example / "defective-dataset.trig")
    assert (result.code, result.out, result.err) == (0, "", "")


@pytest.mark.slow
def test_dry_run_prints_the_change_in_sentences_and_changes_nothing(run: Run, example: Path, data_dir: Path) -> None:
    before = run("export", "--data-dir", data_dir).out
    result = run("load", "--dry-run", "--data-dir", data_dir, example / "defective-dataset.trig")
    assert result.code == 0
    assert "  + Relief Agency asserts: 9 (killed), minimum: 1, best: 9, maximum: 5 [row 1] (aggregated)\n" in result.out
    assert run("export", "--data-dir", data_dir).out == before


@pytest.mark.slow
def test_no_file_is_loaded_when_one_is_rejected(run: Run, example: Path, data_dir: Path, tmp_path: Path) -> None:
    before = run("export", "--data-dir", data_dir).out
    (tmp_path / "bad.yaml").write_text("- a\n")
    result = run("load", "--data-dir", data_dir, example / "defective-dataset.trig", tmp_path / "bad.yaml")
    assert (result.code, result.out) == (1, "")
    assert f"{tmp_path / 'bad.yaml'}:1:1: violation: a dossier is a mapping" in result.err
    assert run("export", "--data-dir", data_dir).out == before


@pytest.mark.slow
def test_file_on_stdin_is_read_in_the_syntax_of_the_option(
    run: Run, example: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin_of(monkeypatch, (example / "post.yaml").read_bytes())
    assert "nothing changed" in run("load", "--data-dir", data_dir, "-").err
    stdin_of(monkeypatch, (example / "defective-dataset.trig").read_bytes())
    result = run("load", "--data-dir", data_dir, "-", "--format", "trig")
    assert result.code == 0
    assert "graph/table: +" in result.err
    stdin_of(monkeypatch, b"- a\n")
    result = run("validate", "--data-dir", data_dir, "-")
    assert result.code == 1
    assert "-.yaml:1:1: violation: a dossier is a mapping" in result.err


@pytest.mark.slow
def test_validate_reports_that_files_conform_and_loads_nothing(run: Run, example: Path, data_dir: Path) -> None:
    before = run("export", "--data-dir", data_dir).out
    result = run("validate", "--data-dir", data_dir, example / "post.yaml", example / "defective-dataset.trig")
    assert (result.code, result.out) == (0, "")
    assert result.err.endswith("2 files conform\n")
    assert run("export", "--data-dir", data_dir).out == before


@pytest.mark.parametrize(
    ("format_", "beginning"),
    [("table", "n\n--"), ("json", '{"head"'), ("xml", "<?xml"), ("csv", "n\r\n"), ("tsv", "?n\n")],
)
def test_query_prints_solutions_in_every_format(format_: str, beginning: str, run: Run, shared_data_dir: Path) -> None:
    result = run("query", COUNT, "--format", format_, "--data-dir", shared_data_dir)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(beginning)


@pytest.mark.parametrize(
    ("format_", "media"), [("ttl", "text/turtle"), ("nt", "application/n-triples"), ("rdf", "application/rdf+xml")]
)
def test_query_prints_graphs_in_every_syntax(format_: str, media: str, run: Run, shared_data_dir: Path) -> None:
    query = "CONSTRUCT WHERE { ?s a <https://w3id.org/conflict-kg/ontology#Zone> }"
    result = run("query", query, "--format", format_, "--data-dir", shared_data_dir)
    assert result.code == 0
    assert len(list(ox.parse(result.out, format=ox.RdfFormat.from_media_type(media)))) == 1


def test_query_prints_a_boolean_as_a_word(run: Run, shared_data_dir: Path) -> None:
    assert run("query", "ASK { ?s ?p ?o }", "--data-dir", shared_data_dir).out == "true\n"


def test_query_reads_a_file_or_stdin(
    run: Run, shared_data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = run("query", COUNT, "--data-dir", shared_data_dir).out
    (tmp_path / "count.rq").write_text(COUNT)
    assert run("query", tmp_path / "count.rq", "--data-dir", shared_data_dir).out == direct
    stdin_of(monkeypatch, COUNT.encode())
    assert run("query", "-", "--data-dir", shared_data_dir).out == direct


def test_query_that_does_not_parse_exits_with_1_and_its_location(run: Run, shared_data_dir: Path) -> None:
    result = run("query", "SELECT nonsense", "--data-dir", shared_data_dir)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("kg: line 1, column ")


def test_ask_without_a_name_lists_the_questions(run: Run, shared_data_dir: Path) -> None:
    result = run("ask", "--data-dir", shared_data_dir)
    assert result.code == 0
    assert "who-declared-which-zone" in result.out


def test_ask_answers_in_text_json_and_csv(run: Run, shared_data_dir: Path) -> None:
    arguments = ["ask", "who-declared-which-zone", "--data-dir", shared_data_dir]
    assert "Council" in run(*arguments).out
    assert json.loads(run(*arguments, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").out)))
    assert any("zone/vale" in str(row) for row in rows)


@pytest.mark.parametrize("format_", ["trig", "nq", "ttl", "nt", "jsonld", "rdf"])
def test_export_has_the_same_bytes_twice(format_: str, run: Run, shared_data_dir: Path) -> None:
    once = run("export", "--format", format_, "--data-dir", shared_data_dir)
    assert (once.code, once.err) == (0, "")
    assert run("export", "--format", format_, "--data-dir", shared_data_dir).out == once.out


def test_export_of_one_graph_by_slug_or_iri_contains_that_graph_only(run: Run, shared_data_dir: Path) -> None:
    by_slug = run("export", "post", "--format", "nq", "--data-dir", shared_data_dir).out
    assert run("export", GRAPH, "--format", "nq", "--data-dir", shared_data_dir).out == by_slug
    assert {line.split()[-2] for line in by_slug.splitlines()} == {f"<{GRAPH}>"}


def test_verify_counts_the_quotes_of_a_text(run: Run, shared_data_dir: Path, example: Path) -> None:
    result = run("verify", "--text", example / "post.txt", "--data-dir", shared_data_dir)
    assert (result.code, result.err) == (0, "")
    total = result.out.split()[2]
    assert result.out == f"{total} of {total} quotes of https://w3id.org/conflict-kg/id/source/post verified\n"


def test_verify_reads_the_text_from_the_archive_and_reports_a_missing_one(
    run: Run, shared_data_dir: Path, example: Path, tmp_path: Path
) -> None:
    (tmp_path / "any-name").write_bytes((example / "post.txt").read_bytes())
    assert run("verify", "--archive-dir", tmp_path, "--data-dir", shared_data_dir).code == 0
    without = run("verify", "--data-dir", shared_data_dir)
    assert without.code == 1
    assert "the archived text is not available" in without.err


def test_verify_reports_the_quotes_around_a_changed_letter(
    run: Run, shared_data_dir: Path, example: Path, tmp_path: Path
) -> None:
    text = (example / "post.txt").read_text(encoding="utf-8").replace("withdraws", "withdrawz")
    (tmp_path / "post.txt").write_text(text, encoding="utf-8")
    result = run("verify", "--text", tmp_path / "post.txt", "--data-dir", shared_data_dir)
    assert result.code == 1
    assert "this is not the archived text" in result.err
    reported = {line.split(": ")[1] for line in result.err.splitlines() if ": passage/" in line}
    assert reported == {"passage/post-withdrawn"}


def test_schema_prints_classes_for_people_and_for_programs(run: Run) -> None:
    result = run("schema")
    assert result.code == 0
    assert "\nStatement: " in f"\n{result.out}"
    schema = json.loads(run("schema", "--json").out)
    assert schema["classes"]["Statement"]["fields"]["speaker"]["minimum"] == 1
    assert any(scheme["concepts"] for scheme in schema["schemes"].values())


def test_context_prints_the_context_on_file(run: Run, repository: Path) -> None:
    golden = (repository / "tests" / "context.jsonld").read_text(encoding="utf-8")
    assert run("context").out == golden


def test_option_for_the_data_directory_takes_precedence_over_the_variable(
    run: Run, shared_data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_DATA_DIR", str(shared_data_dir))
    there = run("query", COUNT).out
    assert there == run("query", COUNT, "--data-dir", shared_data_dir).out
    assert run("query", COUNT, "--data-dir", tmp_path / "other").out != there


@pytest.mark.slow
def test_shipped_data_is_loaded_into_an_empty_store(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_EMPTY")
    result = run("query", COUNT, "--format", "csv", "--data-dir", tmp_path)
    assert result.code == 0
    assert int(result.out.split()[1]) > 75


def test_data_directory_that_cannot_be_created_is_reported_without_a_traceback(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("export", "--data-dir", tmp_path / "file")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("kg: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file: run as another user to see this")
def test_file_without_permission_is_reported(run: Run, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("id: a\n")
    (tmp_path / "secret.yaml").chmod(0)
    result = run("load", "--data-dir", data_dir, tmp_path / "secret.yaml")
    assert (result.code, result.out) == (1, "")
    assert "cannot be read: Permission denied" in result.err


@pytest.mark.parametrize("name", ["gone.yaml", "folder.yaml"])
def test_file_that_cannot_be_read_is_reported_with_the_reason(
    name: str, run: Run, data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    result = run("load", "--data-dir", data_dir, tmp_path / name)
    assert (result.code, result.out) == (1, "")
    assert f"{tmp_path / name}: violation: cannot be read: " in result.err


def read_quads(data_dir: Path) -> frozenset[ox.Quad]:
    with closing(EmbeddedStore.open_read_only(data_dir / GRAPH_STORE)) as store:
        return frozenset(store.quads())


@pytest.mark.slow
@pytest.mark.usefixtures("shared_forkserver")
def test_a_mistake_against_any_rule_exits_with_1_is_reported_on_stderr_only_and_changes_nothing(
    run: Run, example: Path, data_dir: Path, tmp_path: Path
) -> None:
    """One mistake of each rule; ``tests/ingest/dossier/test_mistakes.py`` has the finding about each of them all."""
    before = read_quads(data_dir)
    post = (example / "post.yaml").read_text(encoding="utf-8")
    mistakes = YAML(typ="safe", pure=True).load(example / "mistakes.yaml")
    for mistake in {mistake["rule"]: mistake for mistake in mistakes}.values():
        file = tmp_path / "post.yaml"
        file.write_text(post.replace(mistake["old"], mistake["new"]), encoding="utf-8")
        result = run("load", "--data-dir", data_dir, "--archive-dir", example, file)
        assert (result.code, result.out) == (1, ""), mistake["name"]
        assert mistake["message"] in result.err, mistake["name"]
        assert f"{file}:" in result.err, mistake["name"]
        assert "Traceback" not in result.err, mistake["name"]
        assert read_quads(data_dir) == before, mistake["name"]


def test_query_warns_on_stderr_and_prints_the_same_result(run: Run, shared_data_dir: Path) -> None:
    query = COUNT.replace("#Statement>", "#Statment>")
    result = run("query", query, "--format", "csv", "--data-dir", shared_data_dir)
    assert (result.code, result.out) == (0, "n\r\n0\r\n")
    assert result.err.startswith("warning: line 1, column 38: neither the ontology nor the data know <https://")
    assert "ontology#Statement>" in result.err
    assert run("query", COUNT, "--data-dir", shared_data_dir).err == ""


def test_query_answers_a_missing_prefix_with_its_line(run: Run, shared_data_dir: Path) -> None:
    result = run("query", "ASK { ?s ck:denies ?o }", "--data-dir", shared_data_dir)
    assert (result.code, result.out) == (1, "")
    assert "add: PREFIX ck: <https://w3id.org/conflict-kg/ontology#>" in result.err


def test_query_refuses_a_pattern_that_cannot_be_compiled(run: Run, shared_data_dir: Path) -> None:
    result = run("query", 'ASK { ?s ?p ?o FILTER(REGEX(?o, "(?=x)")) }', "--data-dir", shared_data_dir)
    assert (result.code, result.out) == (1, "")
    assert "cannot be compiled" in result.err


def test_a_byte_order_mark_is_no_part_of_a_query(
    run: Run, shared_data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "count.rq"
    file.write_bytes(b"\xef\xbb\xbf" + COUNT.encode())
    expected = run("query", COUNT, "--data-dir", shared_data_dir).out
    assert run("query", file, "--data-dir", shared_data_dir).out == expected
    stdin_of(monkeypatch, file.read_bytes())
    assert run("query", "-", "--data-dir", shared_data_dir).out == expected


@pytest.mark.parametrize(
    ("query", "format_"),
    [('SELECT ("a\\r\\nb" AS ?x) {}', "xml"), ('CONSTRUCT { <urn:s> <urn:p> "a\\r\\nb" } {}', "rdf")],
)
def test_query_keeps_a_carriage_return_in_xml(query: str, format_: str, run: Run, shared_data_dir: Path) -> None:
    result = run("query", query, "--format", format_, "--data-dir", shared_data_dir)
    assert "a&#13;\nb" in result.out


@pytest.mark.parametrize(
    ("query", "format_", "other"),
    [
        ('SELECT ("a\\u0001b" AS ?x) {}', "xml", "text/csv"),
        ('CONSTRUCT { <urn:s> <urn:p> "a\\uFFFFb" } {}', "rdf", "text/turtle"),
    ],
)
def test_query_refuses_what_xml_cannot_represent(
    query: str, format_: str, other: str, run: Run, shared_data_dir: Path
) -> None:
    result = run("query", query, "--format", format_, "--data-dir", shared_data_dir)
    assert (result.code, result.out) == (1, "")
    assert "available: " in result.err
    assert other in result.err
