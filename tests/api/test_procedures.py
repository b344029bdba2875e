"""What workers import: procedures run without a web framework."""

import subprocess
import sys


def test_procedures_import_no_web_framework() -> None:
    code = "import sys, api.procedures; print(*sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "api.pages.render" in modules
    assert not {"fastapi", "starlette", "uvicorn", "anyio"} & set(modules)
