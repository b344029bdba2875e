"""Each command: data on stdout, talk on stderr; exit 0 when well, 1 when it does not conform, 2 for usage."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from ruamel.yaml import YAML

from kg.cli import kg

Run = Callable[..., Any]

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/conflict-kg/ontology#Statement> }"
GRAPH = "https://w3id.org/conflict-kg/graph/post"


def stdin_of(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


@pytest.mark.parametrize("name", ["", *sorted(kg.commands)])
def test_every_command_has_help_with_a_sentence(name: str, run: Run) -> None:
    ran = run(*name.split(), "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage: ")
    assert len(ran.out.split("\n\n")[1].strip()) > 20
    assert ran.err == ""


def test_there_are_the_commands_that_the_design_names() -> None:
    assert set(kg.commands) >= {"serve", "load", "validate", "verify", "query", "ask", "export", "schema", "context"}


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
def test_wrong_usage_ends_with_2_and_nothing_on_stdout(
    arguments: list[str], run: Run, filled: Path, invented: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_DATA_DIR", str(filled))
    monkeypatch.chdir(invented)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
def test_load_tells_the_change_on_stderr_and_a_second_time_that_there_is_none(
    run: Run, invented: Path, tmp_path: Path
) -> None:
    files = [invented / "register.ttl", invented / "post.yaml"]
    first = run("load", "--data-dir", tmp_path, *files)
    assert (first.code, first.out) == (0, "")
    assert f"{GRAPH}: +" in first.err
    assert "its quotes are not checked" in first.err
    second = run("load", "--data-dir", tmp_path, *files)
    assert (second.code, second.out) == (0, "")
    assert "nothing changed" in second.err


def test_load_with_json_prints_the_change_as_data(run: Run, invented: Path, directory: Path) -> None:
    ran = run("load", "--json", "--data-dir", directory, invented / "defective-dataset.trig")
    assert ran.code == 0
    (graph,) = json.loads(ran.out)
    assert graph["graph"].endswith("graph/table")
    assert graph["removed"] == 0
    assert any(name.endswith("count/row-1") for name in graph["new"])
    assert "warning: count/row-1: The best is above the maximum" in ran.err


@pytest.mark.slow
def test_load_quietly_says_nothing(run: Run, invented: Path, directory: Path) -> None:
    ran = run("load", "--quiet", "--data-dir", directory, invented / "defective-dataset.trig")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_dry_run_lists_resources_and_changes_nothing(run: Run, invented: Path, directory: Path) -> None:
    before = run("export", "--data-dir", directory).out
    ran = run("load", "--dry-run", "--data-dir", directory, invented / "defective-dataset.trig")
    assert ran.code == 0
    assert "  + https://w3id.org/conflict-kg/id/count/row-1\n" in ran.out
    assert run("export", "--data-dir", directory).out == before


def test_one_bad_file_keeps_all_out(run: Run, invented: Path, directory: Path, tmp_path: Path) -> None:
    before = run("export", "--data-dir", directory).out
    (tmp_path / "bad.yaml").write_text("- a\n")
    ran = run("load", "--data-dir", directory, invented / "defective-dataset.trig", tmp_path / "bad.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert f"{tmp_path / 'bad.yaml'}:1:1: violation: a dossier is a mapping" in ran.err
    assert run("export", "--data-dir", directory).out == before


@pytest.mark.slow
def test_a_file_comes_in_on_stdin_in_the_syntax_that_is_named(
    run: Run, invented: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin_of(monkeypatch, (invented / "post.yaml").read_bytes())
    assert "nothing changed" in run("load", "--data-dir", directory, "-").err
    stdin_of(monkeypatch, (invented / "defective-dataset.trig").read_bytes())
    ran = run("load", "--data-dir", directory, "-", "--format", "trig")
    assert ran.code == 0
    assert "graph/table: +" in ran.err
    stdin_of(monkeypatch, b"- a\n")
    ran = run("validate", "--data-dir", directory, "-")
    assert ran.code == 1
    assert "-.yaml:1:1: violation: a dossier is a mapping" in ran.err


@pytest.mark.slow
def test_validate_tells_that_files_conform_and_loads_nothing(run: Run, invented: Path, directory: Path) -> None:
    before = run("export", "--data-dir", directory).out
    ran = run("validate", "--data-dir", directory, invented / "post.yaml", invented / "defective-dataset.trig")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith("2 files conform\n")
    assert run("export", "--data-dir", directory).out == before


@pytest.mark.parametrize(
    ("format_", "beginning"),
    [("table", "n\n--"), ("json", '{"head"'), ("xml", "<?xml"), ("csv", "n\r\n"), ("tsv", "?n\n")],
)
def test_query_prints_solutions_in_every_form(format_: str, beginning: str, run: Run, filled: Path) -> None:
    ran = run("query", COUNT, "--format", format_, "--data-dir", filled)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(beginning)


@pytest.mark.parametrize(
    ("format_", "media"), [("ttl", "text/turtle"), ("nt", "application/n-triples"), ("rdf", "application/rdf+xml")]
)
def test_query_prints_graphs_in_every_form(format_: str, media: str, run: Run, filled: Path) -> None:
    query = "CONSTRUCT WHERE { ?s a <https://w3id.org/conflict-kg/ontology#Zone> }"
    ran = run("query", query, "--format", format_, "--data-dir", filled)
    assert ran.code == 0
    assert len(list(ox.parse(ran.out, format=ox.RdfFormat.from_media_type(media)))) == 1


def test_query_answers_yes_or_no_in_a_word(run: Run, filled: Path) -> None:
    assert run("query", "ASK { ?s ?p ?o }", "--data-dir", filled).out == "true\n"


def test_query_reads_a_file_or_stdin(run: Run, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = run("query", COUNT, "--data-dir", filled).out
    (tmp_path / "count.rq").write_text(COUNT)
    assert run("query", tmp_path / "count.rq", "--data-dir", filled).out == direct
    stdin_of(monkeypatch, COUNT.encode())
    assert run("query", "-", "--data-dir", filled).out == direct


def test_a_query_that_does_not_parse_ends_with_1_and_says_where(run: Run, filled: Path) -> None:
    ran = run("query", "SELECT nonsense", "--data-dir", filled)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("kg: line 1, column ")


def test_ask_without_a_name_lists_the_questions(run: Run, filled: Path) -> None:
    ran = run("ask", "--data-dir", filled)
    assert ran.code == 0
    assert "who-declared-which-zone" in ran.out


def test_ask_answers_in_text_json_and_csv(run: Run, filled: Path) -> None:
    arguments = ["ask", "who-declared-which-zone", "--data-dir", filled]
    assert "Council" in run(*arguments).out
    assert json.loads(run(*arguments, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").out)))
    assert any("zone/vale" in str(row) for row in rows)


@pytest.mark.parametrize("format_", ["trig", "nq", "ttl", "nt", "jsonld", "rdf"])
def test_export_gives_the_same_bytes_twice_and_in_another_process(format_: str, run: Run, filled: Path) -> None:
    once = run("export", "--format", format_, "--data-dir", filled)
    assert (once.code, once.err) == (0, "")
    assert run("export", "--format", format_, "--data-dir", filled).out == once.out


def test_export_of_one_graph_by_slug_or_iri_is_that_graph_alone(run: Run, filled: Path) -> None:
    by_slug = run("export", "post", "--format", "nq", "--data-dir", filled).out
    assert run("export", GRAPH, "--format", "nq", "--data-dir", filled).out == by_slug
    assert {line.split()[-2] for line in by_slug.splitlines()} == {f"<{GRAPH}>"}


def test_verify_counts_the_quotes_of_a_text(run: Run, filled: Path, invented: Path) -> None:
    ran = run("verify", "--text", invented / "post.txt", "--data-dir", filled)
    assert (ran.code, ran.err) == (0, "")
    total = ran.out.split()[2]
    assert ran.out == f"{total} of {total} quotes of https://w3id.org/conflict-kg/id/source/post verified\n"


def test_verify_finds_the_text_in_the_archive_and_misses_it_elsewhere(
    run: Run, filled: Path, invented: Path, tmp_path: Path
) -> None:
    (tmp_path / "any-name").write_bytes((invented / "post.txt").read_bytes())
    assert run("verify", "--archive-dir", tmp_path, "--data-dir", filled).code == 0
    without = run("verify", "--data-dir", filled)
    assert without.code == 1
    assert "the archived text is not at hand" in without.err


def test_verify_tells_the_quotes_that_a_changed_letter_hits(
    run: Run, filled: Path, invented: Path, tmp_path: Path
) -> None:
    text = (invented / "post.txt").read_text(encoding="utf-8").replace("withdraws", "withdrawz")
    (tmp_path / "post.txt").write_text(text, encoding="utf-8")
    ran = run("verify", "--text", tmp_path / "post.txt", "--data-dir", filled)
    assert ran.code == 1
    assert "this is not the archived text" in ran.err
    told = {line.split(": ")[1] for line in ran.err.splitlines() if "passage/" in line.split(": ")[1]}
    assert told == {"passage/post-withdrawn"}


def test_schema_prints_classes_for_people_and_for_programs(run: Run) -> None:
    ran = run("schema")
    assert ran.code == 0
    assert "\nStatement: " in f"\n{ran.out}"
    found = json.loads(run("schema", "--json").out)
    assert found["classes"]["Statement"]["fields"]["speaker"]["minimum"] == 1
    assert any(each["concepts"] for each in found["schemes"].values())


def test_context_prints_the_context_on_file(run: Run, repository: Path) -> None:
    golden = (repository / "tests" / "core" / "context.jsonld").read_text(encoding="utf-8")
    assert run("context").out == golden


def test_the_flag_for_the_data_directory_wins_over_the_variable(
    run: Run, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_DATA_DIR", str(filled))
    there = run("query", COUNT).out
    assert there == run("query", COUNT, "--data-dir", filled).out
    assert run("query", COUNT, "--data-dir", tmp_path / "other").out != there


@pytest.mark.slow
def test_without_data_the_shipped_data_is_loaded_first(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KG_EMPTY")
    ran = run("query", COUNT, "--format", "csv", "--data-dir", tmp_path)
    assert ran.code == 0
    assert int(ran.out.split()[1]) > 75


def test_a_data_directory_that_cannot_be_made_is_told_without_a_trace(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("export", "--data-dir", tmp_path / "file")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("kg: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file: run as another user to see this")
def test_a_file_that_may_not_be_read_is_told(run: Run, directory: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("id: a\n")
    (tmp_path / "secret.yaml").chmod(0)
    ran = run("load", "--data-dir", directory, tmp_path / "secret.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be read: Permission denied" in ran.err


@pytest.mark.parametrize("name", ["gone.yaml", "folder.yaml"])
def test_a_file_that_cannot_be_read_is_told_with_the_reason(
    name: str, run: Run, directory: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    ran = run("load", "--data-dir", directory, tmp_path / name)
    assert (ran.code, ran.out) == (1, "")
    assert f"{tmp_path / name}: violation: cannot be read: " in ran.err


@pytest.mark.slow
def test_every_mistake_ends_with_1_says_so_on_stderr_alone_and_leaves_the_store_as_it_was(
    run: Run, invented: Path, directory: Path, tmp_path: Path
) -> None:
    before = run("export", "--data-dir", directory).out
    post = (invented / "post.yaml").read_text(encoding="utf-8")
    for mistake in YAML(typ="safe", pure=True).load(invented / "mistakes.yaml"):
        file = tmp_path / "post.yaml"
        file.write_text(post.replace(mistake["old"], mistake["new"]), encoding="utf-8")
        ran = run("load", "--data-dir", directory, "--archive-dir", invented, file)
        assert (ran.code, ran.out) == (1, ""), mistake["name"]
        assert mistake["message"] in ran.err, mistake["name"]
        assert f"{file}:" in ran.err, mistake["name"]
        assert "Traceback" not in ran.err, mistake["name"]
        assert run("export", "--data-dir", directory).out == before, mistake["name"]
