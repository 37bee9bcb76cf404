from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from weakref import WeakValueDictionary

from ...sandboxes import Command, FileContent, Sandbox, SandboxRefusal
from ...state.records import Manifest
from .base import App

_BUILD = 120.0
"""Seconds that a build may take."""
_WORDS = 2000
"""Characters of a failed build's last words."""
_PACK = 'mkdir -p .cache && tar --create --file "$1" --directory "$2" .'
_UNPACK = 'rm -rf "$2" && mkdir -p "$2" && tar --extract --file "$1" --directory "$2"'


class Builds:
    """Has each version of a site built once, for all who look at it at the same time."""

    def __init__(self) -> None:
        self._sites: WeakValueDictionary[str, Site] = WeakValueDictionary()

    def of(self, manifest: Manifest) -> Site:
        """The site that is made of `manifest`. What was built is there as long as somebody holds it."""
        files = {path: ref.encode() for path, ref in manifest.items()}
        version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
        return self._sites.setdefault(version, Site())


class Site:
    """What a build makes of the files of one version."""

    def __init__(self) -> None:
        self._building = asyncio.Lock()
        self._archive = b""
        self._failure = ""

    async def into(self, sandbox: Sandbox, app: App) -> None:
        """Have it in `sandbox`, which holds the version: as it was built before, else by a build.

        SandboxRefusal `not_ready`, with the last words, where that fails.
        """
        async with self._building:
            if self._archive and await _unpacked(sandbox, app.folder, self._archive):
                return
            self._failure = self._failure or await _failure(sandbox, app.build or "true")
            if self._failure:
                raise SandboxRefusal("not_ready", self._failure)
            if app.start is None and app.folder != ".":  # else it may have made anything, anywhere
                self._archive = await _packed(sandbox, app.folder)


async def _failure(sandbox: Sandbox, command: str) -> str:
    built = await sandbox.exec(Command.shell(command, timeout=_BUILD))
    if built.ok:
        return ""
    words = (built.stdout.text + built.stderr.text).strip()[-_WORDS:]
    how = "did not end in time" if built.timed_out else f"ended with exit code {built.exit_code}"
    return f"the build {how}\n{words}"


async def _packed(sandbox: Sandbox, folder: str) -> bytes:
    """An archive of `folder`; empty where there is none, or one that is too large."""
    archive = _archive()
    try:
        done = await sandbox.exec(Command(("sh", "-c", _PACK, "sh", archive, f"./{folder}")))
        return await sandbox.read(archive) if done.ok else b""
    except SandboxRefusal:
        return b""


async def _unpacked(sandbox: Sandbox, folder: str, packed: bytes) -> bool:
    archive = _archive()
    try:
        await sandbox.write({archive: FileContent(packed)})
    except SandboxRefusal:
        return False
    return (await sandbox.exec(Command(("sh", "-c", _UNPACK, "sh", archive, f"./{folder}")))).ok


def _archive() -> str:
    return f".cache/slipway_{secrets.token_hex(8)}.tar"
