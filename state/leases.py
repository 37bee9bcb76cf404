"""Who may work on a run: one process at a time, with a token that grows with each.

The lease lives for some seconds and is renewed from a thread, so that a busy event loop does not lose it. The token is
what protects the data: it is written to the slots of the run, the project and the tenant before the first step, and
every script compares it. So a process that slept through its lease is refused, whatever it believes.

A holder is taken over at once where it is provably dead: same machine, same boot, same process table, and no process
of that id and start time. One that cannot be judged from here is given the life of its lease to show itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from . import wire
from .base import Account, Fence, LeaseHeld, StateError, StateUnavailable
from .budget import take_over
from .connections import blocking_twin
from .keys import ProjectKeys, RunKeys
from .records import Record
from .scripts import Script, command

_log = logging.getLogger(__name__)

_MARGIN_SECONDS = 0.05

Fate = Literal["alive", "dead", "unknown"]

# The holder's text holds a nonce: a repeat after a lost answer finds its own lease, and the same token.
_ACQUIRE = Script("""
local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then return {1, redis.call('GET', KEYS[2])} end
if held and held ~= ARGV[3] then return {0, held, redis.call('PTTL', KEYS[1])} end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, tostring(token)}
""")

# A lease that ran out while nobody took the run is still ours: the token says so.
_RENEW = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")

_RELEASE = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
""")

_TELL_PROJECT = Script("""
local known = tonumber(redis.call('GET', KEYS[1]) or 0)
if known < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end
return 1
""")


class Holder(Record):
    """A process, named so that another one can tell whether it still runs."""

    host: str
    boot: str
    """The boot id of its machine."""
    pids: str
    """Its process id namespace."""
    pid: int
    started: int
    """Clock ticks between boot and its start."""
    nonce: str

    def __str__(self) -> str:
        """For people."""
        return f"process {self.pid} on {self.host}"


_HOLDER = TypeAdapter(Holder)


class _Process(NamedTuple):
    state: str
    started: int


def _process(pid: int) -> _Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    return _Process(fields[0], int(fields[19]))


def _myself() -> Holder:
    process = _process(os.getpid())
    return Holder(
        host=socket.gethostname(),
        boot=Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        pids=str(Path("/proc/self/ns/pid").readlink()),
        pid=os.getpid(),
        started=process.started if process else 0,
        nonce=uuid.uuid4().hex,
    )


def this_process() -> str:
    """This process, as a text by which another one can tell whether it still runs (`fate_of`)."""
    return _myself().model_copy(update={"nonce": ""}).model_dump_json()


async def fate_of(process: str) -> Fate:
    """Whether the process that `this_process` named still runs; unknown from another machine, or for another text."""
    try:
        holder = _HOLDER.validate_json(process)
    except ValidationError:
        return "unknown"
    return await _judged(holder, await asyncio.to_thread(_myself))


def _fate(holder: Holder, me: Holder) -> Fate:
    """Whether `holder` still runs, as far as that can be known from here."""
    if (holder.host, holder.boot, holder.pids) != (me.host, me.boot, me.pids):
        return "unknown"
    process = _process(holder.pid)
    gone = process is None or process.started != holder.started or process.state in "ZX"
    return "dead" if gone else "alive"


@asynccontextmanager
async def hold(
    redis: Redis, *, run: str, project: str | None, tenant: str | None = "default", life: float = 10.0
) -> AsyncGenerator[Fence]:
    """Hold `run` until the block ends, and yield the fence for its writes.

    The lease lives `life` seconds unless renewed, which happens every third of that. Where another process holds it:
    taken over at once if that is provably dead; LeaseHeld if it is alive; else waited for, for one life of its lease,
    and LeaseHeld if it was renewed. A lease that is lost on the way shows as FenceLost at the next write. What earlier
    holders left reserved on the account of `tenant` is settled; None for what spends nothing. `project` is None
    for what writes to no project.
    """
    keys = RunKeys(run)
    me = await asyncio.to_thread(_myself)
    own = me.model_dump_json()
    try:
        token = await _acquire(redis, run, keys, me, life)
    except asyncio.CancelledError:
        # The server may have given it by now, and nobody else would give it back.
        with suppress(StateError):
            await _RELEASE(redis, [keys.lease], [own])
        raise
    keeper = _Keeper(redis, keys, own, token, life)
    keeper.start()
    try:
        if project is not None:
            await _TELL_PROJECT(redis, [ProjectKeys(project).branch(run).fence], [token])
        if project is not None and tenant is not None:
            await take_over(redis, Account(run, project, tenant), token)
        yield Fence(run, token)
    finally:
        keeper.stop()
        await asyncio.shield(asyncio.to_thread(keeper.join))


