from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..state.records import Manifest
from .base import (
    Caps,
    Command,
    Entry,
    ExecResult,
    FileContent,
    Health,
    Listener,
    Process,
    Sandbox,
    SandboxRefusal,
    Stream,
)


class Around:
    """A sandbox around another one, to which it hands everything through.

    All but `fork`: whoever is around a sandbox has to say what is around its forks.
    """

    def __init__(self, inner: Sandbox) -> None:
        self.inner = inner

    @property
    def caps(self) -> Caps:
        """What the inner sandbox enforces."""
        return self.inner.caps

    async def exec(self, command: Command) -> ExecResult:
        """The inner sandbox's `exec`."""
        return await self.inner.exec(command)

    async def start(self, command: Command) -> Process:
        """The inner sandbox's `start`."""
        return await self.inner.start(command)

    async def connect(self, port: int) -> Stream:
        """The inner sandbox's `connect`."""
        return await self.inner.connect(port)

    async def listen(self, port: int = 0) -> Listener:
        """The inner sandbox's `listen`."""
        return await self.inner.listen(port)

    async def read(self, path: str) -> bytes:
        """The inner sandbox's `read`."""
        return await self.inner.read(path)

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """The inner sandbox's `read_many`."""
        return await self.inner.read_many(paths)

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """The inner sandbox's `write`."""
        await self.inner.write(files)

    async def remove(self, paths: Sequence[str]) -> None:
        """The inner sandbox's `remove`."""
        await self.inner.remove(paths)

    async def stat(self, path: str) -> Entry:
        """The inner sandbox's `stat`."""
        return await self.inner.stat(path)

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """The inner sandbox's `entries`."""
        return await self.inner.entries(path, deep=deep)

    async def snapshot(self) -> Manifest:
        """The inner sandbox's `snapshot`."""
        return await self.inner.snapshot()

    async def health(self) -> Health:
        """The inner sandbox's `health`."""
        return await self.inner.health()

    async def close(self) -> None:
        """Close the inner sandbox."""
        await self.inner.close()
