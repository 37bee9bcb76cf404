"""Mark and sweep of what no version and no run needs any more, beside processes that write.

The mark reads page by page, so it is never a snapshot. What makes it safe is `doomed`: what a mark found unneeded is
entered there, with the number of sweeps begun by then; every script that makes a content or a version needed takes it
off in the same step; and a sweep deletes only what a sweep BEFORE it entered and its own mark found unneeded again. So
for whatever is deleted: it was entered before this mark began, nobody took it off since, and this mark did not see it
needed. It cannot have become needed after the mark without being taken off, nor before it without being seen.

Versions go before the contents that they name, and those that rest on another before that one: what can be read at all
can be read whole.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from redis.asyncio import Redis

from .. import wire
from ..base import Swept
from ..keys import BranchKeys, ProjectKeys
from ..scripts import Argument, Script, command
from .manifests import MANIFESTS

T = TypeVar("T")

_PAGE = 200

_NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
"""

_BEGIN = Script("""
if redis.call('HEXISTS', KEYS[1], 'since') == 0 then return 0 end
return redis.call('HINCRBY', KEYS[1], 'sweeps', 1)
""")

_IS_DUE = Script(
    _NOW
    + """
local swept = tonumber(redis.call('HGET', KEYS[1], 'swept') or redis.call('HGET', KEYS[1], 'since'))
if not swept or now - swept < tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'swept', string.format('%.0f', now))
return 1
"""
)

_FORGET_BRANCH = Script("""
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
return redis.call('SREM', KEYS[2], ARGV[1])
""")

_STORED = Script("""
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 20)
local page = {found[1]}
for i = 1, #found[2], 2 do
  table.insert(page, found[2][i])
  local text = found[2][i + 1]
  table.insert(page, string.sub(text, 1, 1) == '~' and string.sub(text, 2, 41) or '')
end
return page
""")

# What a version names beyond the one that it rests on; that one is looked at too, as long as it is stored.
_DIGESTS = Script(
    MANIFESTS
    + """
local page, seen = {}, {}
for _, version in ipairs(ARGV) do
  for digest in string.gmatch(redis.call('HGET', KEYS[1], version) or '', DIGEST) do
    if not seen[digest] then
      seen[digest] = true
      table.insert(page, digest)
    end
  end
end
return page
"""
)

_DOOM = Script(
    _NOW
    + """
local entry = (redis.call('HGET', KEYS[3], 'sweeps') or '0') .. ' ' .. string.format('%.0f', now)
for _, name in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[1], name) == 1 then redis.call('HSETNX', KEYS[2], name, entry) end
end
return 1
"""
)

_DOOMED_BEFORE = (
    _NOW
    + """
local function ripe(name)
  local sweep, since = string.match(redis.call('HGET', KEYS[1], name) or '', '^(%d+) (%d+)$')
  return since and tonumber(sweep) < tonumber(ARGV[1]) and now - since >= tonumber(ARGV[2])
end
"""
)

_DELETE_VERSIONS = Script(
    _DOOMED_BEFORE
    + """
local held, deleted = {}, {}
for i = 3, #ARGV, 2 do
  local version, parent = ARGV[i], ARGV[i + 1]
  if held[version] or not ripe(version) then
    held[parent] = true
  else
    redis.call('HDEL', KEYS[2], version)
    redis.call('HDEL', KEYS[1], version)
    table.insert(deleted, version)
  end
end
return deleted
"""
)

_DELETE_BLOBS = Script(
    _DOOMED_BEFORE
    + """
local count, bytes = 0, 0
for i = 3, #ARGV do
  if ripe(ARGV[i]) then
    bytes = bytes + (tonumber(redis.call('HGET', KEYS[3], ARGV[i]) or 0) or 0)
    count = count + redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('HDEL', KEYS[3], ARGV[i])
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
if bytes > 0 then redis.call('HINCRBY', KEYS[4], 'bytes', -bytes) end
return {count, bytes}
"""
)


