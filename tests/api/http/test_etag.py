"""Entity tags name what determines an answer; 304 only to reads whose client has it."""

import time
from email.utils import parsedate_to_datetime

import pytest
from starlette.requests import Request

from api.http import etag
from kg.execution.interface import Call, Query

TAG = etag.weak_etag("1", "query", "text/csv")


def request(if_none_match: str, method: str = "GET") -> Request:
    headers = [(b"if-none-match", if_none_match.encode())] if if_none_match else []
    return Request({"type": "http", "method": method, "headers": headers})


def test_each_part_and_the_version_change_the_tag() -> None:
    tags = {
        TAG,
        etag.weak_etag("2", "query", "text/csv"),
        etag.weak_etag("1", "query", "text/html"),
        etag.weak_etag("1", "other", "text/csv"),
    }
    assert len(tags) == 4
    assert all(tag.startswith('W/"') for tag in tags)


def test_data_without_a_version_have_no_tag() -> None:
    assert etag.weak_etag("", "query") == ""
    assert "ETag" not in etag.validator_headers("")
    assert etag.not_modified(request("*"), "") is None


def test_tag_of_a_query_ignores_timeout_and_base_but_not_the_dataset() -> None:
    query = Query(text="ASK {}")
    same = Query(text="ASK {}", timeout_s=1.0, base_iri="http://example.org/")
    other = Query(text="ASK {}", default_graphs=("http://example.org/g",))
    tags = [etag.query_etag("1", variant, "text/csv") for variant in (query, same, other)]
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize("header", [TAG, TAG.removeprefix("W/"), f'"x", {TAG}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_client_that_has_the_answer_gets_304(header: str, method: str) -> None:
    response = etag.not_modified(request(header, method), TAG)
    assert response is not None
    assert (response.status_code, response.body, response.headers["etag"]) == (304, b"", TAG)


@pytest.mark.parametrize(("header", "method"), [("", "GET"), ('"x"', "GET"), (TAG, "POST")])
def test_other_clients_get_the_answer(header: str, method: str) -> None:
    assert etag.not_modified(request(header, method), TAG) is None


def test_304_repeats_the_headers_of_the_answer() -> None:
    response = etag.not_modified(request(TAG), TAG, {"ETag": TAG, "Link": "<x>"})
    assert response is not None
    assert response.headers["link"] == "<x>"


def test_tag_of_a_reply_depends_on_data_process_and_arguments() -> None:
    call = Call(procedure="page", arguments={"iri": "a"})
    tags = {
        etag.page_etag("1", "x", call),
        etag.page_etag("2", "x", call),
        etag.page_etag("1", "y", call),
        etag.page_etag("1", "x", Call(procedure="page", arguments={"iri": "b"})),
        etag.page_etag("1", "x", Call(procedure="data", arguments={"iri": "a"})),
    }
    assert len(tags) == 5


def test_what_changed_in_this_second_has_no_date_because_it_may_change_again_in_it() -> None:
    now = time.time()
    assert etag.modified_headers(None) == etag.modified_headers(now + 1) == {}
    (date,) = etag.modified_headers(now - 2).values()
    assert parsedate_to_datetime(date).timestamp() == int(now - 2)


def test_the_oldest_replies_are_forgotten() -> None:
    sent = etag.SentReplies(size=2)
    for name in ("a", "b", "a", "c"):
        sent.note(name, {"etag": name})
    assert [sent.find(name) for name in ("a", "b", "c")] == [{"etag": "a"}, None, {"etag": "c"}]
    sent.note("", {})
    assert sent.find("") is None
