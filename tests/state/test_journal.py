"""Calls cost money: an answered one is never made again, and one that may have been is counted."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from slipway.state import CorruptState, Fence, FenceLost, Journal, JournalEntry, hold
from slipway.state.keys import RunKeys


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
