from pathlib import Path

import pytest

from kg import shipped


def test_in_the_repository_the_folders_at_its_top_are_found(repository: Path) -> None:
    assert shipped.ontology() == repository / "ontology"
    assert shipped.shapes() == repository / "shapes"
    assert shipped.data() == repository / "data"


def test_folders_inside_the_package_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(shipped, "_HOMES", (tmp_path, *shipped._HOMES))
    assert shipped.data() == tmp_path / "data"


def test_an_incomplete_installation_is_said_with_where_was_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "_HOMES", (tmp_path / "one", tmp_path / "two"))
    with pytest.raises(FileNotFoundError, match=r"ontology.*one.*two"):
        shipped.ontology()
