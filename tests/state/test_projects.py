"""Parallel agents write one project: nothing may be lost, doubled or half applied, whoever crashes when."""

from __future__ import annotations

import asyncio
import hashlib
import random
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from slipway.state import (
    EMPTY_VERSION,
    Change,
    CorruptState,
    Fence,
    FenceLost,
    FileRef,
    ProjectStore,
    Revision,
    StateConflict,
    UnknownProject,
    UnknownVersion,
    hold,
)
from slipway.state.keys import ProjectKeys, RunKeys
from slipway.state.wire import encode_manifest


async def ref(projects: ProjectStore, text: str, project: str = "p") -> FileRef:
    (digest,) = await projects.put_blobs(project, [text.encode()])
    return FileRef(digest)


async def test_a_project_starts_empty_and_creating_it_again_changes_nothing(
    projects: ProjectStore, fence: Fence
) -> None:
    assert (await projects.head("p"), await projects.manifest("p", EMPTY_VERSION)) == (EMPTY_VERSION, {})
    revision = await publish(projects, fence, {"a": Change(None, await ref(projects, "a"))})
    assert await projects.advance_head("p", fence, expected=EMPTY_VERSION, version=revision.version)
    await projects.create("p")
    assert await projects.head("p") == revision.version


async def test_an_unknown_project_is_named(projects: ProjectStore) -> None:
    assert (await projects.exists("p"), await projects.exists("q")) == (True, False)
    with pytest.raises(UnknownProject, match="no project 'q'; create it first"):
        await projects.head("q")


async def publish(projects: ProjectStore, fence: Fence, changes: dict[str, Change], step: str = "code/a") -> Revision:
    return await projects.publish("p", fence, step=step, attempt=0, changes=changes)


async def test_a_publish_adds_changes_and_removes(projects: ProjectStore, fence: Fence) -> None:
    a, b, c = [await ref(projects, text) for text in "abc"]
    run_it = FileRef(b.digest, executable=True)
    first = await publish(projects, fence, {"z": Change(None, a), "Ä b": Change(None, run_it), "d/e": Change(None, a)})
    second = await publish(projects, fence, {"z": Change(a, None), "d/e": Change(a, c)}, "code/b")
    manifest = {"d/e": c, "Ä b": run_it}
    assert (first.number, second.number) == (1, 2)
    assert await projects.manifest("p", first.version) == {"d/e": a, "z": a, "Ä b": run_it}
    assert await projects.manifest("p", second.version) == manifest
    assert second.version == hashlib.sha1(encode_manifest(manifest)).hexdigest()
    assert await projects.files("p", second.version) == {"d/e": (b"c", False), "Ä b": (b"b", True)}
    assert await projects.branch("p", "r", EMPTY_VERSION) == second


async def test_a_repeated_step_gets_the_recorded_revision_even_with_other_content(
    projects: ProjectStore, fence: Fence
) -> None:
    """A killed step runs again and a model may then say something else: what was published stands."""
    a, b = [await ref(projects, text) for text in "ab"]
    first = await publish(projects, fence, {"a": Change(None, a)})
    await publish(projects, fence, {"b": Change(None, b)}, "code/b")
    assert await publish(projects, fence, {"a": Change(None, b), "c": Change(b, a)}) == first
    assert (await projects.branch("p", "r", EMPTY_VERSION)).number == 2
    again = await projects.publish("p", fence, step="code/a", attempt=1, changes={"a": Change(a, b)})
    assert again.number == 3


async def test_a_lost_compare_and_set_names_its_paths_and_writes_nothing(projects: ProjectStore, fence: Fence) -> None:
    a, b = [await ref(projects, text) for text in "ab"]
    before = await publish(projects, fence, {"a": Change(None, a), "b": Change(None, b)})
    with pytest.raises(StateConflict) as raised:
        changes = {"new": Change(None, a), "b": Change(a, a), "a": Change(None, b), "gone": Change(a, None)}
        await publish(projects, fence, changes, "code/b")
    assert raised.value.paths == ("a", "b", "gone")
    assert await projects.branch("p", "r", EMPTY_VERSION) == before


