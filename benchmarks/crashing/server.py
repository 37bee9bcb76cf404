from __future__ import annotations

import asyncio
import subprocess
import time
from pathlib import Path

import redis

from slipway.state.connections.server import find_program


class Server:
    """A Redis server in a folder of its own, that can be killed and started again on its data."""

    def __init__(self, folder: Path, runtime: Path, appendfsync: str, program: Path | None = None) -> None:
        self.socket = runtime / "server.sock"
        self._folder = folder
        self._appendfsync = appendfsync
        self._program = program or find_program()
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it has read its data."""
        self._folder.mkdir(exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": self._appendfsync,
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self._folder / "log"),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen([self._program, *words], cwd=self._folder, stdin=subprocess.DEVNULL)
        await self._answers()

    async def _answers(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with redis.Redis(unix_socket_path=str(self.socket)) as client:
                    client.ping()
                return
            except redis.exceptions.ConnectionError:
                await asyncio.sleep(0.005)
        raise TimeoutError(f"the server did not start: {(self._folder / 'log').read_text()[-500:]}")

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def client(self) -> redis.Redis:
        """A client past the proxy."""
        return redis.Redis(unix_socket_path=str(self.socket))
