"""Lock files: every requirement pinned with hashes, no addresses, the same versions for run time and development."""

import re
from pathlib import Path

import pytest

PINNED = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>\S+)(?: ; [^\\\n]+)? \\\n(?: {4}--hash=sha256:)", re.MULTILINE
)


def read_pins(file: Path) -> dict[str, str]:
    return {match["name"]: match["version"] for match in PINNED.finditer(file.read_text("utf-8"))}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_requirement_is_pinned_with_hashes(name: str, repository: Path) -> None:
    lines = (repository / name).read_text("utf-8").splitlines()
    requirements = [line for line in lines if line and line[0] not in " #"]
    assert len(read_pins(repository / name)) == len({line.split("==")[0] for line in requirements}) > 0
    assert not [line for line in lines if "://" in line]


def test_development_uses_the_versions_of_run_time(repository: Path) -> None:
    run_time, development = (read_pins(repository / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert run_time.items() <= development.items()
