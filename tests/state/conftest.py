"""Servers of their own for these tests: real ones of two programs, in folders of their own, ended at the end."""

from __future__ import annotations

import asyncio
import operator
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
import redis as redispy
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from redis.asyncio import Redis
from typing_extensions import TypedDict

from slipway.config import CircuitSettings, ProviderSettings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import (
    EMPTY_VERSION,
    Account,
    Budget,
    Cap,
    Change,
    Event,
    EventStream,
    Fence,
    FileRef,
    Journal,
    JournalEntry,
    Outcome,
    ProjectStore,
    RunEnded,
    RunLimits,
    RunRecord,
    RunStarted,
    RunStore,
    Spend,
    hold,
    open_redis,
)
from slipway.state.budget import take_over
from slipway.state.checkpoints import RedisSaver
from slipway.state.circuits import Circuit
from slipway.state.connections.server import bundled_program
from slipway.state.rates import Rates


@dataclass(frozen=True)
class Folders:
    """Where an embedded server keeps its data and its socket."""

    data: Path
    runtime: Path


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    """Fresh folders; the socket's is short."""
    with tempfile.TemporaryDirectory(prefix="sw") as runtime:
        yield Folders(tmp_path / "data", Path(runtime))


class Server:
    """A server of exactly this program, on a unix socket and where asked on a port of loopback."""

    def __init__(self, program: Path, folder: Path, options: Mapping[str, object]) -> None:
        self.program = program
        self.folder = folder
        self.socket = folder / "s"
        self.port = int(str(options.get("port", 0)))
        self._mode = ["--sentinel"] if "sentinel" in options else []
        self._config = folder / "server.conf"
        known: dict[str, object] = {
            "port": 0,
            "bind": "127.0.0.1",
            "unixsocket": self.socket,
            "dir": folder,
            "save": "''",
        }
        settings = {**known, "logfile": folder / "log", **options}
        self._config.write_text("".join(line for item in settings.items() for line in _lines(*item)))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> Server:
        self._process = subprocess.Popen([self.program, self._config, *self._mode])
        until = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.005)
        return self

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(10)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def call(self, *words: object) -> Any:
        """The reply to one command, without any of our own code."""
        with redispy.Redis(unix_socket_path=str(self.socket), socket_timeout=30, protocol=2) as client:
            client.response_callbacks.clear()
            return client.execute_command(*words)

    def kill(self) -> None:
        """Without a chance to say goodbye."""
        if self._process:
            self._process.kill()
            self._process.wait()


def _lines(name: str, value: object) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple) else (value,):
        yield f"{name} {one}\n"


@contextmanager
def _servers() -> Iterator[Callable[..., Server]]:
    # A child of a killed one may still be writing there.
    with tempfile.TemporaryDirectory(prefix="sw", ignore_cleanup_errors=True) as place:
        started: list[Server] = []

        def start(program: Path, **options: object) -> Server:
            folder = Path(place) / str(len(started))
            folder.mkdir()
            named = {name.replace("_", "-"): value for name, value in options.items()}
            started.append(Server(program, folder, {"appendonly": "yes", **named}))
            return started[-1].start()

        try:
            yield start
        finally:
            for server in started:
                server.kill()


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    """Starts servers of a program with options (`-` written as `_`), which end with the test."""
    with _servers() as start:
        yield start


