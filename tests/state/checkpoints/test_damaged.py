"""A wrong value must stop the run that it belongs to, by name, and no other: it may not steer, and not vanish."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from langgraph.checkpoint.conformance.test_utils import generate_checkpoint
from redis.asyncio import Redis

from slipway.state import CorruptState
from slipway.state.checkpoints import FENCE_KEY, RedisSaver
from slipway.state.keys import RunKeys

KEYS = ("checkpoints", "checkpoint_index", "versions", "values", "writes", "write_index")


def at(thread: str, **more: Any) -> Any:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": "", **more}}


async def fill(saver: RedisSaver, thread: str) -> Any:
    parent: Any = at(thread)
    for number in range(2):
        values = {"small": number, "large": "x" * 500}
        versions: Any = {"small": f"{number}", "large": f"{number}"}
        checkpoint = generate_checkpoint(channel_values=values, channel_versions=versions)
        parent = await saver.aput(parent, checkpoint, {"step": number}, versions)
        await saver.aput_writes(parent, [("small", 2), ("log", "y" * 500)], "task")
    return parent


async def drain(saver: RedisSaver, thread: str) -> list[Any]:
    return [item async for item in saver.alist(at(thread))]


READS: dict[str, Callable[[RedisSaver], Awaitable[Any]]] = {
    "newest": lambda saver: saver.aget_tuple(at("r")),
    "list": lambda saver: drain(saver, "r"),
    "blocking": lambda saver: asyncio.to_thread(saver.get_tuple, at("r")),
    "copy": lambda saver: saver.acopy_thread("r", "target"),
    "fork": lambda saver: saver.afork(at("r"), "target"),
    "history": lambda saver: saver.aget_delta_channel_history(config=at("r"), channels=["log", "large"]),
}


def reads_but(*unread: str) -> dict[str, Callable[[RedisSaver], Awaitable[Any]]]:
    return {how: read for how, read in READS.items() if how not in unread}


async def named(redis: Redis, key: str, reads: dict[str, Callable[[RedisSaver], Awaitable[Any]]] = READS) -> None:
    """Every read says that run `r` is corrupt, at its keys; run `s` is as before; no half of a copy is to be seen."""
    with RedisSaver(redis) as saver:
        for read in reads.values():
            with pytest.raises(CorruptState) as raised:
                await read(saver)
            assert (raised.value.owner, raised.value.key) == ("run 'r'", key)
        assert len(await drain(saver, "s")) == 2
        assert await drain(saver, "target") == []


async def damaged(redis: Redis, name: str) -> str:
    saver = RedisSaver(redis)
    await fill(saver, "r")
    await fill(saver, "s")
    return getattr(RunKeys("r"), name)


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"msgpack\0\xc1", b"\x00" * 40, b"=", b"=" * 9, b"#", b"*?"])
@pytest.mark.parametrize("name", ["checkpoints", "versions", "values", "writes"])
async def test_other_bytes_are_named(redis: Redis, name: str, garbage: bytes) -> None:
    key = await damaged(redis, name)
    for field in await redis.hkeys(key):
        await redis.hset(key, field, garbage)
    await named(redis, key, reads_but("fork") if name == "writes" else READS)  # a fork leaves these writes behind


@pytest.mark.parametrize("name", ["checkpoints", "versions", "values", "writes"])
async def test_one_flipped_bit_is_named(redis: Redis, name: str) -> None:
    """Bytes that still parse are the worst: the run would go on with them."""
    key = await damaged(redis, name)
    for field, raw in (await redis.hgetall(key)).items():
        if name == "versions" and raw[:1] == b"#":
            continue  # another digest is that of no value
        await redis.hset(key, field, raw[:-1] + bytes([raw[-1] ^ 1]))
    unread = {"checkpoints": "history", "versions": "history", "writes": "fork"}.get(name, "")
    await named(redis, key, reads_but(unread))  # that one does not use what was flipped


@pytest.mark.parametrize("name", ["checkpoints", "versions", "values", "writes"])
async def test_a_missing_field_is_named(redis: Redis, name: str) -> None:
    key = await damaged(redis, name)
    for field in await redis.hkeys(key):
        await redis.hdel(key, field)
        break
    reads = READS if name in ("checkpoints", "writes", "values") else {"list": READS["list"], "copy": READS["copy"]}
    await named(redis, key, reads)


@pytest.mark.parametrize(("name", "wrong"), [("checkpoint_index", "checkpoints"), ("write_index", "writes")])
async def test_a_hole_in_an_index_is_named(redis: Redis, name: str, wrong: str) -> None:
    """Else the newest checkpoint, or the answer of a person, would be gone without a word."""
    key = await damaged(redis, name)
    await redis.zremrangebyrank(key, -1, -1)
    await named(redis, getattr(RunKeys("r"), wrong))


@pytest.mark.parametrize("name", KEYS)
async def test_a_key_of_another_type_is_named_by_reads_and_writes(redis: Redis, name: str) -> None:
    key = await damaged(redis, name)
    await redis.delete(key)
    await redis.rpush(key, "a list")
    writes: dict[str, Callable[[RedisSaver], Awaitable[Any]]] = {
        "put": lambda saver: fill(saver, "r"),
        "prune": lambda saver: saver.aprune(["r"]),
    }
    reads = READS if name not in ("versions", "values") else {n: r for n, r in READS.items() if n != "history"}
    await named(redis, key, {**reads, **writes})


async def test_a_fence_of_another_type_is_named(redis: Redis) -> None:
    await redis.rpush(RunKeys("r").fence, "a list")
    with pytest.raises(CorruptState) as raised:
        await RedisSaver(redis).aput(at("r", **{FENCE_KEY: 1}), generate_checkpoint(), {}, {})
    assert raised.value.key == RunKeys("r").fence
