"""A project's head: the version that is delivered, and every one that was before it."""

from __future__ import annotations

import time

from redis.asyncio import Redis

from .. import wire
from ..base import Fence, HeadMove, StateConflict, UnknownProject, UnknownVersion
from ..keys import PROJECTS, ProjectKeys
from ..scripts import FencedScript, Script, command
from .manifests import MANIFESTS

_MOVE = """
local function move(head, history, version, run)
  local clock = redis.call('TIME')
  local now = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))
  redis.call('SET', head, version)
  redis.call('RPUSH', history, version .. ' ' .. now .. ' ' .. run)
  return now
end
"""

_CREATE = Script(
    _MOVE
    + """
local head, manifests, history, stats = unpack(KEYS)
if redis.call('EXISTS', head) == 1 then return 0 end
redis.call('HSETNX', manifests, ARGV[1], '')
redis.call('HSET', stats, 'since', move(head, history, ARGV[1], ''))
return 1
"""
)

# A step that delivered and is repeated must not undo a rollback that came between.
_ADVANCE = FencedScript(
    MANIFESTS
    + _MOVE
    + """
local head, history, manifests, doomed, meta = unpack(KEYS, 2)
local expected, version, run = ARGV[2], ARGV[3], ARGV[4]
local ids, stored = chain_of(manifests, version)
if not ids then return -1 end
if redis.call('HGET', meta, 'delivered') == version then return 1 end
local at = redis.call('GET', head)
if at ~= version and at ~= expected then return 0 end
redis.call('HSET', meta, 'delivered', version)
if at ~= version then
  move(head, history, version, run)
  keep(doomed, ids, stored)
end
return 1
"""
)

_ROLL_BACK = Script(
    MANIFESTS
    + _MOVE
    + """
local head, history, manifests, doomed = unpack(KEYS)
local ids, stored = chain_of(manifests, ARGV[2])
if not ids then return -1 end
local moves = redis.call('LLEN', history)
if moves == tonumber(ARGV[1]) + 1 and redis.call('GET', head) == ARGV[2] then return 1 end  -- sent again
if moves ~= tonumber(ARGV[1]) then return 0 end
move(head, history, ARGV[2], '')
keep(doomed, ids, stored)
return 1
"""
)


class Head:
    """The head of one project."""

    def __init__(self, redis: Redis, project: str) -> None:
        self._redis = redis
        self._project = project
        self._keys = ProjectKeys(project)

    async def create(self, empty: str) -> None:
        """See `ProjectStore.create`."""
        keys = self._keys
        # Indexed first: a kill between the two leaves an entry that is skipped, never a project that nobody finds.
        await command(self._redis, "ZADD", PROJECTS, "NX", time.time(), self._project)
        await _CREATE(self._redis, [keys.head, keys.manifests, keys.history, keys.stats], [empty])

    async def version(self) -> str:
        """See `ProjectStore.head`."""
        raw: bytes | None = await command(self._redis, "GET", self._keys.head)
        if raw is None:
            raise UnknownProject(self._project)
        return wire.version(raw, owner=f"project {self._project!r}", key=self._keys.head)

    async def advance(self, fence: Fence, expected: str, version: str) -> bool:
        """See `ProjectStore.advance_head`."""
        keys, own = self._keys, self._keys.branch(fence.run)
        moved = await _ADVANCE(
            self._redis,
            fence,
            own.fence,
            [keys.head, keys.history, keys.manifests, keys.doomed, own.meta],
            [expected, version, fence.run],
        )
        if moved == -1:
            raise UnknownVersion(self._project, f"version {version!r}")
        return moved == 1

    async def history(self) -> list[HeadMove]:
        """See `ProjectStore.history`."""
        key = self._keys.history
        found: list[bytes] = await command(self._redis, "LRANGE", key, 0, -1)
        return [wire.head_move(raw, owner=f"project {self._project!r}", key=key) for raw in found]

    async def roll_back(self, version: str | None) -> str:
        """See `ProjectStore.rollback_head`."""
        moves = await self.history()
        await self.version()
        line = _line(moves)
        if version is None and len(line) < 2:
            raise UnknownVersion(self._project, "earlier version than its head")
        target = line[-2] if version is None else version
        if target not in {move.version for move in moves}:
            raise UnknownVersion(self._project, f"version {target!r} among those that were its head")
        keys = self._keys
        moved = await _ROLL_BACK(
            self._redis, [keys.head, keys.history, keys.manifests, keys.doomed], [len(moves), target]
        )
        if moved == -1:
            raise UnknownVersion(self._project, f"version {target!r}")
        if not moved:
            raise StateConflict([f"the head of {self._project}"])
        return target


def _line(moves: list[HeadMove]) -> list[str]:
    """The heads that stand: a rollback takes back what came after the version that it went to."""
    line: list[str] = []
    for move in moves:
        if move.run is None and move.version in line:
            while line[-1] != move.version:
                line.pop()
        else:
            line.append(move.version)
    return line
