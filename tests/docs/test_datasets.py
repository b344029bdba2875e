"""The guide to data sets: its files are written, its corrections apply, and its commands print the output shown."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from shipped_data import ShippedData

from kg.datasets.dataset import load_dataset
from kg.datasets.functions import CUSTOM_FUNCTIONS
from kg.datasets.source_format import KINDS, parse_source_format
from kg.namespaces import FUNCTION
from kg.settings import DEFAULT_BASE_IRI

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "datasets.md"
RENEW = f"PYTHONPATH=.:tests/support python {Path(__file__).relative_to(ROOT)} DATA_DIRECTORY"
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`([\w./-]+\.(?:csv|toml|ttl|rq))`")


class Tour:
    """The blocks of the guide, done in their order in a folder. A file is the one that was last named before it."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self._folder = folder
        (folder / "datasets").mkdir()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        self._environment = inherited | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "KG_DATA_DIR": str(data_dir),
            "KG_DATASETS_DIR": "datasets",
        }

    def run(self) -> Iterator[tuple[str, str]]:
        """The console blocks, as they are shown and with the output that their commands have."""
        text = GUIDE.read_text(encoding="utf-8").partition("\n## What a query finds\n")[0]
        blocks = [(self._name(text, block), block["language"], block["body"]) for block in BLOCK.finditer(text)]
        files = {name: body for name, language, body in blocks if language not in ("console", "diff")}
        for name, language, body in blocks:
            if language == "diff":
                self._correct(self._folder / name, body)
            elif language == "console":
                self._write(files)
                yield body, "".join(map(self._run, re.findall(r"^\$ (.+)$", body, re.MULTILINE)))

    def _write(self, files: Mapping[str, str]) -> None:
        """Write those whose folder a command has begun."""
        for name, body in files.items():
            path = self._folder / name
            if path.parent.exists():
                path.write_text(body, encoding="utf-8")

    def _name(self, text: str, block: re.Match[str]) -> str:
        return str(FILE.findall(BLOCK.sub("", text[: block.start()]))[-1])

    def _correct(self, path: Path, diff: str) -> None:
        lines = diff.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        content = path.read_text(encoding="utf-8")
        assert content.count(before) == 1, before
        path.write_text(content.replace(before, after), encoding="utf-8")

    def _run(self, command: str) -> str:
        process = subprocess.run(
            shlex.split(command),
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return f"$ {command}\n{process.stdout}"


@pytest.mark.slow
def test_commands_print_the_output_shown(tmp_path: Path, shipped_data: ShippedData) -> None:
    tour = Tour(tmp_path, shipped_data.copy(tmp_path / "data"))
    for shown, output in tour.run():
        assert output == shown, f"if the new output is right, renew the guide: {RENEW}"


def test_all_functions_and_kinds_are_named() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    functions = (function.value.removeprefix(FUNCTION) for function in CUSTOM_FUNCTIONS)
    assert [name for name in functions if f"`fn:{name}(" not in guide] == []
    assert ", ".join(KINDS) in guide


def test_the_settings_that_are_shown_can_be_read() -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    settings = parse_source_format("\n".join(blocks), "source.toml")
    assert settings.rows == "features"
    assert [form.form for form in settings.forms] == ["mentions"]


def test_every_shipped_data_set_is_named() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    folders = sorted(path.parent for path in (ROOT / "data" / "datasets").glob("*/source.toml"))
    assert [folder.name for folder in folders if f"`{folder.name}`" not in guide] == []
    for folder in folders:
        load_dataset(folder, DEFAULT_BASE_IRI)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        page = GUIDE.read_text(encoding="utf-8")
        for shown, output in Tour(Path(directory), Path(sys.argv[1])).run():
            page = page.replace(shown, output)
        GUIDE.write_text(page, encoding="utf-8")
