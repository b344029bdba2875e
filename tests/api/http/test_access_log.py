"""Lines of the access log: JSON of bounded length, in which no text of a client can begin a line or reorder one."""

import json
from typing import Any

import pytest

from api.http.access_log import TEXT_MAX_CHARACTERS, format_line, note_operation


def line_of(**scope: Any) -> str:
    return format_line({"method": "GET", "path": "/", **scope}, "id-1", 200, "ok", 0.25, 3)


@pytest.mark.parametrize(
    "text",
    [
        '/a"b\\c',
        "/a\nb\r\tc",
        "/\x00\x1b[31m\x7f",
        "/\x85\u2028\u2029",
        "/\u202e\u2066\u200f",
        "/\udc80\ud83d",
        "/\U0001f600é",
    ],
)
def test_any_text_of_a_client_is_one_line_of_printable_ascii(text: str) -> None:
    line = line_of(path=text, reason=text, method=text)
    assert line.isascii()
    assert line.isprintable()
    members = json.loads(line)
    assert (members["path"], members["reason"], members["method"]) == (text, text, text)


def test_long_text_is_cut() -> None:
    line = line_of(path="/" + "\u202e" * 100_000, reason="a" * 100_000)
    members = json.loads(line)
    assert members["path"] == "/" + "\u202e" * (TEXT_MAX_CHARACTERS - 1) + "..."
    assert len(line) < 10 * TEXT_MAX_CHARACTERS


def test_queries_are_logged_as_their_hash() -> None:
    scope: dict[str, Any] = {}
    note_operation(scope, "query", "SELECT * {} # \udc80")
    members = json.loads(line_of(**scope))
    assert (members["asked"], len(members["hash"])) == ("query", 16)
