from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.term import Node

HERE = Path(__file__).parent
Validate = Callable[[Graph], set[tuple[Node | None, ...]]]
VALID = sorted(HERE.glob("*/valid/*.ttl"))
INVALID = sorted(HERE.glob("*/invalid/*.ttl"))


def test_background_conforms(validate: Validate) -> None:
    assert validate(Graph()) == set()


@pytest.mark.parametrize("file", VALID, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_valid_example_conforms(file: Path, validate: Validate) -> None:
    assert validate(Graph().parse(file)) == set()


@pytest.mark.parametrize("file", INVALID, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_invalid_example_has_exactly_the_findings_it_declares(
    file: Path, validate: Validate, expected: Validate
) -> None:
    example = Graph().parse(file)
    assert expected(example), "an invalid example declares its findings"
    assert validate(example) == expected(example)


def test_every_folder_of_examples_has_a_shapes_file(repository: Path) -> None:
    stems = {file.stem for file in (repository / "shapes").glob("*.ttl")}
    assert {file.parent.parent.name for file in VALID + INVALID} <= stems
