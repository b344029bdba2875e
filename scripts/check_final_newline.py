"""Text files end with exactly one newline: `python -m scripts.check_final_newline FILE...`."""

import sys
from collections.abc import Iterable
from pathlib import Path


def find_errors(paths: Iterable[Path]) -> list[str]:
    """One line for each file that ends otherwise; empty and binary files are ignored."""
    errors = []
    for path in paths:
        content = path.read_bytes()
        if not content or b"\0" in content:
            continue
        if not content.endswith(b"\n"):
            errors.append(f"{path}: no newline at the end")
        elif content.endswith(b"\n\n"):
            errors.append(f"{path}: blank lines at the end")
    return errors


if __name__ == "__main__":
    found = find_errors(map(Path, sys.argv[1:]))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
