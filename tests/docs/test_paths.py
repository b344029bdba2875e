"""Every path of the repository that a page names exists: README, CONTRIBUTING, SECURITY and docs/."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(ROOT.glob("docs/**/*.md"))
MADE_WHEN_RUN = {"bench/results", "bench/work-rdflib-endpoint"}
IN_EACH_DATA_SET = {"source.toml"}

CODE = re.compile(r"^```(?:sh|console)\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
PLACEHOLDER = re.compile(r"[A-Z][A-Z_]+|<\w+>")
"""A word that stands for a name, as in ``ontology/SUBJECT.ttl``."""


def find_paths(text: str) -> set[str]:
    """The words in code that begin with a folder or are a file at the top of the repository."""
    words = {word.strip("`'\"(),;") for code in CODE.finditer(text) for word in (code[1] or code[2]).split()}
    tops = {path.name for path in ROOT.iterdir()}
    return {
        word
        for word in words
        if re.fullmatch(r"[\w.*<>{}-]+(/[\w.*<>{}-]*)*", word)
        and (word.partition("/")[0] in tops if "/" in word else Path(word).suffix in (".md", ".toml", ".lock", ".cff"))
    }


def path_exists(path: str) -> bool:
    path = path.rstrip("/.")
    pattern = PLACEHOLDER.sub("*", path) if not (ROOT / path).exists() else path
    return path in MADE_WHEN_RUN | IN_EACH_DATA_SET or any(ROOT.glob(pattern))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_in_code_exists(page: Path) -> None:
    if not page.exists():
        pytest.skip(f"{page.name} is not written")
    missing = sorted(path for path in find_paths(page.read_text("utf-8")) if not path_exists(path))
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_resolves(page: Path) -> None:
    if page.exists():
        missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
        assert missing == []


def test_paths_are_recognised() -> None:
    code = "`kg/store/` `kg/nowhere.py` `data/x/NAME.yaml` `/questions/NAME` `make test` `GET kg.html`"
    text = f"{code}\n```sh\nls api/app.py\n```\n"
    assert find_paths(text) == {"kg/store/", "kg/nowhere.py", "data/x/NAME.yaml", "api/app.py"}
    assert [path for path in sorted(find_paths(text)) if not path_exists(path)] == ["data/x/NAME.yaml", "kg/nowhere.py"]
