"""The Lua of the checkpoints. `checkpoints.py` says how they lie in Redis; every key list is that of `RunKeys`.

A script that finds what cannot be answers `CORRUPT N WHY`, N being the number of the key.
"""

from __future__ import annotations

from ..scripts import FencedScript, Script

# --- writing -------------------------------------------------------------------------------------------------------

PUT = FencedScript("""
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[3], 0, ARGV[2])
local slots = tonumber(ARGV[4])
for i = 5, 4 + 2 * slots, 1000 do
  redis.call('HSET', KEYS[4], unpack(ARGV, i, math.min(i + 999, 4 + 2 * slots)))
end
for i = 5 + 2 * slots, #ARGV, 2 do redis.call('HSETNX', KEYS[5], ARGV[i], ARGV[i + 1]) end
return 1
""")
"""Fence, checkpoints, checkpoint_index, versions, values: field, entry, number of slots, slots, values by digest."""

# A task that runs again after a kill finds its writes: the first stand. Errors, interrupts and resumes are replaced.
PUT_WRITES = FencedScript("""
for i = 2, #ARGV, 3 do
  redis.call(ARGV[i + 2] == '1' and 'HSET' or 'HSETNX', KEYS[2], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[3], 0, ARGV[i])
end
return 1
""")
"""Fence, writes, write_index: name, write, 1 to replace; for each."""

# --- reading -------------------------------------------------------------------------------------------------------

_SHARED = """
local function corrupt(key, why) return {err = 'CORRUPT ' .. key .. ' ' .. why} end

local function decoded(raw, shape)
  local ok, _, parts = pcall(cmsgpack.unpack_one, raw, 8)
  if not ok or type(parts) ~= 'table' then return nil end
  for i, kind in ipairs(shape) do
    if type(parts[i]) ~= kind then return nil end
  end
  return parts
end

local function entry_of(raw) return decoded(raw, {'string', 'string', 'table'}) end

local function newest(namespace)
  return redis.call('ZREVRANGEBYLEX', KEYS[2], '(' .. namespace .. '\\1', '[' .. namespace .. '\\0', 'LIMIT', 0, 1)[1]
end

local function whole()
  if redis.call('HLEN', KEYS[1]) ~= redis.call('ZCARD', KEYS[2]) then
    return corrupt(1, 'a checkpoint is missing, or its place in the index')
  end
  if redis.call('HLEN', KEYS[5]) ~= redis.call('ZCARD', KEYS[6]) then
    return corrupt(5, 'a pending write is missing, or its place in the index')
  end
end

local function sound(slot)
  local mark, size = string.sub(slot, 1, 1), #slot
  return mark == '=' and size > 5 or mark == '#' and size == 65 or (mark == '*' or mark == '-') and size == 1
end

local function writes_at(field)
  local names = redis.call('ZRANGE', KEYS[6], '[' .. field .. '\\0', '(' .. field .. '\\1', 'BYLEX')
  local writes = {}
  for i, name in ipairs(names) do writes[i] = redis.call('HGET', KEYS[5], name) or '' end
  return names, writes
end
"""

# KEYS are those of `RunKeys.checkpointing`. A field that ends after the namespace stands for its newest checkpoint.
READ = Script(
    _SHARED
    + """
local fault = whole()
if fault then return fault end
local budget, records, values, held = tonumber(ARGV[1]), {}, {}, {}
for i = 2, #ARGV do
  if budget < 0 then break end
  local field = ARGV[i]
  if string.sub(field, -1) == '\\0' then field = newest(string.sub(field, 1, -2)) end
  local raw = field and redis.call('HGET', KEYS[1], field)
  if not raw then
    records[i - 1] = false
  else
    local entry = entry_of(raw)
    if not entry then return corrupt(1, 'the bytes of a checkpoint are not what was written') end
    local namespace, slots = string.match(field, '^(.*)%z'), {}
    for channel, version in pairs(entry[3]) do
      if type(channel) ~= 'string' or type(version) ~= 'string' then return corrupt(1, 'a version is none') end
      local slot = redis.call('HGET', KEYS[3], namespace .. '\\0' .. channel .. '\\0' .. version)
      if not slot then return corrupt(3, 'a version of a channel is missing') end
      if not sound(slot) then return corrupt(3, 'a version of a channel is none') end
      slots[#slots + 1] = channel
      slots[#slots + 1] = slot
      budget = budget - #slot
      if string.sub(slot, 1, 1) == '#' and not held[slot] then
        local value = redis.call('HGET', KEYS[4], string.sub(slot, 2))
        if not value then return corrupt(4, 'the value of a channel is missing') end
        held[slot] = true
        values[#values + 1] = string.sub(slot, 2)
        values[#values + 1] = value
        budget = budget - #value
      end
    end
    local names, writes = writes_at(field)
    for _, write in ipairs(writes) do budget = budget - #write end
    budget = budget - #raw
    records[i - 1] = {field, raw, slots, names, writes}
  end
end
return {records, values}
"""
)
"""A number of bytes, then fields: as many records as fit, at least one, and the values that they name."""

