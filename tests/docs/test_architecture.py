"""docs/architecture.md names every top-level folder and every module directly below kg and api."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
FOLDERS = ("kg", "api", "ontology", "shapes", "data", "bench", "web", "tests", "docs")


def modules(package: str) -> list[str]:
    """The modules and packages directly below a package, as the page writes them."""
    files = [path.name for path in (ROOT / package).glob("*.py") if path.name != "__init__.py"]
    folders = [f"{path.parent.name}/" for path in (ROOT / package).glob("*/__init__.py")]
    return sorted(f"{package}/{name}" for name in files + folders)


@pytest.mark.parametrize("name", [*(f"{folder}/" for folder in FOLDERS), *modules("kg"), *modules("api")])
def test_the_architecture_page_names_every_top_level_module(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8"), f"add a row for {name} to docs/architecture.md"
