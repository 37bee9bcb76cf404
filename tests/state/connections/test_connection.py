"""A server that cannot be used must be one clear error before the run starts, not lost data in the middle of it."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from slipway.state import StateUnavailable, open_redis
from slipway.state.connections import blocking_twin
from slipway.state.scripts import Script


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[Redis]:
    async with open_redis(url, data_dir=folder, runtime_dir=folder) as redis:
        yield redis


async def refusal(url: str, folder: Path) -> str:
    begun = time.monotonic()
    with pytest.raises(StateUnavailable) as raised:
        async with opened(url, folder):
            pass
    assert time.monotonic() - begun < 7  # commands are patient for longer
    return str(raised.value)


async def test_nobody_listens(tmp_path: Path) -> None:
    said = await refusal("redis://ann:secret@127.0.0.1:1/3", tmp_path)
    assert said.startswith("redis://ann@127.0.0.1:1/3 does not answer: ")
    assert said.endswith("start it, or correct the configured URL (without one, Slipway starts a server of its own)")
    assert "secret" not in said


async def test_somebody_listens_and_never_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert await refusal(f"redis://:secret@127.0.0.1:{port}", tmp_path) == (
            f"redis://127.0.0.1:{port} does not answer: Timeout reading from 127.0.0.1:{port}; "
            "start it, or correct the configured URL (without one, Slipway starts a server of its own)"
        )


async def test_an_address_of_another_kind(tmp_path: Path) -> None:
    assert (await refusal("http://ann:secret@host/", tmp_path)).startswith(
        "'http://ann@host/' is no address of a Redis"
    )


async def test_a_wrong_password(redis: Redis, server_url: str, tmp_path: Path) -> None:
    await redis.config_set("requirepass", "right")
    try:
        said = await refusal(server_url.replace("unix://", "unix://:wrong@"), tmp_path)
        assert "invalid username-password pair" in said
        async with opened(server_url.replace("unix://", "unix://:right@"), tmp_path) as allowed:
            with blocking_twin(allowed, timeout=30.0) as twin:
                assert await asyncio.to_thread(twin.ping)
    finally:
        await redis.config_set("requirepass", "")


async def test_a_server_that_may_evict_is_refused(redis: Redis, server_url: str, tmp_path: Path) -> None:
    """`allkeys-lru` acknowledges writes and drops half of them."""
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        said = await refusal(server_url, tmp_path)
    finally:
        await redis.config_set("maxmemory-policy", "noeviction")
    assert said == (
        f"{server_url} has the maxmemory-policy 'allkeys-lru' and would drop data without a word when its memory is "
        "full; run `CONFIG SET maxmemory-policy noeviction` on it, or configure another server"
    )


async def test_scarce_memory_is_said_and_full_memory_is_an_error(
    redis: Redis, server_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    used = 0
    try:
        with caplog.at_level(logging.WARNING, "slipway"):
            async with asyncio.timeout(30):
                while not caplog.records:  # what it uses still shrinks after the tests before this one
                    used = (await redis.info("memory"))["used_memory"]
                    await redis.config_set("maxmemory", int(used * 1.1))
                    async with opened(server_url, tmp_path):
                        pass
        assert [record.getMessage().split(" uses ")[0] for record in caplog.records] == [server_url]
        await redis.config_set("maxmemory", used // 2)
        with pytest.raises(StateUnavailable, match=r"^Redis has no memory left: .* raise its maxmemory"):
            await redis.set("a", 1)
    finally:
        await redis.config_set("maxmemory", 0)


@asynccontextmanager
async def refusing_writes(redis: Redis) -> AsyncIterator[None]:
    """As on a full disk: the server cannot put its snapshot in place."""
    obstacle = Path((await redis.config_get("dir"))["dir"]) / "dump.rdb"
    obstacle.mkdir()
    await redis.config_set("save", "3600 1")
    await redis.bgsave()
    while (await redis.info("persistence"))["rdb_last_bgsave_status"] == "ok":
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        await redis.config_set("save", "")
        obstacle.rmdir()


async def test_a_disk_that_takes_no_more_is_named_whatever_the_command(redis: Redis) -> None:
    """The caller parks the run on StateUnavailable; any other error ends it as our own mistake."""

    async def pipeline(transaction: bool) -> None:
        async with redis.pipeline(transaction=transaction) as pipe:
            pipe.get("a")
            pipe.set("a", 1)
            await pipe.execute()

    script = Script("return redis.call('SET', KEYS[1], 1)")
    async with refusing_writes(redis):
        for write in (redis.set("a", 1), script(redis, ["a"]), pipeline(transaction=True), pipeline(transaction=False)):
            with pytest.raises(StateUnavailable, match=r"^Redis cannot write to its disk: .*MISCONF.*make room there"):
                await write
        assert await redis.get("a") is None
    await redis.lpush("a", "(because of: MISCONF")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await redis.append("a", "MISCONF ")


async def test_an_old_server_is_refused(tmp_path: Path) -> None:
    """The scripts use commands of version 7. No such server is at hand: this one only says that it is old."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        info = "redis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\n"
        while data := await reader.read(4096):
            for line in data.split(b"\r\n"):
                if line.upper() == b"INFO":
                    writer.write(f"${len(info)}\r\n{info}\r\n".encode())
                elif line.upper() in (b"CLIENT", b"SELECT"):
                    writer.write(b"+OK\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        said = await refusal(f"redis://127.0.0.1:{port}", tmp_path)
    assert said == f"redis://127.0.0.1:{port} is version 6.2.14; use Redis 7.0 or newer, or Valkey"


async def test_more_tasks_than_connections_wait_their_turn(redis: Redis) -> None:
    """The usual pool fails under such a load."""
    assert len(await asyncio.gather(*(redis.incr("n") for _ in range(500)))) == 500


async def test_no_cancellation_is_lost(redis: Redis) -> None:
    """A stop that does not stop: whenever it comes, the command must end, and the connection stay usable."""

    async def work() -> None:
        while True:
            await redis.incr("n")
            async with redis.pipeline(transaction=False) as pipe:
                pipe.incr("n")
                await pipe.execute()

    for ticks in range(40):
        task = asyncio.create_task(work())
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=30)
        assert done and task.cancelled(), f"lost after {ticks} ticks of the loop"
    assert await redis.ping()
