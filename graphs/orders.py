"""What a running process is told from outside: to cancel the run, or to pause it.

Its inbox needs no lease, so an order is heard from the first moment of a passage on, also while that still opens what
it needs. A cancel outweighs a pause. An order that was not acted on when the process died is there for the next one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from redis.asyncio import Redis

from ..state import Cancel, CorruptState, Inbox, InboxMessage, Pause, StateUnavailable
from .failures import Verdict

_log = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0


class Halted(Exception):
    """Not a failure: a person told the run to stop."""

    def __init__(self, order: Cancel | Pause) -> None:
        super().__init__(order.kind)
        self.order = order


class Orders:
    """The orders to one passage of a run."""

    def __init__(self) -> None:
        self._order: Cancel | Pause | None = None
        self._given = asyncio.Event()

    @property
    def order(self) -> Cancel | Pause | None:
        """What the run was told so far."""
        return self._order

    def take(self, message: InboxMessage) -> None:
        """Note an order to stop; other messages are none."""
        if isinstance(message, Cancel) or (isinstance(message, Pause) and self._order is None):
            self._order = message
            self._given.set()

    @asynccontextmanager
    async def heeded(self) -> AsyncGenerator[None]:
        """Halted in place of what the block does, once there is an order; what the block began is ended before.

        A task that is cancelled by others meanwhile is cancelled, as without this.
        """
        task = asyncio.current_task()
        assert task is not None, "a passage is a task"
        before = task.cancelling()
        halting = asyncio.create_task(self._halt(task))
        try:
            yield
        except asyncio.CancelledError:
            if halting.done() and task.uncancel() <= before and self._order:
                raise Halted(self._order) from None
            raise
        except Exception:  # it may be what the block made of being cancelled
            if halting.done():
                task.uncancel()
            raise
        else:
            if halting.done():
                task.uncancel()
        finally:
            halting.cancel()

    async def _halt(self, task: asyncio.Task[Any]) -> None:
        await self._given.wait()
        task.cancel()

    async def listen(self, inbox: Inbox) -> None:
        """Take every message that nobody has acted on yet, and those to come; ends when it is cancelled."""
        after: str | None = None
        while True:
            try:
                if after is None:
                    after = await inbox.heard()
                    if order := await inbox.order():
                        self.take(order)
                async with aclosing(inbox.follow(after)) as messages:
                    async for name, message in messages:
                        after = name
                        self.take(message)
            except StateUnavailable as error:  # the run notices, too, where it lasts
                _log.warning("no orders can be heard: %s", error)
                await asyncio.sleep(_AGAIN_SECONDS)
            except CorruptState as error:
                _log.error("no orders can be heard any more: %s", error)
                return


@asynccontextmanager
async def listening(redis: Redis, run: str) -> AsyncGenerator[Orders]:
    """The orders to `run`, as they come until the block ends."""
    orders = Orders()
    listener = asyncio.create_task(orders.listen(Inbox(redis, run)))
    try:
        yield orders
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)


def obeyed(order: Cancel | Pause, run: str) -> Verdict:
    """How an order leaves a run."""
    match order:
        case Cancel():
            return Verdict("cancelled", "cancel", f"cancelled, as asked{f': {order.reason}' if order.reason else ''}")
        case Pause():
            return Verdict("paused", "pause", f"paused, as asked; go on with: slipway resume {run}")
