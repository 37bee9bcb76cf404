from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from .base import Origin, Refused
from .streams import PIECE

WHEELS = Origin("http", "wheels.invalid", 80)
"""Where a sandbox finds a folder of the host's, as a page of links (`pip --find-links`)."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*\.whl")


class WheelFolder:
    """The wheels of a folder on the host, for reading by name; nothing else of it can be reached."""

    def __init__(self, folder: Path) -> None:
        self._wheels = {path.name: path for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name)}

    @property
    def names(self) -> list[str]:
        """The wheels that there are."""
        return list(self._wheels)

    @property
    def stamps(self) -> list[str]:
        """A text for each wheel that changes when its file does: name, bytes, time."""
        stats = [(name, path.stat()) for name, path in self._wheels.items()]
        return [f"{name} {status.st_size} {status.st_mtime_ns}" for name, status in stats]

    def page(self) -> str:
        """An HTML page with a link to each wheel."""
        links = [f'<a href="{name.replace("+", "%2B")}">{name}</a>' for name in self._wheels]
        return "\n".join(["<!DOCTYPE html><html><body>", *links, "</body></html>"])

    def size(self, path: str) -> int:
        """The size in bytes of the wheel at `/NAME`. Refused where there is none."""
        return self._find(path).stat().st_size

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """The wheel at `/NAME`, in pieces."""
        with await asyncio.to_thread(self._find(path).open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

    def _find(self, path: str) -> Path:
        wheel = self._wheels.get(path.removeprefix("/").replace("%2B", "+").replace("%2b", "+"))
        if wheel is None or not wheel.is_file():
            raise Refused("there is no such wheel", status=404)
        return wheel
