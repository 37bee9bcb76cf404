"""Events and messages are read by page and by span; a reader that loses one of them tells a person something untrue."""

from __future__ import annotations

from pydantic import TypeAdapter
from redis.asyncio import Redis

from slipway.state.streams import Stream

KEY = "slipway:{run:r}:numbers"


async def test_a_span_is_behind_its_beginning_and_with_its_end(redis: Redis) -> None:
    stream = Stream(redis, KEY, "number", TypeAdapter(int), owner="run 'r'")
    names = [(await redis.xadd(KEY, {"number": str(number)})).decode() for number in range(1200)]
    pairs = list(zip(names, range(1200), strict=True))
    assert await stream.read() == pairs
    assert await stream.read(names[3], names[7]) == pairs[4:8]
    assert await stream.read(names[7], names[7]) == []
    assert await stream.newest() == names[-1]
    following = stream.follow(names[1])
    assert [await anext(following) for _ in range(1198)] == pairs[2:]
    await following.aclose()
