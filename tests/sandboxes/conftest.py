from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from slipway.sandboxes import FakeSandbox, Limits, Sandbox, SandboxUnavailable, open_sandbox
from slipway.sandboxes.docker import Engine, connect, open_docker

from ..ports import kept_port

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)


async def opened(cache_dir: Path, limits: Limits = LIMITS) -> Sandbox:
    try:
        return await open_sandbox(cache_dir=cache_dir, limits=limits, toolchain=False)
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
async def bubblewrap(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A real sandbox, small, without the toolchain."""
    sandbox = await opened(tmp_path)
    yield sandbox
    await sandbox.close()


@pytest.fixture(params=["bubblewrap", "docker", "fake"])
async def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Each kind of sandbox in turn."""
    async with of_kind(request, tmp_path) as made:
        yield made


@asynccontextmanager
async def of_kind(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Sandbox]:
    """The kind that is the parameter of the fixture which asks."""
    engine = await connect(request.getfixturevalue("docker_host")) if request.param == "docker" else None
    if engine is not None:
        made: Sandbox = await open_docker(engine, LIMITS)
    else:
        made = FakeSandbox(limits=LIMITS) if request.param == "fake" else await opened(tmp_path)
    yield made
    await made.close()
    if engine is not None:
        await engine.close()


@pytest.fixture
def agents() -> Callable[[], list[int]]:
    """Finds the agents of this process's sandboxes, by the numbers that the host has for them."""
    return lambda: [pid for pid in descendants(os.getpid()) if is_agent(pid)]


@pytest.fixture
def left() -> Callable[[str], list[int]]:
    """Finds the live processes of this machine whose command line holds a word."""

    def find(word: str) -> list[int]:
        return [pid for pid in pids() if word in command_line(pid) and status(pid).get("State", "Z")[0] not in "ZX"]

    return find


def is_agent(pid: int) -> bool:
    first = len(status(pid).get("NSpid", "").split()) > 1 and status(pid)["NSpid"].split()[-1] == "1"
    return first and '"root": "/workspace"' in command_line(pid)


def pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and int(path.name) != os.getpid()]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def descendants(pid: int) -> list[int]:
    parents = {child: int(status(child).get("PPid", "0")) for child in pids()}
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


@pytest.fixture(params=["bubblewrap", "docker"])
async def real(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Each kind of sandbox that runs programs."""
    async with of_kind(request, tmp_path) as made:
        yield made


# --- a Docker Engine of the tests' own --------------------------------------------------------------------------------


@dataclass(frozen=True)
class DockerDaemon:
    """A daemon on a socket and, with TLS, on the loopback; it has the image, and nothing else of this machine's."""

    folder: Path
    port: int

    @property
    def socket(self) -> Path:
        return self.folder / "docker.sock"

    @property
    def host(self) -> str:
        return f"unix://{self.socket}"

    @property
    def tls_host(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def certificates(self) -> Path:
        """Of a client, under the names that Docker gives them."""
        return self.folder / "client"

    @property
    def command(self) -> list[str]:
        served = self.folder / "server"
        names = {"tlscacert": "ca.pem", "tlscert": "cert.pem", "tlskey": "key.pem"}
        tls = ["--tlsverify", *[f"--{option}={served / name}" for option, name in names.items()]]
        # A daemon never started with these leaves the machine's network alone.
        network = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"]
        folders = [f"--data-root={self.folder}/data", f"--exec-root={self.folder}/exec", f"--pidfile={self.folder}/pid"]
        runtimes = [f"--add-runtime=runsc={shutil.which('runc')}", f"--add-runtime=kata={self.folder}/other-kernel"]
        hosts = [f"--host={self.host}", f"--host={self.tls_host}"]
        # Should the tests be killed, it ends with them.
        return ["setpriv", "--pdeathsig=TERM", "dockerd", *hosts, *tls, *network, *folders, *runtimes]


@pytest.fixture(scope="session")
def docker_daemon() -> Iterator[DockerDaemon]:
    """A Docker Engine as root needs it for tests: in a folder of its own, ended with all that is in it."""
    needed = ("dockerd", "runc", "mmdebstrap", "openssl", "setpriv")
    if missing := [name for name in needed if shutil.which(name) is None]:
        pytest.skip(f"no {', '.join(missing)}: install them (Debian: `apt-get install docker.io mmdebstrap openssl`)")
    if os.geteuid() != 0:
        pytest.skip("a Docker Engine of the tests' own needs root; run the tests as root, in a container for example")
    with kept_port() as port:
        yield from _running(DockerDaemon(Path(tempfile.mkdtemp(prefix="slipway-docker-")), port))


def _running(daemon: DockerDaemon) -> Iterator[DockerDaemon]:
    make_certificates(daemon.folder)
    # As much of a kernel of its own as can be had everywhere: it tells another release.
    other = daemon.folder / "other-kernel"
    other.write_text('#!/bin/sh\nexec setarch --uname-2.6 runc "$@"\n')
    other.chmod(0o755)
    log = (daemon.folder / "log").open("wb")
    process = subprocess.Popen(daemon.command, stdout=log, stderr=log)
    try:
        wait_for_daemon(daemon, process)
        make_image(daemon)
        yield daemon
    finally:
        process.terminate()
        process.wait(120)
        log.close()
        unmount_below(daemon.folder)
        shutil.rmtree(daemon.folder)


@pytest.fixture(scope="session")
def docker_host(docker_daemon: DockerDaemon) -> str:
    """The address of a Docker Engine that has the image of a sandbox."""
    return docker_daemon.host


@pytest.fixture
async def engine(docker_host: str) -> AsyncIterator[Engine]:
    """A connection to it."""
    made = await connect(docker_host)
    yield made
    await made.close()


@pytest.fixture
async def docker(engine: Engine) -> AsyncIterator[Sandbox]:
    """A real sandbox, small, in a container."""
    sandbox = await open_docker(engine, LIMITS)
    yield sandbox
    await sandbox.close()


def make_certificates(folder: Path) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    authority = ("-x509", "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-days", 2, "-subj", "/CN=ca")
    openssl("req", *key, *authority)
    (folder / "names").write_text("subjectAltName = IP:127.0.0.1")
    for name in ("server", "client"):
        papers, request = folder / name, folder / f"{name}.csr"
        papers.mkdir()
        openssl("req", *key, "-keyout", papers / "key.pem", "-out", request, "-subj", f"/CN={name}")
        signed = ("-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", 2)
        openssl("x509", "-req", "-in", request, *signed, "-extfile", folder / "names", "-out", papers / "cert.pem")
        shutil.copy(folder / "ca.pem", papers)


def openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def wait_for_daemon(daemon: DockerDaemon, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(daemon.socket))
                probe.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
                if b"200 OK" in probe.recv(100):
                    return
            except OSError:
                pass
        time.sleep(0.05)
    raise AssertionError(f"dockerd did not come up:\n{(daemon.folder / 'log').read_text()[-2000:]}")


def make_image(daemon: DockerDaemon) -> None:
    """The way everybody makes it; what was unpacked once on this machine is kept, since that takes half a minute."""
    kept = Path.home() / ".cache" / "slipway-tests"
    command = ["-m", "slipway.sandboxes.images", "--docker", daemon.host, "--cache", str(kept)]
    made = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def unmount_below(folder: Path) -> None:
    """What a daemon that was in a hurry left behind."""
    for line in reversed(Path("/proc/self/mountinfo").read_text().splitlines()):
        place = line.split()[4]
        if Path(place).is_relative_to(folder):
            subprocess.run(["umount", place], check=True)
