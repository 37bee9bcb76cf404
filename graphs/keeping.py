from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Values that take long to make, each made once for all who ask; the newest `most` are kept.

    Who is cancelled, or fails, while making one leaves it to the next who waits for it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = asyncio.Lock()
        self._values: dict[Hashable, T] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The value of `key`, by `make` where there is none yet; one is made at a time."""
        async with self._lock:
            if key not in self._values:
                made = await make()
                while len(self._values) >= self._most:
                    del self._values[next(iter(self._values))]
                self._values[key] = made
            return self._values[key]
