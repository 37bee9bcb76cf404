"""Parallel agents write one project: nothing may be lost, doubled or half applied, whoever crashes when."""

from __future__ import annotations

import asyncio
import hashlib
import random
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
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


async def ref(projects: ProjectStore, fence: Fence, text: str, project: str = "p") -> FileRef:
    (digest,) = await projects.put_blobs(project, fence, [text.encode()])
    return FileRef(digest)


async def test_a_project_starts_empty_and_creating_it_again_changes_nothing(
    projects: ProjectStore, fence: Fence
) -> None:
    assert (await projects.head("p"), await projects.manifest("p", EMPTY_VERSION)) == (EMPTY_VERSION, {})
    revision = await publish(projects, fence, {"a": Change(None, await ref(projects, fence, "a"))})
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
    a, b, c = [await ref(projects, fence, text) for text in "abc"]
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
    a, b = [await ref(projects, fence, text) for text in "ab"]
    first = await publish(projects, fence, {"a": Change(None, a)})
    await publish(projects, fence, {"b": Change(None, b)}, "code/b")
    assert await publish(projects, fence, {"a": Change(None, b), "c": Change(b, a)}) == first
    assert (await projects.branch("p", "r", EMPTY_VERSION)).number == 2
    again = await projects.publish("p", fence, step="code/a", attempt=1, changes={"a": Change(a, b)})
    assert again.number == 3


async def test_a_lost_compare_and_set_names_its_paths_and_writes_nothing(projects: ProjectStore, fence: Fence) -> None:
    a, b = [await ref(projects, fence, text) for text in "ab"]
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
    a = await ref(projects, fence, "a")
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
    a = await ref(projects, fence, "a")
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
    one = await publish(projects, fence, {"a": Change(None, await ref(projects, fence, "a"))})
    two = await publish(projects, fence, {"b": Change(None, await ref(projects, fence, "b"))}, "code/b")
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


async def test_damage_is_named(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    """Wrong bytes must stop a run, not become its next version."""
    keys = ProjectKeys("p")
    a = await ref(projects, fence, "a")
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


async def test_an_older_version_is_restored_as_one_publish(projects: ProjectStore, fence: Fence) -> None:
    """The last green version comes back whole: what was added since is gone, what was removed is there again."""
    a, b, c = [await ref(projects, fence, text) for text in "abc"]
    green = await publish(projects, fence, {"a": Change(None, a), "b/c": Change(None, b)})
    await projects.mark_green("p", fence, green.version)
    await publish(projects, fence, {"a": Change(a, c), "b/c": Change(b, None), "b/d": Change(None, c)}, "code/b")
    back = await projects.restore("p", fence, step="restore/1", attempt=0, version=green.version)
    assert back == Revision(3, green.version)
    after = await publish(projects, fence, {"b/c": Change(b, c)}, "code/c")
    assert await projects.manifest("p", after.version) == {"a": a, "b/c": c}
    assert await projects.restore("p", fence, step="restore/1", attempt=0, version=EMPTY_VERSION) == back
    assert await projects.newest("p", "r") == after
    with pytest.raises(UnknownVersion, match="no version 'f00'"):
        await projects.restore("p", fence, step="restore/2", attempt=0, version="f00")
    assert await projects.newest("p", "s") is None


async def test_the_history_of_the_head_and_the_way_back(projects: ProjectStore, fence: Fence) -> None:
    """A delivery that turned out bad is taken back; its step, repeated after a crash, must not deliver it again."""
    versions = [EMPTY_VERSION]
    for name in "ab":
        made = await publish(projects, fence, {name: Change(None, await ref(projects, fence, name))}, name)
        assert await projects.advance_head("p", fence, expected=versions[-1], version=made.version)
        versions.append(made.version)
    empty, one, two = versions
    assert await projects.rollback_head("p") == one
    assert await projects.advance_head("p", fence, expected=one, version=two)
    assert await projects.head("p") == one
    assert await projects.rollback_head("p", two) == two
    assert [await projects.rollback_head("p"), await projects.rollback_head("p")] == [one, empty]
    with pytest.raises(UnknownVersion, match="no earlier version"):
        await projects.rollback_head("p")
    moves = await projects.history("p")
    assert [(move.version, move.run) for move in moves] == [
        (empty, None), (one, "r"), (two, "r"), (one, None), (two, None), (one, None), (empty, None),
    ]  # fmt: skip
    assert all(abs((datetime.now(UTC) - move.at).total_seconds()) < 60 for move in moves)
    never = await publish(projects, fence, {"c": Change(None, await ref(projects, fence, "c"))}, "c")
    with pytest.raises(UnknownVersion, match="among those that were its head"):
        await projects.rollback_head("p", never.version)
    with pytest.raises(UnknownProject):
        await projects.rollback_head("q")


PATHS = ["a", "a b", "a/b", "a/b/c", "b", "b.c", "bb", "z/Ä", "z/ä ö", "é", "ab", "a-b"]
EDITS = st.lists(
    st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["1", "2", "+3", None]), max_size=5), max_size=40
)


