"""A file system that is soon full."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from required import skip_unless_required


@contextmanager
def small_disk(directory: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs of this size; the test is skipped, loudly, where none may be mounted, and fails in CI."""
    directory.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(directory)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True).returncode:
        skip_unless_required(
            "THE FULL DISK IS NOT TESTED: this process may not mount a tmpfs (run it as root on Linux)"
        )
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)
