"""All coders of a wave ask for the same map at once; it is made once, and a coder that is stopped stops no other."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.graphs.keeping import Kept


class Making:
    """Makes a number, slowly, and knows how often it did."""

    def __init__(self) -> None:
        self.made: list[int] = []

    async def make(self, number: int) -> int:
        await asyncio.sleep(0)
        self.made.append(number)
        return number


@given(st.lists(st.integers(0, 3)))
def test_each_value_is_made_once_however_many_ask(asked: list[int]) -> None:
    async def ask() -> None:
        kept, making = Kept[int](4), Making()
        got = await asyncio.gather(*(kept.get(each, lambda each=each: making.make(each)) for each in asked))
        assert list(got) == asked
        assert making.made == list(dict.fromkeys(asked))

    asyncio.run(ask())


async def test_the_newest_are_kept() -> None:
    kept, making = Kept[int](2), Making()
    for number in (1, 2, 3, 3, 2, 1):
        await kept.get(number, lambda number=number: making.make(number))
    assert making.made == [1, 2, 3, 1]


async def test_who_is_cancelled_or_fails_leaves_it_to_the_next() -> None:
    kept, making, started = Kept[int](2), Making(), asyncio.Event()

    async def never() -> int:
        started.set()
        await asyncio.Event().wait()
        return 0

    async def fails() -> int:
        raise OSError("the server went away")

    first = asyncio.create_task(kept.get(1, never))
    await started.wait()
    others = [asyncio.create_task(kept.get(1, fails)), asyncio.create_task(kept.get(1, lambda: making.make(1)))]
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    with pytest.raises(OSError, match="went away"):
        await others[0]
    assert (await others[1], making.made) == (1, [1])
