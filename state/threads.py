from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def opened(opening: Callable[[], T], close: Callable[[T], object]) -> T:
    """What `opening` opens, in a thread, since it blocks.

    A thread cannot be stopped: where the caller is cancelled meanwhile, it comes to its end first, and what it opened
    is closed, in a thread, too. What it raises then is not told.
    """
    task = asyncio.ensure_future(asyncio.to_thread(opening))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled() and task.exception() is None:
            await asyncio.to_thread(close, task.result())
        raise
