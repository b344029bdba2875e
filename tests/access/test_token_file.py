"""The file of tokens: private, whole or not at all, followed while others write it, and closed when it is damaged."""

import json
import os
import stat
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kg.access.scope import EVERYTHING
from kg.access.token import Token, create_token
from kg.access.token_file import TOKEN_FILE, TokenFile
from kg.errors import TokenFileError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def new_token(name: str = "importer") -> Token:
    return create_token(name, EVERYTHING, NOW, NOW + timedelta(days=1))[0]


def add(file: TokenFile, token: Token) -> None:
    file.change(lambda tokens: [*tokens, token])


def test_without_a_file_there_is_no_token(tmp_path: Path) -> None:
    assert TokenFile(tmp_path / "not-there").find("0" * 12) is None
    assert list(TokenFile(tmp_path).read()) == []


def test_a_reader_follows_what_others_write(tmp_path: Path) -> None:
    reader, writer = TokenFile(tmp_path / "new"), TokenFile(tmp_path / "new")
    tokens = [new_token(str(number)) for number in range(5)]
    for token in tokens:
        assert reader.find(token.id) is None
        add(writer, token)
        assert reader.find(token.id) == token
    writer.change(lambda present: present[1:])
    assert reader.find(tokens[0].id) is None
    assert reader.find(tokens[1].id) == tokens[1]
    writer.path.unlink()
    assert reader.find(tokens[1].id) is None


def test_only_its_owner_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        for _ in range(2):
            add(TokenFile(tmp_path), new_token())
            assert stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600
    finally:
        os.umask(previous)


def test_a_change_that_fails_leaves_the_file_and_nothing_else(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    add(file, new_token())
    before = file.path.read_bytes()

    def fail(_: Sequence[Token]) -> Sequence[Token]:
        raise KeyError

    with pytest.raises(KeyError):
        file.change(fail)
    assert file.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [TOKEN_FILE]


def test_it_is_synced_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def observe_sync(descriptor: int) -> None:
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        sync(descriptor)

    def observe_rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", observe_sync)
    monkeypatch.setattr(Path, "replace", observe_rename)
    add(TokenFile(tmp_path), new_token())
    assert steps == ["sync file", "rename", "sync folder"]


def test_a_change_that_was_interrupted_is_in_nobodys_way(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    file.path.with_suffix(".next").write_text("half")
    add(file, new_token())
    assert len(file.read()) == 1


def test_changes_at_once_are_all_made(tmp_path: Path) -> None:
    tokens = [new_token(str(number)) for number in range(20)]
    threads = [threading.Thread(target=add, args=(TokenFile(tmp_path), token)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {token.id for token in TokenFile(tmp_path).read()} == {token.id for token in tokens}


Content = dict[str, Any]


def with_token(**members: object) -> Callable[[Content], bytes]:
    def change(content: Content) -> bytes:
        content["tokens"][0].update(members)
        return json.dumps(content).encode()

    return change


DAMAGE: Mapping[str, Callable[[Content], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda content: json.dumps(content).encode()[:-20],
    "no JSON": lambda _: b"tokens",
    "no UTF-8": lambda content: b"\xff" + json.dumps(content).encode(),
    "another format": lambda content: json.dumps({**content, "format": 2}).encode(),
    "a list": lambda _: b"[]",
    "no tokens": lambda _: b'{"format": 1}',
    "a digest that is none": with_token(sha256=""),
    "a digest that is no text": with_token(sha256=None),
    "no expiry": with_token(expires=None),
    "an unknown operation": with_token(operations=["everything"]),
    "an id twice": lambda content: json.dumps({**content, "tokens": content["tokens"] * 2}).encode(),
    "deeply nested": lambda _: b'{"format": 1, "tokens": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_has_no_token_and_says_so(tmp_path: Path, name: str) -> None:
    file, token = TokenFile(tmp_path), new_token()
    add(file, token)
    assert file.find(token.id) == token
    content = file.path.read_bytes()
    file.path.write_bytes(DAMAGE[name](json.loads(content)))
    for _ in range(2):
        with pytest.raises(TokenFileError, match="kg token make"):
            file.find(token.id)
    with pytest.raises(TokenFileError):
        add(file, new_token())
    file.path.write_bytes(content)
    assert file.find(token.id) == token


def test_a_folder_in_its_place_is_reported(tmp_path: Path) -> None:
    (tmp_path / TOKEN_FILE).mkdir()
    with pytest.raises(TokenFileError):
        TokenFile(tmp_path).find("0" * 12)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may write files for others")
def test_a_file_that_root_writes_belongs_to_whoever_owns_the_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 23456)
    add(TokenFile(tmp_path), new_token())
    status = (tmp_path / TOKEN_FILE).stat()
    assert (status.st_uid, status.st_gid) == (12345, 23456)
    assert stat.S_IMODE(status.st_mode) == 0o600
