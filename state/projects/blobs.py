"""Contents by digest, and who needs them.

Contents are addressed by SHA-256. A run claims what it stores in the script that stores it, so a sweep never finds a
content that is on its way. What is there already is claimed, and not sent again.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from redis.asyncio import Redis

from .. import wire
from ..base import CorruptState, Fence, OverQuota, UnknownVersion
from ..keys import ProjectKeys
from ..scripts import Argument, FencedScript, command

_BATCH_BYTES = 4 << 20
_BATCH_COUNT = 256
_DIGEST = re.compile(r"[0-9a-f]{64}")

_PENDING_MS = 120_000
"""A call that stores contents and has not moved for so long is dead."""

# Room for all that is missing is reserved before any of it is stored: a call fits whole, or stores nothing.
_CLAIM = FencedScript(f"""
local meta, claims, blobs, doomed, stats, pending = unpack(KEYS, 2)
local call, quota = ARGV[2], tonumber(ARGV[3])
if redis.call('HEXISTS', meta, 'number') == 0 then return {{'no branch'}} end
local missing, wanted = {{'missing'}}, 0
for i = 4, #ARGV, 2 do
  if redis.call('HEXISTS', blobs, ARGV[i]) == 0 then
    table.insert(missing, ARGV[i])
    wanted = wanted + ARGV[i + 1]
  end
end
if #missing > 1 and call == '' then return missing end
if wanted > 0 then
  local clock = redis.call('TIME')
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local used = tonumber(redis.call('HGET', stats, 'bytes') or 0)
  local open = redis.call('HGETALL', pending)
  for i = 1, #open, 2 do
    local bytes, since = string.match(open[i + 1], '^(%d+) (%d+)$')
    if not since or now - since > {_PENDING_MS} then
      redis.call('HDEL', pending, open[i])
    elseif open[i] ~= call then
      used = used + bytes
    end
  end
  if quota and used + wanted > quota then return {{'over quota', used, wanted}} end
  redis.call('HSET', pending, call, string.format('%.0f %.0f', wanted, now))
end
for i = 4, #ARGV, 2 do
  redis.call('SADD', claims, ARGV[i])
  redis.call('HDEL', doomed, ARGV[i])
end
local left = redis.call('PTTL', meta)
if left > 0 then redis.call('PEXPIRE', claims, left) end
return missing
""")

_STORE = FencedScript("""
local meta, claims, blobs, doomed, stats, pending, sizes = unpack(KEYS, 2)
if redis.call('HEXISTS', meta, 'number') == 0 then return 0 end
local sent, added = 0, 0
for i = 3, #ARGV, 2 do
  local digest, content = ARGV[i], ARGV[i + 1]
  redis.call('SADD', claims, digest)
  redis.call('HDEL', doomed, digest)
  if redis.call('HSETNX', blobs, digest, content) == 1 then
    redis.call('HSET', sizes, digest, #content)
    added = added + #content
  end
  sent = sent + #content
end
if added > 0 then redis.call('HINCRBY', stats, 'bytes', added) end
local bytes, since = string.match(redis.call('HGET', pending, ARGV[2]) or '', '^(%d+) (%d+)$')
if since and bytes - sent > 0 then
  redis.call('HSET', pending, ARGV[2], string.format('%.0f %s', bytes - sent, since))
else
  redis.call('HDEL', pending, ARGV[2])
end
return 1
""")


def checked_digest(digest: str) -> str:
    """`digest`, if it is one; else ValueError."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a digest; give the SHA-256 in hex that `put_blobs` returned")
    return digest


class Blobs:
    """The contents of one project."""

    def __init__(self, redis: Redis, project: str, quota: int | None) -> None:
        self._redis = redis
        self._project = project
        self._keys = ProjectKeys(project)
        self._quota = quota

    async def put(self, fence: Fence, contents: Sequence[bytes]) -> list[str]:
        """Store `contents` for the run that `fence` holds; see `ProjectStore.put_blobs`."""
        digests = [hashlib.sha256(data).hexdigest() for data in contents]
        if not digests:
            return digests
        wanted = dict(zip(digests, contents, strict=True))
        call = uuid.uuid4().hex
        missing = await self._claim(fence.run, fence, call, {digest: len(data) for digest, data in wanted.items()})
        for batch in _batches(missing, wanted):
            args: list[Argument] = [call]
            for digest in batch:
                args += [digest, wanted[digest]]
            own = self._keys.branch(fence.run)
            if not await _STORE(self._redis, fence, own.fence, [*self._shared(fence.run), self._keys.sizes], args):
                raise self._no_branch(fence.run)
        return digests

    async def claim(self, run: str, digests: Iterable[str]) -> None:
        """Keep `digests` for `run`; see `ProjectStore.claim`."""
        wanted = {checked_digest(digest): 0 for digest in digests}
        if wanted and (missing := await self._claim(run, None, "", wanted)):
            raise CorruptState(f"project {self._project!r}", self._keys.blobs, f"the content {missing[0]} is missing")

    async def _claim(self, run: str, fence: Fence | None, call: str, sizes: Mapping[str, int]) -> list[str]:
        pairs = (word for digest, size in sizes.items() for word in (digest, size))
        quota = "" if self._quota is None else self._quota
        own = self._keys.branch(run)
        tag, *rest = await _CLAIM(self._redis, fence, own.fence, self._shared(run), [call, quota, *pairs])
        if tag == b"no branch":
            raise self._no_branch(run)
        if tag == b"over quota":
            raise OverQuota(self._project, int(rest[0]), int(rest[1]), self._quota or 0)
        return [raw.decode() for raw in rest]

    def _shared(self, run: str) -> list[str]:
        keys, own = self._keys, self._keys.branch(run)
        return [own.meta, own.claims, keys.blobs, keys.doomed, keys.stats, keys.pending]

    def _no_branch(self, run: str) -> UnknownVersion:
        return UnknownVersion(self._project, f"branch of run {run!r}; make it first")

    async def get(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The contents of `digests`. CorruptState: one is missing, or is not what its digest says."""
        key = self._keys.blobs
        wanted = list(dict.fromkeys(digests))
        blobs: dict[str, bytes] = {}
        for start in range(0, len(wanted), _BATCH_COUNT):
            part = wanted[start : start + _BATCH_COUNT]
            found: list[bytes | None] = await command(self._redis, "HMGET", key, *part)
            blobs.update((digest, self._checked(digest, raw)) for digest, raw in zip(part, found, strict=True))
        return blobs

    def _checked(self, digest: str, raw: bytes | None) -> bytes:
        owner, key = f"project {self._project!r}", self._keys.blobs
        if raw is None:
            raise CorruptState(owner, key, f"the content {digest} is missing")
        if hashlib.sha256(raw).hexdigest() != digest:
            raise CorruptState(owner, key, f"the content {digest} has other bytes")
        return raw

    async def used(self) -> int:
        """Bytes of all contents together, each counted once."""
        key = self._keys.stats
        raw: bytes | None = await command(self._redis, "HGET", key, "bytes")
        return 0 if raw is None else int(wire.number(raw, owner=f"project {self._project!r}", key=key))


def _batches(digests: list[str], contents: Mapping[str, bytes]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for digest in digests:
        if batch and (size + len(contents[digest]) > _BATCH_BYTES or len(batch) == _BATCH_COUNT):
            yield batch
            batch, size = [], 0
        batch.append(digest)
        size += len(contents[digest])
    if batch:
        yield batch
