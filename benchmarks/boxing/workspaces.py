"""Sandboxes themselves: taken from a pool, filled with files, forked, opened and closed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from slipway.sandboxes import Command, FileContent, Sandbox
from slipway.sandboxes.pool import Pool

from . import others
from .ours import Backend
from .setting import Measured, Setting, all_open, small_pool, true, warm
from .turns import Once, in_turns, timed

_MANY = {f"files/{number % 20}/{number}.py": b"x" * 2048 for number in range(1000)}
_FORKED = {f"files/{number % 100}/{number}": FileContent(b"x" * 100) for number in range(20_000)}


async def checkout(setting: Setting, found: Measured) -> None:
    async with AsyncExitStack() as stack:
        pools = [(one, await stack.enter_async_context(small_pool())) for one in setting.backends]
        contenders = [partial(_take, backend, pool) for backend, pool in pools]
        found.checkout = await in_turns(contenders, setting.amounts.checkouts, warm_up=2)


async def _take(backend: Backend, pool: Pool[Any]) -> Mapping[str, float]:
    await warm(backend, pool)
    with timed() as watch:
        sandbox = await pool.take(backend.launcher)
    await sandbox.close()
    await warm(backend, pool)  # or the next one's turn would be disturbed
    return {backend.name: watch.seconds}


async def files(setting: Setting, found: Measured) -> None:
    async with AsyncExitStack() as stack:
        sandboxes = await stack.enter_async_context(all_open(setting))
        contenders: list[Once] = []
        for name, sandbox in sandboxes.items():
            await sandbox.write({f"kept/{path}": FileContent(data) for path, data in _MANY.items()})
            contenders += [partial(_write, name, sandbox), partial(_read, name, sandbox)]
        if setting.host is not None and "sdk" in setting.others:
            client = stack.enter_context(others.client_of(setting.host))
            tmpfs = {"/tmp": "size=512m"}
            container = stack.enter_context(others.plain_container(client, tmpfs=tmpfs))
            contenders.append(others.put_archive(container, _MANY))
        found.files = await in_turns(contenders, setting.amounts.writes, warm_up=1)


async def _write(name: str, sandbox: Sandbox) -> Mapping[str, float]:
    files = {path: FileContent(data) for path, data in _MANY.items()}
    with timed() as watch:
        await sandbox.write(files)
    await sandbox.remove(list(files))
    return {f"{name}, write": watch.seconds}


async def _read(name: str, sandbox: Sandbox) -> Mapping[str, float]:
    paths = [f"kept/{path}" for path in _MANY]
    with timed() as watch:
        read = await sandbox.read_many(paths)
    assert list(read.values()) == list(_MANY.values())
    return {f"{name}, read_many": watch.seconds}


async def forks(setting: Setting, found: Measured) -> None:
    for backend in setting.backends:
        async with small_pool() as pool:
            await warm(backend, pool)
            source = await pool.take(backend.launcher)
            await source.write(_FORKED)
            copied = source.caps.offers["fork"].startswith("a copy")
            rounds = setting.amounts.copies if copied else setting.amounts.forks
            name = f"{backend.name}, {'copied' if copied else 'layered'}"
            found.forks |= await in_turns([partial(_fork, name, backend, pool, source)], rounds, warm_up=1)
            await source.close()


async def _fork(name: str, backend: Backend, pool: Pool[Any], source: Sandbox) -> Mapping[str, float]:
    await warm(backend, pool)
    with timed() as watch:
        fork = await source.fork()
    counted = await fork.exec(Command(("/bin/sh", "-c", "find files -type f | wc -l")))
    await fork.close()
    assert counted.stdout.text.strip() == str(len(_FORKED)), counted
    return {name: watch.seconds}


async def openings(setting: Setting, found: Measured) -> None:
    contenders = [partial(_opening, backend) for backend in setting.backends]
    if setting.host is None or "sdk" not in setting.others:
        found.openings = await in_turns(contenders, setting.amounts.openings)
        return
    with others.client_of(setting.host) as client:
        contenders.append(others.plain_opening(client))
        found.openings = await in_turns(contenders, setting.amounts.openings)
        if "llm-sandbox" in setting.others:
            try:
                found.openings |= await in_turns([others.llm_opening(client)], setting.amounts.closings)
            except others.Absent as reason:
                found.absent["llm-sandbox"] = str(reason)


async def _opening(backend: Backend) -> Mapping[str, float]:
    with timed() as opening:
        sandbox = await backend.launcher.open()
        await true(sandbox)
    with timed() as closing:
        await sandbox.close()
    return {f"{backend.name}, open": opening.seconds, f"{backend.name}, close": closing.seconds}
