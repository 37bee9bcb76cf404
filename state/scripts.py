"""Lua scripts, sent by digest; and the fence that stands before every write of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import redis as sync
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError

from .base import Fence, FenceLost

Argument = str | bytes | int | float

_FENCE = """
local held = redis.call('GET', KEYS[1])
if ARGV[1] ~= '' and held ~= ARGV[1] then return redis.error_reply('FENCELOST ' .. (held or '0')) end
"""


async def command(redis: Redis, *words: Argument) -> Any:
    """One command and its reply, as Redis gives it: the caller validates it."""
    return await redis.execute_command(*words)


class Script:
    """A Lua script. It runs atomically; all `keys` must share a slot."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, redis: Redis, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """The script's reply."""
        try:
            return await command(redis, "EVALSHA", self._sha, len(keys), *keys, *args)
        except NoScriptError:
            return await command(redis, "EVAL", self._text, len(keys), *keys, *args)

    def blocking(self, redis: sync.Redis, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """The same over a blocking connection, for threads."""
        return redis.execute_command("EVAL", self._text, len(keys), *keys, *args)


class FencedScript:
    """A script that runs only for the newest token of a run.

    In the text, `KEYS[1]` is the fence's key and `ARGV[1]` the token: a script's own keys and arguments start at 2.
    """

    def __init__(self, text: str) -> None:
        self._script = Script(_FENCE + text)

    async def __call__(
        self, redis: Redis, fence: Fence | None, fence_key: str, keys: Sequence[str], args: Sequence[Argument] = ()
    ) -> Any:
        """The script's reply; None for `fence` is a writer that holds no lease and is not checked.

        FenceLost: another token is recorded at `fence_key`; nothing was written.
        """
        try:
            return await self._script(redis, [fence_key, *keys], [fence.token if fence else "", *args])
        except ResponseError as error:
            code, _, rest = str(error).partition(" ")
            if fence is None or code != "FENCELOST":
                raise
            raise FenceLost(fence.run, fence.token, int(rest.split()[0])) from None
