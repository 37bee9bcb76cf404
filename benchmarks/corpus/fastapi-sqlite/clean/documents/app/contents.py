"""The contents of documents, as files that are called by their digests."""

from __future__ import annotations

import hashlib
from pathlib import Path


class Contents:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Write `data` unless it is there, and return its digest."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / digest
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".new")
            beside.write_bytes(data)
            beside.replace(path)
        return digest

    def read(self, digest: str) -> bytes:
        """What was kept. FileNotFoundError."""
        return (self._folder / digest).read_bytes()