@given(edits=EDITS)
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_version_reads_back_as_it_was_published(redis: Redis, edits: list[dict[str, str | None]]) -> None:
    """Versions are stored as edits of others, found by text: any slip would give some later reader other files."""
    projects, project = ProjectStore(redis), uuid.uuid4().hex
    await projects.create(project)
    model: dict[str, FileRef] = {}
    seen: dict[str, dict[str, FileRef]] = {EMPTY_VERSION: {}}
    async with hold(redis, run="r", project=project) as fence:
        await projects.branch(project, "r", EMPTY_VERSION)
        refs = {
            text: (await ref(projects, fence, text, project))._replace(executable=text.startswith("+"))
            for text in ("1", "2", "+3")
        }
        for number, edit in enumerate(edits):
            wanted = {path: refs[text] if text else None for path, text in edit.items()}
            changes = {path: Change(model.get(path), new) for path, new in wanted.items()}
            after = {path: new for path, new in (model | wanted).items() if new}
            folders = {path[:i] for path in after for i, c in enumerate(path) if c == "/"}
            try:
                revision = await projects.publish(project, fence, step=str(number), attempt=0, changes=changes)
            except StateConflict:
                assert folders & after.keys()
                continue
            assert not folders & after.keys()
            model = after
            assert revision.version == hashlib.sha1(encode_manifest(model)).hexdigest()
            seen[revision.version] = model
        for version, manifest in seen.items():
            assert await projects.manifest(project, version) == manifest
            await projects.branch(project, version, version)
            assert await projects.newest(project, version) == Revision(0, version)


async def test_a_version_costs_what_changed(redis: Redis, projects: ProjectStore, fence: Fence) -> None:
    """A long run on a large project must not store the list of all files anew with each step."""
    refs = [await ref(projects, fence, str(number)) for number in range(2)]
    await publish(projects, fence, {f"src/module_{number}.py": Change(None, refs[0]) for number in range(1000)}, "all")
    sizes: list[int] = []
    for number in range(64):
        made = await publish(projects, fence, {f"src/module_{number}.py": Change(*refs)}, str(number))
        sizes.append(await redis.hstrlen(ProjectKeys("p").manifests, made.version))  # pyright: ignore[reportGeneralTypeIssues]
    assert [size for size in sizes if size > 200] == [max(sizes)] * 4
    assert sum(sizes) / len(sizes) < 7_000


PLACES = [f"{folder}{name}" for name in "abcdefghijklm" for folder in ("", "src/")]


class Writer:
    """Adds numbered lines to files as an agent does: read, change, publish, and again if somebody was faster."""

    def __init__(self, projects: ProjectStore, project: str, fence: Fence, name: int, seed: int) -> None:
        self._projects, self._project, self._fence, self._name = projects, project, fence, name
        self._random = random.Random(seed * 100 + name)
        self.accepted: list[tuple[str, str]] = []

    async def write(self, count: int, weights: list[int]) -> None:
        step = 0
        while len(self.accepted) < count:
            step += 1
            batch = min(self._random.choice([1, 2, 4, 4]), count - len(self.accepted))
            paths = {self._random.choices(PLACES[: len(weights)], weights)[0] for _ in range(batch)}
            lines = {path: f"{self._name}.{step}.{path}" for path in sorted(paths)}
            await self._publish(f"{self._name}/{step}", lines)
            self.accepted += lines.items()

    async def _publish(self, step: str, lines: dict[str, str]) -> None:
        for attempt in range(10_000):
            changes = await self._changes(lines)
            try:
                first = await self._projects.publish(
                    self._project, self._fence, step=step, attempt=attempt, changes=changes
                )
            except StateConflict:
                await asyncio.sleep(self._random.random() / 200)
                continue
            if self._random.random() < 0.2:  # the answer was lost, and the step is sent again
                again = await self._projects.publish(
                    self._project, self._fence, step=step, attempt=attempt, changes=changes
                )
                assert again == first
            return
        raise AssertionError(f"{step} never got through")

    async def _changes(self, lines: dict[str, str]) -> dict[str, Change]:
        revision = await self._projects.newest(self._project, self._fence.run)
        assert revision is not None
        held = await self._projects.manifest(self._project, revision.version)
        old = {path: held.get(path) for path in lines}
        blobs = await self._projects.get_blobs(self._project, [ref.digest for ref in old.values() if ref])
        texts = {path: (blobs[ref.digest] if ref else b"") + f"{lines[path]}\n".encode() for path, ref in old.items()}
        digests = await self._projects.put_blobs(self._project, self._fence, list(texts.values()))
        return {path: Change(old[path], FileRef(digest)) for path, digest in zip(texts, digests, strict=True)}


@given(weights=st.lists(st.integers(1, 9), min_size=6, max_size=26), seed=st.integers(0, 1000))
@settings(
    max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
async def test_eight_writers_lose_and_double_nothing(redis: Redis, weights: list[int], seed: int) -> None:
    """4,032 accepted writes in all: what each writer was told is what is there, once each, in each writer's order."""
    projects, project = ProjectStore(redis), uuid.uuid4().hex
    await projects.create(project)
    async with hold(redis, run=project, project=project) as fence:
        await projects.branch(project, project, EMPTY_VERSION)
        writers = [Writer(projects, project, fence, name, seed) for name in range(8)]
        await asyncio.gather(*(writer.write(63, weights) for writer in writers))
        end = await projects.newest(project, project)
    assert end is not None
    files = await projects.files(project, end.version)
    lines = [(path, line) for path, (data, _) in files.items() for line in data.decode().split()]
    accepted = [entry for writer in writers for entry in writer.accepted]
    assert sorted(lines) == sorted(accepted)
    for path in files:
        order = [line for at, line in lines if at == path]
        for writer in writers:
            mine = [line for at, line in writer.accepted if at == path]
            assert [line for line in order if line in set(mine)] == mine
    assert len(accepted) == 8 * 63
