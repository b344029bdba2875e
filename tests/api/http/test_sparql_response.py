"""Failures while a result is streamed, and results that are buffered whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.http.sparql_response import StreamedResult, create_response
from kg.errors import QueryDeadlineError
from kg.execution.interface import QueryForm


@dataclass
class ScriptedResult:
    """A result of these chunks; an exception among them is raised in its place."""

    media_type: str
    chunks: list[bytes | Exception]
    form: QueryForm = QueryForm.SOLUTIONS
    body: bytes | None = None
    closed: int = field(default=0)
    version: str = "7-abc"
    properties: Mapping[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    def close(self) -> None:
        self.closed += 1


def respond(result: ScriptedResult, method: str = "GET") -> Response:
    request = Request({"type": "http", "method": method, "headers": []})
    return asyncio.run(create_response(request, result, result.media_type, {}))


def send_all(result: ScriptedResult) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The messages of a whole answer, and what it left in its scope."""
    messages: list[dict[str, object]] = []
    scope: dict[str, object] = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.3"}}

    async def send_response() -> None:
        async def receive() -> dict[str, object]:
            await asyncio.sleep(10)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            messages.append(message)

        response = await create_response(Request(scope), result, result.media_type, {})
        await response(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(send_response())
    return messages, scope


def test_failure_in_the_middle_leaves_the_response_incomplete() -> None:
    result = ScriptedResult("text/csv", [b"one", QueryDeadlineError(1), b"two"])
    messages, scope = send_all(result)
    assert [message["type"] for message in messages] == ["http.response.start", "http.response.body"]
    assert messages[-1]["more_body"] is True
    assert (scope["outcome"], bool(result.closed)) == ("broken", True)


def test_warnings_become_links_with_their_words_as_titles() -> None:
    page = "http://example.org/warnings"
    words = ['"x" \\ is never true', "did you mean جوبر?"]
    warnings = [{"rule": "never-true", "message": message, "line": 1, "column": 2} for message in words]
    properties = {"warnings": warnings, "links": [f"{page}#never-true"]}
    for method, body in (("GET", b"123"), ("GET", None), ("HEAD", None)):
        result = ScriptedResult("text/csv", [b"123"], body=body, properties=properties)
        link = respond(result, method).headers["link"]
        assert link.startswith(
            f'<{page}#never-true>; rel="help"; title="line 1, column 2: \\"x\\" \\\\ is never true", '
        )
        assert link.endswith("title*=UTF-8''" + quote("line 1, column 2: did you mean جوبر?"))
    assert "link" not in respond(ScriptedResult("text/csv", [], body=b"1")).headers


def test_links_are_no_longer_than_proxies_accept() -> None:
    warnings = [{"rule": "never-true", "message": "جوبر" * 70, "line": 1, "column": 2}] * 8
    properties = {"warnings": warnings, "links": ["http://example.org/warnings#never-true"]}
    for count in (1, 8):
        result = ScriptedResult("text/csv", [], body=b"1", properties=properties | {"warnings": warnings[:count]})
        assert respond(result).headers["link"].count("rel=") == 1


def test_small_result_has_a_length_and_a_large_one_streams() -> None:
    assert respond(ScriptedResult("text/csv", [], body=b"123")).headers["content-length"] == "3"
    assert isinstance(respond(ScriptedResult("text/csv", [b"123"])), StreamedResult)


def test_head_closes_the_result_unread() -> None:
    result = ScriptedResult("text/csv", [AssertionError()])
    assert respond(result, "HEAD").body == b""
    assert result.closed
