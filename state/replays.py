from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import get_args

from redis.asyncio import Redis

from .base import Fence
from .journal import Journal
from .records import CallKind, JournalEntry, Stage


class RecordedJournal(Journal):
    """The journal of a fork or a replay: what it has not recorded itself is answered from other runs.

    They are asked in the order of `sources`, and only for calls of these `kinds`. The calls of the stage `anew` are not
    answered by them: they are to be made again. With `keep`, what they answered is recorded here, too.
    """

    def __init__(
        self,
        redis: Redis,
        fence: Fence,
        sources: Sequence[str],
        *,
        kinds: Collection[CallKind] = get_args(CallKind),
        anew: Stage | None = None,
        keep: bool = False,
    ) -> None:
        super().__init__(redis, fence)
        self._sources = [Journal(redis, Fence(run, 0)) for run in sources]  # only read from
        self._kinds = kinds
        self._anew = anew
        self._keep = keep

    async def find(self, step: str, index: int, kind: str, digest: str) -> JournalEntry | None:
        """The recorded answer of a call, of this run or of those that it was made of."""
        found = await super().find(step, index, kind, digest)
        if found is not None or kind not in self._kinds or step.partition("/")[0] == self._anew:
            return found
        for source in self._sources:
            found = await source.find(step, index, kind, digest)
            if found is not None:
                return await self.record(found) if self._keep else found
        return None
