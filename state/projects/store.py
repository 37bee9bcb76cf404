"""The project store: contents by digest, immutable versions, one private branch for each run.

A version's id is the SHA-1 of its canonical manifest (see `wire.encode_manifest`), computed by the server: what Lua
has. Contents are addressed by SHA-256.

A project holds what is needed and, for a while, what was: the versions that were its head stay; those of a run stay as
long as the run's branch does, as do the contents that the run put or claimed. A sweep deletes the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from redis.asyncio import Redis

from .. import wire
from ..base import Change, Fence, HeadMove, Revision, Swept
from ..keys import PROJECTS, ProjectKeys
from ..records import Manifest
from ..scripts import command
from .blobs import Blobs
from .branches import Branch
from .differences import Merged, PathDiff, join, merge, three_way
from .heads import Head
from .manifests import read_manifest
from .sweeping import is_due, sweep

EMPTY_VERSION = hashlib.sha1(b"", usedforsecurity=False).hexdigest()
"""The version without files, from which every project starts."""

DAY = 24 * 60 * 60


class ProjectStore:
    """The files of projects and their history. `quota_bytes`: how much each project may hold; None: no limit."""

    def __init__(self, redis: Redis, quota_bytes: int | None = None) -> None:
        self._redis = redis
        self._quota = quota_bytes

    async def create(self, project: str) -> None:
        """Make `project` with an empty head; one that exists stays as it is."""
        await Head(self._redis, project).create(EMPTY_VERSION)

    async def exists(self, project: str) -> bool:
        """Whether `project` was created."""
        return bool(await self._redis.exists(ProjectKeys(project).head))

    async def names(self) -> list[str]:
        """All projects, oldest first."""
        found: list[bytes] = await command(self._redis, "ZRANGE", PROJECTS, 0, -1)
        return [wire.text(raw, owner="the index of projects", key=PROJECTS) for raw in found]

    # --- the head ---

    async def head(self, project: str) -> str:
        """The version that is delivered. UnknownProject."""
        return await Head(self._redis, project).version()

    async def advance_head(self, project: str, fence: Fence, *, expected: str, version: str) -> bool:
        """Move the head from `expected` to `version`; False if it is elsewhere.

        A repeat is True and changes nothing, even where the head was rolled back since. FenceLost; UnknownVersion:
        `version` was never published.
        """
        return await Head(self._redis, project).advance(fence, expected, version)

    async def history(self, project: str) -> list[HeadMove]:
        """Every move of the head, oldest first; the first is the project's creation."""
        return await Head(self._redis, project).history()

    async def rollback_head(self, project: str, version: str | None = None) -> str:
        """Move the head back to `version`, which was the head before, and return it; recorded in the history.

        None: to the one before the head. Rolled back twice, it goes back two. UnknownProject; UnknownVersion: it never
        was the head; StateConflict: the head moved meanwhile.
        """
        return await Head(self._redis, project).roll_back(version)

    # --- contents ---

    async def put_blobs(self, project: str, fence: Fence, contents: Sequence[bytes]) -> list[str]:
        """Store `contents`, claim them for the run, and return their digests (SHA-256, hex) in order.

        What is stored is not sent again. FenceLost; UnknownVersion: the run has no branch; OverQuota: they do not fit,
        and none was stored.
        """
        return await Blobs(self._redis, project, self._quota).put(fence, contents)

    async def claim(self, project: str, run: str, digests: Iterable[str]) -> None:
        """Keep contents that are there as long as the run's branch is. A repeat changes nothing.

        CorruptState: one is missing, and none was claimed; UnknownVersion: the run has no branch.
        """
        await Blobs(self._redis, project, None).claim(run, digests)

    async def get_blobs(self, project: str, digests: Iterable[str]) -> dict[str, bytes]:
        """The contents of `digests`. CorruptState: one is missing, or is not what its digest says."""
        return await Blobs(self._redis, project, None).get(digests)

    async def used(self, project: str) -> int:
        """Bytes of all contents of `project`, each counted once."""
        return await Blobs(self._redis, project, None).used()

    async def sweep(self, project: str, *, grace: float = 3600.0) -> Swept:
        """Delete what nobody needs and nobody has needed for `grace` seconds.

        What is found to be unneeded is deleted by a later sweep; with a `grace` of 0 by the same. Safe beside anything
        that others do meanwhile, sweeps included.
        """
        return await sweep(self._redis, project, grace)

    async def sweep_if_due(self, project: str, *, every: float = DAY) -> Swept | None:
        """Sweep unless one was begun here in the last `every` seconds; None then."""
        return await self.sweep(project) if await is_due(self._redis, project, every) else None

    # --- versions ---

    async def manifest(self, project: str, version: str) -> Manifest:
        """The files of `version`. UnknownVersion; CorruptState: the manifest is not the one of that id."""
        return await read_manifest(self._redis, project, version)

    async def files(self, project: str, version: str) -> dict[str, tuple[bytes, bool]]:
        """The contents of `version`: path -> bytes, and whether the file is executable."""
        manifest = await self.manifest(project, version)
        blobs = await self.get_blobs(project, (ref.digest for ref in manifest.values()))
        return {path: (blobs[ref.digest], ref.executable) for path, ref in manifest.items()}

    async def diff(self, project: str, base: str, ours: str, theirs: str) -> tuple[PathDiff, ...]:
        """What versions `ours` and `theirs` did to `base`, path by path. UnknownVersion."""
        return three_way(*await self._manifests(project, base, ours, theirs))

    async def _manifests(self, project: str, base: str, ours: str, theirs: str) -> tuple[Manifest, Manifest, Manifest]:
        before, mine, other = [await self.manifest(project, version) for version in (base, ours, theirs)]
        return before, mine, other

    async def merge(self, project: str, fence: Fence, *, base: str, ours: str, theirs: str) -> Merged:
        """Both changes of `base` together; text that both changed is joined by lines, and stored.

        Nothing is published: `Merged.changes` says what a publish on `ours` must do. UnknownVersion, and as
        `put_blobs`.
        """
        sides = await self._manifests(project, base, ours, theirs)
        merged = merge(*sides)
        wanted = {ref.digest for path in merged.conflicts for side in sides if (ref := side.get(path))}
        merged, made = join(merged, *sides, await self.get_blobs(project, wanted))
        await self.put_blobs(project, fence, made)
        return merged

    # --- the run's branch ---

    async def branch(self, project: str, run: str, base: str) -> Revision:
        """The current revision of the run's branch, made from version `base` if there is none. UnknownVersion."""
        return await Branch(self._redis, project, run).make(base)

    async def newest(self, project: str, run: str) -> Revision | None:
        """The current revision of the run's branch; None where there is none (any more)."""
        return await Branch(self._redis, project, run).newest()

    async def publish(
        self, project: str, fence: Fence, *, step: str, attempt: int, changes: Mapping[str, Change]
    ) -> Revision:
        """Apply `changes` to the branch of `fence.run`, all or none, and return the revision that they make.

        A repeat of (run, step, attempt) returns the revision that was recorded, whatever `changes` say. ValueError: a
        path or digest that no project may hold. StateConflict: a path is not as expected, or would be a file and a
        folder at once. CorruptState: a new content was not stored before. UnknownVersion: there is no branch.
        FenceLost.
        """
        return await Branch(self._redis, project, fence.run).publish(fence, step, attempt, changes)

    async def restore(self, project: str, fence: Fence, *, step: str, attempt: int, version: str) -> Revision:
        """Set the branch of `fence.run` to `version`, as one publish: a repeat returns what was recorded.

        UnknownVersion: there is no such version, or no branch. FenceLost.
        """
        return await Branch(self._redis, project, fence.run).restore(fence, step, attempt, version)

    async def mark_green(self, project: str, fence: Fence, version: str) -> None:
        """Record that every blocking check passed on `version`. FenceLost, UnknownVersion."""
        await Branch(self._redis, project, fence.run).mark_green(fence, version)

    async def green(self, project: str, run: str) -> str | None:
        """The version that the run marked green last."""
        return await Branch(self._redis, project, run).green()
