"""Finds the shipped folders ``ontology``, ``shapes`` and ``data``: in the installed package or the repository.

Owns the search only; knows nothing of the content of the folders.
"""

from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
PARENTS = (_PACKAGE / "_shipped", _PACKAGE.parent)
"""Where the folders are in a wheel, and in the repository."""


def find_folder(name: str, parents: Sequence[Path] = PARENTS) -> Path:
    """The folder of that name in the first of the parents that has one. Raises FileNotFoundError."""
    for parent in parents:
        if (parent / name).is_dir():
            return parent / name
    searched = " or ".join(map(str, parents))
    raise FileNotFoundError(f"no folder {name!r} in {searched}: the installation is incomplete")
