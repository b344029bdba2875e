"""The wheel carries ontology, shapes and data: installed into an empty environment, it works in an empty folder."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def ran(command: list[object], folder: Path) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "PYTHON"))}
    return subprocess.run(list(map(str, command)), cwd=folder, env=kept, capture_output=True, text=True, timeout=300)


def succeeded(command: list[object], folder: Path) -> str:
    done = ran(command, folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fetched(command: list[object], folder: Path, what: str) -> None:
    """Run a pip that may have to ask a registry; skipped, loudly, where none can be asked."""
    done = ran(command, folder)
    if "NewConnectionError" in done.stderr or "No matching distribution" in done.stderr:
        pytest.skip(f"NO REGISTRY CAN BE ASKED for {what}, so the wheel is not tested: let pip reach one, or its cache")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, repository]
    fetched(command, folder, "the build backend")
    (found,) = folder.glob("conflict_kg-*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an empty environment into which the wheel and what it declares to need were put."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", folder / "bin" / "python", "install", "--no-compile"]
    fetched([*pip, "-r", repository / "requirements.lock"], folder, "the dependencies")
    fetched([*pip, wheel], folder, "what the wheel needs beyond requirements.lock")
    return folder / "bin"


def test_the_wheel_holds_every_shipped_file_and_no_test(wheel: Path, repository: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "shapes", "data"):
        files = [path for path in (repository / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"kg/_shipped/{path.relative_to(repository)}" for path in files} <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "kg-data/"))]


def test_the_installed_package_finds_its_folders_inside_itself(installed: Path, tmp_path: Path) -> None:
    program = "import json, kg.package_data as s; print(json.dumps([str(f()) for f in (s.ontology, s.shapes, s.data)]))"
    for folder in json.loads(succeeded([installed / "python", "-c", program], tmp_path)):
        assert Path(folder).is_relative_to(installed.parent)
        assert Path(folder).parent.name == "_shipped"


def test_the_installed_command_answers_a_question_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    command = [installed / "kg", "ask", "who-declared-which-zone"]
    assert "Russia" in succeeded(command, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kg-data"]


def test_every_question_and_page_that_the_code_reads_is_in_the_wheel(wheel: Path, repository: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("kg", "api"):
        read = [
            path for path in (repository / folder).rglob("*.*") if path.suffix in (".rq", ".graphql", ".html", ".css")
        ]
        assert {str(path.relative_to(repository)) for path in read} <= names
