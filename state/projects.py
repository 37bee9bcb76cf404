"""The project store: contents by digest, immutable versions, one private branch for each run.

A version's id is the SHA-1 of its canonical manifest (see `wire.encode_manifest`), computed by the server: what Lua
has. Contents are addressed by SHA-256. A publish is one script, so parallel writers on one branch lose nothing, and a
repeated step changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from redis.asyncio import Redis

from . import wire
from .base import Change, CorruptState, Fence, Revision, StateConflict, UnknownProject, UnknownVersion
from .keys import ProjectKeys
from .records import FileRef, Manifest, project_path
from .scripts import FencedScript, Script, command

EMPTY_VERSION = hashlib.sha1(b"", usedforsecurity=False).hexdigest()
"""The version without files, from which every project starts."""

_BATCH_BYTES = 4 << 20
_BATCH_COUNT = 256
_DIGEST = re.compile(r"[0-9a-f]{64}")

_BRANCH = Script("""
local meta, refs, paths, manifests = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local found = redis.call('HMGET', meta, 'number', 'version')
if found[1] then return found[1] .. ' ' .. (found[2] or '') end
local text = redis.call('HGET', manifests, ARGV[1])
if not text then return false end
for ref, path in string.gmatch(text, '(%S+) ([^\\n]+)\\n') do
  redis.call('HSET', refs, path, ref)
  redis.call('ZADD', paths, 0, path)
end
redis.call('HSET', meta, 'number', 0, 'version', ARGV[1])
return '0 ' .. ARGV[1]
""")

# Lua compares strings by the server's locale; a sorted set compares bytes. Hence `paths`.
_PUBLISH = FencedScript("""
local meta, refs, paths, published, manifests, blobs = KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local recorded = redis.call('HGET', published, ARGV[2])
if recorded then return {'done', recorded} end
if redis.call('EXISTS', meta) == 0 then return {'no branch'} end

local files = {}
local flat = redis.call('HGETALL', refs)
for i = 1, #flat, 2 do files[flat[i]] = flat[i + 1] end

local conflicts, missing, added = {'conflict'}, {'missing'}, false
for i = 3, #ARGV, 3 do
  local path, expected, new = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if (files[path] or '') ~= expected then table.insert(conflicts, path) end
  if new ~= '' and redis.call('HEXISTS', blobs, string.sub(new, 1, 64)) == 0 then
    table.insert(missing, string.sub(new, 1, 64))
  end
end
if #conflicts > 1 then return conflicts end
if #missing > 1 then return missing end

for i = 3, #ARGV, 3 do
  local path, new = ARGV[i], ARGV[i + 2]
  added = added or (new ~= '' and not files[path])
  files[path] = new ~= '' and new or nil
end
if added then  -- a path must not be a file and a folder at once
  for path in pairs(files) do
    for slash in string.gmatch(path, '()/') do
      if files[string.sub(path, 1, slash - 1)] then table.insert(conflicts, path) end
    end
  end
end
if #conflicts > 1 then return conflicts end

for i = 3, #ARGV, 3 do
  local path, new = ARGV[i], ARGV[i + 2]
  if new == '' then
    redis.call('HDEL', refs, path)
    redis.call('ZREM', paths, path)
  else
    redis.call('HSET', refs, path, new)
    redis.call('ZADD', paths, 0, path)
  end
