"""One process works on a run: two would pay twice and overwrite each other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis.asyncio import Redis

from slipway.state import Fence, FenceLost, Journal, LeaseHeld, hold, is_held
from slipway.state.connections import blocking_twin
from slipway.state.keys import LedgerKeys, ProjectKeys, RunKeys
from slipway.state.leases import Holder

HOLDER = """
import asyncio, sys
from pathlib import Path
from slipway.state import hold, open_redis

async def main(url):
    async with open_redis(url, data_dir=Path("."), runtime_dir=Path(".")) as redis:
        async with hold(redis, run="r", project="p", life=30.0) as fence:
            print(fence.token, flush=True)
            await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


@contextlib.contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds run `r`, with a long lease."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout and process.stdout.readline() == "1\n"
        yield process
        process.kill()


def dead(process: subprocess.Popen[str]) -> None:
    """Kill it, and wait until it is a zombie: that takes a moment, and we look again after one only."""
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


async def renewed(redis: Redis, run: str = "r") -> None:
    """Wait until the holder of `run` renews its lease, which is taken away here as if it had run out."""
    await redis.delete(RunKeys(run).lease)
    async with asyncio.timeout(30):
        while not await redis.exists(RunKeys(run).lease):
            await asyncio.sleep(0.01)


async def tokens(redis: Redis) -> list[bytes | None]:
    fences = (RunKeys("r").fence, ProjectKeys("p").branch("r").fence, LedgerKeys("t", "p", "r").fence)
    return [await redis.get(key) for key in fences]


async def test_the_token_grows_and_stands_in_all_slots_before_the_work(redis: Redis) -> None:
    for number in (1, 2):
        async with hold(redis, run="r", project="p", tenant="t") as fence:
            assert fence == Fence("r", number)
            assert await tokens(redis) == [str(number).encode()] * 3
            assert await redis.exists(RunKeys("r").lease) == 1
        assert await redis.exists(RunKeys("r").lease) == 0


async def test_a_killed_holder_is_taken_over_at_once(redis: Redis, server_url: str) -> None:
    """Resume after a crash must not wait for a lease to run out. It was not reaped: a zombie is dead too."""
    with holder(server_url) as process:
        with pytest.raises(LeaseHeld) as raised:
            async with hold(redis, run="r", project="p"):
                pass
        assert raised.value.holder.startswith(f"process {process.pid} on ")
        assert 15 < raised.value.seconds_left <= 30
        dead(process)
        begun = time.monotonic()
        async with hold(redis, run="r", project="p") as fence:
            assert fence.token == 2
        assert time.monotonic() - begun < 15


async def test_of_two_acquirers_exactly_one_wins(redis: Redis, server_url: str) -> None:
    """Both see the same dead holder."""
    with holder(server_url) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        wins, refused = 0, asyncio.Semaphore(0)

        async def acquire() -> None:
            nonlocal wins
            try:
                async with hold(redis, run="r", project="p"), asyncio.timeout(30):
                    wins += 1
                    for _ in range(7):
                        await refused.acquire()
            except LeaseHeld:
                refused.release()
                raise

        results = await asyncio.gather(*(acquire() for _ in range(8)), return_exceptions=True)
    assert wins == 1
    assert sorted(type(result).__name__ for result in results) == ["LeaseHeld"] * 7 + ["NoneType"]


def elsewhere(**changes: Any) -> str:
    known: dict[str, Any] = {"host": "there", "boot": "b", "pids": "n", "pid": 1, "started": 1, "nonce": "x"}
    return Holder(**{**known, **changes}).model_dump_json()


