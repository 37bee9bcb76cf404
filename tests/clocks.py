"""Seconds as a test may count them: what the machine spent standing still breaks no promise about time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Self

_STEP = 0.02


class Stopwatch:
    """Counts seconds while its block runs. A step in which the machine stood still counts as two short ones."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._over = threading.Event()
        self._counting = threading.Thread(target=self._count)

    def __enter__(self) -> Self:
        self._counting.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._over.set()
        self._counting.join()

    def _count(self) -> None:
        last = time.monotonic()
        while not self._over.wait(_STEP):
            now = time.monotonic()
            self.seconds += min(now - last, 2 * _STEP)
            last = now


async def within(seconds: float, condition: Callable[[], bool | Awaitable[bool]]) -> bool:
    """Whether `condition` comes true in so many seconds, looked at in steps: a long one is one, as above."""
    for _ in range(round(seconds / _STEP)):
        if await _holds(condition):
            return True
        await asyncio.sleep(_STEP)
    return await _holds(condition)


async def pause(seconds: float) -> None:
    """Let others go on for so many seconds in which they can."""
    for _ in range(round(seconds / _STEP)):
        await asyncio.sleep(_STEP)


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 60) -> None:
    """Wait for what must come; a fault of the test's own where it does not in so long."""
    assert await within(seconds, condition), "it never came so far"


async def _holds(condition: Callable[[], bool | Awaitable[bool]]) -> bool:
    found = condition()
    return found if isinstance(found, bool) else await found
