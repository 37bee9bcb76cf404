"""A cluster refuses any script whose keys lie on two nodes: each call site must be seen to keep to one."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import ResponseError

from slipway.state import StateUnavailable, open_redis
from slipway.state.connections import blocking_twin, own_connection
from slipway.state.connections.slots import slot_of
from slipway.state.scripts import Script

StartServer = Callable[..., Any]
FreePort = Callable[[], int]


@dataclass
class Cluster:
    """Three masters with a third of the slots each; with `replicas`, one replica each."""

    program: Path
    start: StartServer
    free_port: FreePort
    replicas: bool = False
    options: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.masters = [self.node() for _ in range(3)]
        bounds = (0, 5461, 10923, 16384)
        for master, first, end in zip(self.masters, bounds, bounds[1:], strict=False):
            master.call("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
        self.spares = [self.node() for _ in self.masters] if self.replicas else []
        for other in [*self.masters[1:], *self.spares]:
            self.meet(other)
        self.settle()
        for spare, master in zip(self.spares, self.masters, strict=False):
            spare.call("CLUSTER", "REPLICATE", master.call("CLUSTER", "MYID"))
        for spare in self.spares:
            self.until(lambda spare=spare: b"master_link_status:up" in spare.call("INFO", "replication"))
        self.settle()

    def node(self) -> Any:
        ports = {"port": self.free_port(), "cluster_port": self.free_port()}
        # Longer than this machine stands still: a node that is only slow must not be taken for dead.
        timing = {"cluster_enabled": "yes", "cluster_node_timeout": 3000, "cluster_replica_validity_factor": 0}
        timing |= {"repl_diskless_sync_delay": 0}
        return self.start(self.program, **ports, **timing, **self.options)

    def meet(self, other: Any) -> None:
        port = other.call("CONFIG", "GET", "cluster-port")[1]
        self.masters[0].call("CLUSTER", "MEET", "127.0.0.1", other.port, port)

    def settle(self) -> None:
        """Until every node knows every other and that all slots are served."""
        nodes = [*self.masters, *self.spares]
        for node in nodes:
            self.until(lambda node=node: self.sees(node, len(nodes)))

    def sees(self, node: Any, count: int) -> bool:
        info = node.call("CLUSTER", "INFO")
        return b"cluster_state:ok" in info and b"cluster_known_nodes:%d" % count in info

    @staticmethod
    def until(condition: Callable[[], bool]) -> None:
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() - begun < 60
            time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"redis+cluster://127.0.0.1:{self.masters[0].port},127.0.0.1:{self.masters[1].port}"


@pytest.fixture(scope="session")
def cluster(program: Path, start_lasting_server: StartServer, free_port: FreePort) -> Cluster:
    """One for all tests that leave it whole."""
    return Cluster(program, start_lasting_server, free_port)


@pytest.fixture
async def clustered(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Redis]:
    async with open_redis(cluster.url, data_dir=tmp_path, runtime_dir=tmp_path) as redis:
        await redis.flushall()
        yield redis


async def test_all_of_the_state_layer_works_on_a_cluster(
    clustered: Redis, exercise: Callable[[Redis], Awaitable[None]]
) -> None:
    await exercise(clustered)
    assert len({key_slot(key) // 5462 async for key in clustered.scan_iter("slipway:*")}) > 1


async def test_more_tasks_than_connections_wait_their_turn(clustered: Redis) -> None:
    """redis-py's own cluster client would fail here."""
    assert len(await asyncio.gather(*(clustered.incr(f"n{number % 7}") for number in range(500)))) == 500


async def test_keys_on_two_nodes_in_one_script_are_an_error(clustered: Redis) -> None:
    """It must not pass here by luck and fail at the user's."""
    with pytest.raises(ResponseError, match="same slot"):
        await Script("return 1")(clustered, ["a", "b"])


async def test_pipelines(clustered: Redis) -> None:
    """Those that are no transactions may touch any node; a transaction has one slot, and may watch it."""
    async with clustered.pipeline(transaction=False) as pipe:
        for number in range(30):
            pipe.set(f"k{number}", number)
        pipe.execute_command("SET", "k0")
        replies = await pipe.execute(raise_on_error=False)
    assert replies[:-1] == [True] * 30 and isinstance(replies[-1], ResponseError)
    async with clustered.pipeline(transaction=True) as pipe:
        for number in range(2):
            pipe.incr("{a}1").get("{a}1")
            assert await pipe.execute() == [number + 1, b"%d" % (number + 1)]
        await pipe.watch("{b}1")
        assert await pipe.get("{b}1") is None
        pipe.multi()
        pipe.set("{b}1", 1)
        assert await pipe.execute() == [True]
    with pytest.raises(ResponseError, match="pipeline caused error"):
        async with clustered.pipeline(transaction=False) as pipe:
            await pipe.execute_command("INCR", "a", "b").execute()


