"""Who a client is: by address, by network in IPv6, and by what a trusted proxy says."""

import pytest

from api.http.client_key import ClientKeys, share_key


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "local"),
        ("nonsense", "local"),
    ],
)
def test_share_is_that_of_an_address_or_a_network(address: str, key: str) -> None:
    assert share_key(address) == key


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "10.0.0.1"),
        ({"x-forwarded-for": "192.0.2.1"}, "192.0.2.1"),
        ({"x-forwarded-for": "198.51.100.7, 192.0.2.1"}, "192.0.2.1"),
        ({"x-forwarded-for": "192.0.2.1, 10.0.0.9"}, "192.0.2.1"),
        ({"x-forwarded-for": "192.0.2.1:4711"}, "192.0.2.1"),
        ({"x-forwarded-for": "[2001:db8::1]:4711"}, "2001:db8::/64"),
        ({"x-forwarded-for": "192.0.2.1, nonsense"}, "10.0.0.1"),
        ({"x-forwarded-for": "nonsense, 10.0.0.9"}, "10.0.0.9"),
        ({"forwarded": 'for=198.51.100.7, for="[2001:db8::1]:4711";proto=https'}, "2001:db8::/64"),
        ({"forwarded": "proto=https; For=192.0.2.1"}, "192.0.2.1"),
        ({"forwarded": "for=198.51.100.7", "x-forwarded-for": "192.0.2.1"}, "192.0.2.1"),
        ({"x-forwarded-for": "a," * 100_000 + "192.0.2.1"}, "192.0.2.1"),
    ],
)
def test_client_is_the_last_address_that_is_no_proxy(fields: dict[str, str], key: str) -> None:
    keys = ClientKeys(["10.0.0.0/8"])
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    assert keys.forwarded_key("10.0.0.1", headers) == key


def test_proxies_are_addresses_or_networks() -> None:
    keys = ClientKeys(["10.0.0.0/8", "::1"])
    assert keys.is_proxy("10.1.2.3")
    assert keys.is_proxy("::ffff:10.1.2.3")
    assert keys.is_proxy("::1")
    assert not keys.is_proxy("192.0.2.1")
