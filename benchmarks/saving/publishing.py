"""What a step costs that also publishes a changed file to the project store, early in a run and late in it.

The server counts. The lease lives long here, so that no renewal falls between two counts.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slipway.state import EMPTY_VERSION, Change, Fence, FileRef, ProjectStore, hold, open_redis
from slipway.state.checkpoints import FENCE_KEY, RedisSaver

from .looping import Step, run, small_step, warm_up
from .savers import Opened, Place
from .servers import Counts

_PROJECT = "p"
_LEASE_SECONDS = 600.0
_SEED_FILES = 250
"""How many files the first publishes bring, each."""
_EARLY = (6, 16)


@dataclass(frozen=True)
class Project:
    """Files of one size; with none, the steps publish nothing."""

    name: str
    files: int
    size: int
    """Bytes of each."""


PROJECTS = (Project("no project", 0, 0), Project("10 KB", 10, 1_000), Project("10 MB", 1_000, 10_000))


@dataclass(frozen=True)
class Publishing:
    """One run, and what the server counted in it for one step."""

    times: list[float]
    early: dict[str, float]
    late: dict[str, float]
    stored: float
    """Bytes of memory that a step leaves behind."""


async def publishing(place: Place, project: Project, steps: int) -> Publishing:
    """A run of `steps` over `project`."""
    counts: dict[int, Counts] = {}
    late = (steps - 10, steps)
    async with _opened(place) as (opened, store, fence):
        step = await _step(store, fence, project) if project.files else small_step

        async def counted(number: int) -> str:
            if number in (*_EARLY, *late):
                counts[number] = await place.valkey.counts()
            return await step(number)

        await warm_up(opened, place.thread)
        before = await place.valkey.counts()
        gc.collect()
        times = await run(opened, place.thread, steps, counted)
        after = await place.valkey.counts()
        asking = await place.valkey.counts() - after
    return Publishing(
        times,
        _each(counts[_EARLY[1]] - counts[_EARLY[0]] - asking, _EARLY[1] - _EARLY[0]),
        _each(counts[late[1]] - counts[late[0]] - asking, late[1] - late[0]),
        (after - before).stored / steps,
    )


def _each(total: Counts, steps: int) -> dict[str, float]:
    return {"requests": total.requests / steps, "commands": total.commands / steps, "bytes": total.bytes / steps}


@asynccontextmanager
async def _opened(place: Place) -> AsyncIterator[tuple[Opened, ProjectStore, Fence]]:
    async with (
        open_redis(place.valkey.url, data_dir=place.folder, runtime_dir=place.folder) as redis,
        hold(redis, run=place.thread, project=_PROJECT, life=_LEASE_SECONDS) as fence,
    ):
        yield Opened(RedisSaver(redis), {FENCE_KEY: fence.token}), ProjectStore(redis), fence


async def _step(store: ProjectStore, fence: Fence, project: Project) -> Step:
    """A step that changes one file after the other of `project`, which is in the store when this returns."""
    await store.create(_PROJECT)
    await store.branch(_PROJECT, fence.run, EMPTY_VERSION)
    paths = [f"package{number % 20}/module{number:04}.py" for number in range(project.files)]
    refs: dict[str, FileRef] = {}
    for start in range(0, len(paths), _SEED_FILES):
        part = paths[start : start + _SEED_FILES]
        digests = await store.put_blobs(_PROJECT, fence, [_content(project, path, 0) for path in part])
        refs.update({path: FileRef(digest) for path, digest in zip(part, digests, strict=True)})
        changes = {path: Change(None, refs[path]) for path in part}
        await store.publish(_PROJECT, fence, step=f"seed {start}", attempt=0, changes=changes)

    async def step(number: int) -> str:
        path = paths[number % len(paths)]
        [digest] = await store.put_blobs(_PROJECT, fence, [_content(project, path, number)])
        change = Change(refs[path], FileRef(digest))
        revision = await store.publish(_PROJECT, fence, step=f"step {number}", attempt=0, changes={path: change})
        refs[path] = FileRef(digest)
        return revision.version

    return step


def _content(project: Project, path: str, number: int) -> bytes:
    """Of the project's file size, and different for each step."""
    line = f"# {path} as of step {number:06}\n".encode()
    return (line * (project.size // len(line) + 1))[: project.size]
