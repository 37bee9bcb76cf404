from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence

from ..config import Secrets
from ..state.records import Manifest
from .base import (
    Caps,
    Command,
    Entry,
    ExecResult,
    FileContent,
    Health,
    Listener,
    Output,
    Process,
    Sandbox,
    SandboxRefusal,
    Stream,
)

_AT_ONCE = 64
"""Files that are looked into at a time."""


class Masked:
    """A sandbox out of which no known secret comes, in what commands print and in what files hold; so are its forks.

    A file into which a command put one is masked in the workspace itself, when it is next looked at: what becomes a
    version holds what was read. Files that were written from outside are left as they are. What streams from a process
    that was started is as it is.
    """

    def __init__(self, inner: Sandbox, secrets: Secrets) -> None:
        self._inner = inner
        self._secrets = secrets
        self._seen: dict[str, str] = {}
        """Path -> digest of what was written from outside, or found to hold none."""

    @property
    def caps(self) -> Caps:
        """What the inner sandbox enforces."""
        return self._inner.caps

    async def exec(self, command: Command) -> ExecResult:
        """The inner sandbox's `exec`; its output is masked."""
        result = await self._inner.exec(command)
        return dataclasses.replace(result, stdout=self._output(result.stdout), stderr=self._output(result.stderr))

    async def start(self, command: Command) -> Process:
        """The inner sandbox's `start`."""
        return await self._inner.start(command)

    async def connect(self, port: int) -> Stream:
        """The inner sandbox's `connect`."""
        return await self._inner.connect(port)

    async def listen(self, port: int = 0) -> Listener:
        """The inner sandbox's `listen`."""
        return await self._inner.listen(port)

    async def read(self, path: str) -> bytes:
        """The inner sandbox's `read`, masked unless the file was written from outside."""
        return self._content(path, await self._inner.read(path))

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """The inner sandbox's `read_many`, likewise."""
        found = await self._inner.read_many(paths)
        return {path: self._content(path, data) if isinstance(data, bytes) else data for path, data in found.items()}

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """The inner sandbox's `write`."""
        await self._inner.write(files)
        self._seen |= {path: _digest(content.data) for path, content in files.items()}

    async def remove(self, paths: Sequence[str]) -> None:
        """The inner sandbox's `remove`."""
        await self._inner.remove(paths)

    async def stat(self, path: str) -> Entry:
        """The inner sandbox's `stat`."""
        return await self._inner.stat(path)

    async def entries(self, path: str = ".", *, deep: bool = False) -> Sequence[Entry]:
        """The inner sandbox's `entries`."""
        return await self._inner.entries(path, deep=deep)

    async def snapshot(self) -> Manifest:
        """The inner sandbox's `snapshot`, once no file that a command wrote holds a secret."""
        found = await self._inner.snapshot()
        fresh = [path for path, ref in found.items() if self._seen.get(path) != ref.digest]
        spoiled: dict[str, FileContent] = {}
        for start in range(0, len(fresh), _AT_ONCE):
            for path, data in (await self._inner.read_many(fresh[start : start + _AT_ONCE])).items():
                if isinstance(data, bytes) and (masked := self._secrets.masked_bytes(data)) != data:
                    spoiled[path] = FileContent(masked, found[path].executable)
        self._seen |= {path: found[path].digest for path in fresh if path not in spoiled}
        if not spoiled:
            return found
        await self.write(spoiled)
        return await self._inner.snapshot()

    async def fork(self) -> Sandbox:
        """A masked fork of the inner sandbox."""
        fork = Masked(await self._inner.fork(), self._secrets)
        fork._seen |= self._seen
        return fork

    async def health(self) -> Health:
        """The inner sandbox's `health`."""
        return await self._inner.health()

    async def close(self) -> None:
        """Close the inner sandbox."""
        await self._inner.close()

    def _output(self, output: Output) -> Output:
        masked = self._secrets.masked_bytes(output.data)
        dropped = output.size - len(output.data)
        return output if masked == output.data else Output(masked, len(masked) + dropped)

    def _content(self, path: str, data: bytes) -> bytes:
        return data if self._seen.get(path) == _digest(data) else self._secrets.masked_bytes(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
