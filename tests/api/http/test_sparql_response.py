"""What may go wrong with a result after it began, and what is held back until it is whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import Response

from api.http import sparql_response
from api.http.sparql_response import NotRepresentableError, StreamedResult, create_response
from kg.errors import QueryDeadlineError, QueryLimitError
from kg.execution.interface import QueryForm


@dataclass
class Scripted:
    """A result of these chunks; an exception among them is raised in its place."""

    media_type: str
    chunks: list[bytes | Exception]
    form: QueryForm = QueryForm.SOLUTIONS
    body: bytes | None = None
    closed: int = field(default=0)

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    def close(self) -> None:
        self.closed += 1


def made(result: Scripted, method: str = "GET") -> Response:
    request = Request({"type": "http", "method": method, "headers": []})
    return asyncio.run(create_response(request, result, result.media_type, {}))


def sent(result: Scripted) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The messages of a whole answer, and what it left in its scope."""
    messages: list[dict[str, object]] = []
    scope: dict[str, object] = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.3"}}

    async def answer() -> None:
        async def receive() -> dict[str, object]:
            await asyncio.sleep(10)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            messages.append(message)

        made = await create_response(Request(scope), result, result.media_type, {})
        await made(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(answer())
    return messages, scope


@pytest.mark.parametrize("media_type", sparql_response.BUFFERED)
def test_what_is_held_back_has_a_cap(media_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql_response, "BUFFERED_MAX_BYTES", 10)
    result = Scripted(media_type, [b"123456", b"123456"], QueryForm.GRAPH)
    with pytest.raises(QueryLimitError, match="Turtle"):
        made(result)
    assert result.closed


@pytest.mark.parametrize("media_type", sparql_response.BUFFERED)
def test_what_is_held_back_fails_before_the_first_byte(media_type: str) -> None:
    result = Scripted(media_type, [b"<a>", QueryDeadlineError(1)], QueryForm.GRAPH)
    with pytest.raises(QueryDeadlineError):
        made(result)
    assert result.closed


def test_failure_in_the_middle_leaves_the_answer_unended() -> None:
    for failure, media_type in ((QueryDeadlineError(1), "text/csv"), (b"\x01", "application/sparql-results+xml")):
        result = Scripted(media_type, [b"one", failure, b"two"])
        messages, scope = sent(result)
        assert [message["type"] for message in messages] == ["http.response.start", "http.response.body"]
        assert messages[-1]["more_body"] is True
        assert (scope["outcome"], bool(result.closed)) == ("broken", True)


def test_character_that_xml_lacks_is_seen_across_chunks() -> None:
    result = Scripted("application/sparql-results+xml", [b"one\xef\xbf", b"\xbftwo"])
    _, scope = sent(result)
    assert scope["outcome"] == "broken"
    with pytest.raises(NotRepresentableError) as refused:
        made(Scripted("application/sparql-results+xml", [b"\x00"]))
    assert "application/sparql-results+json" in refused.value.available


def test_small_results_have_a_length_and_large_ones_stream() -> None:
    assert made(Scripted("text/csv", [], body=b"123")).headers["content-length"] == "3"
    assert isinstance(made(Scripted("text/csv", [b"123"])), StreamedResult)


def test_head_reads_nothing() -> None:
    result = Scripted("text/csv", [AssertionError()])
    assert made(result, "HEAD").body == b""
    assert result.closed
