"""A run's private branch of its project: made from a version, moved by publishes.

A publish is one script, so parallel writers on one branch lose nothing, and a repeated step changes nothing. It reads
what it changes, and the text of the current version: its digest, by which the new version is named, needs all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from redis.asyncio import Redis

from .. import wire
from ..base import Change, CorruptState, Fence, Revision, StateConflict, UnknownVersion
from ..keys import ProjectKeys
from ..records import FileRef, project_path
from ..scripts import FencedScript, Script, command
from .blobs import checked_digest
from .manifests import CHAIN, MANIFESTS

_LOAD = """
local function load(text, refs, paths, current)
  for ref, path in string.gmatch(text, '(%S+) ([^\\n]+)\\n') do
    redis.call('HSET', refs, path, ref)
    redis.call('ZADD', paths, 0, path)
  end
  redis.call('SET', current, text, 'KEEPTTL')
end
"""

_BRANCH = Script(
    MANIFESTS
    + _LOAD
    + """
local meta, refs, paths, current, manifests, branches, doomed = unpack(KEYS)
local found = redis.call('HMGET', meta, 'number', 'version')
if found[1] then return found[1] .. ' ' .. (found[2] or '') end
local ids, stored = chain_of(manifests, ARGV[1])
if not ids then return false end
load(text_of(stored), refs, paths, current)
redis.call('SADD', branches, ARGV[2])
redis.call('HSET', meta, 'number', 0, 'version', ARGV[1], 'base', ARGV[1])
keep(doomed, ids, stored)
return '0 ' .. ARGV[1]
"""
)

# Lua compares strings by the server's locale; a sorted set compares bytes. Hence `paths`. The changes come sorted.
_PUBLISH = FencedScript(
    MANIFESTS
    + f"""
local meta, refs, paths, current, published, manifests, blobs, doomed = unpack(KEYS, 2)
local recorded = redis.call('HGET', published, ARGV[2])
if recorded then return {{'done', recorded}} end
local base = redis.call('HGET', meta, 'version')
if not base then return {{'no branch'}} end

