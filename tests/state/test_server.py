"""The embedded server holds a user's runs: it must be there after any death, and gone when nobody needs it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from slipway.state import StateUnavailable, open_redis
from slipway.state.server import Attachment, bundled_program, find_program


class Folders(Protocol):
    data: Path
    runtime: Path


CLIENT = """
import asyncio, sys
from pathlib import Path
from slipway.state import open_redis

async def main(data, runtime):
    async with open_redis(None, data_dir=Path(data), runtime_dir=Path(runtime)) as redis:
        await redis.incr("clients")
        print((await redis.info("server"))["process_id"], flush=True)
        sys.stdin.read()

asyncio.run(main(*sys.argv[1:]))
"""


class Client(NamedTuple):
    process: subprocess.Popen[str]
    server: int


@contextmanager
def client(folders: Folders) -> Iterator[Client]:
    """A client in a process of its own; leaves at the end of its input."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folders.data), str(folders.runtime)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout and process.stdin
        yield Client(process, int(process.stdout.readline()))
        if process.poll() is None:
            process.stdin.close()
            assert process.wait(10) == 0


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while running(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not running(pid)


def test_two_processes_share_a_server_and_the_last_one_out_stops_it(folders: Folders) -> None:
    with client(folders) as first:
        with client(folders) as second:
            assert second.server == first.server
        assert running(first.server)
    assert gone(first.server)


def test_many_processes_that_start_at_once_share_a_server(folders: Folders) -> None:
    """`slipway` in three terminals: two servers on one data folder would destroy it."""
    command = [sys.executable, "-c", CLIENT, str(folders.data), str(folders.runtime)]
    starting = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    servers = {int(process.stdout.readline()) for process in starting if process.stdout}
    for process in starting:
        process.communicate("", timeout=10)
    assert len(servers) == 1
    assert gone(servers.pop())


def test_a_server_outlives_a_killed_client_and_the_next_one_uses_and_stops_it(folders: Folders) -> None:
    """After `kill -9` of a run, resume finds the data; and nothing stays behind for ever."""
    with client(folders) as killed:
        killed.process.kill()
        assert killed.process.wait() == -signal.SIGKILL
        assert killed.process.stdout and killed.process.stdout.read() == ""  # the server does not hold our pipe
    assert running(killed.server)
    with client(folders) as following:
        assert following.server == killed.server
    assert gone(killed.server)


def test_the_server_is_in_a_session_of_its_own_and_holds_nothing_of_ours(folders: Folders) -> None:
    """Ctrl-C reaches the whole foreground group; an inherited lock would outlive us in the server."""
    with client(folders) as started:
        assert os.getsid(started.server) != os.getsid(started.process.pid)
        assert os.getpgid(started.server) != os.getpgid(started.process.pid)
        held = [link.readlink().name for link in Path(f"/proc/{started.server}/fd").iterdir()]
        assert not {"lock", "clients"} & set(held)
        assert running(started.server)


async def test_what_was_acknowledged_survives_the_death_of_the_server(folders: Folders) -> None:
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
        for number in range(500):
            await redis.set(f"key{number}", number)
        killed = (await redis.info("server"))["process_id"]
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(StateUnavailable, match="Redis failed"):
            await redis.get("key0")
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as second:
            assert await second.dbsize() == 500
            assert (await second.info("server"))["process_id"] != killed
        assert await redis.get("key499") == b"499"  # the first client is served again, and still counts as one


async def test_the_server_keeps_its_data_between_starts(folders: Folders) -> None:
    for expected in (1, 2, 3):
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
            assert await redis.incr("starts") == expected


async def test_folders_may_have_any_name(folders: Folders) -> None:
    odd = 'it\'s "a" %20 ü \\ #1?'
    async with open_redis(None, data_dir=folders.data / odd, runtime_dir=folders.runtime / odd) as redis:
        assert await redis.ping()
    assert (folders.data / odd / "appendonlydir").is_dir()


async def test_another_runtime_folder_finds_the_same_server(folders: Folders) -> None:
    """A cron job has no session folder: two servers on one data folder would destroy it."""
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as first:
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime / "other") as second:
            await second.set("a", 1)
        assert await first.get("a") == b"1"


async def test_only_the_owner_can_reach_it(folders: Folders) -> None:
    folders.data.mkdir(mode=0o755)
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
        socket = folders.runtime / "redis.sock"
        modes = [path.stat().st_mode & 0o777 for path in (folders.data, folders.runtime, socket)]
        assert modes == [0o700, 0o700, 0o700]
        settings = await redis.config_get("port", "appendonly", "appendfsync", "save", "maxmemory-policy")
    assert settings == {
        "port": "0", "appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction",
    }  # fmt: skip


def test_a_socket_path_that_is_too_long_is_explained(folders: Folders) -> None:
    with pytest.raises(StateUnavailable, match="107 are allowed; configure a shorter runtime folder"):
        Attachment.open(folders.data, folders.runtime / ("long" * 30))


def test_a_folder_that_cannot_be_made_is_explained(folders: Folders) -> None:
    (folders.runtime / "file").touch()
    with pytest.raises(StateUnavailable, match="cannot be used: Not a directory"):
        Attachment.open(folders.runtime / "file" / "data", folders.runtime)


def test_data_that_the_server_cannot_read_is_explained(folders: Folders) -> None:
    """It fails at once, with the server's own words, not after a time-out."""
    Attachment.open(folders.data, folders.runtime).close()
    for part in (folders.data / "appendonlydir").glob("*.incr.aof"):
        part.write_bytes(b"*3\r\n$3\r\nSET\r\nnot what was written\r\n" * 3)
    begun = time.monotonic()
    with pytest.raises(StateUnavailable, match=r"did not start on the data in .* Bad file format"):
        Attachment.open(folders.data, folders.runtime)
    assert time.monotonic() - begun < 3


def test_a_server_is_bundled() -> None:
    """A machine without Redis needs no installation."""
    bundled = bundled_program()
    assert bundled and bundled.name == "valkey-server"
    assert find_program().name in ("valkey-server", "redis-server")


async def test_cancelling_a_client_still_stops_the_server(folders: Folders) -> None:
    """Ctrl-C is a cancellation of the main task."""
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
            started.set_result((await redis.info("server"))["process_id"])
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    server = await started
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await asyncio.to_thread(gone, server)