async def test_a_holder_that_cannot_be_judged_from_here_is_given_time_to_show_itself(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """It may run on another machine; if it does it renews its lease, and two must never run one run."""
    begun = time.monotonic()
    await redis.set(RunKeys("r").lease, elsewhere(), px=2500)
    async with hold(redis, run="r", project="p"):
        assert 2.4 < time.monotonic() - begun < 30
    assert re.fullmatch(r"run r is held by process 1 on there; waiting \d\.\d s for a sign of life", caplog.messages[0])


async def test_a_holder_elsewhere_that_renews_its_lease_keeps_it(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await redis.set(RunKeys("r").lease, elsewhere(), px=2500)

    async def renew() -> None:
        while not caplog.messages:  # it was seen, and is waited for
            await asyncio.sleep(0.01)
        await redis.set(RunKeys("r").lease, elsewhere(), px=60_000)

    renewal = asyncio.create_task(renew())
    with pytest.raises(LeaseHeld, match=r"run 'r' is held by process 1 on there, for [45]\d\.\d s more"):
        async with hold(redis, run="r", project="p"):
            pass
    await renewal


async def test_a_used_again_process_id_does_not_keep_a_run(redis: Redis) -> None:
    """After a restart of many processes the id of the dead one belongs to somebody else."""
    async with hold(redis, run="s", project="p"):
        raw = await redis.get(RunKeys("s").lease)
    mine = Holder.model_validate_json(raw)
    await redis.set(
        RunKeys("r").lease, mine.model_copy(update={"started": mine.started - 1}).model_dump_json(), px=9000
    )
    async with hold(redis, run="r", project="p") as fence:
        assert fence.token == 1


async def test_who_is_cancelled_while_it_asks_for_a_lease_leaves_none(redis: Redis) -> None:
    """The server may have given it already: nobody would give it back, and the next one would wait for its life."""

    async def held(run: str) -> None:
        async with hold(redis, run=run, project="p"):
            await asyncio.sleep(10)

    for number in range(60):
        asking = asyncio.create_task(held(f"r{number}"))
        await asyncio.sleep(number * 0.0001)
        asking.cancel()
        await asyncio.wait([asking])
    assert [key async for key in redis.scan_iter("*:lease")] == []


async def test_a_busy_event_loop_keeps_its_lease(redis: Redis) -> None:
    """Parsing a large project blocks the loop for longer than a lease lives."""
    async with hold(redis, run="r", project="p", life=3.0):
        with blocking_twin(redis, timeout=30.0) as twin:
            twin.delete(RunKeys("r").lease)  # as if it had run out
            until = time.monotonic() + 30
            while not twin.exists(RunKeys("r").lease) and time.monotonic() < until:
                time.sleep(0.01)
        with pytest.raises(LeaseHeld):
            async with hold(redis, run="r", project="p"):
                pass


async def test_a_lease_that_ran_out_is_taken_back_if_nobody_wanted_it(redis: Redis) -> None:
    """A laptop that slept goes on."""
    async with hold(redis, run="r", project="p", life=3.0) as fence:
        await renewed(redis)
        await Journal(redis, fence).begin("s", 0, "model", "d")


async def test_a_lost_lease_refuses_the_next_write_and_is_left_to_its_new_holder(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "slipway"):
        async with hold(redis, run="r", project="p", life=3.0) as old:
            async with redis.pipeline(transaction=True) as pipe:  # else it could be renewed before the next one asks
                await pipe.incr(RunKeys("r").fence).delete(RunKeys("r").lease).execute()
            async with hold(redis, run="r", project="p") as new:
                async with asyncio.timeout(30):
                    while not caplog.records:
                        await asyncio.sleep(0.01)
                with pytest.raises(FenceLost) as raised:
                    await Journal(redis, old).begin("s", 0, "model", "d")
                assert (raised.value.token, raised.value.current) == (old.token, new.token)
                assert await redis.exists(RunKeys("r").lease) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "lease slipway:{run:r}:lease was taken over; this process can write no more"
    ]


async def test_no_thread_or_connection_is_left(redis: Redis) -> None:

    async def clients() -> set[str]:
        return {client["id"] for client in await redis.client_list()}

    async def held(run: str) -> None:
        async with hold(redis, run=run, project="p", life=3.0):
            await renewed(redis, run)

    await asyncio.gather(*(redis.ping() for _ in range(8)))  # these connections stay
    threads, before = set(threading.enumerate()), await clients()
    await asyncio.gather(*(held(f"r{number}") for number in range(3)))
    new = [thread.name for thread in set(threading.enumerate()) - threads]
    assert [name for name in new if not name.startswith("asyncio_")] == []  # those of asyncio.to_thread stay
    async with asyncio.timeout(30):
        while await clients() - before:  # the server notices a little later
            await asyncio.sleep(0.01)


async def test_a_cancelled_holder_releases(redis: Redis) -> None:
    """Ctrl-C, then `resume`: it must not be refused."""

    async def work() -> None:
        async with hold(redis, run="r", project="p"):
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    while not await redis.exists(RunKeys("r").lease):
        await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert await redis.exists(RunKeys("r").lease) == 0


async def test_who_looks_sees_whether_somebody_works_on_a_run(redis: Redis, server_url: str) -> None:
    """What a run left on the machine may be removed only when nobody can still be using it."""
    assert not await is_held(redis, "r")
    with holder(server_url) as process:
        assert await is_held(redis, "r")
        process.send_signal(signal.SIGSTOP)
        assert await is_held(redis, "r"), "it may go on"
        process.kill()
        process.wait()
        assert not await is_held(redis, "r"), "its lease lives on, it does not"
    async with hold(redis, run="r", project="p"):
        assert await is_held(redis, "r")
    assert not await is_held(redis, "r")
    key = RunKeys("r").lease
    far = Holder(host="elsewhere", boot="b", pids="p", pid=1, started=1, nonce="n")
    await redis.set(key, far.model_dump_json())
    assert await is_held(redis, "r"), "a process of another machine cannot be judged from here"
