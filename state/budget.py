"""What model calls take: reserved before a call at its worst case, settled after it at what it took.

One ledger has four levels: the stage, its run, the project, and the tenant's day. A tenant's ledger lies in one slot,
so that one script reserves on every level or on none. Amounts are whole numbers in Redis: calls, tokens and micro-USD,
rounded against the one who spends.

A call may have been charged although nobody got its answer, so what is cut or dies settles at its reservation: the
process that takes a run over does that for those before it, in the script that tells the slot its token.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from redis.asyncio import Redis

from .base import Account, Fence, OverBudget, Spend, Standing
from .keys import LedgerKeys
from .records import Cap, Level, Measure, RunLimits
from .scripts import Argument, FencedScript, Script

_MICRO = 1_000_000
_SHORTEST, _LONGEST = 0.005, 0.25
"""Seconds between two tries of a reservation that waits."""

_LEVELS: tuple[Level, ...] = ("stage", "run", "project", "tenant_day")
_MEASURES: tuple[Measure, ...] = ("steps", "tokens", "cost_usd")

# Everything is read, and judged, before anything is written: a script that fails half-way is not undone.
_LEDGER = """
local fence, used, open, project, days = unpack(KEYS)
local NAMES = {'settled:steps', 'settled:tokens', 'settled:micros', 'open:steps', 'open:tokens', 'open:micros', 'until'}

local function today()
  local clock = redis.call('TIME')
  return string.format('%.0f', math.floor(clock[1] / 86400)), clock[1] * 1000 + math.floor(clock[2] / 1000)
end

local function read(key, prefix)
  local level = {key = key, names = {}}
  for i, name in ipairs(NAMES) do level.names[i] = prefix .. name end
  for i, raw in ipairs(redis.call('HMGET', key, unpack(level.names))) do
    local fits = not raw or #raw <= 15 and string.find(raw, '^%d+$')
    if not fits then error(key .. ' has no amount at ' .. level.names[i]) end
    level[i] = tonumber(raw or 0)
  end
  return level
end

local function levels(stage, day)
  return {read(used, 'stage:' .. stage .. ':'), read(used, ''), read(project, ''), read(days, day .. ':')}
end

local function write(all)
  for _, level in ipairs(all) do
    local words = {}
    for i, name in ipairs(level.names) do
      words[2 * i - 1], words[2 * i] = name, string.format('%.0f', level[i])
    end
    redis.call('HSET', level.key, unpack(words))
  end
end

local function close(id, raw, took)
  local day, stage, a, b, c = string.match(raw, '^%d* (%d+) (%S*) (%d+) (%d+) (%d+)$')
  if not day then error(open .. ' has no reservation at ' .. id) end
  local reserved = {tonumber(a), tonumber(b), tonumber(c)}
  local all = levels(stage, day)
  for _, level in ipairs(all) do
    for m = 1, 3 do
      level[m] = level[m] + (took or reserved)[m]
      level[m + 3] = math.max(0, level[m + 3] - reserved[m])
    end
  end
  write(all)
  redis.call('HDEL', open, id)
end
"""

# It returns nothing, or the level and the measure that refuse, what is used there, and for how many ms that may yet
# change: `until` is when the last of the open calls has ended, one way or the other.
_RESERVE = FencedScript(
    _LEDGER
    + """
local token, id, stage, life = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local wanted = {tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])}
if redis.call('HEXISTS', open, id) == 1 then return {} end
local day, now = today()
local all, refusal, longest = levels(stage, day), nil, 0
for i, level in ipairs(all) do
  for m = 1, 3 do
    local cap, taken = tonumber(ARGV[4 + 3 * i + m]), level[m] + level[m + 3]
    if cap and taken + wanted[m] > cap then
      local left = level[m] + wanted[m] <= cap and level[7] - now or 0
      if left <= 0 then return {i, m, string.format('%.0f', taken), 0} end
      if left > longest then refusal, longest = {i, m, string.format('%.0f', taken), left}, left end
    end
    level[m + 3] = level[m + 3] + wanted[m]
  end
  level[7] = math.max(level[7], now + life)
end
if refusal then return refusal end
write(all)
redis.call('HSET', open, id, table.concat({token, day, stage, ARGV[5], ARGV[6], ARGV[7]}, ' '))
return {}
"""
)

_SETTLE = FencedScript(
    _LEDGER
    + """
local raw = redis.call('HGET', open, ARGV[2])
if raw then close(ARGV[2], raw, {tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])}) end
return 1
"""
)

_TAKE_OVER = Script(
    _LEDGER
    + """
local own = tonumber(ARGV[1])
if tonumber(redis.call('GET', fence) or 0) > own then return 0 end
redis.call('SET', fence, ARGV[1])
local found = redis.call('HGETALL', open)
for i = 1, #found, 2 do
  local token = string.match(found[i + 1], '^(%d*) ')
  if not token then error(open .. ' has no reservation at ' .. found[i]) end
  if token ~= '' and tonumber(token) < own then close(found[i], found[i + 1]) end
end
return 1
"""
)

_STANDING = Script(
    _LEDGER
    + """
local told = {}
for i, level in ipairs(levels(ARGV[1], (today()))) do
  told[i] = {}
  for m = 1, 6 do told[i][m] = string.format('%.0f', level[m]) end