@pytest.fixture(scope="session")
def start_lasting_server() -> Iterator[Callable[..., Server]]:
    """The same for servers that several tests share."""
    with _servers() as start:
        yield start


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Gives ports of loopback that nobody listens on, each of them once.

    None of those that the kernel gives to whoever connects: one could be taken before the server is there.
    """
    ports = iter(random.SystemRandom().sample(range(20_000, 32_768), 10_000))

    def find() -> int:
        for port in ports:
            with suppress(OSError), socket.create_server(("127.0.0.1", port)):
                return port
        raise AssertionError("no port is free")

    return find


@pytest.fixture(scope="session", params=["valkey", "redis"])
def program(request: pytest.FixtureRequest) -> Path:
    """The bundled Valkey, then the oldest Redis that is promised to work."""
    found = bundled_program() if request.param == "valkey" else shutil.which("redis-server")
    if not found:
        pytest.skip(f"no {request.param}-server: install redis-server >= 7.0 (Debian: `apt-get install redis-server`)")
    return Path(found)


@pytest.fixture(scope="session")
def server_url(program: Path) -> Iterator[str]:
    """One server for all tests that only need one; each of them clears it first."""
    with _servers() as start:
        yield start(program).url


@pytest.fixture
async def redis(server_url: str, tmp_path: Path) -> AsyncIterator[Redis]:
    """A client of an empty server."""
    async with open_redis(server_url, data_dir=tmp_path, runtime_dir=tmp_path) as client:
        await client.flushall()
        yield client


@pytest.fixture
async def projects(redis: Redis) -> ProjectStore:
    """The project store, with an empty project `p`."""
    store = ProjectStore(redis)
    await store.create("p")
    return store


@pytest.fixture
async def fence(redis: Redis, projects: ProjectStore) -> AsyncIterator[Fence]:
    """The lease of run `r` on project `p`, which has a branch there."""
    async with hold(redis, run="r", project="p") as held:
        await projects.branch("p", "r", EMPTY_VERSION)
        yield held


@pytest.fixture
def record() -> RunRecord:
    """A run `r` on project `p`."""
    return RunRecord(
        id="r",
        project="p",
        request="a tally",
        lineup=Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES}),
        base=EMPTY_VERSION,
        created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


class _Log(TypedDict):
    log: Annotated[list[str], operator.add]


async def _work(state: _Log) -> dict[str, object]:
    return {"log": ["worked"]}


async def _ask(state: _Log) -> dict[str, object]:
    return {"log": [interrupt("which?")]}


def _graph(saver: RedisSaver) -> Any:
    build = StateGraph(_Log)
    build.add_node("work", _work)
    build.add_node("ask", _ask)
    build.add_edge(START, "work")
    build.add_edge("work", "ask")
    return build.compile(checkpointer=saver)


@pytest.fixture
def exercise(record: RunRecord) -> Callable[[Redis], Awaitable[None]]:
    """Does with an empty server, once, all that the state layer does: for each way in which a server may be met."""

    async def everything(redis: Redis) -> None:
        await _use_runs(redis, record)
        async with hold(redis, run="r", project="p") as fence:
            await _use_project(redis, fence)
            await _use_journal(redis, fence)
        await _use_provider(redis)
        await _use_saver(redis)
        await RunStore(redis).finish("r", Outcome(run="r", project="p", status="delivered"))

    return everything


async def _use_runs(redis: Redis, record: RunRecord) -> None:
    runs = RunStore(redis)
    await runs.create(record)
    await runs.create(record.model_copy(update={"id": "{s} /ü"}))
    await runs.set_status("r", "running")
    await runs.add_trace("r", "t")
    assert (await runs.get("r")).traces == ("t",)
    assert sorted(run.id for run in await runs.newest()) == ["r", "{s} /ü"]


async def _use_project(redis: Redis, fence: Fence) -> None:
    projects = ProjectStore(redis)
    await projects.create("p")
    await projects.branch("p", "r", EMPTY_VERSION)
    contents = [b"%d" % number for number in range(20)]
    refs = [FileRef(digest) for digest in await projects.put_blobs("p", fence, contents)]
    changes = {f"d/{number}": Change(None, ref) for number, ref in enumerate(refs)}
    revision = await projects.publish("p", fence, step="code", attempt=0, changes=changes)
    assert await projects.publish("p", fence, step="code", attempt=0, changes=changes) == revision
    await projects.mark_green("p", fence, revision.version)
    assert await projects.advance_head("p", fence, expected=EMPTY_VERSION, version=revision.version)
    assert (await projects.head("p"), await projects.green("p", "r")) == (revision.version, revision.version)
    files = {f"d/{number}": (content, False) for number, content in enumerate(contents)}
    assert await projects.files("p", revision.version) == files
    assert await projects.names() == ["p"]
    assert await projects.rollback_head("p", EMPTY_VERSION) == EMPTY_VERSION
    await projects.sweep("p", grace=3600)
    assert await projects.files("p", revision.version) == files


async def _use_journal(redis: Redis, fence: Fence) -> None:
    journal = Journal(redis, fence)
    entry = JournalEntry(step="code", index=0, kind="model", digest="d", request="{}", reply="{}")
    await journal.begin("code", 0, "model", "d")
    assert await journal.record(entry) == entry
    assert await journal.entries() == [entry]
    budget = Budget(redis, Account("r", "p"), RunLimits(tenant_day=Cap(cost_usd=5.0)), fence)
    await budget.reserve("code", Spend(1, 10, 1.0))
    await budget.settle(await budget.reserve("code", Spend(1, 20, 2.0)), Spend(1, 5, 0.5))
    assert await budget.spent() == Spend(2, 15, 1.5)
    await take_over(redis, Account("r", "p"), fence.token)
    stream = EventStream(redis, "r")
    ended = RunEnded(outcome=Outcome(run="r", project="p", status="delivered"))
    events = [RunStarted(run="r", project="p", request="a", lineup="b"), ended]

    async def follow() -> list[Event]:
        return [event async for _, event in stream.follow()]

    following = asyncio.create_task(follow())
    for event in events:
        await asyncio.sleep(0.02)
        await stream.append(event)
    assert await following == [event for _, event in await stream.read()] == events


async def _use_provider(redis: Redis) -> None:
    limits = ProviderSettings(requests_per_minute=9, tokens_per_minute=99, parallel=1)
    rates = Rates(redis, "openai", "http://127.0.0.1:1/v1", limits)
    assert await rates.enter("a", 9) is None
    assert await rates.enter("b", 9) is not None
    await rates.renew("a")
    await rates.leave("a", 5)
    assert await rates.enter("b", 9) is None
    settings = CircuitSettings(failures=1, window=60, pause=60, longest_pause=60)
    circuit = Circuit(redis, "openai:m", "http://127.0.0.1:1/v1", settings)
    assert await circuit.enter("a") is None
    await circuit.leave("a", "failed")
    assert await circuit.enter("b") is not None


async def _use_saver(redis: Redis) -> None:
    at: Any = {"configurable": {"thread_id": "r"}}
    with RedisSaver(redis) as saver:
        await _graph(saver).ainvoke({"log": []}, at, durability="sync")
        assert await _graph(saver).ainvoke(Command(resume="this"), at, durability="sync") == {"log": ["worked", "this"]}
        listed = [item.config async for item in saver.alist(at)]
        assert len(listed) == 4
        assert await asyncio.to_thread(lambda: [item.config for item in saver.list(at)]) == listed
        await saver.acopy_thread("r", "{copy}")
        assert len([item async for item in saver.alist({"configurable": {"thread_id": "{copy}"}})]) == 4
        assert len([item async for item in saver.alist(None)]) == 8
        await saver.aprune(["{copy}"])
        assert len([item async for item in saver.alist(None)]) == 5
        await saver.adelete_thread("{copy}")
        assert [item.config async for item in saver.alist(None)] == listed
