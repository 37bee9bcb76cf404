"""Lua scripts, sent by digest; and the fence that stands before every write of a run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import redis as sync
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError

from .base import CorruptState, Fence, FenceLost
from .keys import PREFIX, owner_of, tag_of

Argument = str | bytes | int | float

_FENCE = """
local held = redis.call('GET', KEYS[1])
if ARGV[1] ~= '' and held ~= ARGV[1] then return redis.error_reply('FENCELOST ' .. (held or '0')) end
"""


# What the server says of a key that holds something else than our commands and scripts put there.
_FOREIGN = re.compile(
    r"WRONGTYPE|is not an integer|is not a valid float|is not a float|hash value is not|user_script|Lua script|"
    r"smaller than the target stream|Invalid stream ID"
)


async def command(redis: Redis, *words: Argument) -> Any:
    """One command and its reply, as Redis gives it: the caller validates it.

    CorruptState: the key holds what no command of ours put there.
    """
    try:
        return await redis.execute_command(*words)
    except ResponseError as error:
        raise corrupted(error, words) from error


def corrupted(error: ResponseError, words: Sequence[Argument]) -> Exception:
    """CorruptState, with the owner of the keys in `words`, where that is what `error` says; else `error`."""
    keys = [word for word in words if isinstance(word, str) and word.startswith(PREFIX)]
    if not keys or not _FOREIGN.search(str(error)):
        return error
    return CorruptState(owner_of(keys[0]), keys[0] if len(keys) == 1 else f"{tag_of(keys[0])}:*", str(error))


class Request(NamedTuple):
    """One command, to be sent by whoever has a connection."""

    words: tuple[Argument, ...]
    script: str = ""
    """Where `words` call a script by its digest, its text."""

    def in_full(self) -> tuple[Argument, ...]:
        """The same call for a server that does not know the script."""
        return ("EVAL", self.script, *self.words[2:])


async def send(redis: Redis, request: Request) -> Any:
    """The reply to `request`, whose script the server may not know yet."""
    try:
        return await redis.execute_command(*request.words)
    except NoScriptError:
        return await redis.execute_command(*request.in_full())


class Script:
    """A Lua script. It runs atomically; all `keys` must share a slot."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, redis: Redis, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """The script's reply."""
        request = self.request(keys, args)
        try:
            return await send(redis, request)
        except ResponseError as error:
            raise corrupted(error, request.words) from error

    def request(self, keys: Sequence[str], args: Sequence[Argument] = ()) -> Request:
        """The call, not yet sent."""
        return Request(("EVALSHA", self._sha, len(keys), *keys, *args), self._text)

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
            lost = fence_lost(error, fence)
            if lost is None:
                raise
            raise lost from None

    def request(
        self, fence: Fence | None, fence_key: str, keys: Sequence[str], args: Sequence[Argument] = ()
    ) -> Request:
        """The call, not yet sent; what `fence_lost` makes of its error is FenceLost."""
        return self._script.request([fence_key, *keys], [fence.token if fence else "", *args])


def fence_lost(error: ResponseError, fence: Fence | None) -> FenceLost | CorruptState | None:
    """What a script's refusal of `fence` means; None where `error` is another one."""
    code, _, rest = str(error).partition(" ")
    if fence is None or code != "FENCELOST":
        return None
    current = rest.partition(" script:")[0]
    if not re.fullmatch(r"\d{1,15}", current):
        return CorruptState(f"run {fence.run!r}", "its fence", f"{current[:40]!r} is not a token")
    return FenceLost(fence.run, fence.token, int(current))
