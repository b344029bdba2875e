from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

HERE = Path(__file__).parent
VALID = sorted(HERE.glob("*/valid/*.ttl"))
INVALID = sorted(HERE.glob("*/invalid/*.ttl"))


def test_background_conforms(validate: Callable[[Graph], set]) -> None:
    assert validate(Graph()) == set()


@pytest.mark.parametrize("file", VALID, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_valid_example_conforms(file: Path, validate: Callable[[Graph], set]) -> None:
    assert validate(Graph().parse(file)) == set()


@pytest.mark.parametrize("file", INVALID, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_invalid_example_breaks_exactly_what_it_says(
    file: Path, validate: Callable[[Graph], set], expected: Callable[[Graph], set]
) -> None:
    example = Graph().parse(file)
    assert expected(example), "an invalid example says which findings it has"
    assert validate(example) == expected(example)


def test_examples_stand_in_the_folder_of_a_shapes_file(repository: Path) -> None:
    stems = {file.stem for file in (repository / "shapes").glob("*.ttl")}
    assert {file.parent.parent.name for file in VALID + INVALID} <= stems
