"""The examples of the guide to writing, sent in their order to a server, get the answers that are shown."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.services import open_services
from kg.settings import Settings

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "writing.md"
BLOCK = re.compile(r"^```http\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
TOKEN = "a-token-for-tests-only"

pytestmark = pytest.mark.slow


class Message(NamedTuple):
    """A request or a response as the guide shows it."""

    first: list[str]
    headers: dict[str, str]
    body: str


def read_messages() -> Iterator[tuple[Message, Message]]:
    messages = [read_message(block["body"]) for block in BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))]
    return zip(messages[::2], messages[1::2], strict=True)


def read_message(text: str) -> Message:
    head, _, body = text.partition("\n\n")
    first, *fields = head.rstrip().split("\n")
    return Message(first.split(" "), dict(field.split(": ", 1) for field in fields), body)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory = tmp_path_factory.mktemp("data")
    services = open_services(Settings(data_dir=directory, empty=True, workers=1, write_token=TOKEN))
    with TestClient(create_app(services)) as client:
        while not client.get("/readyz").is_success:
            time.sleep(0.05)
        services.writer.validate_all()  # until then, writes are answered with 503
        yield client


def test_the_examples_get_the_answers_shown(client: TestClient) -> None:
    tags: dict[str, str] = {}
    examples = list(read_messages())
    assert len(examples) > 8
    for request, shown in examples:
        method, path, _ = request.first
        headers = {name: tags.get(value, value).replace("TOKEN", TOKEN) for name, value in request.headers.items()}
        response = client.request(method, path, content=request.body, headers=headers)
        assert response.status_code == int(shown.first[1]), f"{method} {path}: {response.text}"
        for name, value in shown.headers.items():
            assert name in response.headers
            if name == "ETag":
                tags[value] = response.headers[name]
            elif name == "Content-Type":
                assert response.headers[name] == value
        for line in shown.body.splitlines():
            assert line in response.text
