"""Dates of questions are EDTF: a day, or a period of days."""

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.errors import BadParameterError
from kg.questions.parameter import QuestionParameter
from kg.settings import DEFAULT_BASE_IRI

DAY = QuestionParameter.from_header("on", "date", "the day")
PERIOD = QuestionParameter.from_header("during", "period", "the time")


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("2017-08-07", "2017-08-07/2017-08-07"),
        ("2017-08", "2017-08-01/2017-08-31"),
        ("2017", "2017-01-01/2017-12-31"),
        ("2017-07/2017-08-07", "2017-07-01/2017-08-07"),
        ("2017-07/..", "2017-07-01/.."),
    ],
)
def test_a_period_is_an_interval_of_days(text: str, interval: str) -> None:
    assert PERIOD.parse(text, DEFAULT_BASE_IRI) == ox.Literal(interval, datatype=ox.NamedNode(namespaces.EDTF))


def test_a_day_is_a_date() -> None:
    date = ox.Literal("2017-08-07", datatype=ox.NamedNode(f"{namespaces.XSD}date"))
    assert DAY.parse("2017-08-07", DEFAULT_BASE_IRI) == date


@pytest.mark.parametrize(
    ("parameter", "text", "advice"),
    [
        (DAY, "2017-08", "is not one day"),
        (DAY, "7 Aug 2017", 'write "2017-08-07"'),
        (PERIOD, "7 Aug 2017", 'write "2017-08-07"'),
        (PERIOD, "2017-08~", "write a day, month or year without"),
        (PERIOD, "{2017-07-11,2017-07-14}", "no exact period"),
    ],
)
def test_another_text_is_refused_with_what_to_write(parameter: QuestionParameter, text: str, advice: str) -> None:
    with pytest.raises(BadParameterError, match=advice):
        parameter.parse(text, DEFAULT_BASE_IRI)
