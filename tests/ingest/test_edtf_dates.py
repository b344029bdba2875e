"""Days are derived from dates, replaced in what is loaded, and corrected in what is stored."""

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.errors import Severity
from kg.ingest.edtf_dates import correct_days, derive_days

SUBJECT = ox.NamedNode("https://example.org/proposition")
GRAPH = ox.NamedNode("https://example.org/graph")


def quad(predicate: ox.NamedNode, value: str, datatype: str = namespaces.EDTF) -> ox.Quad:
    return ox.Quad(SUBJECT, predicate, ox.Literal(value, datatype=ox.NamedNode(datatype)), GRAPH)


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "spans"),
    [
        ("2017-08-05~", "2017-08-05", "2017-08-05", ["2017-08-05/2017-08-05"]),
        ("2016-02", "2016-02-01", "2016-02-29", ["2016-02-01/2016-02-29"]),
        ("2012/..", "2012-01-01", None, ["2012-01-01/.."]),
        ("2017-08/", "2017-08-01", None, ["2017-08-01/.."]),
        ("/2017-08", None, "2017-08-31", ["../2017-08-31"]),
        ("../2017-08-07~", None, "2017-08-07", ["../2017-08-07"]),
        ("21XX-02-29", "2104-02-29", "2196-02-29", ["2104-02-29/2196-02-29"]),
        ("1950S2", "1900-01-01", "1999-12-31", ["1900-01-01/1999-12-31"]),
        ("2017-03-16T23:55:00-05:00", "2017-03-16", "2017-03-16", ["2017-03-16/2017-03-16"]),
        ("-0044/2017", None, "2017-12-31", ["../2017-12-31"]),
        ("-0044/Y12345", None, None, ["../.."]),
        ("XXXX-12-XX", None, "9999-12-31", ["../9999-12-31"]),
        ("0000", None, None, []),
        ("-0044", None, None, []),
        ("Y-17E7", None, None, []),
        ("Y170000002/..", None, None, []),
        ("{2017-07-11,2017-07}", None, None, ["2017-07-01/2017-07-31", "2017-07-11/2017-07-11"]),
        ("[..2017-07-11,2017-07-14..2017-07-15]", None, None, ["../2017-07-11", "2017-07-14/2017-07-15"]),
        ("[-0044,2017]", None, None, ["2017-01-01/2017-12-31"]),
    ],
)
def test_days_are_derived_from_the_words_and_from_nothing_else(
    text: str, earliest: str | None, latest: str | None, spans: list[str]
) -> None:
    quads, findings = derive_days([quad(namespaces.WHEN, text)])
    assert not findings
    derived = {(q.predicate, namespaces.value_of(q.object)) for q in quads if q.predicate != namespaces.WHEN}
    bounds = {(namespaces.EARLIEST, earliest), (namespaces.LATEST, latest)}
    assert derived == {pair for pair in bounds if pair[1]} | {(namespaces.SPAN, span) for span in spans}


def test_derived_days_replace_those_of_the_input() -> None:
    dated = [quad(namespaces.WHEN, "2017-07"), quad(namespaces.EARLIEST, "1900-01-01", f"{namespaces.XSD}date")]
    quads, findings = derive_days(dated)
    assert not findings
    assert set(quads) == {
        quad(namespaces.WHEN, "2017-07"),
        quad(namespaces.EARLIEST, "2017-07-01", f"{namespaces.XSD}date"),
        quad(namespaces.LATEST, "2017-07-31", f"{namespaces.XSD}date"),
        quad(namespaces.SPAN, "2017-07-01/2017-07-31"),
    }


def test_days_of_said_when_have_predicates_of_their_own() -> None:
    quads, _ = derive_days([quad(namespaces.SAID_WHEN, "2017-08-06~")])
    assert {derived.predicate for derived in quads} == {
        namespaces.SAID_WHEN,
        namespaces.SAID_EARLIEST,
        namespaces.SAID_LATEST,
        namespaces.SAID_SPAN,
    }


def test_deriving_days_twice_changes_nothing() -> None:
    once, _ = derive_days([quad(namespaces.WHEN, "2017-07-31~/2017-08-07~")])
    twice, _ = derive_days(once)
    assert set(once) == set(twice)


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        ("in July", "'in July' is not EDTF", "EDTF"),
        ("2017-08-07/2017-08-01", "'2017-08-07/2017-08-01' ends before it starts", 'Write "2017-08-01/2017-08-07"'),
    ],
)
def test_invalid_value_has_a_finding_with_subject_path_and_cure(text: str, message: str, cure: str) -> None:
    _, (finding,) = derive_days([quad(namespaces.WHEN, text)])
    assert finding.message == message
    assert (finding.subject, finding.path) == (SUBJECT.value, namespaces.WHEN.value)
    assert cure in finding.cure


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("2017-03-16T18:55", 'Write "2017-03-16T18:55:00+02:00" or "2017-03-16T18:55:00"'),
        ("2017-8-7", 'Write "2017-08-07"'),
        ("{2017-07-11, 2017-07-14}", 'Write "{2017-07-11,2017-07-14}"'),
    ],
)
def test_common_mistake_is_answered_with_what_it_probably_means(text: str, cure: str) -> None:
    _, (finding,) = derive_days([quad(namespaces.WHEN, text)])
    assert finding.cure == cure


def test_a_stored_date_that_is_no_longer_read_loses_its_days_with_a_warning() -> None:
    stored = {quad(namespaces.WHEN, "1950S7"), quad(namespaces.EARLIEST, "1950-01-01", f"{namespaces.XSD}date")}
    quads, (finding,) = correct_days(frozenset(stored))
    assert quads == {quad(namespaces.WHEN, "1950S7")}
    assert (finding.severity, finding.subject) == (Severity.WARNING, SUBJECT.value)
