"""The embedded server holds a user's runs: it must be there after any death, and gone when nobody needs it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from redis.asyncio import Redis

from slipway.sandboxes.bubblewrap.programs import find_programs
from slipway.state import StateUnavailable, open_redis
from slipway.state.connections.server import Attachment, bundled_program, find_program


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
            assert process.wait(60) == 0


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    until = time.monotonic() + 30
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
        process.communicate("", timeout=60)
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


async def test_two_data_folders_that_share_a_runtime_folder_have_a_server_each(folders: Folders) -> None:
    """One user, one runtime folder, two state folders: the second server must not take the first one's socket."""
    other = folders.data / "other"
    servers: list[int] = []
    for _ in range(2):
        async with (
            open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as first,
            open_redis(None, data_dir=other, runtime_dir=folders.runtime) as second,
        ):
            await first.set("of", "first")
            await second.set("of", "second")
            assert [await redis.get("of") for redis in (first, second)] == [b"first", b"second"]
            assert [await redis.dbsize() for redis in (first, second)] == [1, 1]
            servers = [(await redis.info("server"))["process_id"] for redis in (first, second)]
        assert [await asyncio.to_thread(gone, server) for server in servers] == [True, True]
    assert list(folders.runtime.iterdir()) == []


async def test_a_copied_data_folder_gets_a_server_of_its_own(folders: Folders) -> None:
    """`cp -a` of a state folder as a backup copies the path of the socket, too; the original must stay untouched."""
    copy = folders.data.with_name("copy")
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
        await redis.set("of", "original")
        shutil.copytree(folders.data, copy)
        async with open_redis(None, data_dir=copy, runtime_dir=folders.runtime) as second:
            await second.set("of", "copy")
        assert await redis.get("of") == b"original"


async def test_a_moved_data_folder_keeps_its_server(folders: Folders) -> None:
    """A new folder in the place of a moved one is another one, and must leave the old one's server alone."""
    moved = folders.data.with_name("moved")
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
        await redis.set("of", "old")
        folders.data.rename(moved)
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as new:
            assert await new.get("of") is None
        async with open_redis(None, data_dir=moved, runtime_dir=folders.runtime) as old:
            assert await old.get("of") == b"old"
        shutil.rmtree(folders.data)
        moved.rename(folders.data)  # the first client still has to leave by the path that it knows


@pytest.mark.parametrize("lost", [["pid"], ["serving"], ["pid", "serving"]])
async def test_a_server_that_refuses_is_not_doubled(folders: Folders, lost: list[str]) -> None:
    """A second server on the same data destroys it: MISCONF is an answer, and a lost file does not hide a process."""
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as first:
        await refuse_writes(first, folders)
        for name in lost:
            (folders.data / name).unlink()
        async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as second:
            server = (await first.info("server"))["process_id"]
            assert (await second.info("server"))["process_id"] == server
            with pytest.raises(StateUnavailable, match=r"^Redis cannot write to its disk: MISCONF"):
                await second.set("a", 1)
    assert await asyncio.to_thread(gone, server)


async def refuse_writes(redis: Redis, folders: Folders) -> None:
    """Make the server refuse all writes, as it does on a full disk: its snapshot cannot be put in place."""
    (folders.data / "dump.rdb").mkdir()
    await redis.config_set("save", "3600 1")
    await redis.bgsave()
    while (await redis.info("persistence"))["rdb_last_bgsave_status"] == "ok":
        await asyncio.sleep(0.01)


async def test_a_server_that_asks_for_a_password_is_not_doubled(folders: Folders) -> None:
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as first:
        await first.config_set("requirepass", "secret")
        with pytest.raises(StateUnavailable, match="does not answer: Authentication required"):
            async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime):
                pass
        await first.config_set("requirepass", "")
        assert await first.ping()


def test_a_server_that_lost_its_socket_is_named(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean-up of /run or /tmp takes the socket away; the process must not be doubled, and people must find it."""
    attachment = Attachment.open(folders.data, folders.runtime)
    # Patience for a socket that may still come.
    monkeypatch.setattr("slipway.state.connections.server._START_SECONDS", 0.2)
    aside = attachment.socket.rename(folders.runtime / "aside")
    server = (folders.data / "pid").read_text().strip()
    with pytest.raises(StateUnavailable, match=rf"runs \(process {server}\) and cannot be reached .* `kill {server}`"):
        Attachment.open(folders.data, folders.runtime)
    aside.rename(attachment.socket)
    attachment.close()
    assert gone(int(server))


FULL_DISK = """
import asyncio, sys
from pathlib import Path
from slipway.state import StateUnavailable, open_redis

data, runtime = Path(sys.argv[1]), Path(sys.argv[2])
filler = data / "filler"

def fill():
    with filler.open("ab", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass

async def work(redis):
    for number in range(100_000):
        await redis.set(f"key{number}", "x" * 100)

async def refusal(work):
    try:
        await work
    except StateUnavailable as error:
        print(str(error).replace(str(data), "DATA"))
    else:
        print("no refusal")

async def use():
    async with open_redis(None, data_dir=data, runtime_dir=runtime) as redis:
        await redis.set("kept", 1)
        server = (await redis.info("server"))["process_id"]
        fill()
        await refusal(work(redis))  # a server that syncs each write ends where it cannot
        await refusal(start())
    print(server, flush=True)

async def start():
    async with open_redis(None, data_dir=data, runtime_dir=runtime) as redis:
        print(await redis.get("kept"))

fill()
asyncio.run(refusal(start()))
print(list(runtime.iterdir()))
filler.unlink()
asyncio.run(use())
fill()
asyncio.run(refusal(start()))
filler.unlink()
asyncio.run(start())
"""


def test_a_full_disk(folders: Folders) -> None:
    """It must be one clear error; never a second server, nor one that stays; and what was kept is there afterwards."""
    folders.data.mkdir()
    done = subprocess.run(
        [*small_disk(folders.data), sys.executable, "-c", FULL_DISK, str(folders.data), str(folders.runtime)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    *said, server, restart, kept = done.stdout.splitlines()
    unstarted = (
        "the folder 'DATA' of the embedded server cannot be used: No space left on device; "
        "make room on its disk, configure another folder, or the URL of a Redis server"
    )
    assert [*said[:2], *said[3:]] == [unstarted, "[]", unstarted], done.stderr
    assert said[2].startswith("Redis failed: ")
    assert said[2].endswith("; when it is back, resume the run")
    assert (restart, kept, done.stderr) == (unstarted, "b'1'", "")
    assert gone(int(server))
    assert list(folders.runtime.iterdir()) == []


def small_disk(folder: Path) -> list[str]:
    """What to put before a command that shall find a disk of 6 MB at `folder`."""
    for program in find_programs():
        command = [str(program.path), "--dev-bind", "/", "/", "--size", "6291456", "--tmpfs", str(folder)]
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("no bubblewrap works here")


async def test_only_the_owner_can_reach_it(folders: Folders) -> None:
    folders.data.mkdir(mode=0o755)
    async with open_redis(None, data_dir=folders.data, runtime_dir=folders.runtime) as redis:
        (socket,) = folders.runtime.iterdir()
        modes = [path.stat().st_mode & 0o777 for path in (folders.data, folders.runtime, socket)]
        assert modes == [0o700, 0o700, 0o700]
        settings = await redis.config_get("port", "appendonly", "appendfsync", "save", "maxmemory-policy")
    assert settings == {
        "port": "0", "appendonly": "yes", "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction",
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
    assert time.monotonic() - begun < 9


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
