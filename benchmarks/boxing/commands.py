"""Commands: one at a time, beside others, in many sandboxes at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from slipway.sandboxes import Sandbox

from . import others
from .setting import Measured, Setting, all_open, one_open, true
from .turns import Once, in_turns, timed, timing

FLOOR = "posix_spawn"
_AT_ONCE = 8
_COMMANDS = 100
"""Of each of those that run at once."""


async def commands(setting: Setting, found: Measured) -> None:
    async with all_open(setting) as sandboxes:
        contenders = [_spawn, *_resident(sandboxes)]
        found.commands = await in_turns(contenders, setting.amounts.commands, warm_up=20)


async def beside(setting: Setting, found: Measured) -> None:
    """The same beside others, which would take hours as often as that."""
    async with AsyncExitStack() as stack:
        sandboxes = await stack.enter_async_context(all_open(setting))
        contenders = [_spawn, *_resident(sandboxes), *await _enter_others(setting, found, stack)]
        found.beside = await in_turns(contenders, setting.amounts.beside, warm_up=2)


async def _spawn() -> Mapping[str, float]:
    with timed() as watch:
        pid = os.posix_spawn("/bin/true", ["/bin/true"], {})
        os.waitpid(pid, 0)
    return {FLOOR: watch.seconds}


def _resident(sandboxes: Mapping[str, Sandbox]) -> list[Once]:
    return [timing(name, partial(true, sandbox)) for name, sandbox in sandboxes.items()]


async def _enter_others(setting: Setting, found: Measured, stack: AsyncExitStack) -> list[Once]:
    if setting.host is None or not setting.others:
        return []
    client = stack.enter_context(others.client_of(setting.host))
    container = stack.enter_context(others.plain_container(client))
    engine = next(backend.engine for backend in setting.backends if backend.engine)
    contenders: list[Once] = []
    for name in setting.others:
        try:
            match name:
                case "sdk":
                    contenders.append(others.sdk(container))
                case "cli":
                    contenders.append(others.command_line(container, setting.host))
                case "swe-rex":
                    contenders += await stack.enter_async_context(others.swe_rex(client, engine))
                case _:
                    contenders.append(others.llm(stack.enter_context(others.llm_session(client))))
        except others.Absent as reason:
            found.absent[name] = str(reason)
    return contenders


async def crowd(setting: Setting, found: Measured) -> None:
    async with AsyncExitStack() as stack:
        contenders: list[Once] = [_spawn_at_once]
        for backend in setting.backends:
            sandboxes = [await stack.enter_async_context(one_open(backend)) for _ in range(_AT_ONCE)]
            contenders.append(partial(_at_once, backend.name, sandboxes))
        if setting.host is not None and "sdk" in setting.others:
            client = stack.enter_context(others.client_of(setting.host))
            containers = [stack.enter_context(others.plain_container(client)) for _ in range(_AT_ONCE)]
            contenders.append(partial(_sdk_at_once, containers))
        found.crowd = await in_turns(contenders, setting.amounts.crowds)


async def _at_once(name: str, sandboxes: Sequence[Sandbox]) -> Mapping[str, float]:
    async def work(sandbox: Sandbox) -> None:
        for _ in range(_COMMANDS):
            await true(sandbox)

    with timed() as watch:
        await asyncio.gather(*map(work, sandboxes))
    return {name: watch.seconds / (_AT_ONCE * _COMMANDS)}


async def _spawn_at_once() -> Mapping[str, float]:
    def work(_: int) -> None:
        for _ in range(_COMMANDS):
            os.waitpid(os.posix_spawn("/bin/true", ["/bin/true"], {}), 0)

    return {f"{FLOOR}, {_AT_ONCE} threads": _in_threads(work, range(_AT_ONCE)) / (_AT_ONCE * _COMMANDS)}


async def _sdk_at_once(containers: Sequence[Any]) -> Mapping[str, float]:
    few = _COMMANDS // 20

    def work(container: Any) -> None:
        for _ in range(few):
            container.exec_run("/bin/true")

    name = f"docker SDK, exec_run, {_AT_ONCE} threads"
    return {name: _in_threads(work, containers) / (_AT_ONCE * few)}


def _in_threads(work: Any, things: Sequence[Any]) -> float:
    with ThreadPoolExecutor(len(things)) as threads, timed() as watch:
        list(threads.map(work, things))
    return watch.seconds
