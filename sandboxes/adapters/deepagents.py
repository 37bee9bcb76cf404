from __future__ import annotations

import uuid
from collections.abc import Callable, Coroutine
from typing import Any, Self

from deepagents.backends.protocol import (
    EditResult,
    ExecuteResponse,
    FileDownloadResponse,
    FileUploadResponse,
    GlobResult,
    GrepResult,
    LsResult,
    ReadResult,
    SandboxBackendProtocol,
    WriteResult,
)

from ..base import Sandbox
from .loop import LoopThread
from .operations import Operations


class DeepAgentsSandbox(SandboxBackendProtocol):
    """A sandbox of Slipway's as a backend of deepagents (0.6 or 0.7), sync and async.

    Paths are absolute. The project is in `/workspace`, where commands begin and searches without a path do; files
    elsewhere, in `/tmp` for example, are reached with the rights of a command. Commands wait for each other. What
    deepagents keeps for itself (`/large_tool_results`, `/conversation_history`) has no place on the read-only root:
    wrap it as `CompositeBackend(default=backend, routes={}, artifacts_root="/tmp")`. A failed command or a bad path is
    a result; `SandboxGone` is raised where the sandbox has ended.
    """

    def __init__(self, opening: Callable[[], Coroutine[Any, Any, Sandbox]], *, timeout: float = 120.0) -> None:
        """Open the sandbox that `opening` makes, in a loop of its own, and wait for it; raises what `opening` does.

        `timeout` is in seconds, for commands that come without one; its `Limits.output_bytes` bounds what is told of a
        command's output (deepagents itself moves what is long to a file, so a megabyte is a good value).
        """
        self._id = f"slipway-{uuid.uuid4().hex[:12]}"
        self._loop = LoopThread(self._id)
        try:
            self._sandbox = self._loop.call(opening())
        except BaseException:
            self._loop.close()
            raise
        self._does = Operations(self._sandbox, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def id(self) -> str:
        """A name that no other sandbox has."""
        return self._id

    def close(self) -> None:
        """End the sandbox with all that is in it, and its loop. Closing twice is harmless."""
        if self._loop.running:
            try:
                self._loop.call(self._sandbox.close())
            finally:
                self._loop.close()

    def execute(self, command: str, *, timeout: int | None = None) -> ExecuteResponse:
        """Run a shell command in the workspace; `timeout` is in seconds, 0 an hour."""
        return self._loop.call(self._does.execute(command, timeout))

    async def aexecute(self, command: str, *, timeout: int | None = None) -> ExecuteResponse:
        """As `execute`."""
        return await self._loop.acall(self._does.execute(command, timeout))

    def ls(self, path: str) -> LsResult:
        """What a folder holds."""
        return self._loop.call(self._does.ls(path))

    async def als(self, path: str) -> LsResult:
        """As `ls`."""
        return await self._loop.acall(self._does.ls(path))

    def read(self, file_path: str, offset: int = 0, limit: int = 2000) -> ReadResult:
        """Some lines of a text file, from the 0-indexed `offset` on, or a small binary file as it is."""
        return self._loop.call(self._does.read(file_path, offset, limit))

    async def aread(self, file_path: str, offset: int = 0, limit: int = 2000) -> ReadResult:
        """As `read`."""
        return await self._loop.acall(self._does.read(file_path, offset, limit))

    def write(self, file_path: str, content: str) -> WriteResult:
        """Create a text file; one that is there is an error with deepagents 0.6, and replaced with 0.7."""
        return self._loop.call(self._does.write(file_path, content))

    async def awrite(self, file_path: str, content: str) -> WriteResult:
        """As `write`."""
        return await self._loop.acall(self._does.write(file_path, content))

    def edit(self, file_path: str, old_string: str, new_string: str, replace_all: bool = False) -> EditResult:
        """Replace a text that occurs once, or everywhere where `replace_all` says so."""
        return self._loop.call(self._does.edit(file_path, old_string, new_string, replace_all))

    async def aedit(self, file_path: str, old_string: str, new_string: str, replace_all: bool = False) -> EditResult:
        """As `edit`."""
        return await self._loop.acall(self._does.edit(file_path, old_string, new_string, replace_all))

    def grep(
        self, pattern: str, path: str | None = None, glob: str | None = None, *, max_count: int | None = None
    ) -> GrepResult:
        """The lines that hold the text `pattern`."""
        return self._loop.call(self._does.grep(pattern, path, glob, max_count))

    async def agrep(
        self, pattern: str, path: str | None = None, glob: str | None = None, *, max_count: int | None = None
    ) -> GrepResult:
        """As `grep`."""
        return await self._loop.acall(self._does.grep(pattern, path, glob, max_count))

    def glob(self, pattern: str, path: str | None = None) -> GlobResult:
        """What fits a pattern, as the installed deepagents means it."""
        return self._loop.call(self._does.glob(pattern, path))

    async def aglob(self, pattern: str, path: str | None = None) -> GlobResult:
        """As `glob`."""
        return await self._loop.acall(self._does.glob(pattern, path))

    def delete(self, file_path: str) -> Any:
        """Remove a file, or a folder with all that is in it; for deepagents 0.7."""
        return self._loop.call(self._does.delete(file_path))

    async def adelete(self, file_path: str) -> Any:
        """As `delete`."""
        return await self._loop.acall(self._does.delete(file_path))

    def upload_files(self, files: list[tuple[str, bytes]]) -> list[FileUploadResponse]:
        """Write files, each for itself; the answers are in their order."""
        return self._loop.call(self._does.upload(files))

    async def aupload_files(self, files: list[tuple[str, bytes]]) -> list[FileUploadResponse]:
        """As `upload_files`."""
        return await self._loop.acall(self._does.upload(files))

    def download_files(self, paths: list[str]) -> list[FileDownloadResponse]:
        """Read files, each for itself; the answers are in their order."""
        return self._loop.call(self._does.download(paths))

    async def adownload_files(self, paths: list[str]) -> list[FileDownloadResponse]:
        """As `download_files`."""
        return await self._loop.acall(self._does.download(paths))
