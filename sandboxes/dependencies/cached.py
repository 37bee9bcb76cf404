from __future__ import annotations

import asyncio
import hashlib
import os
import time
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .projects import Project, Projects

_PROJECT = TypeAdapter(Project)


class Cached:
    """Projects that are remembered in a folder for a while; that a package does not exist is never remembered."""

    def __init__(self, inner: Projects, folder: Path, *, seconds: float = 3600.0) -> None:
        self._inner = inner
        self._folder = folder
        self._seconds = seconds

    async def find(self, name: str) -> Project | None:
        """The inner `find`, at most `seconds` ago."""
        path = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.json"
        kept = await asyncio.to_thread(self._read, path)
        if kept is not None and kept.name == name:
            return kept
        found = await self._inner.find(name)
        if found is not None:
            await asyncio.to_thread(self._write, path, found)
        return found

    def _read(self, path: Path) -> Project | None:
        try:
            if not 0 <= time.time() - path.stat().st_mtime < self._seconds:
                return None
            return _PROJECT.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def _write(self, path: Path, project: Project) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.{id(project)}")
        temporary.write_bytes(_PROJECT.dump_json(project))
        temporary.replace(path)