local held, new, count = {{}}, {{}}, (#ARGV - 2) / 3
local conflicts, missing = {{'conflict'}}, {{'missing'}}
for i = 3, #ARGV, 3 do
  local path, expected, ref = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  held[path], new[path] = redis.call('HGET', refs, path) or '', ref
  if not string.find(held[path], '^%x*%+?x?$') then return {{'torn', path}} end
  if held[path] ~= expected then table.insert(conflicts, path) end
  if ref ~= '' and redis.call('HEXISTS', blobs, string.sub(ref, 1, 64)) == 0 then
    table.insert(missing, string.sub(ref, 1, 64))
  end
end
if #conflicts > 1 then return conflicts end
if #missing > 1 then return missing end

local function is_file(path)
  if new[path] then return new[path] ~= '' end
  return redis.call('HEXISTS', refs, path) == 1
end
local function clashes(path)  -- a path must not be a file and a folder at once
  for slash in string.gmatch(path, '()/') do
    if is_file(string.sub(path, 1, slash - 1)) then return true end
  end
  -- '0' is the character after '/'
  local inside = redis.call('ZRANGEBYLEX', paths, '[' .. path .. '/', '(' .. path .. '0', 'LIMIT', 0, count + 1)
  for _, other in ipairs(inside) do
    if is_file(other) then return true end
  end
  return false
end
for path, ref in pairs(new) do
  if held[path] == '' and ref ~= '' and clashes(path) then table.insert(conflicts, path) end
end
if #conflicts > 1 then return conflicts end

local text = redis.call('GET', current)
if not text then
  local ids, stored = chain_of(manifests, base)
  text = ids and text_of(stored) or ''
end
local function line(path, ref) return ref ~= '' and ref .. ' ' .. path .. '\\n' or '' end
local last = 0
local function place(path)  -- where the line of `path` begins, or would: changes are sorted, so never before `last`
  local there, ref = path, held[path]
  if ref == '' then
    there = redis.call('ZRANGEBYLEX', paths, '(' .. path, '+', 'LIMIT', 0, 1)[1]
    if not there then return #text end
    ref = redis.call('HGET', refs, there) or '?'
  end
  if string.sub(text, last + 1, last + #line(there, ref)) == line(there, ref) then return last end
  return string.find(text, '\\n' .. line(there, ref), math.max(last, 1), true)
end

local edits, pieces, in_place = {{}}, {{}}, {{}}
for i = 3, #ARGV, 3 do
  local path = ARGV[i]
  local old, now = line(path, held[path]), line(path, new[path])
  if old ~= now then
    local at = place(path)
    if not at then return {{'damaged', base}} end
    table.insert(edits, string.format('%d,%d,%d:', at, #old, #now) .. now)
    table.insert(pieces, string.sub(text, last + 1, at))
    table.insert(pieces, now)
    if #old == #now then table.insert(in_place, {{at, now}}) end
    last = at + #old
  end
end

if #in_place == #edits then  -- the usual case, and the cheap one: the log of the server gets these lines only
  if redis.call('EXISTS', current) == 0 then redis.call('SET', current, text) end
  for _, one in ipairs(in_place) do redis.call('SETRANGE', current, one[1], one[2]) end
  if #edits > 0 then text = redis.call('GET', current) end
else
  table.insert(pieces, string.sub(text, last + 1))
  text = table.concat(pieces)
  redis.call('SET', current, text, 'KEEPTTL')
end
for path, ref in pairs(new) do
  if ref == '' then
    redis.call('HDEL', refs, path)
    redis.call('ZREM', paths, path)
  else
    redis.call('HSET', refs, path, ref)
    if held[path] == '' then redis.call('ZADD', paths, 0, path) end
    redis.call('HDEL', doomed, string.sub(ref, 1, 64))
  end
end

local version = redis.sha1hex(text)
local depth = tonumber(redis.call('HGET', meta, 'depth') or {CHAIN})
local stored = '~' .. base .. table.concat(edits)
if redis.call('HEXISTS', manifests, version) == 1 then
  depth = {CHAIN}  -- it may rest on anything
elseif depth >= {CHAIN} or #stored * 2 > #text then
  redis.call('HSET', manifests, version, text)
  depth = 0
else
  redis.call('HSET', manifests, version, stored)
  depth = depth + 1
end
redis.call('HDEL', doomed, version)
local revision = redis.call('HINCRBY', meta, 'number', 1) .. ' ' .. version
redis.call('HSET', meta, 'version', version, 'depth', depth)
redis.call('HSET', published, ARGV[2], revision)
return {{'done', revision}}
"""
)

_RESTORE = FencedScript(
    MANIFESTS
    + _LOAD
    + f"""
local meta, refs, paths, current, published, manifests, doomed = unpack(KEYS, 2)
local recorded = redis.call('HGET', published, ARGV[2])
if recorded then return {{'done', recorded}} end
if redis.call('HEXISTS', meta, 'version') == 0 then return {{'no branch'}} end
local ids, stored = chain_of(manifests, ARGV[3])
if not ids then return {{'no version'}} end
redis.call('DEL', refs, paths)
load(text_of(stored), refs, paths, current)
keep(doomed, ids, stored)
local revision = redis.call('HINCRBY', meta, 'number', 1) .. ' ' .. ARGV[3]
redis.call('HSET', meta, 'version', ARGV[3], 'depth', {CHAIN})
redis.call('HSET', published, ARGV[2], revision)
local left = redis.call('PTTL', meta)
for _, key in ipairs({{refs, paths, current, published}}) do
  if left > 0 then redis.call('PEXPIRE', key, left) end
end
return {{'done', revision}}
"""
)

_MARK_GREEN = FencedScript(
    MANIFESTS
    + """
local meta, manifests, doomed = unpack(KEYS, 2)
local ids, stored = chain_of(manifests, ARGV[2])
if not ids then return 0 end
keep(doomed, ids, stored)
redis.call('HSET', meta, 'green', ARGV[2])
return 1
"""
)


class Branch:
    """The branch of one run in its project."""

    def __init__(self, redis: Redis, project: str, run: str) -> None:
        self._redis = redis
        self._project = project
        self._run = run
        self._keys = ProjectKeys(project)
        self._own = self._keys.branch(run)

    async def make(self, base: str) -> Revision:
        """See `ProjectStore.branch`."""
        keys, own = self._keys, self._own
        raw: bytes | None = await _BRANCH(
            self._redis,
            [own.meta, own.refs, own.paths, own.text, keys.manifests, keys.branches, keys.doomed],
            [base, self._run],
        )
        if raw is None:
            raise UnknownVersion(self._project, f"version {base!r}")
        return self._revision(raw, own.meta)

    async def newest(self) -> Revision | None:
        """See `ProjectStore.newest`."""
        number, version = await command(self._redis, "HMGET", self._own.meta, "number", "version")
        return None if number is None else self._revision(b"%s %s" % (number, version or b""), self._own.meta)

    async def publish(self, fence: Fence, step: str, attempt: int, changes: Mapping[str, Change]) -> Revision:
        """See `ProjectStore.publish`."""
        keys, own = self._keys, self._own
        tag, *rest = await _PUBLISH(
            self._redis,
            fence,
            own.fence,
            [own.meta, own.refs, own.paths, own.text, own.published, keys.manifests, keys.blobs, keys.doomed],
            [json.dumps([step, attempt]), *_arguments(changes)],
        )
        return self._done(tag, rest)

    async def restore(self, fence: Fence, step: str, attempt: int, version: str) -> Revision:
        """See `ProjectStore.restore`."""
        keys, own = self._keys, self._own
        tag, *rest = await _RESTORE(
            self._redis,
            fence,
            own.fence,
            [own.meta, own.refs, own.paths, own.text, own.published, keys.manifests, keys.doomed],
            [json.dumps([step, attempt]), version],
        )
        if tag == b"no version":
            raise UnknownVersion(self._project, f"version {version!r}")
        return self._done(tag, rest)

    def _done(self, tag: bytes, rest: list[bytes]) -> Revision:
        owner = f"project {self._project!r}"
        match tag:
            case b"conflict":
                raise StateConflict(sorted({raw.decode() for raw in rest}))
            case b"missing":
                raise CorruptState(owner, self._keys.blobs, f"the content {rest[0].decode()} is missing")
            case b"damaged":
                why = f"the manifest of version {rest[0][:80]!r} has other bytes"
                raise CorruptState(owner, self._keys.manifests, why)
            case b"torn":
                raise CorruptState(owner, self._own.refs, f"what it says of {rest[0].decode()!r} is no reference")
            case b"no branch":
                raise UnknownVersion(self._project, f"branch of run {self._run!r}; make it first")
            case _:
                return self._revision(rest[0], self._own.published)

    async def mark_green(self, fence: Fence, version: str) -> None:
        """See `ProjectStore.mark_green`."""
        keys, own = self._keys, self._own
        if not await _MARK_GREEN(self._redis, fence, own.fence, [own.meta, keys.manifests, keys.doomed], [version]):
            raise UnknownVersion(self._project, f"version {version!r}")

    async def green(self) -> str | None:
        """See `ProjectStore.green`."""
        key = self._own.meta
        raw: bytes | None = await command(self._redis, "HGET", key, "green")
        return None if raw is None else wire.version(raw, owner=f"project {self._project!r}", key=key)

    def _revision(self, raw: bytes, key: str) -> Revision:
        return wire.revision(raw, owner=f"project {self._project!r}", key=key)


def _arguments(changes: Mapping[str, Change]) -> Iterator[str]:
    for path, change in sorted(changes.items(), key=lambda item: item[0].encode()):
        yield project_path(path)
        yield _encoded(change.expected)
        yield _encoded(change.new)


def _encoded(ref: FileRef | None) -> str:
    if ref is None:
        return ""
    checked_digest(ref.digest)
    return ref.encode()
