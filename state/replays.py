from __future__ import annotations

from redis.asyncio import Redis

from .base import Fence
from .journal import Journal
from .records import JournalEntry, Stage


class ReplayJournal(Journal):
    """The journal of a replay: what it has not recorded itself is answered from the run that it replays.

    The calls of the stage `anew` are not: they are to be made again.
    """

    def __init__(self, redis: Redis, fence: Fence, source: str, anew: Stage | None = None) -> None:
        super().__init__(redis, fence)
        self._source = Journal(redis, Fence(source, 0))  # only read from
        self._anew = anew

    async def find(self, step: str, index: int, kind: str, digest: str) -> JournalEntry | None:
        """The recorded answer of a call, of this run or of the one that it replays."""
        found = await super().find(step, index, kind, digest)
        if found is not None or step.partition("/")[0] == self._anew:
            return found
        return await self._source.find(step, index, kind, digest)
