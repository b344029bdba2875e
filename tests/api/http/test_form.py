from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.form import MAX_FIELDS, parse_form, unquote
from kg.errors import BadParameterError

PIECES = ["%", "%4", "%zz", "%41", "%e2%82%ac", "=", "==", "+", "\n", "=\n", "%\r\n", " ", "\t\n", "a", "_", "é", "."]


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(max_size=30))
def test_unquoting_agrees_with_the_standard_library(text: str) -> None:
    data = text.encode(errors="surrogatepass")
    assert unquote(data) == unquote_to_bytes(data.replace(b"+", b" "))


@given(st.lists(st.sampled_from(["&", *PIECES[:4], *PIECES[5:]])).map("".join))
def test_parsing_agrees_with_the_standard_library(text: str) -> None:
    try:
        expected = parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(BadParameterError, match="UTF-8"):
            parse_form(text.encode())
    else:
        assert parse_form(text.encode()) == expected


def test_many_escapes_are_decoded() -> None:
    assert parse_form(b"query=" + b"%E2%82%AC" * 200_000) == [("query", "€" * 200_000)]


def test_too_many_fields_are_refused() -> None:
    assert len(parse_form(b"&".join([b"a=1"] * MAX_FIELDS))) == MAX_FIELDS
    with pytest.raises(BadParameterError, match="more than 1,000"):
        parse_form(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))


def test_very_many_stray_percent_signs_are_refused() -> None:
    with pytest.raises(BadParameterError, match="begin no escape"):
        parse_form(b"query=" + b"%" * 2_000_000)
