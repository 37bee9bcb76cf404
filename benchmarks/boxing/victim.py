"""A framework to be killed: `python -m boxing.victim BACKEND HOST SANDBOXES`. Says on stdout how far it is."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from typing import Any

from slipway.sandboxes import Command, FileContent, Sandbox
from slipway.sandboxes.pool import Pool

from .ours import backend

_BUSY = Command.shell("setsid sh -c 'while :; do :; done' & (setsid setsid sleep 1000 &); trap '' TERM INT; sleep 1000")
_SHORT = Command.shell("setsid sleep 1000 & cat work/0 >> log; true")


def main() -> None:
    """Work until killed."""
    name, host, sandboxes = sys.argv[1:]
    asyncio.run(_work(name, host, int(sandboxes)))


async def _work(name: str, host: str, sandboxes: int) -> None:
    async with backend(name, host or None) as one, Pool[Any](ahead=2, most=4, at_once=4) as pool:
        print("begins", flush=True)
        await asyncio.gather(*[_one(pool, one.launcher, number) for number in range(sandboxes)])


async def _one(pool: Pool[Any], launcher: Any, number: int) -> None:
    sandbox = await pool.take(launcher)
    print("open", flush=True)
    if number % 2:
        await sandbox.exec(_BUSY)
    else:
        await _change(sandbox)


async def _change(sandbox: Sandbox) -> None:
    """Files, short commands, forks."""
    for turn in count():
        await sandbox.write({f"work/{turn % 50}": FileContent(b"x" * 10_000)})
        assert (await sandbox.exec(_SHORT)).ok
        if turn % 10 == 5:
            fork = await sandbox.fork()
            await fork.exec(_SHORT)
            await fork.close()


if __name__ == "__main__":
    main()
