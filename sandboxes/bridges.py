from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from .base import Listener, Sandbox, SandboxError, SandboxRefusal, Stream
from .services import Service

_AT_ONCE = 64
"""Connections; more wait."""


@asynccontextmanager
async def bridged(service: Service, sandbox: Sandbox) -> AsyncGenerator[int]:
    """A port on the loopback of `sandbox`, which answers with `service`; its own number where that is free there.

    `service`, which was probed, runs in another sandbox: neither sees anything else of the other.
    """
    relays: set[asyncio.Task[None]] = set()
    slots = asyncio.Semaphore(_AT_ONCE)
    async with await _listen(sandbox, service.port) as listener:
        accepting = asyncio.create_task(_accept(listener, service, slots, relays))
        try:
            yield listener.port
        finally:
            for task in (accepting, *relays):
                task.cancel()
            await asyncio.gather(accepting, *relays, return_exceptions=True)


async def _listen(sandbox: Sandbox, port: int) -> Listener:
    try:
        return await sandbox.listen(port)
    except SandboxRefusal:
        return await sandbox.listen(0)


async def _accept(
    listener: Listener, service: Service, slots: asyncio.Semaphore, relays: set[asyncio.Task[None]]
) -> None:
    while True:
        await slots.acquire()
        task = asyncio.create_task(_relay(await listener.accept(), service))
        relays.add(task)
        task.add_done_callback(relays.discard)
        task.add_done_callback(lambda _: slots.release())


async def _relay(near: Stream, service: Service) -> None:
    with suppress(OSError, SandboxError):  # either side may go at any time, and the other one sees that
        try:
            far = await service.connect()
            try:
                await _both(near, far)
            finally:
                await far.close()
        finally:
            await near.close()


async def _both(near: Stream, far: Stream) -> None:
    sending = asyncio.create_task(_pass_on(near, far))
    try:
        await _pass_on(far, near)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _pass_on(source: Stream, target: Stream) -> None:
    while data := await source.read():
        await target.write(data)
    await target.end()