@pytest.mark.parametrize(("there", "added"), [("a", "a/b/c"), ("a/b/c", "a/b")])
async def test_a_path_is_never_a_file_and_a_folder(
    projects: ProjectStore, fence: Fence, there: str, added: str
) -> None:
    """Two writers that own different paths could make a version that no disk can hold."""
    a = await ref(projects, "a")
    before = await publish(projects, fence, {there: Change(None, a)})
    with pytest.raises(StateConflict, match="a/b"):
        await publish(projects, fence, {added: Change(None, a)}, "code/b")
    assert await projects.branch("p", "r", EMPTY_VERSION) == before
    await publish(projects, fence, {there: Change(a, None), added: Change(None, a)}, "code/b")


@pytest.mark.parametrize("path", ["../up", "/etc/passwd", "a//b", ".git/hooks/x", "a\nb", ""])
async def test_no_path_leaves_the_project(projects: ProjectStore, fence: Fence, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        await publish(projects, fence, {path: Change(None, FileRef("0" * 64))})


async def test_a_content_must_be_there_first(projects: ProjectStore, fence: Fence) -> None:
    with pytest.raises(CorruptState, match=f"the content {'0' * 64} is missing"):
        await publish(projects, fence, {"a": Change(None, FileRef("0" * 64))})
    with pytest.raises(ValueError, match="is not a digest"):
        await publish(projects, fence, {"a": Change(None, FileRef("short"))})
    assert (await projects.branch("p", "r", EMPTY_VERSION)).number == 0


async def test_branches_are_private(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    a = await ref(projects, "a")
    mine = await publish(projects, fence, {"a": Change(None, a)})
    async with hold(redis, run="s", project="p") as other:
        assert await projects.branch("p", "s", mine.version) == Revision(0, mine.version)
        await publish(projects, other, {"a": Change(a, None)})
    assert await projects.branch("p", "r", EMPTY_VERSION) == mine
    with pytest.raises(UnknownVersion, match="has no version 'f00'"):
        await projects.branch("p", "t", "f00")
    with pytest.raises(UnknownVersion, match="branch of run 'u'"):
        async with hold(redis, run="u", project="p") as without:
            await publish(projects, without, {})


async def test_the_head_moves_by_compare_and_set(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    one = await publish(projects, fence, {"a": Change(None, await ref(projects, "a"))})
    two = await publish(projects, fence, {"b": Change(None, await ref(projects, "b"))}, "code/b")
    moves = [(EMPTY_VERSION, one), (EMPTY_VERSION, two), (EMPTY_VERSION, one), (one.version, two)]
    moved = [await projects.advance_head("p", fence, expected=old, version=new.version) for old, new in moves]
    assert moved == [True, False, True, True]  # the third is a repeat of the first
    with pytest.raises(UnknownVersion):
        await projects.advance_head("p", fence, expected=two.version, version="f00")
    assert await projects.head("p") == two.version


async def test_the_green_version_is_remembered(projects: ProjectStore, fence: Fence) -> None:
    assert await projects.green("p", "r") is None
    await projects.mark_green("p", fence, EMPTY_VERSION)
    assert await projects.green("p", "r") == EMPTY_VERSION
    with pytest.raises(UnknownVersion):
        await projects.mark_green("p", fence, "f00")


async def test_nothing_is_written_behind_a_lost_fence(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    """A process that was suspended wakes up and believes that it still holds the run."""
    await redis.delete(RunKeys("r").lease)
    async with hold(redis, run="r", project="p") as new:
        refused = [
            publish(projects, fence, {}),
            projects.mark_green("p", fence, EMPTY_VERSION),
            projects.advance_head("p", fence, expected=EMPTY_VERSION, version=EMPTY_VERSION),
        ]
        for attempt in refused:
            with pytest.raises(FenceLost) as raised:
                await attempt
            assert (raised.value.token, raised.value.current) == (fence.token, new.token)
        assert (await publish(projects, new, {})).number == 1


async def test_contents_are_sent_once(redis: Redis, projects: ProjectStore) -> None:
    contents = [b"a", b"", bytes(range(256)), b"a", b"x" * 5_000_000]
    digests = await projects.put_blobs("p", contents)
    assert digests == [hashlib.sha256(data).hexdigest() for data in contents]
    received = (await redis.info("stats"))["total_net_input_bytes"]
    await projects.put_blobs("p", contents)
    assert (await redis.info("stats"))["total_net_input_bytes"] - received < 5_000
    assert await projects.get_blobs("p", digests) == dict(zip(digests, contents, strict=True))
    assert await projects.put_blobs("p", []) == [] and await projects.get_blobs("p", []) == {}


async def test_damage_is_named(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    """Wrong bytes must stop a run, not become its next version."""
    keys = ProjectKeys("p")
    a = await ref(projects, "a")
    version = (await publish(projects, fence, {"a": Change(None, a)})).version
    await redis.hset(keys.blobs, a.digest, b"b")
    with pytest.raises(CorruptState, match=f"project 'p' is corrupt at '.*blobs': the content {a.digest} has other"):
        await projects.files("p", version)
    await redis.hdel(keys.blobs, a.digest)
    with pytest.raises(CorruptState, match="is missing"):
        await projects.files("p", version)
    await redis.hset(keys.manifests, version, b"\xff")
    with pytest.raises(CorruptState, match=f"the manifest of version {version} has other bytes"):
        await projects.manifest("p", version)
    await redis.set(keys.head, b"\xff")
    with pytest.raises(CorruptState, match="is not a version"):
        await projects.head("p")
    await redis.hset(keys.branch("r").meta, "number", "many")
    with pytest.raises(CorruptState, match="is not a revision"):
        await projects.branch("p", "r", EMPTY_VERSION)


async def append(projects: ProjectStore, project: str, fence: Fence, step: str, path: str, line: str) -> None:
    """Add a line to a file as an agent does: read, change, publish, and again if somebody was faster."""
    for attempt in range(1000):
        version = (await projects.branch(project, fence.run, EMPTY_VERSION)).version
        old = (await projects.manifest(project, version)).get(path)
        text = (await projects.get_blobs(project, [old.digest]))[old.digest].decode() if old else ""
        change = Change(old, await ref(projects, f"{text}{line}\n", project))
        try:
            for _ in range(random.choice([1, 1, 2])):  # some answers are lost, and the step is sent again
                await projects.publish(project, fence, step=step, attempt=attempt, changes={path: change})
        except StateConflict:
            continue
        return
    raise AssertionError(f"{step} never got through")


WORK = st.lists(st.lists(st.sampled_from(["a", "b", "c/d"]), max_size=4), min_size=8, max_size=8)


@given(work=WORK)
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_eight_writers_lose_and_double_nothing(redis: Redis, work: list[list[str]]) -> None:
    projects, project = ProjectStore(redis), uuid.uuid4().hex
    await projects.create(project)
    async with hold(redis, run=project, project=project) as fence:
        await projects.branch(project, project, EMPTY_VERSION)

        async def writer(number: int, paths: list[str]) -> None:
            for count, path in enumerate(paths):
                name = f"{number}.{count}"
                await append(projects, project, fence, name, path, name)

        await asyncio.gather(*(writer(number, paths) for number, paths in enumerate(work)))
        end = await projects.branch(project, project, EMPTY_VERSION)
    written = sorted(
        (path, f"{number}.{count}") for number, paths in enumerate(work) for count, path in enumerate(paths)
    )
    files = await projects.files(project, end.version)
    assert sorted((path, line) for path, (data, _) in files.items() for line in data.decode().split()) == written
    assert end.number == len(written)
