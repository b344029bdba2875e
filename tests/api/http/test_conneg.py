"""Content negotiation follows ``Accept`` where it is well-formed, and never fails on the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.conneg import Format, NotAcceptableError, prefers_html, select_media_type

FORMATS = (Format("text/turtle", ("ttl",)), Format("application/ld+json", ("jsonld",), ("application/json",)))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/*;q=0.1, application/ld+json;q=0.2", "application/ld+json"),
        ("application/*", "application/ld+json"),
        ("application/json", "application/json"),
        ("text/turtle;q=0, */*", "application/ld+json"),
        ("TEXT/TURTLE; q=1.0", "text/turtle"),
        ("image/png, */*;q=0.1", "text/turtle"),
        (";;;,q=,/", "text/turtle"),
    ],
)
def test_the_best_format_is_selected(accept: str, expected: str) -> None:
    assert select_media_type(FORMATS, accept) == expected


def test_format_overrides_accept() -> None:
    assert select_media_type(FORMATS, "text/turtle", "jsonld") == "application/ld+json"
    assert select_media_type(FORMATS, "text/turtle", "application/ld+json") == "application/ld+json"
    with pytest.raises(NotAcceptableError):
        select_media_type(FORMATS, "*/*", "exe")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("*/*", False),
        ("", False),
        ("text/*", False),
        ("text/html;q=0.5, text/turtle", False),
    ],
)
def test_browsers_get_html_and_programs_do_not(accept: str, expected: bool) -> None:
    assert prefers_html(accept) is expected


accepts = st.text() | st.lists(
    st.sampled_from(["text/turtle", "*/*", "a/b", ";q=", "0.5", "²", ",", "/", ";", "q=1e9", "q=nan", " "])
).map("".join)


@given(accepts, st.none() | st.text())
def test_parsing_accept_never_raises(accept: str, override: str | None) -> None:
    prefers_html(accept)
    try:
        assert select_media_type(FORMATS, accept, override)
    except NotAcceptableError as error:
        assert error.available  # noqa: PT017  # the only other outcome
