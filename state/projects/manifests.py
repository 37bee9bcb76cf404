"""How versions are kept: whole, or as edits of another version.

A whole manifest of 1,000 files is 90 KB, and a publish mostly changes one line of it. So most versions are stored as
`~PARENT` and edits `OFFSET,LENGTH,SIZE:TEXT`, in order, with offsets into the parent's text; after 15 of them in a row
one is whole again. A parent is kept while a version rests on it.
"""

from __future__ import annotations

import hashlib
import re

from redis.asyncio import Redis

from .. import wire
from ..base import CorruptState, UnknownVersion
from ..keys import ProjectKeys
from ..records import Manifest
from ..scripts import Script

CHAIN = 15
"""The most edited versions in a row."""

_EDIT = re.compile(rb"(\d{1,12}),(\d{1,12}),(\d{1,12}):")
_HEADER = 41

MANIFESTS = f"""
-- The ids of a version and of all that it rests on, and what is stored of each; nil and the one that is missing.
local function chain_of(manifests, version)
  local ids, stored = {{version}}, {{}}
  while true do
    local text = redis.call('HGET', manifests, ids[#ids])
    if not text then return nil, ids[#ids] end
    table.insert(stored, text)
    if string.sub(text, 1, 1) ~= '~' or #ids > {CHAIN + 1} then return ids, stored end
    table.insert(ids, string.sub(text, 2, {_HEADER}))
  end
end

local function edited(text, edits)
  local pieces, at, last = {{}}, {_HEADER + 1}, 0
  while at <= #edits do
    local offset, length, size, start = string.match(edits, '^(%d+),(%d+),(%d+):()', at)
    if not start then return '?' end  -- damage: shows as a wrong digest
    table.insert(pieces, string.sub(text, last + 1, offset))
    table.insert(pieces, string.sub(edits, start, start + size - 1))
    at, last = start + size, offset + length
  end
  table.insert(pieces, string.sub(text, last + 1))
  return table.concat(pieces)
end

local function text_of(stored)
  local text = stored[#stored]
  for i = #stored - 1, 1, -1 do text = edited(text, stored[i]) end
  return text
end

local DIGEST = '(' .. string.rep('%x', 64) .. ')'

-- Whatever makes a version needed must call this: a sweep may be about to delete it.
local function keep(doomed, ids, stored)
  if redis.call('EXISTS', doomed) == 0 then return end
  local fields = {{unpack(ids)}}
  for _, text in ipairs(stored) do
    for digest in string.gmatch(text, DIGEST) do table.insert(fields, digest) end
  end
  for first = 1, #fields, 1000 do
    redis.call('HDEL', doomed, unpack(fields, first, math.min(first + 999, #fields)))
  end
end
"""
"""Lua that scripts begin with."""

_READ = Script(
    MANIFESTS
    + """
local ids, stored = chain_of(KEYS[1], ARGV[1])
if ids then return stored end
return {false, stored}
"""
)


async def read_manifest(redis: Redis, project: str, version: str) -> Manifest:
    """The files of `version`. UnknownVersion; CorruptState: the manifest is not the one of that id."""
    key, owner = ProjectKeys(project).manifests, f"project {project!r}"
    stored: list[bytes | None] = await _READ(redis, [key], [version])
    chain = [text for text in stored if text is not None]
    if len(chain) < len(stored):
        if chain == [version.encode()]:
            raise UnknownVersion(project, f"version {version!r}")
        raise CorruptState(owner, key, f"version {version} rests on {chain[0]!r}, which is not there")
    text = chain.pop()
    while chain:
        text = _edited(text, chain.pop())
    if hashlib.sha1(text, usedforsecurity=False).hexdigest() != version:
        raise CorruptState(owner, key, f"the manifest of version {version} has other bytes")
    return wire.decode_manifest(text, owner=owner, key=key)


def _edited(text: bytes, edits: bytes) -> bytes:
    pieces: list[bytes] = []
    at, last = _HEADER, 0
    while found := _EDIT.match(edits, at):
        offset, length, size = (int(number) for number in found.groups())
        pieces += [text[last:offset], edits[found.end() : found.end() + size]]
        at, last = found.end() + size, offset + length
    return b"".join([*pieces, text[last:]])
