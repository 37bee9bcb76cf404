"""Calls cost money: an answered one is never made again, and one that may have been is counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from slipway.state import CorruptState, Fence, FenceLost, Journal, JournalEntry, hold
from slipway.state.keys import RunKeys
from slipway.state.parts import take_apart


def entry(index: int = 0, reply: str = "{}", digest: str = "d") -> JournalEntry:
    return JournalEntry(step="code/api/2", index=index, kind="model", digest=digest, request="{}", reply=reply)


CALL = ("code/api/2", 0, "model", "d")


async def test_an_answer_is_found_by_place_and_content(redis: Redis, fence: Fence) -> None:
    journal = Journal(redis, fence)
    assert await journal.find(*CALL) is None
    await journal.begin(*CALL)
    assert await journal.find(*CALL) is None
    assert await journal.record(entry()) == entry()
    assert await journal.find(*CALL) == entry()
    others = [("code/api", 0, "model", "d"), ("code/api/2", 1, "model", "d"), ("code/api/2", 0, "tool", "d")]
    assert [await journal.find(*call) for call in [*others, ("code/api/2", 0, "model", "e")]] == [None] * 4


async def test_the_first_answer_stands(redis: Redis, fence: Fence) -> None:
    """Two answers to one request would make the replay differ from the run."""
    journal = Journal(redis, fence)
    answers = await asyncio.gather(*(journal.record(entry(reply=str(number))) for number in range(8)))
    assert len({answer.reply for answer in answers}) == 1
    assert await journal.entries() == answers[:1]


async def test_entries_come_in_the_order_of_recording(redis: Redis, fence: Fence) -> None:
    journal = Journal(redis, fence)
    entries = [entry(index, digest=digest) for index, digest in [(2, "x"), (0, "y"), *((n, "z") for n in range(600))]]
    for each in entries:
        await journal.record(each)
    assert await journal.entries() == entries


async def test_a_large_reply_comes_back(redis: Redis, fence: Fence) -> None:
    journal = Journal(redis, fence)
    large = entry(reply="ä\0" * 1_500_000)
    assert await journal.record(large) == large
    assert await journal.find(*CALL) == large


async def test_only_calls_that_were_in_flight_at_a_death_count_as_asked_twice(redis: Redis) -> None:
    async with hold(redis, run="r", project="p") as first:
        journal = Journal(redis, first)
        for index in range(4):
            await journal.begin("s", index, "model", "d")
        await journal.record(JournalEntry(step="s", index=0, kind="model", digest="d", request="{}", reply="{}"))
        await journal.begin("s", 1, "model", "d")  # a retry of a request that failed, by the same process
        await journal.abandon("s", 2, "model", "d")  # the provider refused it
        assert await journal.asked_twice() == 0
    async with hold(redis, run="r", project="p") as second:
        journal = Journal(redis, second)
        for index in range(4):
            await journal.begin("s", index, "model", "d")
        assert await journal.asked_twice() == 2  # the calls 1 and 3


async def test_nothing_is_written_behind_a_lost_fence(redis: Redis, fence: Fence) -> None:
    journal = Journal(redis, fence)
    await redis.delete(RunKeys("r").lease)
    async with hold(redis, run="r", project="p") as new:
        for attempt in (journal.begin(*CALL), journal.abandon(*CALL), journal.record(entry())):
            with pytest.raises(FenceLost, match=f"token {new.token} holds it"):
                await attempt
        assert await Journal(redis, new).entries() == []


@pytest.mark.parametrize("damage", [b"\xff", b"{}", entry(index=1).model_dump_json().encode()])
async def test_damage_is_named(redis: Redis, fence: Fence, damage: bytes) -> None:
    """A wrong answer would be replayed into the software."""
    journal, keys = Journal(redis, fence), RunKeys("r")
    await journal.record(entry())
    (field,) = await redis.hkeys(keys.journal)
    await redis.hset(keys.journal, field, damage)
    with pytest.raises(CorruptState, match=r"run 'r' is corrupt at 'slipway:\{run:r\}:journal'"):
        await journal.find(*CALL)
    await redis.hdel(keys.journal, field)
    with pytest.raises(CorruptState, match="is missing"):
        await journal.entries()


# --- what requests share is kept once --------------------------------------------------------------------------------

TURN = "ä" + "x" * 2000


def request(turns: int, tools: int = 3) -> str:
    """The canonical request of a conversation after some turns."""
    messages = [{"content": f"{turn} {TURN}", "type": "human"} for turn in range(turns)]
    payload = {"messages": messages, "model": "openai:m", "tools": [{"name": f"t{n}"} for n in range(tools)]}
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def asked(index: int, text: str) -> JournalEntry:
    return entry(index, digest=str(index)).model_copy(update={"request": text})


async def stored_bytes(redis: Redis) -> int:
    keys = RunKeys("r")
    found = [await redis.hgetall(key) for key in (keys.journal, keys.journal_parts)]
    return sum(len(name) + len(value) for each in found for name, value in each.items())


async def test_a_conversation_costs_what_was_said_in_it(redis: Redis, fence: Fence) -> None:
    """Each request repeats all those before it: kept whole, 40 turns would take 1.6 MB, and 80 four times that."""
    journal = Journal(redis, fence)
    entries = [asked(turn, request(turn)) for turn in range(40)]
    for each in entries[:20]:
        await journal.record(each)
    half = await stored_bytes(redis)
    for each in entries[20:]:
        await journal.record(each)
    assert await stored_bytes(redis) < min(3 * half, 160_000)
    # Whoever reads gets what was asked, to the byte, also in another process.
    assert await Journal(redis, fence).entries() == await journal.entries() == entries
    assert await Journal(redis, fence).find("code/api/2", 39, "model", "39") == entries[39]


async def test_answers_are_read_without_what_was_asked(redis: Redis, fence: Fence) -> None:
    """What a run used is added up at the end of every passage."""
    journal = Journal(redis, fence)
    await journal.record(asked(0, request(2)))
    await journal.record(JournalEntry(step="s", index=0, kind="tool", digest="d", request="[]", reply="[1]"))
    await redis.delete(RunKeys("r").journal_parts)
    [answer] = await journal.answers("model")
    assert (answer.step, answer.index, answer.digest, answer.reply) == ("code/api/2", 0, "0", "{}")
    assert [each.reply for each in await journal.answers("tool")] == ["[1]"]
    assert await journal.answers("check") == []


@pytest.fixture
async def sent(redis: Redis) -> AsyncIterator[list[str]]:
    """What clients send from here on."""
    words: list[str] = []
    async with redis.monitor() as monitor:

        async def listen() -> None:
            async for command in monitor.listen():
                words.append(str(command["command"]))

        task = asyncio.create_task(listen())
        yield words
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told(redis: Redis, sent: list[str], word: str) -> None:
    """Wait until the server has told of all that was sent before: it tells of it on another connection."""
    await redis.echo(word)
    async with asyncio.timeout(30):
        while f"ECHO {word}" not in sent:
            await asyncio.sleep(0.01)


async def test_a_record_is_one_script_that_sends_what_is_new(redis: Redis, fence: Fence, sent: list[str]) -> None:
    journal = Journal(redis, fence)
    await journal.record(asked(0, request(30)))
    await told(redis, sent, "begun")
    sent.clear()
    await journal.record(asked(1, request(31)))
    await told(redis, sent, "done")
    own = [command for command in sent if RunKeys("r").lease not in command]  # whose holder may renew it just now
    of_clients = [command for command in own if command.split()[0] in ("EVALSHA", "EVAL", "HGET", "HMGET", "HSETNX")]
    scripts = [command for command in of_clients if command.startswith("EVAL")]
    assert len(scripts) == 1 and len(scripts[0]) < 8000


async def test_parts_that_the_server_forgot_are_sent_again(redis: Redis, fence: Fence) -> None:
    """A server that is killed may lose what it acknowledged, and the process that lives on must not rely on it."""
    journal = Journal(redis, fence)
    await journal.record(asked(0, request(2)))
    await redis.delete(RunKeys("r").journal_parts, RunKeys("r").journal, RunKeys("r").journal_order)
    await journal.record(asked(1, request(3)))
    assert await journal.entries() == [asked(1, request(3))]


async def test_parts_of_a_journal_that_lost_its_fence_are_not_written(redis: Redis, fence: Fence) -> None:
    journal = Journal(redis, fence)
    await redis.delete(RunKeys("r").lease)
    async with hold(redis, run="r", project="p"):
        with pytest.raises(FenceLost):
            await journal.record(asked(0, request(3)))
    assert not await redis.exists(RunKeys("r").journal_parts)


async def test_the_same_request_from_two_places_and_processes(redis: Redis, fence: Fence) -> None:
    one, other = Journal(redis, fence), Journal(redis, fence)
    entries = [asked(index, request(3)) for index in range(6)]
    await asyncio.gather(*((one if n % 2 else other).record(each) for n, each in enumerate(entries)))
    assert sorted(await one.entries(), key=lambda each: each.index) == entries
    repeated = entries[0].model_copy(update={"reply": "another"})
    assert await other.record(repeated) == entries[0]


async def test_an_entry_that_holds_its_request_whole_is_read(redis: Redis, fence: Fence) -> None:
    """So was every entry of earlier runs, and so are those of tools."""
    old, keys = asked(0, request(2)), RunKeys("r")
    name = json.dumps(["code/api/2", 0, "model", "0"])
    await redis.hset(keys.journal, name, old.model_dump_json())
    await redis.rpush(keys.journal_order, name)
    assert await Journal(redis, fence).entries() == [old]
    assert await Journal(redis, fence).find("code/api/2", 0, "model", "0") == old


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (None, "of a request is missing"),
        (b"\xff", "can't decode byte"),
        (b"", "is another one"),
        (b'{"content":"other"}', "is another one"),
    ],
)
async def test_a_part_that_is_damaged_is_named(redis: Redis, fence: Fence, damage: bytes | None, why: str) -> None:
    journal, key = Journal(redis, fence), RunKeys("r").journal_parts
    await journal.record(asked(0, request(2)))
    field = (await redis.hkeys(key))[0]
    await (redis.hdel(key, field) if damage is None else redis.hset(key, field, damage))
    for read in (journal.entries(), journal.find("code/api/2", 0, "model", "0")):
        with pytest.raises(CorruptState, match=rf"run 'r' is corrupt at 'slipway:\{{run:r\}}:journal-parts': .*{why}"):
            await read


@pytest.mark.parametrize("name", ["journal", "journal_order", "journal_open", "journal_parts"])
async def test_a_key_of_another_type_is_named(redis: Redis, fence: Fence, name: str) -> None:
    journal, key = Journal(redis, fence), getattr(RunKeys("r"), name)
    await redis.delete(key)
    await redis.set(key, b"\x00")

    async def all_of_it() -> None:
        await journal.asked_twice()
        await journal.begin(*CALL)
        await journal.record(asked(0, request(2)))
        await journal.entries()

    with pytest.raises(CorruptState, match=r"run 'r' is corrupt at 'slipway:\{run:r\}:.*WRONGTYPE"):
        await all_of_it()


json_texts = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5).map(
    lambda value: json.dumps(value, ensure_ascii=False)
)
texts = st.one_of(
    st.lists(json_texts, max_size=4).map(lambda parts: '{"messages":[' + ",".join(parts) + '],"model":"m"}'),
    st.lists(json_texts, max_size=4).map(lambda parts: '{"messages":[' + " , ".join(parts)),
    st.text(alphabet='[]{},":x1 ').map(lambda tail: '{"messages":[' + tail),
    json_texts,
)


@settings(deadline=None)
@given(texts)
def test_what_is_taken_apart_is_put_together_to_the_byte(text: str) -> None:
    """Whatever it is; what cannot be is kept whole."""
    taken = take_apart(text)
    if taken is not None:
        assert taken[0].whole(taken[1]) == text


def test_the_canonical_request_is_taken_apart() -> None:
    """Its messages, and all that stands behind them."""
    taken = take_apart(request(2))
    assert taken is not None
    messages = [f'{{"content":"{turn} {TURN}","type":"human"}}' for turn in range(2)]
    tail = '],"model":"openai:m","tools":[{"name":"t0"},{"name":"t1"},{"name":"t2"}]}'
    assert list(taken[1].values()) == [*messages, tail]
    assert take_apart('["write_file",{"path":"a"}]') is None
    assert take_apart('{"messages":[' + "[" * 100_000) is None
