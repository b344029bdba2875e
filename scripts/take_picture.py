"""Takes the picture of the README: what one building is called, by whom. `python -m scripts.take_picture FILE`.

It shows the shipped data as a server serves it, in headless Chromium (`make develop` installs what drives it).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE, HEADING, ROWS = "page/incident/aj-2017-04-19-strike", "names", 2
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_START_S, _STEP_S = 120.0, 0.2


@contextmanager
def serve_shipped_data() -> Iterator[str]:
    """The address of a server over the shipped data, ready. Raises RuntimeError if it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        program = [str(Path(sys.executable).with_name("kg")), "serve", "--port", "0", "--data-dir", folder]
        with subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True) as server:
            try:
                assert server.stderr
                address = server.stderr.readline().split()[-1]
                _wait_until_ready(f"{address}readyz")
                yield address
            finally:
                server.terminate()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(_STEP_S)
    raise RuntimeError(f"{url} does not answer")


def take_picture(file: Path) -> None:
    """Write the picture. Raises RuntimeError without a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise RuntimeError(f"install one of {', '.join(BROWSERS)}")
    with serve_shipped_data() as address:
        command = ["node", "picture.js", browser, f"{address}{PAGE}", HEADING, str(ROWS), str(file.absolute())]
        subprocess.run(command, cwd=ROOT / "tests" / "clients", check=True, timeout=_START_S)


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]))
