import stat
from pathlib import Path

import pytest

from kg.server_file import ServerAddress, publish_address, read_address

ADDRESS = ServerAddress("http://127.0.0.1:8000", "token")


def test_address_is_readable_by_its_owner_only_while_the_block_runs(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    with publish_address(directory, ADDRESS):
        assert read_address(directory) == ADDRESS
        assert stat.S_IMODE((directory / "server.json").stat().st_mode) == 0o600
    assert read_address(directory) is None


def test_address_of_a_killed_server_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"url": "http://127.0.0.1:1", "token": "old"}')
    with publish_address(tmp_path, ADDRESS):
        assert read_address(tmp_path) == ADDRESS


@pytest.mark.parametrize("content", ["", "nonsense", "[]", '{"url": "http://127.0.0.1:1"}'])
def test_file_that_is_no_address_is_ignored(content: str, tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(content)
    assert read_address(tmp_path) is None
