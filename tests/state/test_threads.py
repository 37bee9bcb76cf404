"""A thread outlives its cancelled caller: what it opens then is nobody's, and stays open unless somebody closes it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from slipway.state.threads import opened


class Door:
    """Something that takes a while to open."""

    def __init__(self, error: Exception | None = None) -> None:
        self.opening, self.may_open = threading.Event(), threading.Event()
        self.said: list[str] = []
        self._error = error

    def open(self) -> Door:
        self.opening.set()
        assert self.may_open.wait(30)
        self.said.append("open")
        if self._error:
            raise self._error
        return self

    def close(self) -> None:
        self.said.append("closed")


async def _cancelled_while_opening(door: Door, *, times: int) -> None:
    task = asyncio.create_task(opened(door.open, Door.close))
    await asyncio.to_thread(door.opening.wait, 30)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done()  # it is still being opened
    door.may_open.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_it_opened_is_the_callers() -> None:
    door = Door()
    door.may_open.set()
    assert await opened(door.open, Door.close) is door
    assert door.said == ["open"]


@pytest.mark.parametrize("times", [1, 3])
async def test_what_was_opened_for_nobody_is_closed(times: int) -> None:
    """However often the caller is cancelled."""
    door = Door()
    await _cancelled_while_opening(door, times=times)
    assert door.said == ["open", "closed"]


async def test_what_fails_to_open_is_told_and_not_closed() -> None:
    door = Door(OSError("jammed"))
    door.may_open.set()
    with pytest.raises(OSError, match="jammed"):
        await opened(door.open, Door.close)
    late = Door(OSError("jammed"))
    await _cancelled_while_opening(late, times=1)
    assert (door.said, late.said) == (["open"], ["open"])
