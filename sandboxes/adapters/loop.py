from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """An event loop in a thread of its own, for callers that have none, or one that comes and goes.

    What was opened in it lives there: a sandbox's streams belong to one loop. It must not be called from itself.
    """

    def __init__(self, name: str) -> None:
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), name=name, daemon=True)
        self._thread.start()
        self._loop, self._over = self._ready.result()

    @property
    def running(self) -> bool:
        """Whether it can still be called."""
        return self._thread.is_alive()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end in the loop, and return or raise what it does."""
        future = self._submit(work)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # a caller that is interrupted does not leave it running
            raise

    async def acall(self, work: Coroutine[Any, Any, T]) -> T:
        """As `call`, from any other loop; cancelling it cancels `work`."""
        return await asyncio.wrap_future(self._submit(work))

    def close(self) -> None:
        """Cancel what still runs, end the loop and the thread. Closing twice is harmless."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        if not self._thread.is_alive():
            work.close()
            raise RuntimeError("it was closed")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _serve(self) -> None:
        over = asyncio.Event()
        self._ready.set_result((asyncio.get_running_loop(), over))
        await over.wait()
