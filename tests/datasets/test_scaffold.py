"""What is guessed of a file: the key, what stands for no value, numbers of dead with their bounds."""

from pathlib import Path

import pytest

from kg.datasets.conversion import convert
from kg.datasets.dataset import load_dataset
from kg.datasets.scaffold import Scaffold
from kg.datasets.selection import SelectionRule
from kg.settings import DEFAULT_BASE_IRI


def scaffold(folder: Path, content: str) -> Scaffold:
    file = folder / "rows.csv"
    file.write_text(content, encoding="utf-8")
    return Scaffold.of_file(file, "x")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("name,event_id\na,7\nb,8\n", "event_id"),
        ("place,ref\na,x\nb,y\n", "ref"),
        ("width,name\n3.5,a\n3.6,b\n", "name"),
        ("lat,lon\n33,36\n34,37\n", ""),
        ("id,name\n1,a\n1,a\n", ""),
    ],
)
def test_the_key_tells_rows_apart_and_is_no_measure(tmp_path: Path, content: str, key: str) -> None:
    assert scaffold(tmp_path, content).key == key


def test_what_stands_for_no_value_hides_no_kind(tmp_path: Path) -> None:
    made = scaffold(tmp_path, "id,day,killed\n1,NA,3\n2,2017-04-04,-\n3,2017-04-05,Unknown\n")
    assert made.missing == ("-", "NA", "Unknown")
    assert made.kinds == {"id": "integer", "day": "date", "killed": "integer"}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("killed", {"best"}),
        ("min_killed,max_killed", {"minimum", "maximum"}),
        ("deaths_low,deaths,deaths_high", {"minimum", "best", "maximum"}),
        ("killed,killed_most,killed civilians", {"best", "maximum"}),
    ],
)
def test_numbers_of_dead_have_the_bounds_that_their_names_say(tmp_path: Path, columns: str, expected: set[str]) -> None:
    numbers = ",".join(str(number) for number in range(7, 7 + columns.count(",") + 1))
    made = scaffold(tmp_path, f"id,{columns}\n1,{numbers}\n")
    made.write(tmp_path / "x")
    out = tmp_path / "x.nq"
    result = convert(
        load_dataset(tmp_path / "x", DEFAULT_BASE_IRI), [tmp_path / "rows.csv"], out, None, SelectionRule({})
    )
    text = out.read_text(encoding="utf-8")
    assert {name for name in ("best", "minimum", "maximum") if f"ontology#{name}>" in text} == expected
    assert (result.rows, dict(result.rules)) == (1, {})
