"""A server that restarts under a run must not end it, and nothing that it acknowledged may be gone."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from slipway.state import StateUnavailable, open_redis
from slipway.state.connections import blocking_twin, own_connection
from slipway.state.connections.failures import pauses
from slipway.state.scripts import Script

StartServer = Callable[..., Any]


@asynccontextmanager
async def opened(url: str, folder: Path, **how: Any) -> AsyncIterator[Redis]:
    async with open_redis(url, data_dir=folder, runtime_dir=folder, **how) as redis:
        yield redis


async def test_a_killed_server_that_starts_again_is_waited_for_and_has_lost_nothing(
    program: Path, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(program, appendfsync="always")
    acknowledged: list[int] = []
    add = Script("return redis.call('SADD', KEYS[1], ARGV[1])")

    async def write(redis: Redis, first: int) -> None:
        for number in range(first, first + 150):
            await add(redis, ["set"], [number])  # a repeat adds nothing
            acknowledged.append(number)

    async def pipe(redis: Redis) -> None:
        for number in range(10_000, 10_060):
            async with redis.pipeline(transaction=number % 2 == 0) as pipe:
                pipe.sadd("set", number)
                pipe.hset("hash", str(number), 1)
                await pipe.execute()
            acknowledged.append(number)

    async with opened(server.url, tmp_path) as redis:
        work = asyncio.gather(*(write(redis, 1000 * part) for part in range(8)), pipe(redis))
        for _ in range(2):
            await asyncio.sleep(0.15)
            server.kill()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.start)
        await work
        assert len(acknowledged) == 8 * 150 + 60
        assert {int(member) for member in await redis.smembers("set")} == set(acknowledged)


async def test_a_follower_and_a_thread_ride_a_restart_out(
    program: Path, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(program, appendfsync="always")
    async with opened(server.url, tmp_path) as redis, own_connection(redis, silence=0.5) as own:
        with blocking_twin(redis, timeout=30.0, patience=30.0) as twin:
            await redis.set("a", 1)
            assert await own.execute_command("XREAD", "BLOCK", 10, "STREAMS", "s", "0") == []
            assert await asyncio.to_thread(twin.get, "a") == b"1"
            server.kill()
            waiting = asyncio.create_task(asyncio.to_thread(twin.get, "a"))
            reading = asyncio.create_task(own.execute_command("XREAD", "BLOCK", 10, "STREAMS", "s", "0"))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.start)
            assert (await waiting, await reading) == (b"1", [])


async def test_a_server_that_stays_away_ends_the_waiting_and_a_cancelled_task_stops_at_once(
    program: Path, start_server: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the server is away must not wait for it."""
    server = start_server(program)
    async with opened(server.url, tmp_path) as redis:
        server.kill()
        task = asyncio.create_task(redis.incr("a"))
        await asyncio.sleep(0.4)
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - begun < 5  # of the eight that it would wait
        monkeypatch.setattr(redis, "patience", 0.5)
        for attempt in (redis.incr("a"), redis.pipeline().incr("a").execute(), blocking(redis)):
            begun = time.monotonic()
            with pytest.raises(StateUnavailable, match=r"^Redis failed: .*; when it is back, resume the run$"):
                await attempt
            assert 0.4 < time.monotonic() - begun < 7


async def blocking(redis: Redis) -> None:
    with blocking_twin(redis, timeout=0.2, patience=0.5) as twin:
        await asyncio.to_thread(twin.incr, "a")


def test_pauses_grow_and_end() -> None:
    """Many clients of one server must not all come back in the same moment, and none may wait for ever."""
    waits = list(islice(pauses(3600), 12))
    assert all(0 < wait <= 0.5 for wait in waits)
    assert waits[0] <= 0.02 and waits[4] > 0.08 and min(waits[5:]) >= 0.25
    assert list(pauses(0.0)) == []
    begun, slept = time.monotonic(), 0.0
    for wait in pauses(0.6):
        time.sleep(wait)
        slept += wait
    assert slept <= 0.6 <= time.monotonic() - begun


async def test_a_demoted_master_is_asked_again_until_it_takes_writes(
    program: Path, start_server: StartServer, free_port: Callable[[], int], tmp_path: Path
) -> None:
    """A managed service keeps the name and moves it to another server: until then the old one is read-only."""
    server = start_server(program)
    async with opened(server.url, tmp_path) as redis:
        await redis.set("a", 1)
        await redis.replicaof("127.0.0.1", free_port())
        task = asyncio.create_task(redis.incr("a"))
        await asyncio.sleep(0.3)
        assert not task.done()
        with blocking_twin(redis, timeout=30.0) as other:
            await asyncio.to_thread(other.execute_command, "REPLICAOF", "NO", "ONE")
        assert await task == 2


async def test_a_replica_is_refused_with_the_name_of_its_master(
    program: Path, start_server: StartServer, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    server = start_server(program, replicaof=f"127.0.0.1 {port}")
    with pytest.raises(StateUnavailable) as raised:
        async with opened(server.url, tmp_path):
            pass
    assert str(raised.value) == (
        f"{server.url} is a replica, which takes no writes; configure its master 127.0.0.1:{port}, or the Sentinels"
    )


async def test_scarce_memory_and_a_changed_policy_are_said_while_the_run_goes_on(
    redis: Redis, server_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A run of hours outlives the look at its start. Each is said once, and again after it was mended."""

    def said() -> list[str]:
        return [record.getMessage().removeprefix(server_url)[:6] for record in caplog.records]

    async def until_said(*lines: str) -> None:
        async with asyncio.timeout(30):
            while len(said()) < len(lines):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert said() == list(lines)

    async def make_scarce() -> None:
        """What it uses still shrinks after the tests before this one."""
        while not caplog.records:
            await redis.config_set("maxmemory", int((await redis.info("memory"))["used_memory"] * 1.05))
            await asyncio.sleep(0.05)

    try:
        with caplog.at_level(logging.WARNING, "slipway"):
            async with opened(server_url, tmp_path, watch_every=0.02):
                await asyncio.wait_for(make_scarce(), 30)
                await until_said(" uses ")
                await redis.config_set("maxmemory", 0)
                await asyncio.sleep(0.2)
                await redis.config_set("maxmemory-policy", "allkeys-lru")
                await until_said(" uses ", " has t")
    finally:
        await redis.config_set("maxmemory", 0)
        await redis.config_set("maxmemory-policy", "noeviction")


async def test_a_connection_that_breaks_in_the_middle_of_an_answer_is_replaced(tmp_path: Path) -> None:
    """A proxy that cuts: the command is sent again. This server speaks just enough, and cuts the first GET."""
    info = b"redis_version:7.0.0\r\nmaxmemory_policy:noeviction\r\nrole:master\r\n"
    asked = 0

    def serve(client: socket.socket) -> None:
        nonlocal asked
        with client, client.makefile("rb") as lines:
            for line in lines:
                word = line.strip().upper()
                if word == b"INFO":
                    client.sendall(b"$%d\r\n%b\r\n" % (len(info), info))
                elif word == b"GET":
                    asked += 1
                    client.sendall(b"$5\r\nhe" if asked == 1 else b"$5\r\nhello\r\n")
                    if asked == 1:
                        return

    def accept(listener: socket.socket) -> None:
        for _ in range(3):
            serve(listener.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=(listener,), daemon=True)
        thread.start()
        async with opened(f"redis://127.0.0.1:{listener.getsockname()[1]}", tmp_path) as redis:
            assert await redis.get("a") == b"hello"
        await asyncio.to_thread(thread.join, 30)
    assert asked == 2
