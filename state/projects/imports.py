"""Where a project's versions were imported from, and how an import gets in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import TypeAdapter
from redis.asyncio import Redis

from .. import wire
from ..base import Change, Fence, HeadMove, Revision, StateConflict
from ..keys import ProjectKeys, RunKeys
from ..records import FileRef, ProjectPath, Record
from ..scripts import Script, command
from .differences import changes_between
from .store import ProjectStore

_LIFE_SECONDS = 3600
"""How long an import that was killed may leave its branch behind."""

_FORGET = Script("""
redis.call('DEL', unpack(KEYS, 2))
return redis.call('SREM', KEYS[1], ARGV[1])
""")


class Import(Record):
    """What a version was read from."""

    source: str
    """The directory, absolute."""
    at: datetime
    commit: str | None = None
    """The commit that was checked out there; None where it was no git repository, or had none."""
    uncommitted: tuple[ProjectPath, ...] = ()
    """The paths that were not as the commit has them: changed, new, or removed."""


_IMPORT = TypeAdapter(Import)


class Imports:
    """The imports of one project."""

    def __init__(self, redis: Redis, project: str, projects: ProjectStore) -> None:
        self._redis = redis
        self._project = project
        self._projects = projects
        self._keys = ProjectKeys(project)

    async def add(self, fence: Fence, files: Mapping[str, tuple[bytes, bool]], found: Import) -> tuple[str, str]:
        """Make `files` the project's head, and return the head before and the one that they are.

        StateConflict: the head moved meanwhile; nothing changed then. OverQuota; FenceLost.
        """
        projects, project = self._projects, self._project
        head = await projects.head(project)
        await projects.branch(project, fence.run, head)
        try:
            await self._expire(fence)
            revision = await self._publish(fence, head, files)
            await self._expire(fence)
            await command(self._redis, "HSET", self._keys.imports, revision.version, found.model_dump_json())
            if not await projects.advance_head(project, fence, expected=head, version=revision.version):
                raise StateConflict([f"the head of {project}"])
        finally:
            await self._forget(fence)
        return head, revision.version

    async def _publish(self, fence: Fence, head: str, files: Mapping[str, tuple[bytes, bool]]) -> Revision:
        digests = await self._projects.put_blobs(self._project, fence, [data for data, _ in files.values()])
        refs = {path: FileRef(digest, files[path][1]) for path, digest in zip(files, digests, strict=True)}
        changes: dict[str, Change] = changes_between(await self._projects.manifest(self._project, head), refs)
        return await self._projects.publish(self._project, fence, step="import", attempt=0, changes=changes)

    async def _expire(self, fence: Fence) -> None:
        for key in (*self._keys.branch(fence.run).lasting(), RunKeys(fence.run).fence):
            await command(self._redis, "EXPIRE", key, _LIFE_SECONDS)

    async def _forget(self, fence: Fence) -> None:
        own = self._keys.branch(fence.run)
        rest = [key for key in own.lasting() if key != own.fence]
        await _FORGET(self._redis, [self._keys.branches, *rest], [fence.run])

    async def of(self, version: str, before: datetime) -> tuple[str, Import] | None:
        """The import that `version`, which was the head at `before`, came from, and its version; None: there is none.

        That is the last one in the project's history up to the move that made `version` the head.
        """
        moves = await self._projects.history(self._project)
        places = [place for place, move in enumerate(moves) if move.version == version]
        by_then = [place for place in places if moves[place].at <= before]  # by another clock: only where it helps
        last = max(by_then or places, default=-1)
        for move in reversed(moves[: last + 1]):
            if found := await self._imported(move):
                return move.version, found
        return None

    async def _imported(self, move: HeadMove) -> Import | None:
        raw: bytes | None = await command(self._redis, "HGET", self._keys.imports, move.version)
        if raw is None:
            return None
        return wire.parse(_IMPORT, raw, owner=f"project {self._project!r}", key=self._keys.imports)
