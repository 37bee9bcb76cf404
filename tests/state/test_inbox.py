"""What a person says to a run must reach it once, whatever breaks in between; and what an agent was told must stay the
same for ever, or a call that was paid for would be made again after a kill."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from redis.asyncio import Redis

from slipway.state import (
    Answer,
    Cancel,
    CorruptState,
    Fence,
    FenceLost,
    Inbox,
    InboxMessage,
    Instruction,
    Outcome,
    Pause,
    RecordedInbox,
    RunRecord,
    RunStore,
    Status,
    Steer,
    TooLate,
    UnknownRun,
    hold,
    open_redis,
)
from slipway.state.keys import RunKeys

DECISION = {"type": "edit", "args": [1, None, {"a": "ü"}]}
MESSAGES: list[InboxMessage] = [
    Steer(text="in British English"),
    Answer(interrupt="i1", decision=DECISION),
    Pause(),
    Cancel(reason="too slow"),
]


@pytest.fixture
async def inbox(redis: Redis, record: RunRecord) -> Inbox:
    """That of run `r`, which goes on."""
    await RunStore(redis).create(record)
    return Inbox(redis, "r")


async def finish(redis: Redis, status: Status, ttl: float = 60.0) -> None:
    await RunStore(redis).finish("r", Outcome(run="r", project="p", status=status), ttl=ttl)


def texts(told: tuple[Instruction, ...]) -> list[str]:
    return [instruction.text for instruction in told]


# --- messages --------------------------------------------------------------------------------------------------------


async def test_messages_are_read_in_order_and_from_any_point(inbox: Inbox) -> None:
    ids = [await inbox.post(message) for message in MESSAGES]
    assert await inbox.read() == list(zip(ids, MESSAGES, strict=True))
    assert await inbox.read(ids[2]) == [(ids[3], MESSAGES[3])]


async def test_a_follower_gets_what_was_there_and_what_comes(inbox: Inbox) -> None:
    async def three() -> list[InboxMessage]:
        following = inbox.follow()
        found = [(await anext(following))[1] for _ in range(3)]
        await following.aclose()
        return found

    await inbox.post(MESSAGES[0])
    follower = asyncio.create_task(three())
    for message in MESSAGES[1:3]:
        await asyncio.sleep(0.02)
        await inbox.post(message)
    assert await follower == MESSAGES[:3]


@asynccontextmanager
async def cutting(server_url: str, folder: Path) -> AsyncIterator[tuple[str, Callable[[], int]]]:
    """The server behind a proxy that cuts the connection in place of the first answer to a message with `once`."""
    cuts = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal cuts
        back, out = await asyncio.open_unix_connection(server_url.removeprefix("unix://"))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                out.write(data)
                answer = await back.read(65536)
                if b'"once"' in data and not cuts:
                    cuts += 1
                    break
                writer.write(answer)
        out.close()
        writer.close()

    server = await asyncio.start_unix_server(serve, folder / "x")
    try:
        yield f"unix://{folder / 'x'}", lambda: cuts
    finally:
        server.close()


@asynccontextmanager
async def cut_off(server_url: str, folders: object, folder: Path) -> AsyncIterator[tuple[Inbox, Callable[[], int]]]:
    """The inbox of `r` over such a connection, and how often that was cut."""
    runtime: Path = folders.runtime  # type: ignore[attr-defined]
    async with (
        cutting(server_url, runtime) as (url, cuts),
        open_redis(url, data_dir=folder, runtime_dir=folder) as redis,
    ):
        yield Inbox(redis, "r"), cuts


async def test_a_message_that_is_sent_again_is_there_once(
    inbox: Inbox, server_url: str, folders: object, tmp_path: Path
) -> None:
    """An instruction twice is a nuisance; that a repeat finds the run ended, by the first, would be a false alarm."""
    async with cut_off(server_url, folders, tmp_path) as (sender, cuts):
        await inbox.post(Pause())  # the server knows the script: what is cut is the answer, not a refusal
        name = await sender.post(Steer(text="once"))
        assert cuts() == 1
    assert [(name, "once")] == [(key, m.text) for key, m in await inbox.read() if isinstance(m, Steer)]


@pytest.mark.parametrize("status", ["delivered", "gave_up", "conflict", "cancelled", "failed"])
async def test_an_ended_run_hears_nothing_and_says_so(inbox: Inbox, redis: Redis, status: Status) -> None:
    """Nor is anything left behind: a key without a time to live would stay for ever."""
    await finish(redis, status)
    for message in MESSAGES:
        with pytest.raises(TooLate) as raised:
            await inbox.post(message)
        assert str(raised.value) == f"run 'r' has ended: {status}; look at it: slipway show r"
        assert raised.value.status == status
    assert await redis.exists(RunKeys("r").inbox) == 0


@pytest.mark.parametrize("status", ["paused", "needs_input", "over_budget"])
async def test_a_parked_run_takes_all_but_a_pause(inbox: Inbox, redis: Redis, status: Status) -> None:
    """It would stop the run as soon as somebody goes on with it."""
    await finish(redis, status)
    with pytest.raises(TooLate) as raised:
        await inbox.post(Pause())
    assert str(raised.value) == f"run 'r' is parked already: {status}; go on with it: slipway resume r"
    others = [message for message in MESSAGES if message.kind != "pause"]
    for message in others:
        await inbox.post(message)
    assert [message for _, message in await inbox.read()] == others
    async with hold(redis, run="r", project="p"):  # somebody goes on with it just now
        await inbox.post(Pause())


async def test_a_run_that_is_not_there_is_named(inbox: Inbox) -> None:
    with pytest.raises(UnknownRun, match="no run 's'; the newest are r"):
        await Inbox(inbox._redis, "s").post(Pause())  # pyright: ignore[reportPrivateUsage]


async def test_what_was_posted_before_a_run_was_parked_is_heard(inbox: Inbox, redis: Redis) -> None:
    """A pause is acted on once: the next passage must not meet it again."""
    assert await inbox.heard() == "0"
    assert await inbox.order() is None
    pauses = [Pause(), Pause()]
    names = [await inbox.post(pause) for pause in pauses]
    assert await inbox.order() == pauses[0]
    await finish(redis, "paused")
    assert (await inbox.heard(), await inbox.order()) == (names[1], None)


async def test_only_the_end_of_the_run_acts_on_a_cancel(inbox: Inbox, redis: Redis) -> None:
    """However often it is parked in between."""
    cancel = Cancel(reason="a")
    for message in (Steer(text="x"), Pause(), cancel, Cancel(reason="b")):
        await inbox.post(message)
    assert await inbox.order() == cancel
    await finish(redis, "paused")
    assert await inbox.order() == cancel


async def test_messages_are_dropped_with_the_run(inbox: Inbox, redis: Redis) -> None:
    async with hold(redis, run="r", project="p") as fence:
        await inbox.post(Steer(text="a"))
        await Inbox(redis, "r", fence).instructions("code", 0)
    await finish(redis, "cancelled", ttl=60)
    keys = RunKeys("r")
    assert all([0 < await redis.ttl(key) <= 60 for key in (keys.inbox, keys.instructions)])


@pytest.mark.parametrize("text", ["", "x" * 10_001])
def test_an_instruction_has_a_length(text: str) -> None:
    with pytest.raises(ValidationError):
        Steer(text=text)


@pytest.mark.parametrize("fields", [{"message": b"\xff"}, {"message": '{"kind": "unheard"}'}, {"other": "x"}])
async def test_damage_is_named(inbox: Inbox, redis: Redis, fields: dict[str, bytes | str]) -> None:
    await redis.xadd(RunKeys("r").inbox, fields)  # type: ignore[arg-type]
    with pytest.raises(CorruptState, match=r"run 'r' is corrupt at 'slipway:\{run:r\}:inbox'"):
        await inbox.read()


# --- answers ---------------------------------------------------------------------------------------------------------


async def test_the_first_answer_to_a_question_counts(inbox: Inbox) -> None:
    """Whoever gives the second one is told the first; nothing else is kept of it."""
    assert await inbox.answers() == {}
    first = await inbox.answer("i1", DECISION)
    assert first.decision == DECISION
    for late in (DECISION, {"type": "approve"}, None):
        assert await inbox.answer("i1", late) == first
    other = await inbox.answer("i2", None)
    assert await inbox.answers() == {"i1": first, "i2": other}
    assert [message for _, message in await inbox.read()] == [first, other]


async def test_of_answers_at_the_same_time_one_counts_for_all(inbox: Inbox) -> None:
    given = await asyncio.gather(*(inbox.answer("i", number) for number in range(20)))
    assert given == [given[0]] * 20
    assert await inbox.answers() == {"i": given[0]}


async def test_an_answer_that_is_sent_again_is_its_own(
    inbox: Inbox, server_url: str, folders: object, tmp_path: Path
) -> None:
    """Otherwise a cut connection would tell a person that somebody else was faster."""
    async with cut_off(server_url, folders, tmp_path) as (sender, cuts):
        await inbox.post(Steer(text="x"))  # the server knows the script
        assert (await sender.answer("i", "once")).decision == "once"
        assert cuts() == 1
    assert len(await inbox.read()) == 2


# --- instructions ----------------------------------------------------------------------------------------------------


async def test_a_call_is_given_what_came_since_the_one_before_it(inbox: Inbox, redis: Redis) -> None:
    async with hold(redis, run="r", project="p") as fence:
        agent = Inbox(redis, "r", fence)
        await inbox.post(Steer(text="a"))
        assert texts(await agent.instructions("code/x", 0)) == ["a"]
        assert texts(await agent.instructions("code/x", 1)) == []
        await inbox.post(Steer(text="b"))
        await inbox.post(Answer(interrupt="i", decision=True))
        await inbox.post(Steer(text="c"))
        assert texts(await agent.instructions("code/x", 1)) == []  # as it was told the first time
        assert texts(await agent.instructions("code/x", 2)) == ["b", "c"]
        assert texts(await agent.instructions("fix/1", 0)) == ["a", "b", "c"]  # begins later, and knows of nothing yet
        assert texts(await agent.instructions("fix/1", 1)) == []


class Told:
    """What the agents of a run should have been told, and what they were."""

    def __init__(self, redis: Redis, run: str, record: RunRecord) -> None:
        self._redis = redis
        self._record = record.model_copy(update={"id": run, "project": run})
        self._inbox = Inbox(redis, run)
        self._posted: list[str] = []
        self._read: dict[str, int] = {}
        self._calls: dict[tuple[str, int], list[str]] = {}
        self._token = 0

    async def begin(self) -> None:
        await RunStore(self._redis).create(self._record)
        await self.kill("", 0)

    def _agent(self, token: int) -> Inbox:
        return Inbox(self._redis, self._record.id, Fence(self._record.id, token))

    async def post(self, step: str, index: int) -> None:
        """Two people may say the same."""
        text = f"say {index}"
        await self._inbox.post(Steer(text=text))
        self._posted.append(text)

    async def other(self, step: str, index: int) -> None:
        await self._inbox.post(Answer(interrupt=str(index), decision=None))

    async def kill(self, step: str, index: int) -> None:
        """Another process takes over."""
        await self._redis.delete(RunKeys(self._record.id).lease)
        async with hold(self._redis, run=self._record.id, project=self._record.project) as fence:
            self._token = fence.token

    async def ask(self, step: str, index: int) -> None:
        """The next call of the step."""
        index = sum(asked == step for asked, _ in self._calls)
        await self._asked(step, index)

    async def again(self, step: str, index: int) -> None:
        """Calls that asked before, from the first on, as in a step that is run again."""
        for number in range(min(index, sum(asked == step for asked, _ in self._calls))):
            await self._asked(step, number)

    async def late(self, step: str, index: int) -> None:
        """A process that was taken over wakes; it fixes nothing."""
        if self._token > 1:
            with pytest.raises(FenceLost):
                await self._agent(self._token - 1).instructions(step, index)

    async def _asked(self, step: str, index: int) -> None:
        told = texts(await self._agent(self._token).instructions(step, index))
        if (step, index) not in self._calls:
            self._calls[step, index] = self._posted[self._read.get(step, 0) :]
            self._read[step] = len(self._posted)
        assert told == self._calls[step, index]

    async def check(self) -> None:
        """Each step was told a beginning of all that was said, nothing twice, nothing left out, nothing reordered."""
        for step, read in self._read.items():
            calls = [call for call in self._calls if call[0] == step]
            assert [text for call in calls for text in self._calls[call]] == self._posted[:read]
            assert texts(await self._inbox.all_given(step)) == self._posted[:read]
            for call in calls:
                given = await self._inbox.given(*call)
                assert given is not None and texts(given) == self._calls[call]
        assert await self._inbox.given("unheard", 0) is None


WORDS = ["post", "post", "ask", "ask", "ask", "again", "kill", "late", "other"]
STEPS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from("xy"), st.integers(0, 5)), min_size=5, max_size=40)


@given(steps=STEPS)
@settings(max_examples=120, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_call_is_told_the_same_for_ever(
    redis: Redis, record: RunRecord, steps: list[tuple[str, str, int]]
) -> None:
    """In any order of what people say, what agents ask, kills, and what is asked again after them."""
    told = Told(redis, uuid.uuid4().hex, record)
    await told.begin()
    for word, step, index in steps:
        await getattr(told, word)(step, index)
    await told.check()


async def test_a_call_that_asks_while_people_talk_is_told_the_same_again(inbox: Inbox, redis: Redis) -> None:
    """Really at the same time: what was fixed is what was there in that moment, for both who ask."""

    async def talk() -> None:
        for number in range(60):
            await inbox.post(Steer(text=str(number)))

    async with hold(redis, run="r", project="p") as fence:
        agents = [Inbox(redis, "r", fence) for _ in range(4)]
        talking = asyncio.create_task(talk())
        asked = [await asyncio.gather(*(agent.instructions("code", index) for agent in agents)) for index in range(30)]
        await talking
        last = await agents[0].instructions("code", 30)
    assert all(told == [told[0]] * 4 for told in asked)
    assert [text for told in asked for text in texts(told[0])] + texts(last) == [str(number) for number in range(60)]


async def test_a_replay_is_told_what_the_run_was(inbox: Inbox, redis: Redis, record: RunRecord) -> None:
    """Otherwise its requests would be others, which nobody has answered."""
    async with hold(redis, run="r", project="p") as fence:
        first = Inbox(redis, "r", fence)
        await inbox.post(Steer(text="a"))
        await first.instructions("code/x", 0)
        await inbox.post(Steer(text="b"))
        await first.instructions("code/x", 1)
        await first.instructions("fix/1", 0)
    await RunStore(redis).create(record.model_copy(update={"id": "s"}))
    await RunStore(redis).create(record.model_copy(update={"id": "t"}))
    await Inbox(redis, "t").post(Steer(text="c"))
    async with hold(redis, run="s", project="p") as second, hold(redis, run="t", project="p") as third:
        whole = RecordedInbox(redis, second, ["r"])
        anew = RecordedInbox(redis, third, ["s", "r"], anew="code")
        calls = [("code/x", 0), ("code/x", 1), ("fix/1", 0), ("code/y", 0)]
        for _ in range(2):
            assert [texts(await whole.instructions(*call)) for call in calls] == [["a"], ["b"], ["a", "b"], []]
            told = [texts(await anew.instructions(*call)) for call in calls]
            assert told == [["a", "b", "c"], [], ["a", "b", "c"], ["c"]]
