"""A Docker Engine of one's own: in a folder that goes with it, with the image of a sandbox, and nothing else.

It has no network, so it leaves the machine's alone; its containers are in a control group of its own, so that they can
be told from those of others.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from slipway.sandboxes.docker import connect
from slipway.sandboxes.images.build import Recipe, build, built

CACHE = Path.home() / ".cache" / "slipway-tests"
"""Where an unpacked image is kept from one time to the next: to unpack it takes half a minute."""
_NEEDED = ("dockerd", "runc", "mmdebstrap", "setpriv")
_QUIET = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false")
_START, _END = 30.0, 30.0
"""Seconds."""


class NoEngine(Exception):
    """None can be started here; the message names the next step."""


@dataclass(frozen=True)
class Daemon:
    """An Engine that runs for us alone."""

    folder: Path

    @property
    def host(self) -> str:
        """Its address."""
        return f"unix://{self.folder}/docker.sock"

    @property
    def group(self) -> str:
        """The name of the control group of its containers."""
        return self.folder.name

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "log"

    def command(self, options: Sequence[str]) -> list[str]:
        """What starts it. It ends with the thread that does."""
        place = self.folder
        folders = [f"--data-root={place}/data", f"--exec-root={place}/exec", f"--pidfile={place}/pid"]
        groups = ["--exec-opt=native.cgroupdriver=cgroupfs", f"--cgroup-parent=/{self.group}"]
        tied = ["setpriv", "--pdeathsig=TERM"]
        return [*tied, "dockerd", f"--host={self.host}", *_QUIET, *folders, *groups, *options]


def missing() -> str:
    """Why there can be none here; empty where there can."""
    absent = [name for name in _NEEDED if shutil.which(name) is None]
    if absent:
        return f"no {', '.join(absent)}: install them (Debian: `apt-get install docker.io mmdebstrap`)"
    return "" if os.geteuid() == 0 else "a Docker Engine of one's own needs root"


@contextmanager
def private_engine(*options: str) -> Iterator[Daemon]:
    """Start one, with further `options` of `dockerd`; end it with all that is in it. NoEngine tells why not."""
    if why_not := missing():
        raise NoEngine(why_not)
    daemon = Daemon(Path(tempfile.mkdtemp(prefix="slipway-engine-")))
    with daemon.log.open("wb") as log:
        process = subprocess.Popen(daemon.command(options), stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(daemon, process)
        asyncio.run(_image(daemon))
        yield daemon
    finally:
        _end(daemon, process)


async def _image(daemon: Daemon) -> None:
    engine = await connect(daemon.host)
    try:
        if await built(engine, Recipe()) is None:
            await build(engine, Recipe(), cache_dir=CACHE)
    finally:
        await engine.close()


def _wait(daemon: Daemon, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until and process.poll() is None:
        with suppress(DockerException, RequestException):
            client = docker.APIClient(daemon.host, version="1.41")
            try:
                client.ping()
            finally:
                client.close()
            return
        time.sleep(0.05)
    raise NoEngine(f"dockerd did not come up: {daemon.log.read_text(errors='replace')[-2000:]}")


def _end(daemon: Daemon, process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for place in reversed(mounts_below(daemon.folder)):
        subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)
    for group in sorted(groups_of(daemon), key=lambda path: -len(path.parts)):
        with suppress(OSError):
            group.rmdir()
    # What its programs still write while they end comes back once.
    shutil.rmtree(daemon.folder, ignore_errors=True)
    shutil.rmtree(daemon.folder, ignore_errors=True)


def mounts_below(folder: Path) -> list[str]:
    """The mount points below `folder`, in the order in which they were mounted."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [place for place in (line.split()[4] for line in lines) if Path(place).is_relative_to(folder)]


def groups_of(daemon: Daemon) -> list[Path]:
    """Its control groups, that of all of its containers included, in every hierarchy."""
    roots = [*Path("/sys/fs/cgroup").glob(daemon.group), *Path("/sys/fs/cgroup").glob(f"*/{daemon.group}")]
    return [Path(path) for root in roots if not root.is_symlink() for path, _, _ in os.walk(root)]
