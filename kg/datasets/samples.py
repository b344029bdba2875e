"""The samples that data sets are shipped with, as documents that are loaded with the rest of the shipped data."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.datasets.conversion import convert
from kg.datasets.dataset import SOURCE, load_dataset
from kg.datasets.selection import SelectionRule

SAMPLE = "sample.csv"


def hash_sample(folder: Path) -> str:
    """The SHA-256 of the sample of the data set in a folder; empty if it has none."""
    sample = folder / SAMPLE
    return hashlib.sha256(sample.read_bytes()).hexdigest() if sample.is_file() else ""


def read_samples(folder: Path, base_iri: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each document made of the samples in a folder of data sets, and of the concepts they use."""
    for source in sorted(folder.glob(f"*/{SOURCE}")):
        if (sample := source.with_name(SAMPLE)).is_file():
            dataset = load_dataset(source.parent, base_iri)
            with tempfile.TemporaryDirectory(prefix="kg-sample-") as scratch:
                document = Path(scratch) / "sample.nq"
                convert(dataset, [sample], document, None, SelectionRule({}))
                yield f"{sample}.nq", document.read_bytes()
            if dataset.concepts is not None:
                yield str(dataset.concepts), dataset.concepts.read_bytes()
