"""Runs the scripts of ``tests/clients`` in headless Chromium."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parents[1] / "clients"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def run_script(script: str, address: str, *arguments: str) -> dict[str, Any]:
    """What a script has seen at an address."""
    node = shutil.which("node")
    if node is None or CHROMIUM is None or not (CLIENTS / "node_modules" / ".installed").exists():
        pytest.skip("PAGES ARE NOT TESTED IN A BROWSER: no chromium here, no Node, or `make develop` was not run")
    command = [node, script, address, CHROMIUM, *arguments]
    run = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=300, check=True)
    seen: dict[str, Any] = json.loads(run.stdout)
    return seen


def run_in_browser(script: str, address: str, *arguments: str) -> dict[str, Any]:
    """What a script has seen, which must be nothing of another host, and no error in the console."""
    seen = run_script(script, address, *arguments)
    assert (seen["complaints"], seen["others"]) == ([], [])
    return seen
