"""What all processes together ask of a provider: so many requests and tokens a minute, so many calls at a time.

One script decides, by the server's clock. A minute is any 60 s, not one of the clock's: the calls of the last 60 s are
kept one by one. Whoever comes takes a number, and is let in once there is room for it and for all before it; so a large
call is not starved by small ones. A caller that does not come back loses its number, and a call that is not renewed its
slot, so that those of a killed process come back; its tokens leave with their minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from redis.asyncio import Redis

from ..config import ProviderSettings
from .keys import ProviderKeys
from .scripts import Argument, Script

Limit = Literal["requests", "tokens", "parallel"]

_LIMITS: Sequence[Limit] = ("requests", "tokens", "parallel")

_CLOCK = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local admitted, tokens, slots, queue, waiting, counts = unpack(KEYS)
"""

_ENTER = Script(
    _CLOCK
    + """
local id, size = ARGV[1], tonumber(ARGV[2])
local requests, most, parallel = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local window, patience, life, unused = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])

if redis.call('ZSCORE', admitted, id) then return {1, 0, 0} end -- asked again after a lost answer

for _, old in ipairs(redis.call('ZRANGEBYSCORE', admitted, '-inf', '(' .. (now - window))) do
  redis.call('HINCRBY', counts, 'tokens', 0 - (redis.call('HGET', tokens, old) or 0)) -- and never "-0"
  redis.call('HDEL', tokens, old)
  redis.call('ZREM', admitted, old)
end
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now)) do
  redis.call('HDEL', tokens, dead)
  redis.call('ZREM', queue, dead)
  redis.call('ZREM', waiting, dead)
end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)

if not redis.call('ZSCORE', queue, id) then
  redis.call('ZADD', queue, redis.call('HINCRBY', counts, 'numbers', 1), id)
end
redis.call('ZADD', waiting, now + patience, id)
redis.call('HSET', tokens, id, size)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, unused) end

local rank, card = redis.call('ZRANK', queue, id), redis.call('ZCARD', admitted)
local pause, limit = 0, 0
if requests > 0 and card + rank + 1 > requests then
  local nth = math.max(0, math.min(card + rank - requests, card - 1))
  local gone = redis.call('ZRANGE', admitted, nth, nth, 'WITHSCORES')
  pause, limit = gone[2] and gone[2] + window + 1 - now or 1, 1
end
if most > 0 then
  local over = (redis.call('HGET', counts, 'tokens') or 0) - most
  for _, each in ipairs(redis.call('ZRANGE', queue, 0, rank)) do
    over = over + (redis.call('HGET', tokens, each) or 0)
  end
  if over > 0 then
    local till = 1
    local calls = redis.call('ZRANGE', admitted, 0, -1, 'WITHSCORES')
    for i = 1, #calls, 2 do
      if over <= 0 then break end
      over = over - (redis.call('HGET', tokens, calls[i]) or 0)
      till = calls[i + 1] + window + 1 - now
    end
    if till >= pause then pause, limit = math.max(till, 1), 2 end
  end
end
if parallel > 0 and redis.call('ZCARD', slots) + rank + 1 > parallel then
  local soon = 50 + 10 * rank
  if soon >= pause then pause, limit = soon, 3 end
end
if limit > 0 then return {0, math.ceil(pause), limit} end

redis.call('ZREM', queue, id)
redis.call('ZREM', waiting, id)
redis.call('ZADD', admitted, now, id)
redis.call('HINCRBY', counts, 'tokens', size)
if parallel > 0 then redis.call('ZADD', slots, now + life, id) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, unused) end
return {1, 0, 0}
"""
)

_RENEW = Script(_CLOCK + "return redis.call('ZADD', slots, now + tonumber(ARGV[2]), ARGV[1])")

_LEAVE = Script(
    _CLOCK
    + """
redis.call('ZREM', slots, ARGV[1])
redis.call('ZREM', queue, ARGV[1])
redis.call('ZREM', waiting, ARGV[1])
if not redis.call('ZSCORE', admitted, ARGV[1]) then return redis.call('HDEL', tokens, ARGV[1]) end
if ARGV[2] == '' then return 0 end
redis.call('HINCRBY', counts, 'tokens', ARGV[2] - redis.call('HGET', tokens, ARGV[1]))
redis.call('HSET', tokens, ARGV[1], ARGV[2])
return 1
"""
)


class Refusal(NamedTuple):
    """Not yet."""

    seconds: float
    """When it makes sense to ask again, if nothing changes meanwhile."""
    limit: Limit
    """What is used up."""


class Rates:
    """The limits of a provider at one address, which all processes on one server keep together.

    For each call: `enter` until it is let in, `renew` while it goes on, `leave` in any case.
    """

    def __init__(
        self,
        redis: Redis,
        provider: str,
        base_url: str | None,
        limits: ProviderSettings,
        *,
        window: float = 60.0,
        patience: float = 5.0,
        life: float = 30.0,
    ) -> None:
        keys = ProviderKeys(provider, base_url)
        self._redis = redis
        self._keys = [keys.admitted, keys.tokens, keys.slots, keys.queue, keys.waiting, keys.counts]
        self._limits = limits
        self._window = window
        self.patience = patience
        """Seconds after which a call that waits, and has not asked again, loses its place."""
        self.life = life
        """Seconds after which a call that goes on, and was not renewed, loses its slot."""

    async def enter(self, call: str, tokens: int) -> Refusal | None:
        """Let `call`, a name of its own, in with at most so many `tokens`; None: it is in.

        One that is larger than the limit of a minute is let in where it has that minute to itself.
        """
        limits = self._limits
        most = limits.tokens_per_minute
        size = tokens if most is None else min(tokens, most)
        bounds = [limits.requests_per_minute or 0, most or 0, limits.parallel or 0]
        times = [_ms(self._window), _ms(self.patience), _ms(self.life), _ms(self._window + self.life + 3600)]
        let_in, pause, limit = await _ENTER(self._redis, self._keys, [call, size, *bounds, *times])
        return None if let_in else Refusal(pause / 1000, _LIMITS[limit - 1])

    async def renew(self, call: str) -> None:
        """Keep the slot of a call that goes on."""
        await _RENEW(self._redis, self._keys, [call, _ms(self.life)])

    async def leave(self, call: str, tokens: int | None = None) -> None:
        """End a call, or the wait for it. `tokens` it used; None: not known, so all that it was let in with."""
        args: list[Argument] = [call, "" if tokens is None else tokens]
        await _LEAVE(self._redis, self._keys, args)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