async def sweep(redis: Redis, project: str, grace: float) -> Swept:
    """See `ProjectStore.sweep`."""
    swept = Swept()
    for _ in range(1 if grace > 0 else 2):
        swept += await Sweep(redis, project, grace).run()
    return swept


async def is_due(redis: Redis, project: str, every: float) -> bool:
    """Whether no sweep was said to be due in the last `every` seconds; True to one of those that ask at once."""
    return bool(await _IS_DUE(redis, [ProjectKeys(project).stats], [int(every * 1000)]))


@dataclass
class Mark:
    """What a pass over a project saw."""

    live: set[bytes] = field(default_factory=set[bytes])
    """Versions that are needed, and those that they rest on."""
    parents: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    """Every stored version -> the one that it rests on, or nothing."""
    claimed: set[bytes] = field(default_factory=set[bytes])
    """Digests."""

    def keep(self, versions: Iterable[bytes]) -> None:
        """Count `versions` as needed, with all that they rest on."""
        for version in versions:
            while version and version not in self.live:
                self.live.add(version)
                version = self.parents.get(version, b"")

    def dead(self) -> list[bytes]:
        """The stored versions that are not needed, each before the one that it rests on."""
        order: dict[bytes, None] = {}
        for version in self.parents:
            chain: list[bytes] = []
            while version and version not in self.live and version not in order and version not in chain:
                chain.append(version)
                version = self.parents.get(version, b"")
            order.update(dict.fromkeys(reversed(chain)))
        return [version for version in reversed(order) if version in self.parents]