HISTORY = Script(
    _SHARED
    + """
local fault = whole()
if fault then return fault end
local namespace, field, budget = ARGV[1], ARGV[1] .. '\\0' .. ARGV[2], tonumber(ARGV[4])
if ARGV[2] == '' then field = newest(namespace) end
local open, left = {}, 0
for i = 5, #ARGV do open[ARGV[i]] = true; left = left + 1 end

local function parent(entry) return entry[1] ~= '' and namespace .. '\\0' .. entry[1] or false end

local function seed(channel, version)
  if type(version) ~= 'string' then return nil end
  local slot = redis.call('HGET', KEYS[3], namespace .. '\\0' .. channel .. '\\0' .. version)
  if not slot then return nil, corrupt(3, 'a version of a channel is missing') end
  if not sound(slot) then return nil, corrupt(3, 'a version of a channel is none') end
  local mark, value = string.sub(slot, 1, 1), ''
  if mark == '#' then
    value = redis.call('HGET', KEYS[4], string.sub(slot, 2))
    if not value then return nil, corrupt(4, 'the value of a channel is missing') end
  elseif mark ~= '=' then
    return nil
  end
  return {channel, slot, value}
end

local function wanted_writes(names, writes)
  local wanted = {}
  for i, raw in ipairs(writes) do
    local write = decoded(raw, {'string', 'string', 'string'})
    if not write then return nil end
    if open[write[1]] then
      wanted[#wanted + 1] = names[i]
      wanted[#wanted + 1] = raw
      budget = budget - #raw
    end
  end
  return wanted
end

local function needs_parent(entry)
  for channel in pairs(open) do
    local version = entry[3][channel]
    if version and redis.call('HGET', KEYS[3], namespace .. '\\0' .. channel .. '\\0' .. version) == '*' then
      return true
    end
  end
end

local steps, visited, target, child = {}, 0, ARGV[3] == '1', nil
while field and left > 0 and budget > 0 and visited < 1000 do
  local raw = redis.call('HGET', KEYS[1], field)
  if not raw then
    if child and needs_parent(child) then return corrupt(1, 'an ancestor that a delta channel needs is missing') end
    field = false
    break
  end
  local entry = entry_of(raw)
  if not entry then return corrupt(1, 'the bytes of a checkpoint are not what was written') end
  if not target then
    visited = visited + 1
    local writes = wanted_writes(writes_at(field))
    if not writes then return corrupt(5, 'the bytes of a pending write are not what was written') end
    local seeds = {}
    for channel in pairs(open) do
      local found, wrong = seed(channel, entry[3][channel])
      if wrong then return wrong end
      if found then
        seeds[#seeds + 1] = found
        budget = budget - #found[3]
      end
    end
    for _, found in ipairs(seeds) do open[found[1]] = nil; left = left - 1 end
    if #writes > 0 or #seeds > 0 then steps[#steps + 1] = {writes, seeds} end
  end
  target, child = false, entry
  field = parent(entry)
end
return {left > 0 and field and string.match(field, '%z([^%z]*)$') or '', steps, visited, redis.call('HLEN', KEYS[1])}
"""
)
"""Namespace, id, 1 if that checkpoint itself does not count, a number of bytes, then channels.

The reply: the next id to ask for, or nothing; for each ancestor, newest first, what it has: (names and writes; channel,
slot and value of each seed); how many ancestors were looked at; how many checkpoints there are.
"""

# --- upkeep --------------------------------------------------------------------------------------------------------

_LINES = (
    _SHARED
    + """
local kept, walked, wrong = {}, {}, nil

local function entry_at(field)
  local raw = redis.call('HGET', KEYS[1], field)
  local entry = raw and entry_of(raw)
  if raw and not entry then wrong = corrupt(1, 'the bytes of a checkpoint are not what was written') end
  return entry
end

local function slot_of(namespace, channel, version)
  return redis.call('HGET', KEYS[3], namespace .. '\\0' .. channel .. '\\0' .. version)
end

-- Keeps a checkpoint, and its ancestors as far as its delta channels need them; calls `seen` on each that is new.
local function keep_line(field, seen)
  local namespace, entry, needed = string.match(field, '^(.*)%z'), entry_at(field), {}
  if not entry then return end
  for channel, version in pairs(entry[3]) do
    if slot_of(namespace, channel, version) == '*' then needed[channel] = true end
  end
  while true do
    if not kept[field] then
      kept[field] = true
      if seen then seen(field) end
    end
    if not next(needed) or entry[1] == '' then return end
    field = namespace .. '\\0' .. entry[1]
    entry = entry_at(field)
    if not entry then return end
    for channel in pairs(needed) do
      local version, step = entry[3][channel], field .. '\\0' .. channel
      local slot = version and slot_of(namespace, channel, version)
      -- Without a version the channel was never written on this branch before.
      if walked[step] or slot ~= '*' and slot ~= '-' then needed[channel] = nil end
      walked[step] = true
    end
    if not next(needed) and kept[field] then return end
  end
end
"""
)

