"""The recipes of CONTRIBUTING.md: there is one for each kind of addition, and the steps lead where they say.

That the paths exist is tested in ``test_paths``; that a class needs no Python, in the tests of schema and GraphQL.
"""

import importlib
import re
from pathlib import Path

import click
import pytest

from kg.cli import COMMANDS, kg
from kg.ingest import readers
from kg.ingest.documents import Document, locate_file
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive

RECIPES = {
    "A class or property",
    "A question",
    "A source",
    "An output format",
    "A command of `kg`",
    "A computed GraphQL field",
    "An importer",
    "A write operation",
}
QUESTION = """\
#+ summary: "Which zones are there?"
#+ description: "All zones."
#+ kind: table
#+ parameters:
#+   - {name: zone, spec: resource(zone), description: "the zone"}
#+ example: {zone: "east-ghouta"}
#+ answers: [Q01]
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
SELECT ?zone WHERE {
  VALUES (?zone) { (UNDEF) }
  ?zone a ck:Zone .
}
"""


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "CONTRIBUTING.md").read_text("utf-8")


def test_every_kind_of_addition_has_a_recipe(page: str) -> None:
    assert set(re.findall(r"^### (.*)$", page, re.MULTILINE)) >= RECIPES


def test_every_make_target_it_names_exists(page: str, repository: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"make ([a-z-]+)", page)) <= set(targets)


def test_make_help_describes_every_command(repository: Path) -> None:
    text = (repository / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE)
    assert sorted(described) == sorted(phony.split())


def test_a_question_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "which-zones.rq").write_text(QUESTION)
    assert Catalogue.load(tmp_path).question("which-zones").summary == "Which zones are there?"


def test_a_command_is_one_module_and_one_entry(repository: Path) -> None:
    modules = [path.stem for path in sorted((repository / "kg/cli").glob("*.py")) if path.stem != "__init__"]
    defined = {
        value
        for name in modules
        for value in vars(importlib.import_module(f"kg.cli.{name}")).values()
        if isinstance(value, click.Command)
    }
    groups = [command for command in defined if isinstance(command, click.Group)]
    defined -= {subcommand for group in groups for subcommand in group.commands.values()}
    assert defined == set(COMMANDS) == set(kg.commands.values())


def test_an_importer_is_one_function_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_nothing(_data: bytes, name: str, _schema: Schema, _base_iri: str, _archive: SourceArchive) -> Document:
        return Document(name, frozenset(), locate_file(name))

    monkeypatch.setattr(readers, "READERS", {**readers.READERS, ".nothing": read_nothing})
    schema = load_shipped_schema(DEFAULT_BASE_IRI)
    assert readers.read_document(b"", "a.nothing", schema, DEFAULT_BASE_IRI).quads == frozenset()
