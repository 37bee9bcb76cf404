"""Money of a run: reserved before a call at its worst case, settled after it at what it cost.

Amounts are whole micro-USD in Redis, rounded up. A call whose process died stays at its reservation: it may have been
charged, so a resumed run does not get that money back.
"""

from __future__ import annotations

import math
import uuid

from redis.asyncio import Redis

from . import wire
from .base import Fence, OverBudget
from .keys import RunKeys
from .scripts import FencedScript, command

_MICRO = 1_000_000

_RESERVE = FencedScript("""
local spent = tonumber(redis.call('HGET', KEYS[2], 'settled') or 0) + tonumber(redis.call('HGET', KEYS[2], 'open') or 0)
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return -1 end
if ARGV[4] ~= '' and spent + tonumber(ARGV[3]) > tonumber(ARGV[4]) then return spent end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('HINCRBY', KEYS[2], 'open', ARGV[3])
return -1
""")

_SETTLE = FencedScript("""
local reserved = redis.call('HGET', KEYS[2], ARGV[2])
if not reserved then return 0 end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('HINCRBY', KEYS[2], 'open', string.format('%.0f', 0 - tonumber(reserved)))
redis.call('HINCRBY', KEYS[2], 'settled', ARGV[3])
return 1
""")


class Budget:
    """What a run has spent, and may.

    With a `fence`, writing raises FenceLost once a newer token holds the run; without one, nothing is checked.
    """

    def __init__(self, redis: Redis, run: str, fence: Fence | None = None) -> None:
        self._redis = redis
        self._run = run
        self._fence = fence
        self._keys = RunKeys(run)
        self._key = self._keys.budget

    async def reserve(self, amount_usd: float, cap_usd: float | None) -> str:
        """Set `amount_usd` aside under `cap_usd` (None: no cap) and return the reservation's id. OverBudget."""
        name = f"reservation:{uuid.uuid4().hex}"
        cap = "" if cap_usd is None else _down(cap_usd)
        spent = await _RESERVE(self._redis, self._fence, self._keys.fence, [self._key], [name, _up(amount_usd), cap])
        if cap_usd is not None and spent != -1:
            raise OverBudget(spent / _MICRO, cap_usd)
        return name

    async def settle(self, reservation_id: str, actual_usd: float) -> None:
        """Replace a reservation by what the call cost; a repeat changes nothing."""
        await _SETTLE(self._redis, self._fence, self._keys.fence, [self._key], [reservation_id, _up(actual_usd)])

    async def spent(self) -> float:
        """USD settled, and reserved by calls that are in flight or died."""
        parts = await command(self._redis, "HMGET", self._key, "settled", "open")
        owner = f"run {self._run!r}"
        return sum(wire.number(raw, owner=owner, key=self._key) for raw in parts if raw is not None) / _MICRO


def _up(usd: float) -> int:
    return math.ceil(_micro(usd))


def _down(usd: float) -> int:
    return math.floor(_micro(usd))


def _micro(usd: float) -> float:
    if not (math.isfinite(usd) and usd >= 0):
        raise ValueError(f"{usd!r} is not an amount of money; give USD, not negative")
    return round(usd * _MICRO, 3)  # 0.1 + 0.2 must not cost a micro-dollar more
