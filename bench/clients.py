"""Clients of one server at the same time, each with a connection of its own, in a process of their own where asked.

Knows only prepared requests: what they contain is for the caller.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context

from bench.client import Connection


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each request, and for how many seconds requests were sent."""

    milliseconds: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        """Responses."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which so many of the requests were answered."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * share)]


@dataclass(frozen=True, slots=True)
class Load:
    """What clients send to a port of loopback, each its own requests again and again, with a pause after each.

    Each has an address of its own, the last part of which is its number: a server may give each client a share.
    """

    port: int
    requests: Sequence[Sequence[bytes]]
    seconds: float
    pause_s: float = 0.0
    timeout_s: float = 60.0
    network: str = "127.0.1"
    """The first parts of the addresses."""

    def run(self) -> Times:
        """The times of all clients. Raises OSError or RuntimeError if a request fails."""
        times: list[float] = []
        failures: list[Exception] = []
        end = time.monotonic() + self.seconds

        def run_client(address: str, requests: Iterator[bytes]) -> None:
            try:
                with Connection(self.port, self.timeout_s, address) as connection:
                    while time.monotonic() < end:
                        times.append(time_request(connection, next(requests)))
                        time.sleep(self.pause_s)
            except (OSError, RuntimeError) as error:
                failures.append(error)

        clients = [(f"{self.network}.{number}", cycle(requests)) for number, requests in enumerate(self.requests, 1)]
        threads = [threading.Thread(target=run_client, args=client) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return Times(tuple(times), self.seconds)


@contextmanager
def in_background(load: Load) -> Iterator[Callable[[], Times]]:
    """Clients in a process of their own, which the caller does not slow; their times when they have ended."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(time.monotonic).result()  # the process is there
        future: Future[Times] = pool.submit(load.run)
        yield future.result


def time_request(connection: Connection, request: bytes) -> float:
    """Milliseconds until it is answered."""
    started = time.perf_counter()
    connection.send(request)
    return (time.perf_counter() - started) * 1e3
