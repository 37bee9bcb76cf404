"""The servers that the savers write to: throw-away, on unix sockets, ended with the block that opened them."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection, OperationalError
from redis.asyncio import Redis

from slipway.state import open_redis
from slipway.state.connections.server import Attachment, bundled_program

_POSTGRES_PORT = 54329
_START_SECONDS = 20.0
_POLL_SECONDS = 0.05


class CannotMeasure(Exception):
    """Something that the benchmark needs is not there; the message names it and the next step."""


@dataclass(frozen=True)
class Counts:
    """What the server has counted since it started, and what its data take now."""

    requests: int
    """Reads from sockets: one a request, unless several arrive together."""
    commands: int
    """Those that scripts call are counted too."""
    bytes: int
    """Received and sent."""
    stored: int
    """Bytes of memory."""

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) - getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Valkey:
    """The embedded server, as `slipway` starts it."""

    url: str
    admin: Redis
    program: str

    async def clear(self) -> None:
        """Start anew: no data, and no log of earlier ones that would be rewritten in the middle of a run."""
        await self.admin.flushall()
        await self._written()
        await self.admin.bgrewriteaof()
        await self._written()

    async def _written(self) -> None:
        while (await self.admin.info("persistence"))["aof_rewrite_in_progress"]:
            await asyncio.sleep(_POLL_SECONDS)

    async def counts(self) -> Counts:
        """As of now; asking is counted too."""
        info = {**await self.admin.info("stats"), **await self.admin.info("memory")}
        return Counts(
            requests=info["total_reads_processed"],
            commands=info["total_commands_processed"],
            bytes=info["total_net_input_bytes"] + info["total_net_output_bytes"],
            stored=info["used_memory_dataset"],
        )


@asynccontextmanager
async def valkey(folder: Path, program: Path | None = None) -> AsyncIterator[Valkey]:
    """Start `program`, or the bundled Valkey, as `slipway` starts its server, but with `appendfsync everysec`."""
    wanted = program or bundled_program()
    if wanted is None:
        raise CannotMeasure("no bundled Valkey fits this platform; name a server with --server PROGRAM")
    names = folder / "bin"
    names.mkdir()
    (names / "valkey-server").symlink_to(wanted)
    os.environ["PATH"] = f"{names}{os.pathsep}{os.environ['PATH']}"  # whence `slipway` takes its server first
    attachment = await asyncio.to_thread(Attachment.open, folder / "valkey", folder / "run")
    try:
        url = f"unix://{attachment.socket}"
        async with open_redis(url, data_dir=folder, runtime_dir=folder) as admin:
            # The goals are set for it; the embedded server itself syncs each write.
            await admin.config_set("appendfsync", "everysec")
            yield Valkey(url, admin, await _described(admin))
    finally:
        await asyncio.to_thread(attachment.close)


async def _described(admin: Redis) -> str:
    info = await admin.info("server")
    fsync = (await admin.config_get("appendfsync"))["appendfsync"]
    name = "Valkey" if "valkey_version" in info else "Redis"
    return f"{name} {info.get('valkey_version', info['redis_version'])}, appendfsync {fsync}"


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL with its defaults; whoever reaches the socket is its owner."""

    conninfo: str
    program: str


@asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[Postgres]:
    """Start a PostgreSQL in `folder`; as root, under the user `postgres`, for it refuses root."""
    programs = _postgres_programs()
    folder.mkdir()
    identity = _identity(folder)
    initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust"]
    await asyncio.to_thread(subprocess.run, initdb, check=True, stdout=subprocess.DEVNULL, **identity)
    conninfo = f"host={folder} port={_POSTGRES_PORT} user=postgres dbname=postgres"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_postgres_command(programs, folder), stdout=log, stderr=log, **identity)
    try:
        yield Postgres(conninfo, f"PostgreSQL {await _postgres_version(conninfo, process)}")
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown
        await asyncio.to_thread(process.wait)


def _identity(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {"cwd": folder}
    shutil.chown(folder, "postgres")
    return {"cwd": folder, "user": "postgres", "group": pwd.getpwnam("postgres").pw_gid, "extra_groups": []}


def _postgres_programs() -> Path:
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        raise CannotMeasure("no PostgreSQL here; install it (Debian: postgresql), or leave it out: --without postgres")
    return folders[-1]


def _postgres_command(programs: Path, folder: Path) -> list[str | Path]:
    sockets = ["-k", folder, "-p", str(_POSTGRES_PORT), "-c", "listen_addresses="]
    return [programs / "postgres", "-D", folder / "data", *sockets]


async def _postgres_version(conninfo: str, process: subprocess.Popen[bytes]) -> str:
    """Once it answers."""
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
                row = await (await connection.execute("SHOW server_version")).fetchone()
                return row[0].split()[0]
        except OperationalError:
            await asyncio.sleep(_POLL_SECONDS)
    raise CannotMeasure("PostgreSQL did not start; leave it out: --without postgres")
