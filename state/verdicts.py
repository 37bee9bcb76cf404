"""What checks said of files, so that a project's unchanged files are not judged again.

A verdict is found by the digest of everything that it follows from. It is no write of a run: whoever comes to it says
the same, so no lease guards it. The newest thousand of a project are kept, for a month after the last one.
"""

from __future__ import annotations

from pydantic import TypeAdapter
from redis.asyncio import Redis

from . import wire
from .keys import ProjectKeys
from .records import CheckResult
from .scripts import Script, command

_RESULT = TypeAdapter(CheckResult)
_MOST = 1_000
_MONTH = 30 * 86_400_000

_PUT = Script(f"""
local verdicts, order = KEYS[1], KEYS[2]
if redis.call('HSETNX', verdicts, ARGV[1], ARGV[2]) == 1 then
  redis.call('RPUSH', order, ARGV[1])
  if redis.call('LLEN', order) > {_MOST} then redis.call('HDEL', verdicts, redis.call('LPOP', order)) end
end
redis.call('PEXPIRE', verdicts, {_MONTH})
redis.call('PEXPIRE', order, {_MONTH})
""")


class Verdicts:
    """The verdicts of one project."""

    def __init__(self, redis: Redis, project: str) -> None:
        keys = ProjectKeys(project)
        self._redis = redis
        self._keys = [keys.verdicts, keys.verdicts_order]
        self._owner = f"project {project!r}"

    async def get(self, digest: str) -> CheckResult | None:
        """What was said before; None where nothing was. CorruptState."""
        raw: bytes | None = await command(self._redis, "HGET", self._keys[0], digest)
        return None if raw is None else wire.parse(_RESULT, raw, owner=self._owner, key=self._keys[0])

    async def put(self, digest: str, result: CheckResult) -> None:
        """Record what was said; the first verdict stands."""
        await _PUT(self._redis, self._keys, [digest, result.model_dump_json()])
