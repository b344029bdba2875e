"""Findings as a validation report of SHACL (section 3.6): shapes and integrity rules alike.

Owns the terms of the report. A rule that is no shape is its own constraint component, in the namespace of the shapes.
"""

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.errors import Finding
from kg.namespaces import CKS, SH, TYPE, XSD

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_INTEGER = ox.NamedNode(f"{XSD}integer")
_BOOLEAN = ox.NamedNode(f"{XSD}boolean")


def create_report(findings: Iterable[Finding]) -> list[ox.Triple]:
    """The report: a sh:ValidationReport with a result for each finding."""
    report = ox.BlankNode("report")
    triples = [ox.Triple(report, TYPE, _sh("ValidationReport"))]
    for number, finding in enumerate(findings, start=1):
        result = ox.BlankNode(f"result{number}")
        triples += [ox.Triple(report, _sh("result"), result), ox.Triple(result, TYPE, _sh("ValidationResult"))]
        triples += [ox.Triple(result, predicate, value) for predicate, value in _describe(finding)]
    conforms = "true" if len(triples) == 1 else "false"
    return [*triples, ox.Triple(report, _sh("conforms"), ox.Literal(conforms, datatype=_BOOLEAN))]


def _describe(finding: Finding) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
    yield _sh("resultSeverity"), _sh(finding.severity.value)
    yield _sh("resultMessage"), ox.Literal(finding.message)
    yield _sh("sourceConstraintComponent"), ox.NamedNode(finding.component or f"{CKS}{finding.rule or 'document'}")
    for predicate, text in (("focusNode", finding.subject), ("resultPath", finding.path)):
        if _IRI.fullmatch(text):
            yield _sh(predicate), ox.NamedNode(text)
    if finding.component and _IRI.fullmatch(finding.rule):
        yield _sh("sourceShape"), ox.NamedNode(finding.rule)
    if finding.value:
        is_iri = _IRI.fullmatch(finding.value) and "://" in finding.value
        yield _sh("value"), ox.NamedNode(finding.value) if is_iri else ox.Literal(finding.value)
    if finding.cure:
        yield ox.NamedNode(f"{CKS}cure"), ox.Literal(finding.cure)
    if finding.location is not None:
        yield ox.NamedNode(f"{CKS}document"), ox.Literal(finding.location.document)
        if finding.location.line is not None:
            yield ox.NamedNode(f"{CKS}line"), ox.Literal(str(finding.location.line), datatype=_INTEGER)


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{SH}{name}")
