"""What people say to a run while it goes on: cancel, pause, an instruction, an answer.

Whoever knows a run may post; no token is asked for. The process that works on the run follows its inbox.

An instruction must not change a request that was sent already: an answered call is never made again, so the same call
must see the same instructions, also in the process that takes over from a dead one. Which of them a call is the first
of its step to be given is fixed when it asks for the first time, in one script.

An answer counts from the moment it is posted, whoever goes on with the run, and the first one to a question counts.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncGenerator, Sequence

from pydantic import JsonValue, TypeAdapter
from redis.asyncio import Redis

from .base import Fence, TooLate, UnknownRun
from .keys import RunKeys
from .records import ENDED, Answer, Cancel, InboxMessage, Instruction, Pause, Stage, Steer
from .runs import RunStore
from .scripts import FencedScript, Script, command
from .streams import Stream

_MESSAGE: TypeAdapter[InboxMessage] = TypeAdapter(InboxMessage)
_FIELD = "message"
_SHOWN = 5

# The client sends again what the server may have done already before the connection broke. A run that nobody works on
# is paused already: what is posted to it then would stop it when it is resumed. Beside an answer it is kept to what.
_POST = Script("""
for _, message in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 16)) do
  if message[2][4] == ARGV[1] then return {message[1]} end
end
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return {} end
local idle = ARGV[4] == 'pause' and status ~= 'running' and redis.call('EXISTS', KEYS[3]) == 0
for i = 6, #ARGV do idle = idle or status == ARGV[i] end
if idle then return {false, status} end
if ARGV[5] == '' then return {redis.call('XADD', KEYS[2], '*', ARGV[2], ARGV[3], 'nonce', ARGV[1])} end
for _, message in ipairs(redis.call('XRANGE', KEYS[2], '-', '+')) do
  if message[2][6] == ARGV[5] then return {message[1]} end
