"""Which models are left alone for a while, since they keep failing: a circuit breaker that all processes share.

Closed, until so many attempts in a row failed within a window. Then open: nobody asks. After a pause one process at a
time may try (half-open): its success closes the circuit, its failure opens it for twice as long (Nygard, "Release It!",
2007). The clock is the server's.
"""

from __future__ import annotations

from typing import Literal

from redis.asyncio import Redis

from ..config import CircuitSettings
from .keys import ProviderKeys
from .scripts import Script

Ended = Literal["answered", "failed", "unknown"]

_DAY = 86_400_000
_TRIED_SECONDS = 1.0
"""What is told to those who come while somebody tries."""

_CLOCK = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local open = redis.call('HGET', KEYS[1], 'until')
"""

_ENTER = Script(
    _CLOCK
    + """
if not open then return -1 end
if now < tonumber(open) then return open - now end
local held = redis.call('HMGET', KEYS[1], 'probe', 'probe_ends')
if held[1] and held[1] ~= ARGV[1] and now < tonumber(held[2]) then return tonumber(ARGV[3]) end
redis.call('HSET', KEYS[1], 'probe', ARGV[1], 'probe_ends', now + ARGV[2])
return -1
"""
)

_LEAVE = Script(
    _CLOCK
    + f"""
local ended, failures, window = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local pause, longest, asked = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
if ended == 'answered' then return redis.call('DEL', KEYS[1]) end
local probing = redis.call('HGET', KEYS[1], 'probe') == ARGV[1]
if probing then redis.call('HDEL', KEYS[1], 'probe', 'probe_ends') end
if ended == 'unknown' then return 0 end
local till
if open then
  if not probing then return 0 end -- it began before the others failed
  till = math.min(longest, pause * 2 ^ redis.call('HINCRBY', KEYS[1], 'times', 1))
else
  local first = redis.call('HGET', KEYS[1], 'first')
  if not first or now - first > window then redis.call('HSET', KEYS[1], 'first', now, 'failures', 0) end
  if redis.call('HINCRBY', KEYS[1], 'failures', 1) >= failures then till = pause end
end
if asked > 0 then till = math.max(till or 0, asked) end
if till then redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + till)) end
redis.call('PEXPIRE', KEYS[1], {_DAY})
return 1
"""
)


class Circuit:
    """The circuit of one model at one address. For each attempt: `enter`, and where that lets it, `leave`."""

    def __init__(self, redis: Redis, model: str, base_url: str | None, settings: CircuitSettings) -> None:
        provider, _, name = model.partition(":")
        self._redis = redis
        self._keys = [ProviderKeys(provider, base_url).circuit(name)]
        self._settings = settings

    async def enter(self, attempt: str) -> float | None:
        """None: `attempt`, a name of its own, may be made. Else the seconds after which a try makes sense."""
        args = [attempt, _ms(self._settings.pause), _ms(_TRIED_SECONDS)]
        left = await _ENTER(self._redis, self._keys, args)
        return None if left < 0 else left / 1000

    async def leave(self, attempt: str, ended: Ended, leave_alone: float = 0.0) -> None:
        """Tell how `attempt` ended. The model asked to be left alone for so many seconds: the circuit opens for them.

        For a day at most. Of one that was `unknown`, since it was cancelled or not made, nothing is learnt.
        """
        settings = self._settings
        leave_alone = min(leave_alone, _DAY / 1000)
        bounds = [settings.failures, *map(_ms, (settings.window, settings.pause, settings.longest_pause, leave_alone))]
        await _LEAVE(self._redis, self._keys, [attempt, ended, *bounds])


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
