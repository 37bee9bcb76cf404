"""Engines of other machines: everything goes over TLS or ssh, the stream under a sandbox, too."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slipway.sandboxes import Command, FileContent, Limits, Sandbox, SandboxUnavailable
from slipway.sandboxes.docker import Engine, connect, listed, open_docker

from ...clocks import within
from ...ports import kept_port

pytestmark = pytest.mark.usefixtures("tidy")

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)


async def works(sandbox: Sandbox) -> None:
    """Large and small, both ways."""
    data = os.urandom(9 << 20)
    await sandbox.write({"big": FileContent(data), "deep/er/x": FileContent(b"small")})
    assert await sandbox.read("big") == data
    assert (await sandbox.exec(Command(("cat", "deep/er/x")))).stdout.text == "small"
    fork = await sandbox.fork()
    assert await fork.read("big") == data
    await fork.close()
    await sandbox.close()


# --- tls --------------------------------------------------------------------------------------------------------------


async def test_a_sandbox_over_tls(docker_daemon: Any, engine: Engine) -> None:
    remote = await connect(docker_daemon.tls_host, certificates=docker_daemon.certificates)
    await works(await open_docker(remote, LIMITS))
    await remote.close()
    assert await listed(engine) == []


async def test_the_engine_must_be_the_one_that_the_authority_signed(docker_daemon: Any, tmp_path: Path) -> None:
    """Somebody in between has a certificate as well, but of another authority."""
    for name in ("cert.pem", "key.pem"):
        shutil.copy(docker_daemon.certificates / name, tmp_path)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(tmp_path / "k")]
    other = ["openssl", "req", "-x509", *key, "-out", str(tmp_path / "ca.pem"), "-days", "2", "-subj", "/CN=other"]
    await asyncio.to_thread(subprocess.run, other, check=True, capture_output=True)
    with pytest.raises(SandboxUnavailable, match="certificate verify failed"):
        await connect(docker_daemon.tls_host, certificates=tmp_path)


async def test_certificates_that_are_not_there_are_said(docker_daemon: Any, tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match=r"it needs ca\.pem, cert\.pem, key\.pem"):
        await connect(docker_daemon.tls_host, certificates=tmp_path)


# --- ssh --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SshServer:
    """An sshd of the test's own; `ssh` finds its keys by a `ssh` on the PATH that names them."""

    folder: Path
    port: int

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    def address(self, path: Path) -> str:
        return f"ssh://root@127.0.0.1:{self.port}{path}"


@pytest.fixture(scope="module")
def sshd() -> Iterator[SshServer]:
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    if not Path(program).exists() or os.geteuid() != 0:
        pytest.skip("no sshd, or not root: install it (Debian: `apt-get install openssh-server`)")
    with kept_port() as port:
        yield from running(program, SshServer(Path(tempfile.mkdtemp(prefix="slipway-sshd-")), port))


def running(program: str, server: SshServer) -> Iterator[SshServer]:
    folder = server.folder
    Path("/run/sshd").mkdir(exist_ok=True)  # where it wants to be empty, as Debian's service makes it
    for name in ("host", "user"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(key, check=True)
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{server.port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        f"PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
    )
    server.programs.mkdir()
    known = "-o StrictHostKeyChecking=accept-new"
    options = f"-F none -i {folder}/user -o IdentitiesOnly=yes {known} -o UserKnownHostsFile={folder}/known"
    (server.programs / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} {options} "$@"\n')
    (server.programs / "ssh").chmod(0o755)
    process = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not listens(server.port):
        assert process.poll() is None and time.monotonic() < deadline, "sshd did not come up"
        time.sleep(0.02)
    yield server
    process.terminate()
    process.wait()
    shutil.rmtree(folder)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def ssh(sshd: SshServer, monkeypatch: pytest.MonkeyPatch) -> SshServer:
    monkeypatch.setenv("PATH", str(sshd.programs), prepend=os.pathsep)
    return sshd


async def test_a_sandbox_over_ssh(docker_daemon: Any, engine: Engine, ssh: SshServer) -> None:
    before = set(Path("/tmp").glob("slipway-ssh-*"))
    remote = await connect(ssh.address(docker_daemon.socket))
    await works(await open_docker(remote, LIMITS))
    await remote.close()
    assert await listed(engine) == []
    assert set(Path("/tmp").glob("slipway-ssh-*")) == before


async def test_what_ssh_says_is_passed_on(ssh: SshServer, docker_daemon: Any) -> None:
    with pytest.raises(
        SandboxUnavailable, match=r"Permission denied .* check that `ssh -p \d+ nobody@127\.0\.0\.1 dock"
    ):
        await connect(f"ssh://nobody@127.0.0.1:{ssh.port}{docker_daemon.socket}")
    with pytest.raises(SandboxUnavailable, match="no Docker Engine answers"):
        await connect(ssh.address(Path("/nowhere/docker.sock")))


KILLED = """
import asyncio, sys
from slipway.sandboxes import Command, Limits
from slipway.sandboxes.docker import connect, open_docker

async def main():
    engine = await connect(sys.argv[1])
    sandbox = await open_docker(engine, Limits())
    print("open", flush=True)
    await sandbox.exec(Command(("sleep", "60")))

asyncio.run(main())
"""


async def test_a_killed_framework_leaves_nothing_over_there(docker_daemon: Any, engine: Engine, ssh: SshServer) -> None:
    """Nor an `ssh` over here, which would keep the sandbox alive."""
    command = [sys.executable, "-c", KILLED, ssh.address(docker_daemon.socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as framework:
        assert framework.stdout is not None
        assert await asyncio.to_thread(framework.stdout.readline) == b"open\n"
        framework.kill()

    async def ended() -> bool:
        return await listed(engine) == []

    assert await within(2.0, ended)
