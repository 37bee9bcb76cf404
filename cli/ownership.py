from __future__ import annotations

from redis.asyncio import Redis

from ..state import RunStore, UnknownRun, is_held


async def owner(redis: Redis, run: str) -> tuple[bool, str]:
    """Whether a sandbox that names `run` is nobody's, and what there is to say of its owner."""
    if not run:
        return False, "of no run: its opener ends it"
    try:
        await RunStore(redis).get(run)
    except UnknownRun:
        return False, f"of run {run}, which this state does not know"
    if await is_held(redis, run):
        return False, f"of run {run}, which is being worked on"
    return True, f"of run {run}, which nobody works on: `slipway gc` removes it"
