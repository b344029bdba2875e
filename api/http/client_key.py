"""Who a client is for its fair share: an IPv4 address, or the first 64 bits of an IPv6 address.

Behind trusted proxies the client is the one that they name in X-Forwarded-For, or Forwarded (RFC 7239). Knows no limit.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

LOCAL = "local"
"""The key of peers without an IP address, such as those of a Unix socket."""
_IPV6_PREFIX = 64
_FORWARDED_MAX_LENGTH = 4_000
_FOR = re.compile(r'(?:^|[;,])\s*for=("[^"]*"|[^;,"\s]*)', re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(4096)
def share_key(address: str) -> str:
    """The key of this address; an IPv4 address that is mapped into IPv6 has the key of the IPv4 address."""
    parsed = _parse(address)
    if parsed is None:
        return LOCAL
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed.packed, _IPV6_PREFIX), strict=False))
    return str(parsed)


class ClientKeys:
    """The keys of clients, some of which connect through these proxies."""

    def __init__(self, trusted_proxies: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(proxy, strict=False) for proxy in trusted_proxies]
        self.is_proxy = lru_cache(4096)(self._is_proxy)

    def _is_proxy(self, address: str) -> bool:
        parsed = _parse(address)
        return parsed is not None and any(parsed in network for network in self._networks)

    def forwarded_key(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The key of the client for which the proxy ``peer`` sends a request with these headers.

        Read from right to left, the first address that is no trusted proxy; what is left of it is the client's word.
        """
        client = peer
        for address in reversed(_forwarded_addresses(headers)):
            if _parse(address) is None:
                break
            client = address
            if not self.is_proxy(address):
                break
        return share_key(client)


def _forwarded_addresses(headers: Iterable[tuple[bytes, bytes]]) -> Sequence[str]:
    """The addresses in X-Forwarded-For; without it, those in Forwarded."""
    headers = list(headers)
    if listed := _joined(headers, b"x-forwarded-for"):
        return [_without_port(item.strip()) for item in listed.split(",")]
    return [_without_port(item.strip('"')) for item in _FOR.findall(_joined(headers, b"forwarded"))]


def _joined(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    """The end of the field's value: what the nearest proxies have added."""
    value = b",".join(value for name, value in headers if name == wanted)
    return value[-_FORWARDED_MAX_LENGTH:].decode("latin-1")


def _without_port(node: str) -> str:
    if node.startswith("["):
        return node[1:].partition("]")[0]
    return node.partition(":")[0] if node.count(":") == 1 else node


def _parse(address: str) -> Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
