"""Identifies what validation depends on besides the data: shapes, ontology, the engines and this program."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from kg.package_data import find_folder

_PACKAGES = ("conflict-kg", "shacl", "pyshacl", "rdflib", "pyoxigraph")


def compute_fingerprint() -> str:
    """Of the shipped ontology and shapes and the packages that are installed."""
    return fingerprint_of([find_folder("ontology"), find_folder("shapes")], _PACKAGES)


def fingerprint_of(folders: Iterable[Path], packages: Iterable[str]) -> str:
    """Of the Turtle files in the folders, at any depth, and the versions of the packages."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.ttl")):
            digest.update(f"{file.relative_to(folder)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    for package in packages:
        digest.update(f"{package} {version(package)}\n".encode())
    return digest.hexdigest()
