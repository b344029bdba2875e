"""``kg import``: a data set begun from a file, and what a new release makes of a former one.

Statements that are taken back stay, and nothing is taken back twice.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.access_rights import RESTRICTED
from kg.datasets.dataset import NO_LICENCE
from kg.namespaces import CK, RETRACTS, value_of
from kg.settings import DEFAULT_BASE_IRI

Run = Callable[..., Any]
HEADER = "ref,day,town,killed\n"
FIRST = HEADER + "a,2017-03-16,Depot,46\nb,2017-04-04,Kelp,5\n"
CHANGED = HEADER + "a,2017-03-16,Depot,40\nc,2017-04-05,Depot,2\n"
ID = f"{DEFAULT_BASE_IRI}id/"


class Raids:
    """A data set of its own, imported into a data directory."""

    def __init__(self, run: Run, folder: Path, data_dir: Path) -> None:
        self._run, self._folder = run, folder
        self._options = ("--data-dir", data_dir)

    def new(self, content: str) -> None:
        file = self._write(content)
        result = self._run("dataset", "new", file, "--name", "raids", "--folder", self._folder / "datasets")
        assert result.code == 0, result.err
        refused = self.load(content)
        assert refused.code == 1
        assert "dataset.ttl: violation: the licence of the data is not named yet" in refused.err
        home = self._folder / "datasets" / "raids" / "dataset.ttl"
        home.write_text(
            home.read_text(encoding="utf-8").replace(NO_LICENCE, "https://example.org/open"), encoding="utf-8"
        )

    def restrict(self) -> None:
        file = self._folder / "datasets" / "raids" / "dataset.ttl"
        text = file.read_text(encoding="utf-8")
        rights = f"dcterms:accessRights <{RESTRICTED.value}> ;\n    dcterms:license"
        file.write_text(text.replace("dcterms:license", rights), encoding="utf-8")

    def load(self, content: str, *options: object) -> Any:
        return self._run("import", "raids", self._write(content), *options, *self._options)

    def triples(self) -> set[ox.Quad]:
        out = self._run("export", "raids", "--format", "nq", *self._options).out
        return set(ox.parse(out, format=ox.RdfFormat.N_QUADS))

    def _write(self, content: str) -> Path:
        file = self._folder / "raids.csv"
        file.write_text(content, encoding="utf-8")
        return file


@pytest.fixture
def raids(run: Run, tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Raids:
    monkeypatch.setenv("KG_DATASETS_DIR", str(tmp_path / "datasets"))
    (tmp_path / "datasets").mkdir()
    made = Raids(run, tmp_path, data_dir)
    made.new(FIRST)
    assert made.load(FIRST).code == 0
    return made


def statements(quads: set[ox.Quad], predicate: str) -> dict[str, str]:
    return {
        value_of(quad.subject).removeprefix(ID): value_of(quad.object).removeprefix(ID)
        for quad in quads
        if quad.predicate.value == predicate
    }


def test_the_same_file_changes_nothing(raids: Raids) -> None:
    before = raids.triples()
    result = raids.load(FIRST)
    assert "0 new, 0 changed, 0 withdrawn, 2 unchanged statements" in result.err
    assert "nothing changed" in result.err
    assert raids.triples() == before


def test_what_is_changed_or_withdrawn_stays_and_is_taken_back(raids: Raids, tmp_path: Path) -> None:
    result = raids.load(CHANGED, "--changes", tmp_path / "changes.jsonl")
    assert result.code == 0, result.err
    assert "1 new, 1 changed, 1 withdrawn, 0 unchanged statements" in result.err
    assert (tmp_path / "changes.jsonl").read_text().count("\n") == 3
    quads = raids.triples()
    retracted = set(statements(quads, RETRACTS).values())
    (former,) = retracted - {"statement/raids-b"}
    assert former.startswith("statement/raids-a-was-")
    best = statements(quads, f"{CK}best")
    assert best["count/raids-a"] == "40"
    assert best[former.replace("statement", "count")] == "46"
    assert best["count/raids-b"] == "5"


def test_a_release_is_compared_with_the_last_one_only(raids: Raids) -> None:
    raids.load(CHANGED)
    again = raids.load(CHANGED)
    assert "0 new, 0 changed, 0 withdrawn, 2 unchanged statements" in again.err
    assert "nothing changed" in again.err
    raids.load(HEADER + "a,2017-03-16,Depot,41\nc,2017-04-05,Depot,2\n")
    kept = [value for key, value in statements(raids.triples(), f"{CK}best").items() if key.startswith("count/raids-a")]
    assert sorted(kept) == ["40", "41", "46"]


def test_what_its_maker_says_again_is_not_taken_back_any_more(raids: Raids) -> None:
    raids.load(CHANGED)
    result = raids.load(CHANGED + "b,2017-04-04,Kelp,5\n")
    assert "1 new" in result.err
    assert "statement/raids-b" not in statements(raids.triples(), RETRACTS).values()


def test_a_dry_run_changes_nothing(raids: Raids) -> None:
    before = raids.triples()
    assert raids.load(CHANGED, "--dry-run").code == 0
    assert raids.triples() == before


def test_a_file_that_is_refused_changes_nothing(raids: Raids) -> None:
    before = raids.triples()
    result = raids.load(HEADER + "a,2017-03-16,Depot\n")
    assert result.code == 1
    assert "raids.csv:2: " in result.err
    assert raids.triples() == before


def test_what_does_not_conform_is_said_of_the_row(raids: Raids) -> None:
    result = raids.load(HEADER + "a,2017-03-16,Depot,46\n\nb,2017-04-04,Kelp,-5\n")
    assert result.code == 1
    assert "raids.csv:4: violation: count/raids-b: " in result.err
    assert "/tmp/kg-import" not in result.err


def test_the_same_defect_of_many_rows_is_one_line_and_others_are_others(raids: Raids) -> None:
    rows = "".join(f"{name},2017-03-16,Depot,{dead}\n" for name, dead in zip("abcd", (-5, -5, 3, -7), strict=True))
    result = raids.load(HEADER + rows)
    assert result.code == 1
    lines = [line for line in result.err.splitlines() if ": violation: " in line]
    places = [line.partition(": violation: count/")[0].rpartition("/")[2] for line in lines]
    assert places == ["raids.csv:2", "raids.csv:5"], result.err
    assert " (and 1 more such)" in lines[0]
    assert "more such" not in lines[1]


def test_that_servers_leave_it_out_is_said_of_a_data_set_that_is_restricted(
    raids: Raids, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is restricted" not in raids.load(CHANGED).err
    raids.restrict()
    (line,) = [line for line in raids.load(CHANGED).err.splitlines() if "is restricted" in line]
    assert line.startswith(f"{DEFAULT_BASE_IRI}graph/raids is restricted: servers leave it out")
    assert "0 new, 0 changed, 0 withdrawn, 2 unchanged" in raids.load(CHANGED).err
    monkeypatch.setenv("KG_PUBLISH_RESTRICTED", "yes")
    assert "is restricted" not in raids.load(CHANGED).err


def test_a_part_withdraws_nothing(raids: Raids) -> None:
    result = raids.load(CHANGED, "--part")
    assert "1 new, 1 changed, 0 withdrawn, 1 unchanged" in result.err
    assert "taken back" not in result.err
    assert "statement/raids-b-retracted" not in {value_of(quad.subject).removeprefix(ID) for quad in raids.triples()}
    whole = raids.load(CHANGED)
    assert "0 new, 0 changed, 1 withdrawn" in whole.err
    assert "--part leaves what these files lack" in whole.err


def test_what_only_the_sample_has_is_not_withdrawn(raids: Raids, tmp_path: Path) -> None:
    (tmp_path / "datasets" / "raids" / "sample.csv").write_text(FIRST, encoding="utf-8")
    assert "1 new, 1 changed, 0 withdrawn, 1 unchanged" in raids.load(CHANGED).err
    last = raids.load(HEADER + "a,2017-03-16,Depot,40\n")
    assert "0 new, 0 changed, 1 withdrawn" in last.err, "c is of a release, b of the sample"
