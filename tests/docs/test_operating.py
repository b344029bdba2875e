"""The operator's guide names every setting, and the defaults of limits as they are."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kg.settings import Settings

VARIABLES = [f"KG_{field.name.upper()}" for field in fields(Settings)]
DEFAULT = re.compile(r"`(KG_\w+)` \(([0-9,]+)[^)`]*\)")


@pytest.fixture
def guide(repository: Path) -> str:
    return (repository / "docs" / "operating.md").read_text("utf-8")


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_is_in_the_guide(guide: str, variable: str) -> None:
    assert f"`{variable}" in guide


def test_every_setting_in_the_guide_exists_with_the_default_that_it_gives(guide: str) -> None:
    assert {name for name in re.findall(r"KG_[A-Z_]+", guide) if not name.endswith("_")} <= set(VARIABLES)
    given = DEFAULT.findall(guide)
    assert len(given) > 15
    for variable, text in given:
        assert float(text.replace(",", "")) == getattr(Settings(), variable.removeprefix("KG_").lower()), variable