end
return {redis.call('XADD', KEYS[2], '*', ARGV[2], ARGV[3], 'nonce', ARGV[1], 'answers', ARGV[5])}
""")

# Of a step it is kept how far it has read, of a call from where to where.
_GIVE = FencedScript("""
local given = redis.call('HGET', KEYS[3], ARGV[2])
if given then return given end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local through = newest and newest[1] or '0'
given = (redis.call('HGET', KEYS[3], ARGV[3]) or '0') .. ' ' .. through
redis.call('HSET', KEYS[3], ARGV[2], given, ARGV[3], through)
return given
""")


class Inbox:
    """The messages to one run, in order; they are dropped with the run.

    With a `fence`, `instructions` raises FenceLost once a newer token holds the run.
    """

    def __init__(self, redis: Redis, run: str, fence: Fence | None = None) -> None:
        self._redis = redis
        self._run = run
        self._fence = fence
        self._keys = RunKeys(run)
        self._stream = Stream(redis, self._keys.inbox, _FIELD, _MESSAGE, owner=f"run {run!r}")

    async def post(self, message: InboxMessage) -> str:
        """Add a message; return its id, which grows. Where the question of an answer has one, nothing is added.

        TooLate: the run has ended, or is to be paused and is parked already. UnknownRun.
        """
        keys = [self._keys.record, self._keys.inbox, self._keys.lease]
        answered = message.interrupt if isinstance(message, Answer) else ""
        args = [uuid.uuid4().hex, _FIELD, _MESSAGE.dump_json(message), message.kind, answered, *sorted(ENDED)]
        match await _POST(self._redis, keys, args):
            case [bytes(name)]:
                return name.decode()
            case [_, bytes(status)]:
                raise TooLate(self._run, status.decode())
            case _:
                raise UnknownRun(self._run, [record.id for record in await RunStore(self._redis).newest(_SHOWN)])

    async def read(self, after: str = "0") -> list[tuple[str, InboxMessage]]:
        """The messages behind the id `after`, with their ids."""
        return await self._stream.read(after)

    def follow(self, after: str = "0") -> AsyncGenerator[tuple[str, InboxMessage]]:
        """The messages behind the id `after`, and all those to come; it waits on a connection of its own."""
        return self._stream.follow(after)

    async def answer(self, interrupt: str, decision: JsonValue) -> Answer:
        """Record what a person decided; return the answer that counts: this one, or the first to `interrupt`.

        TooLate: the run has ended. UnknownRun.
        """
        await self.post(Answer(interrupt=interrupt, decision=decision))
        return (await self.answers())[interrupt]

    async def answers(self) -> dict[str, Answer]:
        """The answer that counts to each interrupt that has one."""
        found: dict[str, Answer] = {}
        for _, message in await self.read():
            if isinstance(message, Answer):
                found.setdefault(message.interrupt, message)
        return found

    async def heard(self) -> str:
        """The id of the newest message when the run was parked last; "0" before that. Older pauses were acted on."""
        found: bytes | None = await command(self._redis, "HGET", self._keys.record, "heard")
        return "0" if found is None else found.decode()

    async def order(self) -> Cancel | Pause | None:
        """What the run was told and has not acted on: to end, which it acts on by ending, or else to pause."""
        cancels = [message for _, message in await self.read() if isinstance(message, Cancel)]
        pauses = [message for _, message in await self.read(await self.heard()) if isinstance(message, Pause)]
        return next(iter([*cancels, *pauses]), None)

    async def instructions(self, step: str, index: int) -> tuple[Instruction, ...]:
        """The instructions that call `index` of `step` is the first of its step to be given; the same for ever after.

        Those are what was posted before it first asked, without what earlier calls of the step were given. FenceLost.
        """
        keys = [self._keys.inbox, self._keys.instructions]
        span: bytes = await _GIVE(self._redis, self._fence, self._keys.fence, keys, [_call(step, index), _step(step)])
        return await self._between(*span.decode().split())

    async def given(self, step: str, index: int) -> tuple[Instruction, ...] | None:
        """What `instructions` said to that call; None where it never asked."""
        span = await self._recorded(_call(step, index))
        return None if span is None else await self._between(*span.split())

    async def all_given(self, step: str) -> tuple[Instruction, ...]:
        """What all calls of `step` were given together."""
        return await self._between("0", await self._recorded(_step(step)) or "0")

    async def _recorded(self, field: str) -> str | None:
        found: bytes | None = await command(self._redis, "HGET", self._keys.instructions, field)
        return None if found is None else found.decode()

    async def _between(self, after: str, through: str) -> tuple[Instruction, ...]:
        if after == through:
            return ()
        messages = await self._stream.read(after, through)
        return tuple(Instruction(id=name, text=said.text) for name, said in messages if isinstance(said, Steer))


class RecordedInbox(Inbox):
    """The inbox of a replay: its agents are given what those of the runs that it was made of were given.

    A step of the stage `anew` makes other calls: it is given all that it was given then with its first one.
    """

    def __init__(self, redis: Redis, fence: Fence, sources: Sequence[str], *, anew: Stage | None = None) -> None:
        super().__init__(redis, fence.run, fence)
        self._sources = [Inbox(redis, run) for run in sources]
        self._anew = anew

    async def instructions(self, step: str, index: int) -> tuple[Instruction, ...]:
        """What the same call was given, then what was posted to this run; the same for ever after. FenceLost."""
        before = await self._then(step, index)
        return before + await super().instructions(step, index)

    async def _then(self, step: str, index: int) -> tuple[Instruction, ...]:
        for source in self._sources:
            if step.partition("/")[0] == self._anew:
                found = await source.all_given(step) if index == 0 else ()
            else:
                found = await source.given(step, index)
            if found:
                return found
        return ()


def _call(step: str, index: int) -> str:
    return json.dumps([step, index])


def _step(step: str) -> str:
    return json.dumps([step])
