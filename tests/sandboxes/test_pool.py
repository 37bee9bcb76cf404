"""A warm sandbox is taken in no time, is healthy and unused, and nobody's are left when the pool closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from slipway.sandboxes import FakeSandbox, SandboxGone, SandboxUnavailable
from slipway.sandboxes.pool import Pool

from ..clocks import pause, until


@dataclass(frozen=True)
class Fakes:
    """Opens fakes, as soon as it may, and remembers them."""

    name: str = "a"
    may: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1000), compare=False)
    """As many as it may open; the next waits."""
    made: list[FakeSandbox] = field(default_factory=list[FakeSandbox], compare=False)
    failing: list[bool] = field(default_factory=list[bool], compare=False)

    async def open(self, sibling: Callable[[], Coroutine[Any, Any, Any]] | None = None) -> FakeSandbox:
        await self.may.acquire()
        if self.failing:
            raise SandboxUnavailable("no sandbox here")
        self.made.append(FakeSandbox())
        return self.made[-1]


@pytest.fixture
async def pool() -> AsyncIterator[Pool[FakeSandbox]]:
    async with Pool[FakeSandbox](ahead=2, most=4) as pool:
        yield pool


async def settled(pool: Pool[FakeSandbox], ready: int) -> None:
    await until(lambda: pool.ready == ready)


async def closed(sandbox: FakeSandbox) -> bool:
    try:
        await sandbox.health()
    except SandboxGone:
        return True
    return False


async def closed_all(sandboxes: list[FakeSandbox]) -> bool:
    return all([await closed(sandbox) for sandbox in sandboxes])


async def test_one_is_ready_before_it_is_asked_for(pool: Pool[FakeSandbox]) -> None:
    fakes = Fakes(may=asyncio.Semaphore(2))
    pool.warm(fakes)
    await settled(pool, 2)
    async with asyncio.timeout(60):  # who had to wait for another one to be opened would wait for ever
        first, second = await pool.take(fakes), await pool.take(fakes)
    assert [first, second] == fakes.made
    for _ in range(2):
        fakes.may.release()
    await settled(pool, 2)
    assert len(fakes.made) == 4


async def test_a_dead_one_is_not_handed_out(pool: Pool[FakeSandbox]) -> None:
    fakes = Fakes()
    pool.warm(fakes)
    await settled(pool, 2)
    await fakes.made[0].close()
    assert await pool.take(fakes) is fakes.made[1]


async def test_it_is_bounded_and_gives_up_what_is_asked_for_least(pool: Pool[FakeSandbox]) -> None:
    kinds = [Fakes(name) for name in "abc"]
    for fakes in kinds:
        pool.warm(fakes)
        await until(lambda fakes=fakes: len(fakes.made) == 2)
    await until(lambda: closed_all(kinds[0].made))
    await settled(pool, 4)
    assert [[await closed(sandbox) for sandbox in fakes.made] for fakes in kinds] == [
        [True, True],
        [False, False],
        [False, False],
    ]


async def test_nothing_is_left_when_it_closes(pool: Pool[FakeSandbox]) -> None:
    quick, slow = Fakes("quick"), Fakes("slow", may=asyncio.Semaphore(0))
    pool.warm(quick)
    await settled(pool, 2)
    taken = await pool.take(quick)
    pool.warm(slow)
    await pool.close()
    await pool.close()
    for _ in range(4):
        slow.may.release()
    await pause(0.1)
    assert [await closed(sandbox) for sandbox in quick.made if sandbox is not taken] == [True] * (len(quick.made) - 1)
    assert (await closed(taken), slow.made) == (False, [])
    with pytest.raises(SandboxGone, match="pool"):
        await pool.take(quick)


async def test_a_failure_is_the_takers_and_the_next_one_tries_again(pool: Pool[FakeSandbox]) -> None:
    fakes = Fakes(failing=[True])
    with pytest.raises(SandboxUnavailable):
        await pool.take(fakes)
    fakes.failing.clear()
    async with asyncio.timeout(60):
        while not fakes.made:
            try:
                await pool.take(fakes)
            except SandboxUnavailable:
                continue


async def test_a_failure_of_yesterday_is_not_handed_out(pool: Pool[FakeSandbox]) -> None:
    fakes = Fakes(failing=[True])
    pool.warm(fakes)
    await asyncio.sleep(0.05)
    fakes.failing.clear()
    assert await pool.take(fakes) in fakes.made


async def test_a_taker_that_is_cancelled_leaves_nothing(pool: Pool[FakeSandbox]) -> None:
    fakes = Fakes(may=asyncio.Semaphore(0))
    taking = asyncio.create_task(pool.take(fakes))
    await asyncio.sleep(0.05)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    fakes.may.release()
    await pause(0.1)
    await pool.close()
    assert [await closed(sandbox) for sandbox in fakes.made] == [True] * len(fakes.made)


async def test_many_takers_at_once_get_one_each(pool: Pool[FakeSandbox]) -> None:
    fakes = Fakes()
    taken = await asyncio.gather(*[pool.take(fakes) for _ in range(50)])
    assert len({id(sandbox) for sandbox in taken}) == 50