LINE = Script(
    _LINES
    + """
local line = {}
keep_line(ARGV[1], function(field) line[#line + 1] = field end)
return wrong or line
"""
)
"""A field: it and the fields of the ancestors that its delta channels need, newest first."""

KEEP = Script(
    _LINES
    + """
local fault = whole()
if fault then return fault end
local fields, gone_runs = redis.call('ZRANGE', KEYS[2], 0, -1), {}
for i = 2, #ARGV do gone_runs[ARGV[i]] = true end
local function is_newest(i)
  local following = fields[i + 1]
  return not following or string.match(following, '^(.*)%z') ~= string.match(fields[i], '^(.*)%z')
end
for i = #fields, 1, -1 do
  local root
  if ARGV[1] == 'newest' then
    root = is_newest(i)
  else
    local entry = entry_at(fields[i])
    root = entry and not gone_runs[entry[2]]
  end
  if wrong then return wrong end
  if root then keep_line(fields[i]) end
end
if wrong then return wrong end

local function drop(command, key, names)
  for i = 1, #names, 1000 do redis.call(command, key, unpack(names, i, math.min(i + 999, #names))) end
end

local places, gone = {}, {}
for _, field in ipairs(fields) do
  if not kept[field] then places[#places + 1] = field; gone[field] = true end
end
if #places == 0 then return 0 end
local writes = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[6], 0, -1)) do
  if gone[string.match(name, '^(.*)%z[^%z]*%z[^%z]*$') or ''] then writes[#writes + 1] = name end
end
local versions, values = {}, {}
for field in pairs(kept) do
  local namespace = string.match(field, '^(.*)%z')
  for channel, version in pairs(entry_at(field)[3]) do
    local name = namespace .. '\\0' .. channel .. '\\0' .. version
    if not versions[name] then
      versions[name] = true
      local slot = redis.call('HGET', KEYS[3], name)
      if slot and string.sub(slot, 1, 1) == '#' then values[string.sub(slot, 2)] = true end
    end
  end
end
local function others(key, names)
  local found = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if not names[name] then found[#found + 1] = name end
  end
  return found
end
local loose_versions, loose_values = others(KEYS[3], versions), others(KEYS[4], values)
drop('HDEL', KEYS[1], places)
drop('ZREM', KEYS[2], places)
drop('HDEL', KEYS[5], writes)
drop('ZREM', KEYS[6], writes)
drop('HDEL', KEYS[3], loose_versions)
drop('HDEL', KEYS[4], loose_values)
return #places
"""
)
"""`newest`, or `runs` and run ids: drops every checkpoint but the newest ones, or those of the runs, and what only they
needed; what the others' delta channels need stays."""

# --- copies --------------------------------------------------------------------------------------------------------

STAGE = Script("""
local at = 2
local function take(count, key, index)
  for _ = 1, count do
    redis.call('HSET', key, ARGV[at], ARGV[at + 1])
    if index then redis.call('ZADD', index, 0, ARGV[at]) end
    at = at + 2
  end
end
local counts = {}
for i = 1, 4 do counts[i] = tonumber(ARGV[at]); at = at + 1 end
take(counts[1], KEYS[1], KEYS[2])
take(counts[2], KEYS[3])
take(counts[3], KEYS[4])
take(counts[4], KEYS[5], KEYS[6])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
return 1
""")
"""Life in ms; numbers of checkpoints, versions, values and writes; then those as pairs."""

PUBLISH = Script("""
if ARGV[1] == '1' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if redis.call('HLEN', KEYS[7]) ~= tonumber(ARGV[2]) then return -1 end
for i = 1, 6 do
  redis.call('DEL', KEYS[i])
  if redis.call('EXISTS', KEYS[i + 6]) == 1 then
    redis.call('RENAME', KEYS[i + 6], KEYS[i])
    redis.call('PERSIST', KEYS[i])
  end
end
return 1
""")
"""The thread's keys, then the staged ones: 1 if the thread must be new, and the number of checkpoints staged.

1: the staged ones took the place of what was there. 0: there is such a thread. -1: some staged ones are gone.
"""