async def is_held(redis: Redis, run: str) -> bool:
    """Whether a process that may still run holds `run`. One that cannot be judged from here counts as alive."""
    return await holder_of(redis, run) is not None


async def holder_of(redis: Redis, run: str) -> str | None:
    """The process that holds `run`, for people; None where none does, or one that is provably dead."""
    key = RunKeys(run).lease
    held = await command(redis, "GET", key)
    if held is None:
        return None
    holder = wire.parse(_HOLDER, held, owner=f"run {run!r}", key=key)
    fate = await _judged(holder, await asyncio.to_thread(_myself))
    return None if fate == "dead" else str(holder)


async def _judged(holder: Holder, me: Holder) -> Fate:
    fate = await asyncio.to_thread(_fate, holder, me)
    if fate == "alive":  # a process that was killed just now takes a moment to be gone
        await asyncio.sleep(_MARGIN_SECONDS)
        fate = await asyncio.to_thread(_fate, holder, me)
    return fate


async def _acquire(redis: Redis, run: str, keys: RunKeys, me: Holder, life: float) -> int:
    dead, waited_for = b"", b""
    while True:
        got, value, *left = await _ACQUIRE(
            redis, [keys.lease, keys.fence], [me.model_dump_json(), int(life * 1000), dead]
        )
        if got:
            return int(wire.number(value, owner=f"run {run!r}", key=keys.fence))
        holder = wire.parse(_HOLDER, value, owner=f"run {run!r}", key=keys.lease)
        seconds = left[0] / 1000
        fate = await _judged(holder, me)
        if fate == "dead":
            _log.info("taking run %s over from %s, which is dead", run, holder)
            dead = value
        elif fate == "alive" or value == waited_for:
            raise LeaseHeld(run, str(holder), seconds)
        else:
            _log.warning("run %s is held by %s; waiting %.1f s for a sign of life", run, holder, seconds)
            waited_for = value
            await asyncio.sleep(seconds + _MARGIN_SECONDS)


class _Keeper(threading.Thread):
    """Renews a lease over a connection of its own, and releases it when stopped."""

    def __init__(self, redis: Redis, keys: RunKeys, own: str, token: int, life: float) -> None:
        super().__init__(name=f"lease {keys.lease}", daemon=True)
        self._redis = blocking_twin(redis, timeout=life / 3)
        self._keys = keys
        self._own = own
        self._token = token
        self._life = life
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask it to release the lease and end."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped, or until another token is found."""
        with self._redis:
            while not self._stopping.wait(self._life / 3):
                if not self._renewed():
                    _log.warning("lease %s was taken over; this process can write no more", self._keys.lease)
                    return
            self._release()

    def _renewed(self) -> bool:
        args = [self._own, int(self._life * 1000), self._token]
        try:
            return bool(_RENEW.blocking(self._redis, [self._keys.lease, self._keys.fence], args))
        except (StateUnavailable, RedisError, OSError) as error:
            _log.warning("lease %s was not renewed: %s", self._keys.lease, error)
            return True

    def _release(self) -> None:
        try:
            _RELEASE.blocking(self._redis, [self._keys.lease], [self._own])
        except (StateUnavailable, RedisError, OSError) as error:
            _log.warning("lease %s was not released and will run out: %s", self._keys.lease, error)
