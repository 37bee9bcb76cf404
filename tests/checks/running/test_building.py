"""A build takes longer than most checks, so those that look at one site have it built once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from slipway.checks.running import App, Builds
from slipway.sandboxes import Command, FileContent, Sandbox, SandboxRefusal
from slipway.sandboxes.base import FileRef

_BUILD = "mkdir -p site/node_modules && date +%s%N > site/index.html && echo x > site/node_modules/x.js"
_VERSION = {"a.js": FileRef("0" * 64)}


@pytest.fixture
async def forks(sandbox: Sandbox) -> AsyncIterator[tuple[Sandbox, Sandbox]]:
    """What two checks get."""
    made = await sandbox.fork(), await sandbox.fork()
    yield made
    for fork in made:
        await fork.close()


async def held(sandbox: Sandbox) -> tuple[bytes, list[str]]:
    listed = await sandbox.exec(Command(("find", "site", "-type", "f")))
    return await sandbox.read("site/index.html"), sorted(listed.stdout.text.split())


async def test_who_looks_at_the_same_time_gets_the_same(forks: tuple[Sandbox, Sandbox]) -> None:
    """All of it, also what a snapshot would leave out, and nothing that was there before."""
    builds, app = Builds(), App(build=_BUILD, folder="site")
    first, second = forks
    site = builds.of(_VERSION)
    assert builds.of(dict(_VERSION)) is site
    building = asyncio.create_task(site.into(first, app))
    await second.write({"site/old.html": FileContent(b"stale")})
    await asyncio.gather(building, site.into(second, app))
    assert await held(second) == await held(first)
    assert (await held(first))[1] == ["site/index.html", "site/node_modules/x.js"]
    before = await held(first)
    del site, building
    await builds.of(_VERSION).into(second, app)  # nobody looks any more
    assert (await held(second))[0] != before[0]


async def test_what_a_build_may_do_anywhere_is_done_for_each(forks: tuple[Sandbox, Sandbox]) -> None:
    site, app = Builds().of(_VERSION), App(build="date +%s%N > index.html")
    for fork in forks:
        await site.into(fork, app)
    first, second = [await fork.read("index.html") for fork in forks]
    assert first != second


async def test_a_build_that_fails_is_told_to_all(sandbox: Sandbox) -> None:
    site = Builds().of(_VERSION)
    for _ in range(2):
        with pytest.raises(SandboxRefusal, match="the build ended with exit code 3\nno") as caught:
            await site.into(sandbox, App(build="echo no; echo x >> tried; exit 3", folder="site"))
        assert caught.value.code == "not_ready"
    assert await sandbox.read("tried") == b"x\n"