class Sweep:
    """One pass: mark, delete what an earlier one doomed, doom the rest."""

    def __init__(self, redis: Redis, project: str, grace: float) -> None:
        self._redis = redis
        self._project = project
        self._keys = ProjectKeys(project)
        self._grace = int(grace * 1000)
        self._number = 0

    async def run(self) -> Swept:
        """Do it all."""
        if not await self.begin():
            return Swept()
        mark = await self.mark()
        versions = await self.delete_versions(mark)
        return Swept(manifests=versions) + await self.finish(mark)

    async def finish(self, mark: Mark) -> Swept:
        """Delete the contents that are due, and doom what was found to be unneeded."""
        needed, named = await self.digests(mark)
        swept = Swept()
        async for digests in self._scan(self._keys.sizes, step=2):
            unneeded = [digest for digest in digests if digest not in needed]
            swept += await self.delete_blobs([digest for digest in unneeded if digest not in named])
            await self._call(_DOOM, [self._keys.sizes, self._keys.doomed, self._keys.stats], unneeded)
        for page in _pages(mark.dead(), _PAGE):
            await self._call(_DOOM, [self._keys.manifests, self._keys.doomed, self._keys.stats], page)
        await self._spare(needed | mark.live)
        return swept

    async def begin(self) -> bool:
        """Take the number of this sweep. False: there is no project, or one of before sweeps were known."""
        self._number = int(await _BEGIN(self._redis, [self._keys.stats]))
        return self._number > 0

    async def mark(self) -> Mark:
        """Read what is stored and what is needed."""
        mark = Mark()
        cursor = b"0"
        while True:
            cursor, *page = await _STORED(self._redis, [self._keys.manifests], [cursor])
            mark.parents.update(zip(page[::2], page[1::2], strict=True))
            if cursor == b"0":
                break
        mark.keep(await self._heads())
        async for runs in self._scan(self._keys.branches):
            for run in runs:
                await self._mark_branch(run, mark)
        return mark

    async def _heads(self) -> set[bytes]:
        key, owner = self._keys.history, f"project {self._project!r}"
        found: list[bytes] = await command(self._redis, "LRANGE", key, 0, -1)
        return {wire.head_move(raw, owner=owner, key=key).version.encode() for raw in found}

    async def _mark_branch(self, run: bytes, mark: Mark) -> None:
        own = self._keys.branch(wire.text(run, owner=f"project {self._project!r}", key=self._keys.branches))
        if await _FORGET_BRANCH(self._redis, [own.meta, self._keys.branches], [run]):
            return
        mark.keep(await self._versions(own))
        async for revisions in self._scan(own.published, step=2, first=1):
            mark.keep(revision.rpartition(b" ")[2] for revision in revisions)
        async for digests in self._scan(own.claims):
            mark.claimed.update(digests)

    async def _versions(self, own: BranchKeys) -> list[bytes]:
        found: list[bytes | None] = await command(
            self._redis, "HMGET", own.meta, "base", "version", "green", "delivered"
        )
        return [version for version in found if version]

    async def delete_versions(self, mark: Mark) -> int:
        """Delete the dead versions that are due, and strike them from `mark`; those that must stay count as needed."""
        dead = mark.dead()
        held: set[bytes] = set()
        count = 0
        for page in _pages(dead, _PAGE):
            pairs: list[bytes] = []
            for version in page:
                if version in held:
                    held.add(mark.parents[version])
                else:
                    pairs += [version, mark.parents[version]]
            deleted = set(await self._delete(_DELETE_VERSIONS, [self._keys.manifests], pairs))
            held.update(mark.parents[version] for version in page if version not in deleted)
            for version in deleted:
                del mark.parents[version]
            count += len(deleted)
        return count

    async def digests(self, mark: Mark) -> tuple[set[bytes], set[bytes]]:
        """The digests that are needed; and those that any stored version names, which must stay as long as it does."""
        needed, named = set(mark.claimed), set(mark.claimed)
        for live, into in ((True, needed), (False, named)):
            versions = [version for version in mark.parents if (version in mark.live) == live]
            for page in _pages(versions, 2):
                into.update(await _DIGESTS(self._redis, [self._keys.manifests], page))
        return needed, named | needed

    async def delete_blobs(self, digests: Sequence[bytes]) -> Swept:
        """Delete those of `digests`, which no version names and nobody claims, that are due."""
        if not digests:
            return Swept()
        keys = [self._keys.blobs, self._keys.sizes, self._keys.stats]
        count, size = await self._delete(_DELETE_BLOBS, keys, digests)
        return Swept(blobs=int(count), bytes=int(size))

    async def _delete(self, script: Script, keys: Sequence[str], args: Sequence[Argument]) -> list[bytes]:
        return await script(self._redis, [self._keys.doomed, *keys], [self._number, self._grace, *args])

    async def _spare(self, needed: set[bytes]) -> None:
        """Take off what another sweep doomed after it had become needed: else its grace would be over already."""
        async for names in self._scan(self._keys.doomed, step=2):
            if spared := [name for name in names if name in needed]:
                await command(self._redis, "HDEL", self._keys.doomed, *spared)

    async def _call(self, script: Script, keys: Sequence[str], args: Sequence[bytes]) -> None:
        if args:
            await script(self._redis, keys, args)

    async def _scan(self, key: str, *, step: int = 1, first: int = 0) -> AsyncIterator[list[bytes]]:
        """The members of a set, or (by `step` and `first`) the fields or values of a hash, in pages.

        What is there from beginning to end is found at least once.
        """
        cursor = b"0"
        while True:
            cursor, found = await command(self._redis, "SSCAN" if step == 1 else "HSCAN", key, cursor, "COUNT", _PAGE)
            for page in _pages(_flat(found)[first::step], _PAGE):
                yield page
            if int(cursor) == 0:
                return


def _flat(found: list[bytes] | set[bytes] | dict[bytes, bytes]) -> list[bytes]:
    """What a scan returned, in whatever shape the client gives it."""
    if isinstance(found, dict):
        return [word for pair in found.items() for word in pair]
    return list(found)


def _pages(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page
