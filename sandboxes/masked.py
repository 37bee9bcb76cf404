from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence

from ..config import Secrets
from ..state.records import Manifest
from .around import Around
from .base import Command, ExecResult, FileContent, Output, Sandbox, SandboxRefusal

_AT_ONCE = 64
"""Files that are looked into at a time."""


class Masked(Around):
    """A sandbox out of which no known secret comes, in what commands print and in what files hold; so are its forks.

    A file into which a command put one is masked in the workspace itself, when it is next looked at: what becomes a
    version holds what was read. Files that were written from outside are left as they are. What streams from a process
    that was started is as it is.
    """

    def __init__(self, inner: Sandbox, secrets: Secrets) -> None:
        super().__init__(inner)
        self._secrets = secrets
        self._seen: dict[str, str] = {}
        """Path -> digest of what was written from outside, or found to hold none."""

    async def exec(self, command: Command) -> ExecResult:
        """The inner sandbox's `exec`; its output is masked."""
        result = await self.inner.exec(command)
        return dataclasses.replace(result, stdout=self._output(result.stdout), stderr=self._output(result.stderr))

    async def read(self, path: str) -> bytes:
        """The inner sandbox's `read`, masked unless the file was written from outside."""
        return self._content(path, await self.inner.read(path))

    async def read_many(self, paths: Sequence[str]) -> Mapping[str, bytes | SandboxRefusal]:
        """The inner sandbox's `read_many`, likewise."""
        found = await self.inner.read_many(paths)
        return {path: self._content(path, data) if isinstance(data, bytes) else data for path, data in found.items()}

    async def write(self, files: Mapping[str, FileContent]) -> None:
        """The inner sandbox's `write`."""
        await self.inner.write(files)
        self._seen |= {path: _digest(content.data) for path, content in files.items()}

    async def snapshot(self) -> Manifest:
        """The inner sandbox's `snapshot`, once no file that a command wrote holds a secret."""
        found = await self.inner.snapshot()
        fresh = [path for path, ref in found.items() if self._seen.get(path) != ref.digest]
        spoiled: dict[str, FileContent] = {}
        for start in range(0, len(fresh), _AT_ONCE):
            for path, data in (await self.inner.read_many(fresh[start : start + _AT_ONCE])).items():
                if isinstance(data, bytes) and (masked := self._secrets.masked_bytes(data)) != data:
                    spoiled[path] = FileContent(masked, found[path].executable)
        self._seen |= {path: found[path].digest for path in fresh if path not in spoiled}
        if not spoiled:
            return found
        await self.write(spoiled)
        return await self.inner.snapshot()

    async def fork(self) -> Sandbox:
        """A masked fork of the inner sandbox."""
        fork = Masked(await self.inner.fork(), self._secrets)
        fork._seen |= self._seen
        return fork

    def _output(self, output: Output) -> Output:
        masked = self._secrets.masked_bytes(output.data)
        dropped = output.size - len(output.data)
        return output if masked == output.data else Output(masked, len(masked) + dropped)

    def _content(self, path: str, data: bytes) -> bytes:
        return data if self._seen.get(path) == _digest(data) else self._secrets.masked_bytes(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
