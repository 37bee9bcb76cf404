"""The files of a sandbox as a version: what changed, going back to one, and taking one out to the host."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..state.export import export as write_folder
from .base import Command, FileContent, FileRef, Manifest, Sandbox, SandboxRefusal
from .requests import may_be_versioned


@dataclass(frozen=True)
class Changes:
    """The paths in which two versions differ, each sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Other bytes, or executable in one version only."""
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and what it did not."""

    written: tuple[str, ...]
    left_out: Mapping[str, str]
    """Path -> why it stayed behind."""


def compare(before: Manifest, after: Manifest) -> Changes:
    """What it takes to come from `before` to `after`."""
    return Changes(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(path for path in after.keys() & before.keys() if after[path] != before[path])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


async def diff(sandbox: Sandbox, base: Manifest) -> Changes:
    """What changed in the workspace since it held `base`."""
    return compare(base, await sandbox.snapshot())


async def restore(sandbox: Sandbox, files: Mapping[str, FileContent]) -> Changes:
    """Make the workspace hold exactly `files`, build output and caches (`IGNORED`) aside, and return what was changed.

    Only what differs is moved; for a moment old and new need room together. Links, pipes and folders that stand where a
    file or its folder must be are removed. Refusals: those of `write`, and `bad_request` for a path that no version may
    hold; then nothing is changed.
    """
    for path in files:
        if not may_be_versioned(path):
            raise SandboxRefusal("bad_request", f"{path!r} is a path that a version may not hold; choose another name")
    wanted = {path: FileRef(hashlib.sha256(file.data).hexdigest(), file.executable) for path, file in files.items()}
    changes = compare(await sandbox.snapshot(), wanted)
    moving = {path: files[path] for path in (*changes.added, *changes.changed)}
    try:
        await sandbox.write(moving)  # before anything goes, so that a refusal for want of room leaves all as it was
    except SandboxRefusal as refusal:
        if refusal.code == "no_space":
            raise
        await sandbox.remove(changes.removed)  # something stands in the way
        await _clear(sandbox, list(moving))
        await sandbox.write(moving)
    else:
        await sandbox.remove(changes.removed)
    return changes


async def export(sandbox: Sandbox, into: Path, *, also: Collection[str] = ()) -> Exported:
    """Write the versioned files of the workspace to the host, as the new or empty folder `into`.

    Regular files only, with modes 0644 and 0755, and nothing outside `into`; a new folder appears whole or not at all.
    Links and special files stay behind, and so do files that would run something by themselves on the host
    (`slipway.state.hazards`) unless `also` names them, by their path or a folder. OSError where `into` cannot be
    written or holds something else.
    """
    manifest = await sandbox.snapshot()
    files: dict[str, tuple[bytes, bool]] = {}
    for path, data in (await sandbox.read_many(list(manifest))).items():
        if isinstance(data, SandboxRefusal):
            raise data
        files[path] = (data, manifest[path].executable)
    hazards = await asyncio.to_thread(write_folder, files, into, also=also)
    left_out = {**await _no_files(sandbox), **hazards}
    return Exported(tuple(sorted(files.keys() - left_out)), dict(sorted(left_out.items())))


async def _no_files(sandbox: Sandbox) -> dict[str, str]:
    kinds = {"link": "a link, which could lead anywhere", "other": "a pipe, socket or device"}
    return {entry.path: kinds[entry.kind] for entry in await sandbox.entries(deep=True) if entry.kind in kinds}


async def _clear(sandbox: Sandbox, paths: Collection[str]) -> None:
    """Remove what stands where the files `paths` or their folders must be."""
    folders = {parent for path in paths for parent in _parents(path)}
    listed = await sandbox.entries(deep=True) if paths else ()
    await sandbox.remove([e.path for e in listed if e.path in folders and e.kind != "folder"])
    in_the_way = [e.path for e in listed if e.path in set(paths) and e.kind == "folder"]
    if in_the_way:
        names = "\0".join(in_the_way).encode()
        result = await sandbox.exec(Command(("xargs", "-0", "rm", "-rf", "--"), stdin=names))
        if not result.ok:
            raise SandboxRefusal("is_directory", f"{in_the_way[0]!r} is a folder that cannot be removed")


def _parents(path: str) -> Iterable[str]:
    parts = path.split("/")[:-1]
    return ("/".join(parts[: end + 1]) for end in range(len(parts)))