async def test_slots_that_move_are_followed(clustered: Redis, cluster: Cluster) -> None:
    """A cluster is resized under running clients: MOVED after a move, ASK in the middle of one."""
    old, new = cluster.masters[0], cluster.masters[2]
    name = next(f"n{number}" for number in range(1000) if key_slot(f"n{number}".encode()) < 5461)
    other, slot = f"{{{name}}}other", key_slot(name.encode())
    ids = {node: node.call("CLUSTER", "MYID").decode() for node in (old, new)}
    await clustered.set(name, 1)
    with blocking_twin(clustered, timeout=30.0, patience=30.0) as twin:
        assert await asyncio.to_thread(twin.get, name) == b"1"
        new.call("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[old])
        old.call("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[new])
        assert await clustered.incr(other) == 1  # ASK: a key that is not there is made at the new place
        assert await asyncio.to_thread(twin.incr, other) == 2
        async with clustered.pipeline(transaction=False) as pipe:
            assert await pipe.incr(other).get(name).execute() == [3, b"1"]
        old.call("MIGRATE", "127.0.0.1", new.port, name, 0, 20_000)
        for node in (new, old, cluster.masters[1]):
            node.call("CLUSTER", "SETSLOT", slot, "NODE", ids[new])
        async with clustered.pipeline(transaction=True) as pipe:
            assert await pipe.incr(other).get(name).execute() == [4, b"1"]
        assert await clustered.get(name) == b"1"
        assert await asyncio.to_thread(twin.get, name) == b"1"


async def _replicated(master: Any) -> None:
    """Replication is asynchronous: what the replica has not got is lost with the master."""
    async with asyncio.timeout(60):
        while True:
            said = await asyncio.to_thread(master.call, "INFO", "replication")
            facts = dict(re.findall(r"(\w+)[:=](\d+)", said.decode()))
            if "offset" in facts and facts["offset"] == facts["master_repl_offset"]:
                return
            await asyncio.sleep(0.02)


async def test_a_failover_is_ridden_out(
    program: Path, start_server: StartServer, free_port: FreePort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = await asyncio.to_thread(Cluster, program, start_server, free_port, replicas=True)
    async with open_redis(cluster.url, data_dir=tmp_path, runtime_dir=tmp_path) as redis:
        monkeypatch.setattr(redis, "patience", 60.0)  # how long an election takes is the cluster's and the machine's
        with blocking_twin(redis, timeout=10.0, patience=60.0) as twin:
            names = [f"n{number}" for number in range(20)]
            for name in names:
                await redis.set(name, 1)
            assert await asyncio.to_thread(twin.get, "n0") == b"1"
            async with own_connection(redis, silence=0.1) as own:
                assert await own.get("n0") == b"1"
                await _replicated(cluster.masters[0])
                cluster.masters[0].kill()
                assert await asyncio.gather(*(redis.incr(name) for name in names)) == [2] * 20
                assert [await own.get(name) for name in names] == [b"2"] * 20
                assert [await asyncio.to_thread(twin.get, name) for name in names] == [b"2"] * 20
                assert sorted([key async for key in redis.scan_iter("n*")]) == sorted(map(str.encode, names))


async def test_every_master_is_looked_at_and_what_is_wrong_is_said_at_once(
    program: Path, start_server: StartServer, free_port: FreePort, tmp_path: Path
) -> None:
    cluster = await asyncio.to_thread(Cluster, program, start_server, free_port)

    async def refusal(url: str) -> str:
        with pytest.raises(StateUnavailable) as raised:
            async with asyncio.timeout(7), open_redis(url, data_dir=tmp_path, runtime_dir=tmp_path):
                pass
        return str(raised.value)

    alone = f"redis://127.0.0.1:{cluster.masters[0].port}"
    assert await refusal(alone) == f"{alone} is a node of a cluster; configure it as redis+cluster://HOST:PORT"
    cluster.masters[2].call("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
    said = await refusal(cluster.url)
    assert said.startswith(f"node 127.0.0.1:{cluster.masters[2].port} of {cluster.url} has the maxmemory-policy 'vola")
    cluster.masters[2].call("CLUSTER", "DELSLOTS", 16383)
    cluster.masters[0].call("CLUSTER", "DELSLOTS", 16383)
    cluster.masters[1].call("CLUSTER", "DELSLOTS", 16383)
    assert "no node of the cluster serves slot 16383" in await refusal(cluster.url)
    for master in cluster.masters:
        master.kill()
    assert (await refusal(cluster.url)).startswith(f"{cluster.url} does not answer: no node of the cluster answers: ")


async def test_a_server_that_is_no_cluster_is_said(redis: Redis, program: Path, start_server: StartServer,
                                                   free_port: FreePort, tmp_path: Path) -> None:  # fmt: skip
    port = free_port()
    start_server(program, port=port)
    with pytest.raises(StateUnavailable, match="This instance has cluster support disabled"):
        async with open_redis(f"redis+cluster://127.0.0.1:{port}", data_dir=tmp_path, runtime_dir=tmp_path):
            pass


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("GET", "a"), b"a"),
        ((b"hset", "ä", "f", 1), "ä".encode()),
        (("EVALSHA", "0" * 40, 2, "a", "b", "c"), b"a"),
        (("EVAL", "return 1", 0), None),
        (("XREAD", "COUNT", 5, "BLOCK", 0, "STREAMS", "STREAMS", "0"), b"STREAMS"),
        (("CONFIG SET", "maxmemory", 0), None),
        (("PING",), None),
        (("SCAN", 0, "MATCH", "a"), None),
    ],
)
def test_the_slot_of_a_command(words: tuple[Any, ...], key: bytes | None) -> None:
    assert slot_of(words) == (None if key is None else key_slot(key))
