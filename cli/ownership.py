from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis

from ..state import RunStore, UnknownRun, fate_of, is_held

if TYPE_CHECKING:
    from ..sandboxes.docker import Left


async def owner(redis: Redis, container: Left) -> tuple[bool, str]:
    """Whether a sandbox is nobody's any more, and what there is to say of its owner.

    Its opener decides where that can be judged from here, being of this machine; else the lease of its run does.
    """
    run = f"of run {container.run}" if container.run else "of no run"
    fate = await fate_of(container.opener)
    if fate == "dead":
        return True, f"{run}, whose process is dead: `slipway gc` removes it"
    if fate == "alive":
        return False, f"{run}, whose process is alive"
    if not container.run:
        return False, f"{run}, opened by a process that cannot be judged from here"
    try:
        await RunStore(redis).get(container.run)
    except UnknownRun:
        return False, f"{run}, which this state does not know"
    if await is_held(redis, container.run):
        return False, f"{run}, which is being worked on"
    return True, f"{run}, which nobody works on: `slipway gc` removes it"
