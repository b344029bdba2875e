"""The addresses that ``bench.pages`` asks for: of each kind as many as are wanted, no two the same."""

import json
from pathlib import Path

from bench.generate import generate, values_path
from bench.pages import LISTS, build_addresses, read_shipped


def test_no_address_is_asked_for_twice(tmp_path: Path) -> None:
    data = tmp_path / "data.nq"
    generate(10_000, data, 1)
    shipped = read_shipped(tmp_path, tmp_path / "shipped.nq")
    addresses = build_addresses(shipped, json.loads(values_path(data).read_text(encoding="utf-8")), 30)
    assert {
        "page of an incident, shipped",
        "page of an incident, generated",
        "list of statements",
        "search, shipped",
    } <= set(addresses)
    for found in addresses.values():
        assert len(set(found)) == 30
        assert all(address.startswith(("/page/", "/search?q=", *(f"/{name}?" for name in LISTS))) for address in found)
