from pathlib import Path

import pytest

from kg.package_data import PARENTS, find_folder


@pytest.mark.parametrize("name", ["ontology", "shapes", "data"])
def test_in_the_repository_the_top_level_folders_are_found(name: str, repository: Path) -> None:
    assert find_folder(name) == repository / name


def test_folders_inside_the_package_take_precedence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert find_folder("data", (tmp_path, *PARENTS)) == tmp_path / "data"


def test_an_incomplete_installation_is_reported_with_the_folders_searched(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"ontology.*one.*two"):
        find_folder("ontology", (tmp_path / "one", tmp_path / "two"))
