"""EDTF values have the days that their words allow; any other text raises ValueError."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.edtf.calendar import Day, Span
from kg.edtf.grammar import MAX_LENGTH, parse


def day(text: str) -> Day | None:
    """The day of ``2017-08-05``, with any number of digits in the year."""
    if not text:
        return None
    year, month, number = text.rsplit("-", 2)
    return int(year), int(month), int(number)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        # Level 0
        ("2017-08-05", "2017-08-05", "2017-08-05"),
        ("2017-07", "2017-07-01", "2017-07-31"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("0000-02-29", "0000-02-29", "0000-02-29"),
        ("1985-04-12T23:20:30", "1985-04-12", "1985-04-12"),
        ("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12"),
        ("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12"),
        ("1985-04-12T23:20:30+04:30", "1985-04-12", "1985-04-12"),
        ("1964/2008", "1964-01-01", "2008-12-31"),
        ("2004-02-01/2005", "2004-02-01", "2005-12-31"),
        ("2017/2017-06", "2017-01-01", "2017-06-30"),
        # Level 1
        ("Y170000002", "170000002-01-01", "170000002-12-31"),
        ("Y-170000002", "-170000002-01-01", "-170000002-12-31"),
        ("1984?", "1984-01-01", "1984-12-31"),
        ("2004-06~", "2004-06-01", "2004-06-30"),
        ("2004-06-11%", "2004-06-11", "2004-06-11"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("2004-XX", "2004-01-01", "2004-12-31"),
        ("1985-04-XX", "1985-04-01", "1985-04-30"),
        ("1985-XX-XX", "1985-01-01", "1985-12-31"),
        ("1985-04-12/..", "1985-04-12", ""),
        ("1985/", "1985-01-01", ""),
        ("../1985-04", "", "1985-04-30"),
        ("/1985-04-12", "", "1985-04-12"),
        ("../..", "", ""),
        ("-1985", "-1985-01-01", "-1985-12-31"),
        ("-0004-02-29", "-4-02-29", "-4-02-29"),
        # Level 2
        ("Y-17E7", "-170000000-01-01", "-170000000-12-31"),
        ("1950S2", "1900-01-01", "1999-12-31"),
        ("1950S4", "1950-01-01", "1950-12-31"),
        ("-1950S2", "-1999-01-01", "-1900-12-31"),
        ("Y171010000S3", "171000000-01-01", "171999999-12-31"),
        ("Y3388E2S3", "338000-01-01", "338999-12-31"),
        ("2001-33", "2001-01-01", "2001-03-31"),
        ("2001-36", "2001-10-01", "2001-12-31"),
        ("2001-37", "2001-01-01", "2001-04-30"),
        ("2001-39", "2001-09-01", "2001-12-31"),
        ("2001-40", "2001-01-01", "2001-06-30"),
        ("2001-41", "2001-07-01", "2001-12-31"),
        ("2004-06~-11", "2004-06-11", "2004-06-11"),
        ("2004?-06-11", "2004-06-11", "2004-06-11"),
        ("?2004-06-~11", "2004-06-11", "2004-06-11"),
        ("2004-%06-11", "2004-06-11", "2004-06-11"),
        ("156X-12-25", "1560-12-25", "1569-12-25"),
        ("XXXX-12-XX", "0000-12-01", "9999-12-31"),
        ("1XXX-XX", "1000-01-01", "1999-12-31"),
        ("1984-1X", "1984-10-01", "1984-12-31"),
        ("-19XX", "-1999-01-01", "-1900-12-31"),
        ("21XX-02-29", "2104-02-29", "2196-02-29"),
        ("2017-XX-31", "2017-01-31", "2017-12-31"),
        ("2017-0X-31", "2017-01-31", "2017-08-31"),
        ("2017-02-3X/2017-03", None, None),
        ("2004-06-~01/2004-06-~20", "2004-06-01", "2004-06-20"),
        ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03"),
    ],
)
def test_a_date_has_the_days_from_the_first_to_the_last_that_its_words_allow(
    text: str, first: str | None, last: str | None
) -> None:
    if first is None or last is None:
        with pytest.raises(ValueError, match="no such day"):
            parse(text)
    else:
        assert parse(text).spans == (Span(day(first), day(last)),)


@pytest.mark.parametrize(
    ("groups", "first", "last"),
    [
        ((25, 31), "2001-03-01", "2001-06-30"),
        ((26, 32), "2001-06-01", "2001-09-30"),
        ((27, 29), "2001-09-01", "2001-12-31"),
        ((28, 30), "2000-12-01", "2002-03-31"),
        ((21, 23), "2001-03-01", "2001-12-31"),
        ((22, 24), "2000-12-01", "2002-03-31"),
    ],
)
def test_a_season_has_the_months_of_every_definition_and_of_both_hemispheres_unless_one_is_named(
    groups: tuple[int, int], first: str, last: str
) -> None:
    for group in groups:
        assert parse(f"2001-{group}").spans == (Span(day(first), day(last)),)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("{2017-07-11,2017-07-14}", [("2017-07-11", "2017-07-11"), ("2017-07-14", "2017-07-14")]),
        ("[1667,1668,1670..1672]", [("1667-01-01", "1667-12-31"), ("1668-01-01", "1668-12-31"),
                                    ("1670-01-01", "1672-12-31")]),
        ("[..1760-12-03]", [("", "1760-12-03")]),
        ("[1760-12..]", [("1760-12-01", "")]),
        ("{..1984}", [("", "1984-12-31")]),
        ("[1760-01,1760-02,1760-12..]", [("1760-01-01", "1760-01-31"), ("1760-02-01", "1760-02-29"),
                                         ("1760-12-01", "")]),
        ("{1960,1961-12}", [("1960-01-01", "1960-12-31"), ("1961-12-01", "1961-12-31")]),
        ("{2017}", [("2017-01-01", "2017-12-31")]),
    ],
)  # fmt: skip
def test_a_set_has_a_span_for_each_member_and_none_between_them(text: str, spans: list[tuple[str, str]]) -> None:
    value = parse(text)
    assert value.is_set
    assert list(value.spans) == [Span(day(first), day(last)) for first, last in spans]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "in July", "2017-13", "2017-00", "2017-20", "2017-42", "2017-02-30", "1900-02-29", "07.08.2017",
        "2017-7",
        "2017/2018/19", "..", "/", "../", "{}", "[]", "{2017", "[2017}", "{2017,}", "{2017,..,2018}", "[..]",
        "{2017/2018}",
        "[2017..,2018]", "[2016,..2017]", "{ 2017}", "2017-08-07 ", "2017-21-01", "2017-2X", "20X1-02-29", "2017-02-3X",
        "Y2017", "Y01700", "Y1E1000", "Y-0", "-0000", "1950S0", "1950S5", "195XS2", "1950S2-01", "?2017?", "2017?~",
        "2017-03-16T18:55", "2017-03-16T24:00:00", "2017-02-30T00:00:00", "2017-03-16T18:55:00+15:00",
        "201X-01-01T00:00:00",
        "2017-03-16T18:55:00/2018", "2017-03-16T18:55:00?", "17", "\uff12\uff10\uff11\uff17", "2017\n", "2017--08",
    ],
)  # fmt: skip
def test_other_text_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="is not EDTF"):
        parse(text)


@pytest.mark.parametrize("text", ["2018/2017", "2017-08-07/2017-08-01", "[2018..2017]", "2017/Y-20170", "-0043/-0044"])
def test_an_interval_that_ends_before_it_starts_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        parse(text)


def test_too_long_value_raises_value_error_before_it_is_parsed() -> None:
    with pytest.raises(ValueError, match=f"longer than {MAX_LENGTH}"):
        parse("{" + ",".join(["2017"] * 50) + "}")


@settings(deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="0123456789-/.~?%XuYESt{}[],:TZ+", max_size=30))
def test_any_text_has_days_or_raises_value_error(text: str) -> None:
    with suppress(ValueError):
        assert parse(text).spans


@pytest.mark.parametrize(
    ("text", "is_exact"),
    [
        ("2017", True), ("2017-07", True), ("2017-07-11", True), ("201X", True), ("2017-07-XX", True),
        ("2017-33", True),
        ("2017-07/..", True), ("../2017", True), ("2017-07-11/2017-07-14", True),
        ("2017~", False), ("2017-?07", False), ("2017-21", False), ("2017-XX-15", False), ("21XX-02-29", False),
        ("2017-07/", False), ("2017-07-XX/2017-08", False), ("2017~/2018", False), ("{2017}", False), ("1950S2", False),
    ],
)  # fmt: skip
def test_a_value_is_exact_if_it_means_all_days_of_one_span(text: str, is_exact: bool) -> None:
    assert parse(text).is_exact is is_exact