end
local lines = {}
for i, path in ipairs(redis.call('ZRANGE', paths, 0, -1)) do lines[i] = files[path] .. ' ' .. path .. '\\n' end
local text = table.concat(lines)
local version = redis.sha1hex(text)
redis.call('HSETNX', manifests, version, text)
local revision = redis.call('HINCRBY', meta, 'number', 1) .. ' ' .. version
redis.call('HSET', meta, 'version', version)
redis.call('HSET', published, ARGV[2], revision)
return {'done', revision}
""")

_MARK_GREEN = FencedScript("""
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 0 then return 0 end
redis.call('HSET', KEYS[2], 'green', ARGV[2])
return 1
""")

_ADVANCE = FencedScript("""
if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then return -1 end
local head = redis.call('GET', KEYS[2])
if head == ARGV[3] then return 1 end
if head ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[2], ARGV[3])
return 1
""")


class ProjectStore:
    """The files of projects and their history."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def create(self, project: str) -> None:
        """Make `project` with an empty head; one that exists stays as it is."""
        keys = ProjectKeys(project)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(keys.manifests, EMPTY_VERSION, "")
            pipe.set(keys.head, EMPTY_VERSION, nx=True)
            await pipe.execute()

    async def exists(self, project: str) -> bool:
        """Whether `project` was created."""
        return bool(await self._redis.exists(ProjectKeys(project).head))

    async def head(self, project: str) -> str:
        """The version that is delivered. UnknownProject."""
        key = ProjectKeys(project).head
        raw: bytes | None = await command(self._redis, "GET", key)
        if raw is None:
            raise UnknownProject(project)
        return self._version(project, key, raw)

    async def advance_head(self, project: str, fence: Fence, *, expected: str, version: str) -> bool:
        """Move the head from `expected` to `version`; False if it is elsewhere. A repeat is True.

        FenceLost; UnknownVersion: `version` was never published.
        """
        keys = ProjectKeys(project)
        moved = await _ADVANCE(
            self._redis, fence, keys.branch(fence.run).fence, [keys.head, keys.manifests], [expected, version]
        )
        if moved == -1:
            raise UnknownVersion(project, f"version {version!r}")
        return moved == 1

    # --- contents ---

    async def put_blobs(self, project: str, contents: Sequence[bytes]) -> list[str]:
        """Store `contents` and return their digests (SHA-256, hex) in order; what is stored is not sent again."""
        key = ProjectKeys(project).blobs
        digests = [hashlib.sha256(data).hexdigest() for data in contents]
        wanted = dict(zip(digests, contents, strict=True))
        for batch in _batches(await self._missing(key, list(wanted)), wanted):
            async with self._redis.pipeline(transaction=False) as pipe:
                for digest in batch:
                    pipe.hsetnx(key, digest, wanted[digest])  # pyright: ignore[reportArgumentType]
                await pipe.execute()
        return digests

    async def _missing(self, key: str, digests: list[str]) -> list[str]:
        if not digests:
            return []
        async with self._redis.pipeline(transaction=False) as pipe:
            for digest in digests:
                pipe.hexists(key, digest)
            found = await pipe.execute()
        return [digest for digest, there in zip(digests, found, strict=True) if not there]

    async def get_blobs(self, project: str, digests: Iterable[str]) -> dict[str, bytes]:
        """The contents of `digests`. CorruptState: one is missing, or is not what its digest says."""
        key = ProjectKeys(project).blobs
        wanted = list(dict.fromkeys(digests))
        blobs: dict[str, bytes] = {}
        for start in range(0, len(wanted), _BATCH_COUNT):
            part = wanted[start : start + _BATCH_COUNT]
            found: list[bytes | None] = await command(self._redis, "HMGET", key, *part)
            blobs.update(
                (digest, self._blob(project, key, digest, raw)) for digest, raw in zip(part, found, strict=True)
            )
        return blobs

    def _blob(self, project: str, key: str, digest: str, raw: bytes | None) -> bytes:
        if raw is None:
            raise CorruptState(f"project {project!r}", key, f"the content {digest} is missing")
        if hashlib.sha256(raw).hexdigest() != digest:
            raise CorruptState(f"project {project!r}", key, f"the content {digest} has other bytes")
        return raw

    # --- versions ---

    async def manifest(self, project: str, version: str) -> Manifest:
        """The files of `version`. UnknownVersion; CorruptState: the manifest is not the one of that id."""
        key = ProjectKeys(project).manifests
        raw: bytes | None = await command(self._redis, "HGET", key, version)
        if raw is None:
            raise UnknownVersion(project, f"version {version!r}")
        if hashlib.sha1(raw, usedforsecurity=False).hexdigest() != version:
            raise CorruptState(f"project {project!r}", key, f"the manifest of version {version} has other bytes")
        return wire.decode_manifest(raw, owner=f"project {project!r}", key=key)

    async def files(self, project: str, version: str) -> dict[str, tuple[bytes, bool]]:
        """The contents of `version`: path -> bytes, and whether the file is executable."""
        manifest = await self.manifest(project, version)
        blobs = await self.get_blobs(project, (ref.digest for ref in manifest.values()))
        return {path: (blobs[ref.digest], ref.executable) for path, ref in manifest.items()}

    # --- the run's branch ---

    async def branch(self, project: str, run: str, base: str) -> Revision:
        """The current revision of the run's branch, made from version `base` if there is none. UnknownVersion."""
        keys = ProjectKeys(project)
        own = keys.branch(run)
        raw: bytes | None = await _BRANCH(self._redis, [own.meta, own.refs, own.paths, keys.manifests], [base])
        if raw is None:
            raise UnknownVersion(project, f"version {base!r}")
        return wire.revision(raw, owner=f"project {project!r}", key=own.meta)

    async def publish(
        self, project: str, fence: Fence, *, step: str, attempt: int, changes: Mapping[str, Change]
    ) -> Revision:
        """Apply `changes` to the branch of `fence.run`, all or none, and return the revision that they make.

        A repeat of (run, step, attempt) returns the revision that was recorded, whatever `changes` say. ValueError: a
        path or digest that no project may hold. StateConflict: a path is not as expected, or would be a file and a
        folder at once. CorruptState: a new content was not stored before. UnknownVersion: there is no branch.
        FenceLost.
        """
        keys = ProjectKeys(project)
        own = keys.branch(fence.run)
        tag, *rest = await _PUBLISH(
            self._redis,
            fence,
            own.fence,
            [own.meta, own.refs, own.paths, own.published, keys.manifests, keys.blobs],
            [json.dumps([step, attempt]), *_arguments(changes)],
        )
        if tag == b"conflict":
            raise StateConflict(sorted({raw.decode() for raw in rest}))
        if tag == b"missing":
            raise CorruptState(f"project {project!r}", keys.blobs, f"the content {rest[0].decode()} is missing")
        if tag == b"no branch":
            raise UnknownVersion(project, f"branch of run {fence.run!r}; make it first")
        return wire.revision(rest[0], owner=f"project {project!r}", key=own.published)

    async def mark_green(self, project: str, fence: Fence, version: str) -> None:
        """Record that every blocking check passed on `version`. FenceLost, UnknownVersion."""
        keys = ProjectKeys(project)
        own = keys.branch(fence.run)
        if not await _MARK_GREEN(self._redis, fence, own.fence, [own.meta, keys.manifests], [version]):
            raise UnknownVersion(project, f"version {version!r}")

    async def green(self, project: str, run: str) -> str | None:
        """The version that the run marked green last."""
        key = ProjectKeys(project).branch(run).meta
        raw: bytes | None = await command(self._redis, "HGET", key, "green")
        return None if raw is None else self._version(project, key, raw)

    def _version(self, project: str, key: str, raw: bytes) -> str:
        if not re.fullmatch(rb"[0-9a-f]{40}", raw):
            raise CorruptState(f"project {project!r}", key, f"{raw[:80]!r} is not a version")
        return raw.decode()


def _arguments(changes: Mapping[str, Change]) -> Iterator[str]:
    for path, change in changes.items():
        yield project_path(path)
        yield _encoded(change.expected)
        yield _encoded(change.new)


def _encoded(ref: FileRef | None) -> str:
    if ref is None:
        return ""
    if not _DIGEST.fullmatch(ref.digest):
        raise ValueError(f"{ref.digest!r} is not a digest; give the SHA-256 in hex that `put_blobs` returned")
    return ref.encode()


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