end
return told
"""
)


async def take_over(redis: Redis, account: Account, token: int) -> None:
    """Tell the tenant's slot the newest token of a run, and settle what older ones left open at its reservations.

    A repeat, and a token that is not the newest any more, change nothing.
    """
    await _TAKE_OVER(redis, LedgerKeys(account.tenant, account.project, account.run).all(), [token])


class Budget:
    """What a run's model calls took and may take, at each level.

    With a `fence`, writing raises FenceLost once a newer token holds the run; without one, nothing is checked.
    """

    def __init__(
        self, redis: Redis, account: Account, limits: RunLimits | None = None, fence: Fence | None = None
    ) -> None:
        self._redis = redis
        self._account = account
        self.limits = limits or RunLimits()
        """What it may take."""
        self._fence = fence
        self._keys = LedgerKeys(account.tenant, account.project, account.run)

    async def reserve(self, stage: str, amount: Spend, *, lasts: float = 0.0) -> str:
        """Set `amount` aside on every level for a call of `stage`, and return the reservation's id. OverBudget.

        The call ends, one way or the other, within `lasts` seconds. A reservation that others' open ones stand in the
        way of waits until they have settled; not longer than the last of those that it met may last.
        """
        wanted = _whole(amount)
        _check_call(self._account, stage, self.limits.call, wanted)
        name, until = uuid.uuid4().hex, math.inf
        caps = (self.limits.stage, self.limits.run, self.limits.project, self.limits.tenant_day)
        args = [name, quote(stage, safe=""), int(lasts * 1000), *wanted, *(word for cap in caps for word in _caps(cap))]
        for pause in _pauses():
            refusal = await self._reserved(args)
            if refusal is None:
                break
            now = time.monotonic()
            if math.isinf(until):
                until = now + refusal.wait
            if not refusal.wait or now >= until:
                raise refusal.error(self._account, stage, self.limits, wanted)
            await asyncio.sleep(min(pause, until - now))
        return name

    async def _reserved(self, args: Sequence[Argument]) -> _Refusal | None:
        keys = self._keys.all()[1:]
        told = await _RESERVE(self._redis, self._fence, self._keys.fence, keys, args)
        return _Refusal(told[0] - 1, told[1] - 1, int(told[2]), told[3] / 1000) if told else None

    async def settle(self, reservation: str, took: Spend) -> None:
        """Replace a reservation by what the call took; a repeat changes nothing."""
        args = [reservation, *_whole(took)]
        await _SETTLE(self._redis, self._fence, self._keys.fence, self._keys.all()[1:], args)

    async def spent(self) -> Spend:
        """What the run has settled, and what calls reserve that are in flight or died."""
        standing = (await self.standing(""))["run"]
        return standing.settled + standing.open

    async def standing(self, stage: str) -> dict[Level, Standing]:
        """How each level stands, at one moment; the tenant's day is today."""
        told = await _STANDING(self._redis, self._keys.all(), [quote(stage, safe="")])
        return {level: _standing([int(number) for number in raw]) for level, raw in zip(_LEVELS, told, strict=True)}


class _Amounts(NamedTuple):
    """A spend in whole numbers."""

    steps: int
    tokens: int
    micros: int


class _Refusal(NamedTuple):
    level: int
    measure: int
    taken: int
    wait: float
    """Seconds for which it may yet change."""

    def error(self, account: Account, stage: str, limits: RunLimits, wanted: _Amounts) -> OverBudget:
        level, measure = _LEVELS[self.level], _MEASURES[self.measure]
        cap = getattr(getattr(limits, level), measure)
        used, wants = _unit(measure, self.taken), _unit(measure, wanted[self.measure])
        return OverBudget(account, stage, level, measure, used=used, wanted=wants, cap=cap)


def _check_call(account: Account, stage: str, cap: Cap, wanted: _Amounts) -> None:
    for measure, amount, bound in zip(_MEASURES, wanted, _caps(cap), strict=True):
        if bound != "" and amount > int(bound):
            most, wants = getattr(cap, measure), _unit(measure, amount)
            raise OverBudget(account, stage, "call", measure, used=0, wanted=wants, cap=most)


def _caps(cap: Cap) -> tuple[int | str, ...]:
    """As the script takes them, by measure; empty for no bound."""
    money = None if cap.cost_usd is None else math.floor(_micro(cap.cost_usd))
    return tuple("" if bound is None else bound for bound in (cap.steps, cap.tokens, money))


def _whole(spend: Spend) -> _Amounts:
    if min(spend.steps, spend.tokens) < 0:
        raise ValueError(f"{spend!r} is not an amount; give numbers that are not negative")
    return _Amounts(spend.steps, spend.tokens, math.ceil(_micro(spend.cost_usd)))


def _micro(usd: float) -> float:
    if not (math.isfinite(usd) and usd >= 0):
        raise ValueError(f"{usd!r} is not an amount of money; give USD, not negative")
    return round(usd * _MICRO, 3)  # 0.1 + 0.2 must not cost a micro-dollar more


def _unit(measure: Measure, number: int) -> float:
    return number / _MICRO if measure == "cost_usd" else number


def _standing(numbers: Sequence[int]) -> Standing:
    settled, reserved = _Amounts(*numbers[:3]), _Amounts(*numbers[3:])
    return Standing(*(Spend(each.steps, each.tokens, each.micros / _MICRO) for each in (settled, reserved)))


def _pauses() -> Iterator[float]:
    """Seconds to wait between tries: longer each time, and never in step with others."""
    pause = _SHORTEST
    while True:
        yield pause * random.uniform(0.5, 1.0)
        pause = min(2 * pause, _LONGEST)
