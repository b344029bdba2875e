"""The wheel contains ontology, shapes and data; installed into an empty environment, it works in an empty folder."""

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(command: list[object], folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "PYTHON"))}
    return subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


def output_of(command: list[object], folder: Path) -> str:
    done = run(command, folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_pip(command: list[object], folder: Path, what: str) -> None:
    """Run pip, which may need a registry; skips the test loudly if none is reachable."""
    done = run(command, folder)
    if "NewConnectionError" in done.stderr or "No matching distribution" in done.stderr:
        pytest.skip(f"NO REGISTRY IS REACHABLE for {what}, so the wheel is not tested: let pip reach one, or its cache")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make install` builds: by the locked build backend alone, for which pip asks no registry."""
    folder, backend = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("backend")
    venv.create(backend, with_pip=True)
    pip = [backend / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    lock = repository / "requirements-build.lock"
    run_pip([*pip, "install", "--only-binary", ":all:", "--require-hashes", "-r", lock], folder, "the build backend")
    alone = ["--no-deps", "--no-build-isolation", "--no-index"]
    run_pip([*pip, "wheel", *alone, "--wheel-dir", folder, repository], folder, "the wheel")
    (path,) = folder.glob("conflict_kg-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty environment with the wheel and its dependencies installed."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", folder / "bin" / "python", "install", "--no-compile"]
    run_pip([*pip, "-r", repository / "requirements.lock"], folder, "the dependencies")
    run_pip([*pip, wheel], folder, "what the wheel needs beyond requirements.lock")
    return folder / "bin"


def test_wheel_contains_every_shipped_file_and_no_test(wheel: Path, repository: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "shapes", "data"):
        files = [path for path in (repository / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"kg/_shipped/{path.relative_to(repository)}" for path in files} <= names
    assert {"kg/py.typed", "api/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "kg-data/"))]


def test_installed_package_finds_its_folders_inside_itself(installed: Path, tmp_path: Path) -> None:
    program = (
        "import json; from kg.package_data import find_folder;"
        "print(json.dumps([str(find_folder(name)) for name in ('ontology', 'shapes', 'data')]))"
    )
    for folder in json.loads(output_of([installed / "python", "-c", program], tmp_path)):
        assert Path(folder).is_relative_to(installed.parent)
        assert Path(folder).parent.name == "_shipped"


def test_installed_command_answers_a_question_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    command = [installed / "kg", "ask", "who-declared-which-zone"]
    assert "Russia" in output_of(command, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kg-data"]


def test_wheel_contains_every_query_and_page(wheel: Path, repository: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("kg", "api"):
        files = [
            path for path in (repository / folder).rglob("*.*") if path.suffix in (".rq", ".graphql", ".html", ".css")
        ]
        assert {str(path.relative_to(repository)) for path in files} <= names


def test_bundled_scripts_come_with_the_notices_of_their_packages(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    bundles = {"yasgui/yasgui.min.js": "@zazuko/yasqe", "graphiql/graphiql.js": "monaco-editor"}
    built = [name for name in bundles if f"api/pages/assets/{name}" in archive.namelist()]
    if not built:
        pytest.skip("THE EDITORS ARE NOT BUILT (no npm), so their notices are not tested: run `make install` with Node")
    for name in built:
        notices = archive.read(f"api/pages/assets/{Path(name).parent}/THIRD-PARTY-NOTICES.txt").decode()
        assert re.search(rf"^{re.escape(bundles[name])} [0-9.]+ \(", notices, re.MULTILINE), name
        assert "Permission is hereby granted" in notices
