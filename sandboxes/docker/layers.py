"""Read-only layers as images: a folder of this machine, laid over an image of the Engine's, shared by its sandboxes.

Nothing is bound from a machine that may not be the Engine's: a container is made and never run, it gets the files, and
what has become of it is a new image.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any

from docker.errors import ImageNotFound

from .containers import remove_now
from .engines import Engine

REPOSITORY = "slipway-layer"
LAYER = "layer"
"""The value of the label `slipway` on such an image."""


async def layered_image(engine: Engine, image_id: str, layers: Sequence[tuple[Path, str]]) -> str:
    """The id of an image that is `image_id` with each (folder, place) of `layers` in it, owned by root.

    Made once on each Engine: the same folders, by name and listing, over the same image give the same one.
    """
    tag = await asyncio.to_thread(_digest, image_id, layers)
    known = await engine.ask(_find, engine, tag)
    if known is not None:
        return known
    async with engine.building:  # sandboxes that are opened at once want the same one
        return await engine.ask(_make, engine, image_id, layers, tag)


def _digest(image_id: str, layers: Sequence[tuple[Path, str]]) -> str:
    """Of what can be listed, not read: a layer never changes under its name, and may have half a gigabyte."""
    digest = hashlib.sha256(image_id.encode())
    for folder, place in layers:
        digest.update(f"\n{folder.name}\0{place}\n".encode())
        for path, status in _walk(folder):
            size = status.st_size if stat.S_ISREG(status.st_mode) else 0
            digest.update(f"{path}\0{status.st_mode:o}\0{size}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:32]


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below `folder`, in one order on every machine."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *folders]):
            path = Path(here, name)
            yield str(path.relative_to(folder)), path.lstat()


def _find(engine: Engine, tag: str) -> str | None:
    try:
        return engine.api.inspect_image(f"{REPOSITORY}:{tag}")["Id"]
    except ImageNotFound:
        return None


def _make(engine: Engine, image_id: str, layers: Sequence[tuple[Path, str]], tag: str) -> str:
    known = _find(engine, tag)
    if known is not None:
        return known
    made: dict[str, Any] = engine.api.create_container_from_config({
        "Image": image_id, "Entrypoint": ["/"], "Labels": {"slipway": LAYER},
        "HostConfig": {"NetworkMode": "none"},
    })  # fmt: skip
    try:
        with tempfile.TemporaryFile() as archive:
            _pack(archive, layers)
            archive.seek(0)
            engine.api.put_archive(made["Id"], "/", archive)
        engine.api.commit(made["Id"], repository=REPOSITORY, tag=tag, conf={"Labels": {"slipway": LAYER}})
    finally:
        remove_now(engine, made["Id"])
    return engine.api.inspect_image(f"{REPOSITORY}:{tag}")["Id"]


def _pack(file: IO[bytes], layers: Sequence[tuple[Path, str]]) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for folder, place in layers:
            inside = PurePosixPath(place.lstrip("/"))
            for parent in [*reversed(inside.parents), inside][1:]:
                made = tarfile.TarInfo(str(parent))
                made.type, made.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(made)
            for path, _ in _walk(folder):
                archive.add(folder / path, str(inside / path), recursive=False, filter=_of_root)


def _of_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode &= 0o755  # no set-uid program, and nothing that others may change
    # Whole seconds, as compiled Python files know their sources' times.
    entry.mtime = int(entry.mtime)
    return entry
