"""Lock files: every requirement pinned with hashes, no addresses, the same versions for run time and development."""

import re
import tomllib
from pathlib import Path

import pytest

PINNED = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>\S+)(?: ; [^\\\n]+)? \\\n(?: {4}--hash=sha256:)", re.MULTILINE
)


def read_pins(file: Path) -> dict[str, str]:
    return {match["name"]: match["version"] for match in PINNED.finditer(file.read_text("utf-8"))}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_every_requirement_is_pinned_with_hashes(name: str, repository: Path) -> None:
    lines = (repository / name).read_text("utf-8").splitlines()
    requirements = [line for line in lines if line and line[0] not in " #"]
    assert len(read_pins(repository / name)) == len({line.split("==")[0] for line in requirements}) > 0
    assert not [line for line in lines if "://" in line]


def test_development_uses_the_versions_of_run_time(repository: Path) -> None:
    run_time, development = (read_pins(repository / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert run_time.items() <= development.items()


def test_the_build_uses_the_versions_of_development(repository: Path) -> None:
    development, build = (read_pins(repository / f"requirements-{name}.lock") for name in ("dev", "build"))
    assert {name: version for name, version in build.items() if name in development}.items() <= development.items()


def test_the_build_backend_is_locked_as_the_project_requires_it(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    required = project["build-system"]["requires"]
    assert project["dependency-groups"]["build"] == required
    locked = read_pins(repository / "requirements-build.lock")
    assert set(required) <= {f"{name}=={version}" for name, version in locked.items()}


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_nothing_of_the_project_is_installed_without_hashes(name: str, repository: Path) -> None:
    """Each installation checks hashes, or installs the project alone without letting pip fetch a build backend."""
    text = re.sub(r"\\\n\s*", "", (repository / name).read_text("utf-8"))
    commands = re.findall(r"pip[^\n&;]*? (?:install|wheel) [^\n&;]*|\$\(PIP\) install [^\n&;]*", text)
    assert len(commands) >= 2
    for command in commands:
        is_project = "--no-deps" in command and ("--no-build-isolation" in command or "--no-index" in command)
        assert "--require-hashes" in command or is_project or "rdflib-endpoint" in command, command
