from pathlib import Path

import pytest

from kg import package_data


def test_in_the_repository_the_folders_at_its_top_are_found(repository: Path) -> None:
    assert package_data.ontology() == repository / "ontology"
    assert package_data.shapes() == repository / "shapes"
    assert package_data.data() == repository / "data"


def test_folders_inside_the_package_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(package_data, "_HOMES", (tmp_path, *package_data._HOMES))
    assert package_data.data() == tmp_path / "data"


def test_an_incomplete_installation_is_said_with_where_was_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_data, "_HOMES", (tmp_path / "one", tmp_path / "two"))
    with pytest.raises(FileNotFoundError, match=r"ontology.*one.*two"):
        package_data.ontology()
