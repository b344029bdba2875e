"""``kg new`` prints a dossier that loads as it is, and whose examples load once their capitals are replaced."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.source_archive import sha256_hex

Run = Callable[..., Any]

TEXT = """The Depot, Again
By Ann Example
2017-04-02

The ministry shelled the depot. Residents said so.
"""
LONG = TEXT + "Nobody else is quoted in what follows, which goes on for a while. " * 20


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "archive" / "The Depot.txt"
    file.parent.mkdir()
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_what_follows_from_the_text_is_filled_in(run: Run, text: Path, shared_data_dir: Path) -> None:
    result = run("new", text, "--data-dir", shared_data_dir)
    assert result.code == 0
    for line in (
        "id: ../graph/the-depot",
        "  - id: source/the-depot",
        '    prefLabel: "The Depot, Again"',
        "    creator: actor/ann-example",
        "    # publisher: actor/NAME",
        '  - {id: actor/ann-example, type: Person, prefLabel: "Ann Example"}',
        "    issued: 2017-04-02",
        "    language: en",
        f"    characters: {len(TEXT)}",
        f"    sha256: {sha256_hex(TEXT)}",
    ):
        assert f"{line}\n" in result.out
    assert result.err.startswith(f"copy {text} into ")
    assert run("new", text, "--data-dir", shared_data_dir, "--archive-dir", text.parent).err == ""


def test_known_actors_are_referred_to_and_not_described_again(run: Run, text: Path, shared_data_dir: Path) -> None:
    names = ("--publisher", "harbour post", "--author", "HRA", "--id", "depot")
    out = run("new", text, *names, "--data-dir", shared_data_dir).out
    assert "    creator: actor/relief-agency\n    publisher: actor/harbour-post\n" in out
    assert "\n# actors:\n" in out
    assert "id: ../graph/depot\n" in out


def test_author_who_publishes_is_described_once(run: Run, text: Path, shared_data_dir: Path) -> None:
    out = run("new", text, "--publisher", "Ann Example", "--data-dir", shared_data_dir).out
    assert "    creator: actor/ann-example\n    publisher: actor/ann-example\n" in out
    assert out.count("  - {id: actor/ann-example,") == 1


def test_source_without_author_and_publisher_has_one_to_correct(run: Run, text: Path, shared_data_dir: Path) -> None:
    text.write_text("Nobody signed this.\n", encoding="utf-8")
    result = run("new", text, "--data-dir", shared_data_dir)
    assert "    publisher: actor/publisher-of-the-depot\n" in result.out
    assert "correct the publisher, or give --author or --publisher" in result.err


@pytest.mark.parametrize(
    ("lines", "issued"),
    [
        ("Published on Friday, March 17, 2017", "issued: 2017-03-17"),
        ("17 March 2017", "issued: 2017-03-17"),
        ("It began on 2017-03-04.\n5 March 2017", "issued: 2017-03-05"),
        ("It began on 2017-03-04.", "issued: 2017-03-04"),
        ("It began on 4 March 2017.", "# issued: 2017-04-01"),
        ("March 2017", "# issued: 2017-04-01"),
    ],
)
def test_day_is_taken_from_a_line_that_is_a_date(
    lines: str, issued: str, run: Run, text: Path, shared_data_dir: Path
) -> None:
    text.write_text(f"Title\n{lines}\n", encoding="utf-8")
    assert f"\n    {issued}\n" in run("new", text, "--data-dir", shared_data_dir).out


@pytest.mark.slow
def test_scaffold_loads_as_it_is_and_its_text_is_verified(run: Run, text: Path, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "depot.yaml"
    assert run("new", text, "--output", file, "--data-dir", data_dir).out == ""
    result = run("load", "--data-dir", data_dir, file)
    assert (result.code, "warning" in result.err) == (0, False), result.err
    verified = run("verify", "--text", text, "--data-dir", data_dir)
    assert (verified.code, verified.out.split(" of https")[0]) == (0, "0 of 0 quotes")
    assert run("new", text, "--output", file, "--data-dir", data_dir).code == 1


@pytest.mark.slow
def test_every_example_of_the_scaffold_is_valid(run: Run, text: Path, data_dir: Path, tmp_path: Path) -> None:
    text.write_text(LONG, encoding="utf-8")
    scaffold = run("new", text, "--data-dir", data_dir).out
    head, _, rest = scaffold.partition("# --- who")
    used = f"{head}#{re.sub(r'^# (?=actors:|places:|zones:|incidents:|  )', '', rest, flags=re.MULTILINE)}"
    used = used.replace("exact: WORDS", "exact: Residents said so").replace(", label: NAME", ", label: The Depot")
    used = used.replace("ON SATURDAY", "on Saturday").replace("AT LEAST TWO", "at least two")
    file = tmp_path / "depot.yaml"
    file.write_text(used, encoding="utf-8")
    acts = ("asserts", "denies", "leavesOpen", "supposes", "declares", "relays", "retracts")
    assert [act for act in acts if not re.search(rf"^ {{8}}{act}:", used, re.MULTILINE)] == []
    result = run("validate", "--data-dir", data_dir, "--archive-dir", text.parent, file)
    assert result.code == 0, result.err


def test_text_that_is_not_utf_8_and_slugs_that_are_none_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\xff")
    assert "is not UTF-8" in run("new", tmp_path / "a.txt", "--data-dir", tmp_path / "data").err
    (tmp_path / "b.txt").write_text("b")
    result = run("new", tmp_path / "b.txt", "--id", "B b", "--data-dir", tmp_path / "data")
    assert (result.code, result.out) == (2, "")


def test_the_place_in_a_byline_is_no_part_of_the_name(run: Run, text: Path, shared_data_dir: Path) -> None:
    text.write_text("The Depot\nBy Nadia Harrow, Beirut\n\nIt burned.\n", encoding="utf-8")
    out = run("new", text, "--data-dir", shared_data_dir).out
    assert '{id: actor/nadia-harrow, type: Person, prefLabel: "Nadia Harrow"}' in out
