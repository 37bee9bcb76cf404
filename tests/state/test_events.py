"""The command line, the server and people see a run by its events alone: none may be lost, late or out of order."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from slipway.config import Secrets
from slipway.state import CorruptState, Event, EventStream, Outcome, Published, RunEnded, RunStarted
from slipway.state.keys import RunKeys

STARTED = RunStarted(run="r", project="p", request="a tally", lineup="test")
ENDED = RunEnded(outcome=Outcome(run="r", project="p", status="delivered"))


def published(number: int) -> Published:
    return Published(step="code/a", revision=number, version="v", paths=("a",))


async def followed(stream: EventStream, after: str = "0") -> list[Event]:
    return [event async for _, event in stream.follow(after)]


async def clients(redis: Redis) -> set[str]:
    """Who is connected: of those before us one may still be leaving."""
    return {client["id"] for client in await redis.client_list()}


async def test_events_are_read_in_order_and_from_any_point(redis: Redis) -> None:
    stream = EventStream(redis, "r")
    events: list[Event] = [STARTED, *(published(number) for number in range(5)), ENDED]
    assert await stream.newest() == "0"
    names = [await stream.append(event) for event in events]
    assert await stream.newest() == names[-1]
    assert await stream.read() == list(zip(names, events, strict=True))
    assert await stream.read(names[4]) == list(zip(names[5:], events[5:], strict=True))
    assert await stream.read(names[-1]) == []
    assert await followed(stream, names[2]) == events[3:]


async def test_followers_see_events_as_they_come_and_stop_at_the_end(redis: Redis) -> None:
    stream = EventStream(redis, "r")
    followers = [asyncio.create_task(followed(stream)) for _ in range(3)]
    events: list[Event] = [STARTED, published(1), ENDED]
    for event in events:
        await asyncio.sleep(0.02)
        await stream.append(event)
    assert await asyncio.gather(*followers) == [events] * 3


async def test_a_follower_can_be_cancelled_and_leaves_no_connection(redis: Redis) -> None:
    """A browser tab that closes must not take a connection of the run with it."""
    stream = EventStream(redis, "r")
    before = await clients(redis)
    followers = [asyncio.create_task(followed(stream)) for _ in range(5)]
    async with asyncio.timeout(30):
        while len(await clients(redis) - before) < 5:
            await asyncio.sleep(0.01)
    for follower in followers:
        follower.cancel()
    done = await asyncio.gather(*followers, return_exceptions=True)
    assert [type(result) for result in done] == [asyncio.CancelledError] * 5
    async with asyncio.timeout(30):
        while await clients(redis) - before:
            await asyncio.sleep(0.01)
    await stream.append(STARTED)
    assert [event for _, event in await stream.read()] == [STARTED]


async def test_a_follower_can_be_cancelled_at_any_moment(redis: Redis) -> None:
    """While it connects, too: then it ends when it next looks whether there is something new."""
    for ticks in range(20):
        follower = asyncio.create_task(followed(EventStream(redis, "r")))
        for _ in range(ticks):
            await asyncio.sleep(0)
        follower.cancel()
        done, _ = await asyncio.wait([follower], timeout=30)
        assert done, f"lost after {ticks} ticks of the loop"


async def test_leaving_the_loop_early_is_clean(redis: Redis) -> None:
    stream = EventStream(redis, "r")
    await stream.append(STARTED)
    following = stream.follow()
    assert (await anext(following))[1] == STARTED
    await following.aclose()  # type: ignore[attr-defined]


async def test_old_events_make_room(redis: Redis) -> None:
    stream = EventStream(redis, "r")
    async with redis.pipeline(transaction=False) as pipe:
        for number in range(11_000):
            pipe.xadd(RunKeys("r").events, {"event": published(number).model_dump_json()})
        await pipe.execute()
    await stream.append(STARTED)
    events = await stream.read()
    assert 10_000 <= len(events) < 10_500
    assert events[-1][1] == STARTED


@pytest.mark.parametrize("fields", [{"event": b"\xff"}, {"event": '{"kind": "unheard"}'}, {"other": "x"}])
async def test_damage_is_named(redis: Redis, fields: dict[str, bytes | str]) -> None:
    await redis.xadd(RunKeys("r").events, fields)  # type: ignore[arg-type]
    with pytest.raises(CorruptState, match=r"run 'r' is corrupt at 'slipway:\{run:r\}:events'"):
        await EventStream(redis, "r").read()


async def test_no_known_secret_is_written(redis: Redis) -> None:
    stream = EventStream(redis, "r", secrets=Secrets(["sk-live-4711-abcdef"]))
    await stream.append(STARTED.model_copy(update={"request": 'a "sk-live-4711-abcdef"'}))
    assert [event for _, event in await stream.read()] == [STARTED.model_copy(update={"request": 'a "***"'})]
