"""A sweep beside living processes takes what nobody needs, and never, however it is timed, what somebody does."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from slipway.state import (
    EMPTY_VERSION,
    Change,
    CorruptState,
    Fence,
    FileRef,
    ProjectStore,
    Swept,
    UnknownVersion,
    hold,
    open_redis,
)
from slipway.state.keys import ProjectKeys
from slipway.state.projects.manifests import read_manifest
from slipway.state.projects.sweeping import Mark, Sweep


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def put(projects: ProjectStore, fence: Fence, data: bytes, project: str = "p") -> FileRef:
    (found,) = await projects.put_blobs(project, fence, [data])
    return FileRef(found)


async def publish(projects: ProjectStore, fence: Fence, step: str, data: bytes, project: str = "p") -> str:
    """A version whose one file holds `data`."""
    revision = await projects.newest(project, fence.run)
    assert revision
    held = (await projects.manifest(project, revision.version)).get("file")
    change = Change(held, await put(projects, fence, data, project))
    return (await projects.publish(project, fence, step=step, attempt=0, changes={"file": change})).version


async def end(redis: Redis, run: str, project: str = "p") -> None:
    """What the time to live of an ended run comes to."""
    await redis.delete(*ProjectKeys(project).branch(run).lasting())


async def test_what_nobody_needs_goes_and_the_rest_stays(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    async with hold(redis, run="s", project="p") as other:
        await projects.branch("p", "s", EMPTY_VERSION)
        delivered = await publish(projects, other, "a", b"delivered")
        assert await projects.advance_head("p", other, expected=EMPTY_VERSION, version=delivered)
        dropped = await publish(projects, other, "b", b"dropped")
        await put(projects, other, b"claimed by two")
        await put(projects, other, b"claimed")
    mine = await publish(projects, fence, "a", b"mine")
    await projects.claim("p", "r", [digest(b"claimed by two")])
    assert await projects.sweep("p", grace=0) == Swept()
    await end(redis, "s")
    assert await projects.sweep("p", grace=0) == Swept(blobs=2, bytes=len(b"dropped" + b"claimed"), manifests=1)
    assert [await projects.files("p", version) for version in (delivered, mine)] == [
        {"file": (b"delivered", False)},
        {"file": (b"mine", False)},
    ]
    assert await projects.get_blobs("p", [digest(b"claimed by two")])
    with pytest.raises(UnknownVersion):
        await projects.manifest("p", dropped)
    with pytest.raises(CorruptState, match="is missing"):
        await projects.get_blobs("p", [digest(b"dropped")])
    keys = ProjectKeys("p")
    assert (await redis.exists(keys.doomed), await redis.smembers(keys.branches)) == (0, {b"r"})  # pyright: ignore[reportGeneralTypeIssues]
    assert await projects.used("p") == len(b"deliveredmineclaimed by two")


async def test_the_history_stays_through_rollbacks(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    first = await publish(projects, fence, "a", b"first")
    await projects.advance_head("p", fence, expected=EMPTY_VERSION, version=first)
    second = await publish(projects, fence, "b", b"second")
    await projects.advance_head("p", fence, expected=first, version=second)
    await projects.rollback_head("p")
    await end(redis, "r")
    assert await projects.sweep("p", grace=0) == Swept()
    assert await projects.rollback_head("p", second) == second
    assert await projects.files("p", second) == {"file": (b"second", False)}


async def test_grace_is_kept_and_starts_anew_when_something_was_needed_again(
    redis: Redis, projects: ProjectStore, fence: Fence
) -> None:
    """What a run is just about to name must not go because nobody named it yesterday."""
    await put(projects, fence, b"x")
    await redis.delete(ProjectKeys("p").branch("r").claims)
    for _ in range(3):
        assert await projects.sweep("p", grace=60) == Swept()
    await asyncio.sleep(0.3)
    await put(projects, fence, b"x")
    assert await projects.sweep("p", grace=0.2) == Swept()
    await redis.delete(ProjectKeys("p").branch("r").claims)
    assert await projects.sweep("p", grace=0.2) == Swept()
    await asyncio.sleep(0.3)
    assert await projects.sweep("p", grace=60) == Swept()
    assert await projects.sweep("p", grace=0.2) == Swept(blobs=1, bytes=1)


async def test_it_is_due_once_in_a_while(redis: Redis, projects: ProjectStore) -> None:
    assert await projects.sweep_if_due("p") is None  # it was just made
    found = await asyncio.gather(*(projects.sweep_if_due("p", every=0.0001) for _ in range(3)))
    assert Swept() in found
    assert await projects.sweep_if_due("p", every=60) is None
    assert await projects.sweep_if_due("no such project", every=0) is None
    assert await projects.sweep("no such project", grace=0) == Swept()


async def test_a_project_of_before_sweeps_were_known_is_left_alone(redis: Redis, fence: Fence) -> None:
    """Its branches are in no index: everything of theirs would look unneeded."""
    projects = ProjectStore(redis)
    await publish(projects, fence, "a", b"x")
    keys = ProjectKeys("p")
    await redis.delete(keys.stats, keys.branches)
    assert await projects.sweep("p", grace=0) == Swept()
    assert await projects.get_blobs("p", [digest(b"x")])


async def test_versions_that_rest_on_each_other_go_from_the_newest(
    redis: Redis, projects: ProjectStore, fence: Fence
) -> None:
    """A version is stored as edits of the one before: without that one it could not be read."""
    paths = {f"f{number}": await put(projects, fence, b"0") for number in range(60)}
    changes = {path: Change(None, ref) for path, ref in paths.items()}
    versions = [(await projects.publish("p", fence, step="all", attempt=0, changes=changes)).version]
    for number in range(40):
        new = await put(projects, fence, b"%d" % number)
        changes = {"f7": Change(paths["f7"], new)}
        paths["f7"] = new
        versions.append((await projects.publish("p", fence, step=str(number), attempt=0, changes=changes)).version)
    middle = versions[23]
    files = await projects.files("p", middle)
    await projects.branch("p", "other", middle)
    await end(redis, "r")
    first, second = Sweep(redis, "p", 0), Sweep(redis, "p", 0)
    await first.run()
    await redis.hdel(ProjectKeys("p").doomed, versions[5])  # pyright: ignore[reportGeneralTypeIssues]
    assert await second.begin()
    mark = await second.mark()
    kept = len(mark.live) - 1  # the empty one
    assert kept < 16
    await projects.branch("p", "late", versions[37])  # after the mark: what it rests on must stay, too
    assert await second.delete_versions(mark) < len(versions) - kept
    for version in (middle, versions[37], versions[5]):  # to the last of them the first sweep did not come
        assert len(await read_manifest(redis, "p", version)) == 60
    assert await projects.files("p", middle) == files
    await projects.files("p", versions[37])


Act = Callable[[ProjectStore, Fence, str], Awaitable[object]]
CONTENT = FileRef(digest(b"v"))
ACTS: dict[str, Act] = {
    "put": lambda projects, fence, _: projects.put_blobs("p", fence, [b"v"]),
    "claim": lambda projects, _, __: projects.claim("p", "r", [CONTENT.digest]),
    "publish it elsewhere": lambda projects, fence, _: projects.publish(
        "p", fence, step="x", attempt=0, changes={"new": Change(None, CONTENT)}
    ),
    "publish the same again": lambda projects, fence, _: projects.publish(
        "p", fence, step="x", attempt=0, changes={"file": Change(None, CONTENT)}
    ),
    "branch": lambda projects, _, version: projects.branch("p", "new", version),
    "restore": lambda projects, fence, version: projects.restore("p", fence, step="x", attempt=0, version=version),
    "green": lambda projects, fence, version: projects.mark_green("p", fence, version),
    "deliver": lambda projects, fence, version: projects.advance_head(
        "p", fence, expected=EMPTY_VERSION, version=version
    ),
}


@pytest.mark.parametrize("name", ["nothing", *ACTS])
async def test_what_is_needed_again_behind_the_mark_stays(
    redis: Redis, projects: ProjectStore, fence: Fence, name: str
) -> None:
    """The worst moment: a sweep has seen that nobody needs it, and is about to delete it."""
    async with hold(redis, run="s", project="p") as other:
        await projects.branch("p", "s", EMPTY_VERSION)
        version = await publish(projects, other, "a", b"v")
    await end(redis, "s")
    await Sweep(redis, "p", 0).run()
    sweep, late = Sweep(redis, "p", 0), Sweep(redis, "p", 0)
    assert await sweep.begin() and await late.begin()
    mark, stale = await sweep.mark(), await late.mark()
    if name in ACTS:
        await ACTS[name](projects, fence, version)
    await late.finish(stale)  # dooms what was needed just now: its mark is older
    deleted = await sweep.delete_versions(mark) + (await sweep.finish(mark)).blobs
    stored = await redis.hexists(ProjectKeys("p").blobs, CONTENT.digest)  # pyright: ignore[reportGeneralTypeIssues]
    if name == "nothing":
        assert (deleted, stored) == (2, False)
        return
    assert stored
    if name not in ("put", "claim", "publish it elsewhere"):
        assert await projects.files("p", version) == {"file": (b"v", False)}


# --- any order of anything ---


class Model:
    """Runs that put, claim, publish, restore and end, and two sweepers of which each step is taken by itself."""

    def __init__(self, redis: Redis, project: str) -> None:
        self.redis = redis
        self.project = project
        self.projects = ProjectStore(redis)
        self.claims: dict[str, set[bytes]] = {}
        self.versions: dict[str, set[str]] = {}
        self.contents: dict[str, dict[str, tuple[bytes, bool]]] = {EMPTY_VERSION: {}}
        self.heads = {EMPTY_VERSION}
        self.sweeps: dict[int, tuple[Sweep, Mark | None]] = {}
        self.steps = 0

    async def do(self, word: str, run: str, number: int) -> None:
        if word.startswith("sweep"):
            await self.sweep(number % 2)
            return
        if run not in self.versions:
            known = sorted({EMPTY_VERSION, *self.contents})
            base = known[number % len(known)]
            try:
                await self.projects.branch(self.project, run, base)
            except UnknownVersion:
                assert base not in self.needed()
                return
            self.versions[run], self.claims[run] = {base}, set()
        await getattr(self, word)(run, number)

    def needed(self) -> set[str]:
        return self.heads.union(*self.versions.values())

    async def put(self, run: str, number: int) -> None:
        data = b"%d" % (number % 3)
        await self.projects.put_blobs(self.project, Fence(run, 0), [data])
        self.claims[run].add(data)

    async def claim(self, run: str, number: int) -> None:
        data = b"%d" % (number % 3)
        try:
            await self.projects.claim(self.project, run, [digest(data)])
        except CorruptState:
            assert all(data not in claims for claims in self.claims.values())
        else:
            self.claims[run].add(data)

    async def publish(self, run: str, number: int) -> None:
        data = b"%d" % (number % 3)
        revision = await self.projects.newest(self.project, run)
        assert revision
        held = await self.projects.manifest(self.project, revision.version)
        path = "ab"[number % 2]
        changes = {path: Change(held.get(path), FileRef(digest(data)))}
        try:
            made = await self.projects.publish(
                self.project, Fence(run, 0), step=self.step(), attempt=0, changes=changes
            )
        except CorruptState:
            assert all(data not in claims for claims in self.claims.values())
            return
        self.contents[made.version] = self.contents[revision.version] | {path: (data, False)}
        self.versions[run].add(made.version)

    async def restore(self, run: str, number: int) -> None:
        version = sorted(self.contents)[number % len(self.contents)]
        try:
            await self.projects.restore(self.project, Fence(run, 0), step=self.step(), attempt=0, version=version)
        except UnknownVersion:
            assert version not in self.needed()
        else:
            self.versions[run].add(version)

    async def deliver(self, run: str, number: int) -> None:
        revision = await self.projects.newest(self.project, run)
        assert revision
        head = await self.projects.head(self.project)
        await self.projects.advance_head(self.project, Fence(run, 0), expected=head, version=revision.version)
        self.heads.add(revision.version)

    async def end(self, run: str, number: int) -> None:
        own = ProjectKeys(self.project).branch(run)
        await self.redis.delete(*(key for key in own.lasting() if key != own.fence))
        del self.versions[run], self.claims[run]

    def step(self) -> str:
        self.steps += 1
        return str(self.steps)

    async def sweep(self, which: int) -> None:
        """One step more: begin and mark; delete versions; delete contents and doom."""
        sweep, mark = self.sweeps.pop(which, (Sweep(self.redis, self.project, 0), None))
        if mark is None:
            await sweep.begin()
            self.sweeps[which] = sweep, await sweep.mark()
            return
        await sweep.delete_versions(mark)
        await sweep.finish(mark)

    async def check(self) -> None:
        for version in self.needed():
            assert await self.projects.files(self.project, version) == self.contents[version]
        claimed = set[bytes]().union(*self.claims.values())
        await self.projects.get_blobs(self.project, map(digest, claimed))


WORDS = ["put", "put", "claim", "publish", "publish", "restore", "deliver", "end", "end", *["sweep"] * 5]
STEPS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from("xy"), st.integers(0, 14)), min_size=25, max_size=70)


@given(steps=STEPS)
@settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_order_of_steps_loses_what_is_needed(redis: Redis, steps: list[tuple[str, str, int]]) -> None:
    """The steps of a sweep with a grace of 0 between those of others, in any order, two sweeps at a time."""
    model = Model(redis, uuid.uuid4().hex)
    await model.projects.create(model.project)
    for run in "xy":  # runs that hold no lease, and fences that say so
        await redis.set(ProjectKeys(model.project).branch(run).fence, 0)
    for word, run, number in steps:
        await model.do(word, run, number)
        if word in ("sweep", "end"):
            await model.check()
    for _ in range(3):
        await model.projects.sweep(model.project, grace=0)
    await model.check()
    stored = set(await redis.hkeys(ProjectKeys(model.project).blobs))  # pyright: ignore[reportGeneralTypeIssues]
    stored_versions = {digest(data) for version in model.needed() for data, _ in model.contents[version].values()} | {
        digest(data) for claims in model.claims.values() for data in claims
    }
    assert {raw.decode() for raw in stored} == stored_versions


# --- two processes ---

POOL = [b"content %d" % number for number in range(30)]


async def write(redis: Redis, log: Path, seed: int) -> None:
    """Runs that come and go over a few contents and versions; what was acknowledged is in the log, line by line."""
    projects, choose = ProjectStore(redis), random.Random(seed)

    def note(**facts: str) -> None:
        with log.open("a") as file:
            file.write(json.dumps(facts) + "\n")

    living: list[str] = []
    versions = [EMPTY_VERSION]
    while True:
        run = uuid.uuid4().hex
        with suppress(UnknownVersion):
            base = choose.choice(versions)
            await redis.set(ProjectKeys("p").branch(run).fence, 0)
            await projects.branch("p", run, base)
            note(run=run, version=base)
            living.append(run)
            await work(projects, run, choose, note, versions)
        if len(living) > choose.randint(0, 6):
            ended = living.pop(choose.randrange(len(living)))
            note(run=ended, ended="yes")
            await end(redis, ended)
        versions = versions[-12:]


async def work(projects: ProjectStore, run: str, choose: random.Random, note: Note, versions: list[str]) -> None:
    for step in range(choose.randint(0, 5)):
        data, other = choose.choice(POOL), choose.choice(POOL)
        with suppress(CorruptState):  # nobody needed it, and it is gone
            await projects.claim("p", run, [digest(other)])
            note(run=run, claim=digest(other))
        await projects.put_blobs("p", Fence(run, 0), [data, other])
        note(run=run, claim=digest(data))
        revision = await projects.newest("p", run)
        assert revision
        path = f"f{choose.randrange(4)}"
        held = (await projects.manifest("p", revision.version)).get(path)
        changes = {path: Change(held, FileRef(digest(data)))}
        made = await projects.publish("p", Fence(run, 0), step=str(step), attempt=0, changes=changes)
        note(run=run, version=made.version)
        versions.append(made.version)
        with suppress(UnknownVersion):
            back = choose.choice(versions)
            restored = await projects.restore("p", Fence(run, 0), step=f"back {step}", attempt=0, version=back)
            note(run=run, version=restored.version)
        await projects.files("p", made.version)


async def sweep_on(redis: Redis, log: Path, grace: float) -> None:
    projects = ProjectStore(redis)
    while True:
        swept = await projects.sweep("p", grace=grace)
        with log.open("a") as file:
            file.write(f"{swept.blobs + swept.manifests}\n")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(100):
        while not condition():
            await asyncio.sleep(0.02)


async def grown(log: Path, lines: int) -> None:
    """Wait until `log` has so many lines more."""

    def count() -> int:
        return log.read_bytes().count(b"\n") if log.exists() else 0

    end = count() + lines
    await until(lambda: count() >= end)


class Note(Protocol):
    def __call__(self, **facts: str) -> None: ...


class Process:
    """This file as a program; killed, and started again, as often as asked."""

    def __init__(self, server_url: str, *arguments: object) -> None:
        self._command = [sys.executable, __file__, server_url, *map(str, arguments)]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)

    def kill(self, *, again: bool) -> None:
        assert self._process.poll() is None, self._process.communicate()[1]
        self._process.kill()
        _, errors = self._process.communicate()
        assert not errors, errors
        if again:
            self._start()


@pytest.mark.parametrize("grace", [0, 0.004])
async def test_two_processes(
    redis: Redis, server_url: str, projects: ProjectStore, tmp_path: Path, grace: float
) -> None:
    """One writes, one sweeps, both are killed at any point: nothing needed is lost, and the rest does not stay."""
    log, swept = tmp_path / "log", tmp_path / "swept"
    writer, sweeper = Process(server_url, "write", log, 1), Process(server_url, "sweep", swept, grace)
    try:
        for number in range(2):
            await grown(log, 50)
            await grown(swept, 10)
            (writer if number % 2 else sweeper).kill(again=True)
        await grown(log, 30)
        await until(lambda: log.read_bytes().count(b'"ended"') > 5 and sum(map(int, swept.read_text().split())) > 5)
    finally:
        writer.kill(again=False)
        sweeper.kill(again=False)
    facts = [json.loads(line) for line in log.read_text().splitlines()]
    ended = {fact["run"] for fact in facts if "ended" in fact}
    versions = {fact["version"] for fact in facts if "version" in fact and fact["run"] not in ended}
    claims = {fact["claim"] for fact in facts if "claim" in fact and fact["run"] not in ended}
    assert len(ended) > 5 and versions
    for version in versions:
        await projects.files("p", version)
    await projects.get_blobs("p", claims)

    for run in {fact["run"] for fact in facts}:
        await end(redis, run)
    for raw in await redis.smembers(ProjectKeys("p").branches):  # pyright: ignore[reportGeneralTypeIssues]
        await end(redis, raw.decode())  # made, but killed before it was noted
    for _ in range(3):
        await projects.sweep("p", grace=0)
    keys = ProjectKeys("p")
    left = [await redis.exists(key) for key in (keys.blobs, keys.sizes, keys.doomed, keys.branches, keys.pending)]
    assert (left[:4], await redis.hkeys(keys.manifests)) == ([0] * 4, [EMPTY_VERSION.encode()])  # pyright: ignore[reportGeneralTypeIssues]
    assert await projects.used("p") == 0


async def main(url: str, role: str, *arguments: str) -> None:
    async with open_redis(url, data_dir=Path(), runtime_dir=Path()) as redis:
        if role == "write":
            await write(redis, Path(arguments[0]), int(arguments[1]))
        await sweep_on(redis, Path(arguments[0]), float(arguments[1]))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
