"""CITATION.cff has what the format requires, and its facts agree with the package and the changelog."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML


@pytest.fixture
def citation(repository: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(repository / "CITATION.cff")
    return content


@pytest.fixture
def project(repository: Path) -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    return content


def test_required_keys_are_there(citation: dict[str, Any]) -> None:
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"]
    assert citation["type"] == "software"
    assert all(set(author) == {"name"} for author in citation["authors"])


def test_facts_are_those_of_the_package(citation: dict[str, Any], project: dict[str, Any]) -> None:
    assert (citation["title"], citation["version"]) == (project["name"], project["version"])
    assert (citation["abstract"], citation["license"]) == (project["description"], project["license"])


def test_newest_changelog_entry_is_of_the_same_version(citation: dict[str, Any], repository: Path) -> None:
    newest = re.search(r"^## (\S+)", (repository / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == citation["version"]
