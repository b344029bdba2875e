"""The tests of a data set: rows, with the triples that they become, what is found about them, or why they are refused.

Owns the layout of the folder ``tests``: one folder a case, with ``rows`` in the syntax of the data set and at least one
of ``expected.ttl``, ``findings.csv`` and ``refused.txt``. The header of the home graph is not compared.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.datasets.conversion import convert
from kg.datasets.dataset import Dataset
from kg.datasets.selection import SelectionRule
from kg.errors import InputRejectedError
from kg.namespaces import CK, DCTERMS, EDTF, VOCAB

EXPECTED, FINDINGS, REFUSED = "expected.ttl", "findings.csv", "refused.txt"
_MAX_SHOWN = 20
_PREFIXES = {
    "ck": CK,
    "dcterms": DCTERMS,
    "edtf": EDTF.rpartition("/")[0] + "/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vocab": VOCAB,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Whether a case has what is expected of it."""

    name: str
    differences: tuple[str, ...]
    """A line for each triple, finding or refusal that is missing (-) or not expected (+)."""

    @property
    def passes(self) -> bool:
        """Whether there are none."""
        return not self.differences


def run_cases(dataset: Dataset, *, update: bool = False) -> list[CaseResult]:
    """The results of all cases, by name. With ``update`` what the rows become is written as what is expected.

    Raises InputRejectedError for expected triples that do not parse.
    """
    folders = sorted({path.parent for path in (dataset.folder / "tests").glob("*/rows.*")})
    return [_run(dataset, folder, update=update) for folder in folders]


def _run(dataset: Dataset, folder: Path, *, update: bool) -> CaseResult:
    (rows, *others) = sorted(folder.glob("rows.*"))
    with tempfile.TemporaryDirectory(prefix="kg-dataset-") as scratch:
        document, findings = Path(scratch) / "rows.nq", Path(scratch) / FINDINGS
        refused = ""
        try:
            convert(dataset, [rows, *others], document, findings, SelectionRule({}))
        except InputRejectedError as error:
            refused = "".join(
                f"{finding.location.line if finding.location else ''}: {finding.message}\n"
                for finding in error.findings
            )
        actual = {REFUSED: refused} if refused else {EXPECTED: _to_turtle(document, dataset), FINDINGS: _read(findings)}
    if update:
        _write(folder, actual)
        return CaseResult(folder.name, ())
    return CaseResult(folder.name, tuple(_compare(folder, actual)))


def _to_turtle(document: Path, dataset: Dataset) -> str:
    header = set(dataset.header)
    triples = (quad.triple for quad in ox.parse(path=str(document)) if quad not in header)
    prefixes = {**_PREFIXES, "": f"{dataset.base_iri}id/"}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


def _write(folder: Path, actual: dict[str, str]) -> None:
    for name in (EXPECTED, FINDINGS, REFUSED):
        content = actual.get(name, "")
        has_content = content.count("\n") > 1 if name == FINDINGS else bool(content)
        if has_content:
            (folder / name).write_text(content, encoding="utf-8", newline="")
        else:
            (folder / name).unlink(missing_ok=True)


def _compare(folder: Path, actual: dict[str, str]) -> list[str]:
    differences: list[str] = []
    for name in (EXPECTED, FINDINGS, REFUSED):
        wanted = _lines(name, _read(folder / name), folder)
        if not wanted and name != REFUSED:
            continue
        given = _lines(name, actual.get(name, ""), folder)
        missing, unexpected = sorted(wanted - given), sorted(given - wanted)
        differences += [f"- {line}" for line in missing] + [f"+ {line}" for line in unexpected]
    if not any((folder / name).exists() for name in (EXPECTED, FINDINGS, REFUSED)):
        differences.append(f"nothing is expected: write {EXPECTED}, {FINDINGS} or {REFUSED}, or give --update")
    more = len(differences) - _MAX_SHOWN
    return [*differences[:_MAX_SHOWN], f"and {more} more"] if more > 0 else differences


def _lines(name: str, content: str, folder: Path) -> set[str]:
    if name != EXPECTED:
        return set(content.splitlines())
    try:
        return {str(quad.triple) for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)}
    except SyntaxError as error:
        return {f"{folder / name} does not parse: {error}"}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
