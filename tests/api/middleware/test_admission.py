"""Shares of clients: further requests of one wait, those of others do not; none is lost."""

import asyncio

import pytest

from api.middleware.admission import ClientShares


def test_further_request_waits_for_one_of_the_same_client() -> None:
    async def enter() -> None:
        shares = ClientShares(2, 30)
        assert await shares.enter("a")
        assert await shares.enter("a")
        third = asyncio.ensure_future(shares.enter("a"))
        await asyncio.sleep(0)
        assert (third.done(), shares.waiting, shares.running) == (False, 1, 2)
        assert await shares.enter("b")
        shares.leave("a")
        assert await third
        assert (shares.waiting, shares.running) == (0, 3)
        for client in ("a", "a", "b"):
            shares.leave(client)
        assert (shares.waiting, shares.running) == (0, 0)

    asyncio.run(enter())


def test_wait_ends() -> None:
    async def enter() -> None:
        shares = ClientShares(1, 0.01)
        assert await shares.enter("a")
        assert not await shares.enter("a")
        assert (shares.refused, shares.waiting, shares.running) == (1, 0, 1)

    asyncio.run(enter())


def test_cancelled_request_leaves_no_trace() -> None:
    async def enter() -> None:
        shares = ClientShares(1, 30)
        assert await shares.enter("a")
        for is_free in (False, True):
            waiting = asyncio.ensure_future(shares.enter("a"))
            await asyncio.sleep(0)
            if is_free:
                shares.leave("a")
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert (shares.waiting, shares.running) == (0, 0)

    asyncio.run(enter())
