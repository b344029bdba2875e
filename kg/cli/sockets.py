"""The sockets on which ``kg serve`` listens, bound before the data directory is opened. Knows no HTTP."""

import errno
import socket
from contextlib import ExitStack

from kg.errors import BadParameterError
from kg.server_file import host_and_port

_BACKLOG = 2048


def bind_sockets(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of the host, all on one port; port 0 becomes a free one.

    An IPv6 socket takes no IPv4 connections, so that the address of a client always is what it says. Raises
    BadParameterError, naming the variable, if the host has no address here or the port cannot be used.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise BadParameterError("KG_HOST", f"{host!r} has no address: {_reason(error)}") from None
    sockets: list[socket.socket] = []
    with ExitStack() as opened:
        for family, _, _, _, address in dict.fromkeys(found):
            chosen = sockets[0].getsockname()[1] if sockets else port
            sockets.append(opened.enter_context(_bind(family, (str(address[0]), chosen, *address[2:]), host)))
        opened.pop_all()
    return sockets


def _bind(family: int, address: tuple[object, ...], host: str) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)  # only a listening socket reserves its port against another that may be reused
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise _bind_error(error, host, str(address[1])) from None
    return bound


def _bind_error(error: OSError, host: str, port: str) -> BadParameterError:
    where = host_and_port(host, int(port))
    match error.errno:
        case errno.EADDRINUSE:
            return BadParameterError("KG_PORT", f"{where} is in use by another process; choose another")
        case errno.EACCES:
            return BadParameterError("KG_PORT", f"no permission to listen on {where}; choose a port above 1023")
        case _:
            return BadParameterError("KG_HOST", f"cannot listen on {where}: {_reason(error)}")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
