"""A master that dies is replaced within seconds: a run must go on, on whichever server the Sentinels name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from slipway.state import StateUnavailable, open_redis
from slipway.state.connections import blocking_twin, own_connection

StartServer = Callable[..., Any]
FreePort = Callable[[], int]


@dataclass
class Group:
    """A master with its replica, and Sentinels that take it for dead after some milliseconds.

    Their own rhythms are quickened: two that stand for election at once, which happens, would try again only after 6 s,
    and one whose clock jumps, or that gets no processor for 2 s, would watch without acting for 30 s.
    """

    program: Path
    start: StartServer
    free_port: FreePort
    sentinels: int
    dead_after: int = 60_000
    """Longer than this machine stands still: a master that is only slow must not be replaced."""

    def __post_init__(self) -> None:
        ports = [self.free_port() for _ in range(2)]
        login: dict[str, object] = {"requirepass": "s3cret", "masterauth": "s3cret", "repl_diskless_sync_delay": 0}
        self.master = self.start(self.program, port=ports[0], **login)
        self.replica = self.start(self.program, port=ports[1], replicaof=f"127.0.0.1 {ports[0]}", **login)
        self.watching = [self._sentinel(ports[0]) for _ in range(self.sentinels)]

    def _sentinel(self, master: int) -> Any:
        rules = (
            f"monitor m 127.0.0.1 {master} {self.sentinels // 2 + 1}",
            "auth-pass m s3cret",
            f"down-after-milliseconds m {self.dead_after}",
            "failover-timeout m 1000",
        )
        user = "ann on >w4tch +@all allchannels"
        sentinel = self.start(self.program, port=self.free_port(), appendonly="no", sentinel=rules, user=user)
        rhythms = {"info-period": 200, "ask-period": 100, "publish-period": 200, "tilt-period": 100}
        for rhythm, milliseconds in rhythms.items():
            assert sentinel.call("SENTINEL", "DEBUG", rhythm, str(milliseconds)) == b"OK"
        return sentinel

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.watching)
        return f"redis+sentinel://:s3cret@{hosts}/m?sentinel_username=ann&sentinel_password=w4tch"

    async def ready(self) -> None:
        """Until every Sentinel knows the replica and the others, and the replica has the data."""
        async with asyncio.timeout(60):
            for sentinel in self.watching:
                while not await asyncio.to_thread(self._knows, sentinel):
                    await asyncio.sleep(0.05)

    def _knows(self, sentinel: Any) -> bool:
        (state,) = [dict(zip(m[::2], m[1::2], strict=True)) for m in sentinel.call("SENTINEL", "MASTERS")]
        (replica,) = sentinel.call("SENTINEL", "REPLICAS", "m") or ([],)
        synced = b"ok" in dict(zip(replica[::2], replica[1::2], strict=True)).get(b"master-link-status", b"")
        return synced and int(state[b"num-other-sentinels"]) == len(self.watching) - 1


async def test_a_run_goes_on_after_a_failover(
    program: Path, start_server: StartServer, free_port: FreePort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over every kind of connection, within one command, and with one of the Sentinels gone too."""
    group = Group(program, start_server, free_port, 3, dead_after=3000)
    await group.ready()
    written: list[int] = []
    pen = asyncio.Lock()

    async def write(redis: Redis) -> None:
        for number in range(200):
            async with pen:
                await redis.sadd("set", number)
            written.append(number)
            await asyncio.sleep(0.005)

    async with open_redis(group.url, data_dir=tmp_path, runtime_dir=tmp_path) as redis:
        monkeypatch.setattr(redis, "patience", 60.0)  # how long an election takes is the Sentinels' and the machine's
        assert (await redis.info("server"))["tcp_port"] == group.master.port
        with blocking_twin(redis, timeout=10.0, patience=60.0) as twin:
            assert await asyncio.to_thread(twin.info, "server") is not None
            async with own_connection(redis, silence=0.2) as own:
                assert await own.ping()
                work = [asyncio.create_task(write(redis)) for _ in range(3)]
                await asyncio.sleep(0.3)
                async with pen:  # the replica has what was acknowledged by now: replication is asynchronous
                    await own.set("last", 1)
                    assert await own.wait(1, 20_000) == 1
                    group.master.kill()
                    group.watching[0].kill()
                assert (await own.info("server"))["tcp_port"] == group.replica.port
                assert (await asyncio.to_thread(twin.info, "server"))["tcp_port"] == group.replica.port
                await asyncio.gather(*work)
        assert len(written) == 3 * 200
        assert (await redis.info("server"))["tcp_port"] == group.replica.port
        assert await redis.scard("set") == 200


async def test_all_of_the_state_layer_works_behind_a_sentinel(
    program: Path,
    start_server: StartServer,
    free_port: FreePort,
    tmp_path: Path,
    exercise: Callable[[Redis], Awaitable[None]],
) -> None:
    group = Group(program, start_server, free_port, 1)
    async with open_redis(group.url, data_dir=tmp_path, runtime_dir=tmp_path) as redis:
        await exercise(redis)


async def test_what_is_wrong_is_said_at_once(
    program: Path, start_server: StartServer, free_port: FreePort, tmp_path: Path
) -> None:
    group = Group(program, start_server, free_port, 1)
    (sentinel,) = group.watching
    shown = f"redis+sentinel://127.0.0.1:{sentinel.port}"
    mend = "; start it, or correct the configured URL (without one, Slipway starts a server of its own)"

    async def refusal(url: str) -> str:
        with pytest.raises(StateUnavailable) as raised:
            async with asyncio.timeout(7), open_redis(url, data_dir=tmp_path, runtime_dir=tmp_path):
                pass
        assert "s3cret" not in str(raised.value) and "w4tch" not in str(raised.value)
        return str(raised.value)

    assert await refusal(group.url.replace("/m?", "/other?")) == (
        f"{shown}/other does not answer: no Sentinel names a healthy master 'other'{mend}"
    )
    assert await refusal(group.url.replace("w4tch", "wrong")) == (
        f"{shown}/m does not answer: no Sentinel names a healthy master 'm': "
        f"invalid username-password pair or user is disabled.{mend}"
    )
    said = await refusal(group.url.replace(":s3cret@", ""))
    assert said.startswith(f"{shown}/m does not answer: ") and said.endswith("password in the configured URL")
    assert await refusal(f"redis://ann:w4tch@127.0.0.1:{sentinel.port}") == (
        f"redis://ann@127.0.0.1:{sentinel.port} is a Sentinel; configure it as redis+sentinel://HOST:PORT/SERVICE"
    )
    sentinel.kill()
    said = await refusal(group.url)
    assert (
        said.startswith(f"{shown}/m does not answer: no Sentinel names a healthy master 'm': ") and "connecting" in said
    )
