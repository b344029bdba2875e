"""The order in which requests of several clients start."""

import asyncio
from collections.abc import Awaitable, Callable

from api.http.turns import STARTS_MAX, Turns

Log = list[str]


def run(scenario: Callable[[Turns, Log], Awaitable[None]]) -> Log:
    log: Log = []

    async def start() -> None:
        await scenario(Turns(), log)

    asyncio.run(start())
    return log


def test_a_client_that_is_alone_waits_for_nothing() -> None:
    async def scenario(turns: Turns, log: Log) -> None:
        turns.take("a", lambda: log.append("first"))
        await asyncio.sleep(0.3)  # nobody else has sent meanwhile
        for number in range(20):
            turns.take("a", lambda number=number: log.append(str(number)))  # type: ignore[misc]
        log.append("end of the iteration")

    assert run(scenario) == ["first", *map(str, range(20)), "end of the iteration"]


def test_beside_others_a_client_starts_one_request_in_an_iteration() -> None:
    async def scenario(turns: Turns, log: Log) -> None:
        for _ in range(10):
            turns.take("flood", lambda: log.append("flood"))
        turns.take("other", lambda: log.append("other"))
        log.append("|")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        log.append("|")
        for _ in range(20):
            await asyncio.sleep(0)

    log = run(scenario)
    assert log[:3] == ["flood", "other", "|"]
    assert log[3 : log.index("|", 3)].count("flood") <= 2
    assert log.count("flood") == 10


def test_who_has_started_none_lately_goes_first_however_many_wait() -> None:
    async def scenario(turns: Turns, log: Log) -> None:
        for _ in range(3):
            for client in range(50):
                turns.take(f"flood {client}", lambda: log.append("flood"))
        await asyncio.sleep(0)
        turns.take("other", lambda: log.append("other"))
        for _ in range(100):
            await asyncio.sleep(0)

    log = run(scenario)
    assert log.count("flood") == 150
    assert log.index("other") <= 3 * STARTS_MAX


def test_clients_are_forgotten_while_others_go_on_sending() -> None:
    async def scenario(turns: Turns, log: Log) -> None:
        for number in range(1_000):
            turns.take(f"once {number}", lambda: log.append("once"))
            turns.take("often", lambda: log.append("often"))
            if number % 100 == 0:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        turns.take("a", lambda: None)
        turns.take("b", lambda: None)
        await asyncio.sleep(0.02)
        log.append(str(len(turns)))

    log = run(scenario)
    assert log.count("once") == 1_000
    assert int(log[-1]) <= 3


def test_every_request_starts_once_and_in_the_order_of_its_client() -> None:
    async def scenario(turns: Turns, log: Log) -> None:
        for number in range(200):
            client = f"{number % 7}"
            turns.take(client, lambda client=client, number=number: log.append(f"{client} {number}"))  # type: ignore[misc]
            if number % 13 == 0:
                await asyncio.sleep(0)
        for _ in range(200):
            await asyncio.sleep(0)

    log = run(scenario)
    assert len(log) == len(set(log)) == 200
    for client in map(str, range(7)):
        numbers = [int(entry.split()[1]) for entry in log if entry.split()[0] == client]
        assert numbers == sorted(numbers)
