from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from ...config.settings import InstallSettings
from ..base import Command, Sandbox
from ..frozen import held
from .base import DependenciesRefused, Ecosystem, Layer, Package
from .unpacking import PACKER, Unpacking

_LAYER = TypeAdapter(Layer)
_FORMAT = 1


def digest_of(ecosystem: Ecosystem, platform: str, asked: Sequence[str], settings: InstallSettings) -> str:
    """What names a layer: what was asked for, for which interpreter, and by which rules it was judged."""
    rules = settings.model_dump_json(exclude={"layer_mb", "layer_files", "timeout"})
    text = json.dumps([_FORMAT, ecosystem, platform, list(asked), rules])
    return hashlib.sha256(text.encode()).hexdigest()


class Store:
    """Layers in a folder of the host, each complete or not there."""

    def __init__(self, cache_dir: Path, settings: InstallSettings) -> None:
        self._folder = cache_dir / "layers"
        self._settings = settings

    def find(self, ecosystem: Ecosystem, digest: str) -> Layer | None:
        """The layer of this digest, if it was made."""
        try:
            text = (self._place(ecosystem, digest) / "layer.json").read_bytes()
        except FileNotFoundError:
            return None
        # The cache may have been moved since.
        return replace(_LAYER.validate_json(text), folder=self._place(ecosystem, digest) / "files")

    @asynccontextmanager
    async def making(self, ecosystem: Ecosystem, digest: str) -> AsyncGenerator[Layer | None]:
        """Be the only one that makes this layer; gives it where somebody else made it meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True)
        async with held(self._folder / f"{self._place(ecosystem, digest).name}.lock"):
            yield self.find(ecosystem, digest)

    async def keep(
        self, sandbox: Sandbox, path: str, ecosystem: Ecosystem, digest: str, packages: Sequence[Package], lock: str
    ) -> Layer:
        """Copy the folder `path` out of `sandbox`, freeze it, and let it appear as the layer of this digest."""
        place = self._place(ecosystem, digest)
        with tempfile.TemporaryDirectory(prefix=f"{place.name}.", dir=self._folder) as temporary:
            made = Path(temporary, "layer")
            made.mkdir()
            files, size = await self._copy(sandbox, path, made / "files")
            layer = Layer(ecosystem, digest, place / "files", tuple(packages), lock, files, size)
            (made / "layer.json").write_bytes(_LAYER.dump_json(layer, indent=1))
            await asyncio.to_thread(_freeze, made)
            made.chmod(0o755)
            made.rename(place)
        return layer

    async def _copy(self, sandbox: Sandbox, path: str, folder: Path) -> tuple[int, int]:
        limits = self._settings
        unpacking = Unpacking(folder, files=limits.layer_files, size=limits.layer_mb << 20)
        packer = Command(("python3", "-I", "-S", "-c", PACKER, path), timeout=limits.timeout)
        try:
            async with await sandbox.start(packer) as process:
                async for piece in process:
                    if piece.stream == "stdout":
                        await asyncio.to_thread(unpacking.feed, piece.data)
                if not (await process.wait()).ok:
                    raise DependenciesRefused("the installed packages could not be copied out of the sandbox")
            return await asyncio.to_thread(unpacking.finish)
        finally:
            unpacking.close()

    def _place(self, ecosystem: Ecosystem, digest: str) -> Path:
        return self._folder / f"{ecosystem}-{digest[:24]}"


def _freeze(root: Path) -> None:
    """Take away the right to write, for every uid; files have lost it already."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and path.stat().st_mode & 0o222:
                path.chmod(0o444)
        Path(folder).chmod(0o555)
