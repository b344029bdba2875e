"""Where the shipped folders lie: inside the installed package, or at the top of the repository.

Owns the search only. Knows nothing of what the folders hold.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_HOMES = (_HERE / "_shipped", _HERE.parent)


def ontology() -> Path:
    """The folder of the ontology."""
    return _folder("ontology")


def shapes() -> Path:
    """The folder of the shapes."""
    return _folder("shapes")


def data() -> Path:
    """The folder of the reference data and dossiers."""
    return _folder("data")


def _folder(name: str) -> Path:
    for home in _HOMES:
        if (home / name).is_dir():
            return home / name
    raise FileNotFoundError(f"no folder {name!r} in {_HOMES[0]} or {_HOMES[1]}: the installation is incomplete")
