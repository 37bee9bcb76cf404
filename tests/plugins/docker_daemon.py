"""A Docker Engine of the tests' own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from slipway.sandboxes.docker import Engine, connect
from tests.ports import kept_port


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


@pytest.fixture(scope="session")
def browser_host(docker_daemon: DockerDaemon) -> str:
    """The address of a Docker Engine that has the image with a browser, too."""
    make_image(docker_daemon, "--browser")
    return docker_daemon.host


@pytest.fixture
async def engine(docker_host: str) -> AsyncIterator[Engine]:
    """A connection to it."""
    made = await connect(docker_host)
    yield made
    await made.close()


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


def make_image(daemon: DockerDaemon, *options: str) -> None:
    """The way everybody makes it; what was unpacked once on this machine is kept, since that takes half a minute."""
    kept = Path.home() / ".cache" / "slipway-tests"
    command = ["-m", "slipway.sandboxes.images", "--docker", daemon.host, "--cache", str(kept), *options]
    made = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def unmount_below(folder: Path) -> None:
    """What a daemon that was in a hurry left behind."""
    for line in reversed(Path("/proc/self/mountinfo").read_text().splitlines()):
        place = line.split()[4]
        if Path(place).is_relative_to(folder):
            subprocess.run(["umount", place], check=True)
