"""What is measured, where, how often; and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slipway.sandboxes import Command, Sandbox
from slipway.sandboxes.pool import Pool

from .ours import Backend
from .turns import Samples

TRUE = Command(("/bin/true",))


@dataclass(frozen=True)
class Amounts:
    """How often each thing is measured."""

    commands: int = 1000
    beside: int = 60
    checkouts: int = 60
    writes: int = 30
    forks: int = 40
    copies: int = 3
    crowds: int = 3
    requests: int = 200
    openings: int = 10
    closings: int = 2
    """Of llm-sandbox, which takes ten seconds."""


QUICK = Amounts(20, 3, 3, 3, 3, 1, 1, 10, 2, 1)


@dataclass(frozen=True)
class Setting:
    """What is measured, where."""

    backends: Sequence[Backend]
    host: str | None
    """The Engine's address; None where Docker is left out."""
    others: Sequence[str]
    amounts: Amounts
    sections: Sequence[str]


@dataclass
class Measured:
    """Everything, in the order of the report."""

    commands: Samples = field(default_factory=dict)
    beside: Samples = field(default_factory=dict)
    checkout: Samples = field(default_factory=dict)
    files: Samples = field(default_factory=dict)
    forks: Samples = field(default_factory=dict)
    crowd: Samples = field(default_factory=dict)
    """Seconds that one command takes of the time of all."""
    previews: Samples = field(default_factory=dict)
    openings: Samples = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    """What could not be measured, and why."""
    load: float = 0.0
    """Processes that wanted to compute in the minute before."""


@asynccontextmanager
async def all_open(setting: Setting) -> AsyncIterator[dict[str, Sandbox]]:
    async with AsyncExitStack() as stack:
        yield {backend.name: await stack.enter_async_context(one_open(backend)) for backend in setting.backends}


@asynccontextmanager
async def one_open(backend: Backend) -> AsyncIterator[Sandbox]:
    sandbox = await backend.launcher.open()
    try:
        yield sandbox
    finally:
        await sandbox.close()


def small_pool() -> Pool[Any]:
    return Pool(ahead=1, most=2, at_once=1)


async def warm(backend: Backend, pool: Pool[Any]) -> None:
    pool.warm(backend.launcher)
    async with asyncio.timeout(60):
        while not pool.ready:
            await asyncio.sleep(0.01)


async def true(sandbox: Sandbox) -> None:
    """Run `/bin/true` in it."""
    assert (await sandbox.exec(TRUE)).ok
