"""Whether changes are accepted, and what is kept of that in the data directory."""

import json
from pathlib import Path

import pytest

from kg.errors import Finding, Severity, WritingStoppedError
from kg.settings import Settings
from kg.store.change import Change
from kg.write_gate import Disagreement, WriteGate, list_disagreements, open_gate

VIOLATION = Finding("no name", subject="https://example.org/n")
WARNING = Finding("no note", severity=Severity.WARNING)
DISAGREEMENT = Disagreement(
    Change(b"<x:s> <x:p> <x:o> .\n", b"<x:s> <x:p> <x:q> .\n"), b"<x:s> <x:p> <x:q> .\n", True, False
)


def needs_validation(gate: WriteGate) -> bool:
    return gate.needs_validation


def requires_whole(gate: WriteGate) -> bool:
    return gate.requires_whole


def test_a_graph_that_was_validated_is_not_validated_again(tmp_path: Path) -> None:
    gate = WriteGate(tmp_path, "one")
    assert needs_validation(gate)
    gate.begin_validation()
    gate.end_validation([WARNING])
    assert not needs_validation(gate)
    assert not WriteGate(tmp_path, "one").needs_validation


def test_a_graph_is_validated_again_where_shapes_or_engines_have_changed(tmp_path: Path) -> None:
    WriteGate(tmp_path, "one").end_validation([])
    assert WriteGate(tmp_path, "two").needs_validation


def test_no_change_is_accepted_while_the_graph_is_validated(tmp_path: Path) -> None:
    gate = WriteGate(tmp_path, "one")
    gate.check()
    gate.begin_validation()
    with pytest.raises(WritingStoppedError, match="being validated"):
        gate.check()
    gate.end_validation(None)
    gate.check()
    assert gate.needs_validation, "it could not be validated"


def test_with_a_graph_that_does_not_conform_each_change_is_validated_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = WriteGate(tmp_path, "one")
    gate.end_validation([VIOLATION, WARNING])
    assert requires_whole(gate)
    assert "only changes that add none" in gate.notice
    assert "no name" in caplog.text
    assert WriteGate(tmp_path, "one").needs_validation
    gate.note_violations(1)
    assert requires_whole(gate)
    gate.note_violations(0)
    assert not requires_whole(gate)
    assert not WriteGate(tmp_path, "one").needs_validation


def test_where_the_engines_differ_no_change_is_accepted_until_the_folder_is_moved(tmp_path: Path) -> None:
    gate = WriteGate(tmp_path, "one")
    gate.end_validation([])
    gate.stop(DISAGREEMENT)
    for stopped in (gate, WriteGate(tmp_path, "one")):
        assert stopped.disagreements == 1
        with pytest.raises(WritingStoppedError, match="engines differ"):
            stopped.check()
    (folder,) = list_disagreements(tmp_path)
    assert (folder / "added.nq").read_bytes() == DISAGREEMENT.change.added
    assert (folder / "removed.nq").read_bytes() == DISAGREEMENT.change.removed
    assert (folder / "read-set.nt").read_bytes() == DISAGREEMENT.read_set
    assert json.loads((folder / "report.json").read_text())["first_engine_conforms"] is True
    folder.rename(tmp_path / "report")
    resumed = WriteGate(tmp_path, "one")
    resumed.check()
    assert resumed.needs_validation, "a wrong change may have been accepted"


def test_a_disagreement_that_cannot_be_kept_stops_writing_too(tmp_path: Path) -> None:
    (tmp_path / "disagreements").write_text("a file")
    gate = WriteGate(tmp_path, "one")
    gate.stop(DISAGREEMENT)
    with pytest.raises(WritingStoppedError):
        gate.check()


def test_data_without_shapes_need_no_validation(tmp_path: Path) -> None:
    assert not open_gate(Settings(data_dir=tmp_path, plain=True)).needs_validation
    assert open_gate(Settings(data_dir=tmp_path)).needs_validation
    assert open_gate(Settings(store="http://127.0.0.1:1/query")).needs_validation
    assert not WriteGate().needs_validation
