"""The tour of the README runs: each command in a console block prints the output shown below it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from shipped_data import ShippedData

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
RENEW = f"python {Path(__file__).relative_to(ROOT)}"

pytestmark = pytest.mark.slow


def read_commands() -> Iterator[tuple[str, str]]:
    """Each command of the tour with the output that the README shows."""
    for block in BLOCK.finditer(README.read_text(encoding="utf-8")):
        first, _, shown = block["body"].partition("\n")
        assert first.startswith("$ kg "), first
        yield first.removeprefix("$ "), shown


def run_command(command: str, data_dir: Path) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment = inherited | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "KG_DATA_DIR": str(data_dir),
    }
    process = subprocess.run(command.split(), cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return process.stdout


def renew_page(data_dir: Path) -> str:
    def with_output(block: re.Match[str]) -> str:
        first = block["body"].partition("\n")[0]
        return f"```console\n{first}\n{run_command(first.removeprefix('$ '), data_dir)}```"

    return BLOCK.sub(with_output, README.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, shipped_data: ShippedData) -> Path:
    return shipped_data.copy(tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize(("command", "shown"), list(read_commands()), ids=[command for command, _ in read_commands()])
def test_command_of_the_tour_prints_the_output_shown(command: str, shown: str, data_dir: Path) -> None:
    assert run_command(command, data_dir) == shown, f"if the new output is right, renew the README: {RENEW}"


def test_every_link_to_a_file_resolves() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        README.write_text(renew_page(Path(directory)), encoding="utf-8")
