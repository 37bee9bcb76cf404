"""An Engine's socket on another machine, brought here by the `ssh` of this one.

One connection carries every request and every attached stream, where a connection of its own for each would cost a
handshake each time. It ends with the process that opened it: `ssh` runs `cat` over there, whose input is a pipe of this
process.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path

from ..base import SandboxUnavailable
from .addresses import Address

_READY = b"slipway-ready\n"
_OPTIONS = {
    "BatchMode": "yes",  # nobody is there to type a password
    "ExitOnForwardFailure": "yes",
    "ServerAliveInterval": "15",
    "ServerAliveCountMax": "3",
    "ControlMaster": "no",
    "ControlPath": "none",  # a shared connection of the user's would outlive this process
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "StreamLocalBindMask": "0177",
}


class Tunnel:
    """A socket in a folder of its own that leads to the Engine's."""

    def __init__(self, folder: Path, process: Process) -> None:
        self.socket = folder / "docker.sock"
        self._folder = folder
        self._process = process

    @classmethod
    async def open(cls, address: Address, *, deadline: float) -> Tunnel:
        """Connect within `deadline` seconds; SandboxUnavailable with what `ssh` said."""
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="slipway-ssh-"))
        try:
            process = await asyncio.create_subprocess_exec(
                *_command(address, folder / "docker.sock"), stdin=PIPE, stdout=PIPE, stderr=PIPE
            )
        except OSError as error:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise SandboxUnavailable(f"{address}: `ssh` could not be started ({error.strerror}); install it") from None
        tunnel = cls(folder, process)
        try:
            await tunnel._wait(address, deadline)
        except BaseException:
            await tunnel.close()
            raise
        return tunnel

    async def _wait(self, address: Address, deadline: float) -> None:
        assert self._process.stdout is not None and self._process.stderr is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                while line := await self._process.stdout.readline():
                    if line.endswith(_READY):  # a start-up file over there may have printed something before
                        return
                said = (await self._process.stderr.read(4000)).decode(errors="replace").strip()
                who = f"{address.user}@{address.host}" if address.user else address.host
                raise SandboxUnavailable(f"{address}: {said}; check that `ssh -p {address.port} {who} docker ps` works")
        raise SandboxUnavailable(f"{address}: no connection by ssh within {deadline:g} s")

    async def close(self) -> None:
        """End it and wait for that. Harmless twice."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
        await self._process.communicate()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


def _command(address: Address, local: Path) -> list[str]:
    options = [word for name, value in _OPTIONS.items() for word in ("-o", f"{name}={value}")]
    user = ["-l", address.user] if address.user else []
    forward = ["-L", f"{local}:{address.path}"]
    place = ["-p", str(address.port), *forward, "--", address.host]
    return ["ssh", "-T", *options, *user, *place, "echo slipway-ready; cat"]
