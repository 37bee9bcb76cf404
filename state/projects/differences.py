"""What two versions did to a third, and both of it together. Pure functions over manifests.

Path by path first. A file that both changed is joined by lines where that is possible (see `merging.py`), and whether
it is executable is joined apart from its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from ..base import Change
from ..records import FileRef, Manifest
from .merging import merge_text

T = TypeVar("T")

Side = Literal["ours", "theirs", "both", "conflict"]


@dataclass(frozen=True)
class PathDiff:
    """What became of one path; None stands for no file."""

    path: str
    side: Side
    """Who changed it; `both`: alike."""
    base: FileRef | None
    ours: FileRef | None
    theirs: FileRef | None


@dataclass(frozen=True)
class Merged:
    """Two versions in one."""

    manifest: Manifest
    """The result; a path in conflict holds what `ours` has."""
    changes: dict[str, Change]
    """What a publish on `ours` must do to get there."""
    conflicts: tuple[str, ...]
    """Paths that both changed differently, or that would be a file and a folder at once."""


def three_way(base: Manifest, ours: Manifest, theirs: Manifest) -> tuple[PathDiff, ...]:
    """Every path that `ours` or `theirs` changed, sorted."""
    found: list[PathDiff] = []
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        before, mine, other = base.get(path), ours.get(path), theirs.get(path)
        if mine == other:
            if mine != before:
                found.append(PathDiff(path, "both", before, mine, other))
        elif other == before:
            found.append(PathDiff(path, "ours", before, mine, other))
        elif mine == before:
            found.append(PathDiff(path, "theirs", before, mine, other))
        else:
            found.append(PathDiff(path, "conflict", before, mine, other))
    return tuple(found)


def merge(base: Manifest, ours: Manifest, theirs: Manifest) -> Merged:
    """Both changes together, path by path."""
    manifest, conflicts = dict(ours), set[str]()
    for diff in three_way(base, ours, theirs):
        if diff.side == "conflict":
            ref = _chosen(diff)
            if ref is None:
                conflicts.add(diff.path)
            else:
                manifest[diff.path] = ref
        elif diff.side == "theirs":
            if diff.theirs is None:
                del manifest[diff.path]
            else:
                manifest[diff.path] = diff.theirs
    for path in manifest:
        if files := [folder for folder in _folders(path) if folder in manifest]:
            conflicts.update(files, [path])
    kept = {path: ours.get(path) if path in conflicts else manifest.get(path) for path in ours.keys() | manifest.keys()}
    return Merged(
        manifest={path: ref for path, ref in kept.items() if ref},
        changes={path: Change(ours.get(path), ref) for path, ref in sorted(kept.items()) if ref != ours.get(path)},
        conflicts=tuple(sorted(conflicts)),
    )


def join(
    merged: Merged, base: Manifest, ours: Manifest, theirs: Manifest, blobs: Mapping[str, bytes]
) -> tuple[Merged, list[bytes]]:
    """`merged` with those conflicts gone that can be joined by lines, and the new contents that this makes.

    `blobs` holds what the three versions have at the paths in conflict.
    """
    left: list[str] = []
    made: list[bytes] = []
    manifest, changes = dict(merged.manifest), dict(merged.changes)
    for path in merged.conflicts:
        found = _join(base.get(path), ours.get(path), theirs.get(path), blobs)
        if found is None:
            left.append(path)
            continue
        manifest[path], content = found
        made.append(content)
        changes[path] = Change(ours[path], manifest[path])
    return replace(merged, manifest=manifest, changes=changes, conflicts=tuple(left)), made


def changes_between(before: Manifest, after: Manifest) -> dict[str, Change]:
    """What a publish on `before` must do to make it `after`."""
    paths = sorted(before.keys() | after.keys())
    return {p: Change(before.get(p), after.get(p)) for p in paths if before.get(p) != after.get(p)}


def _chosen(diff: PathDiff) -> FileRef | None:
    """One side's content with the other's mode, where each changed only one of the two."""
    if diff.base is None or diff.ours is None or diff.theirs is None:
        return None
    digest = _three(diff.base.digest, diff.ours.digest, diff.theirs.digest)
    executable = _three(diff.base.executable, diff.ours.executable, diff.theirs.executable)
    return None if digest is None or executable is None else FileRef(digest, executable)


def _three(base: T, ours: T, theirs: T) -> T | None:
    if ours == theirs or theirs == base:
        return ours
    return theirs if ours == base else None


def _folders(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))


def _join(
    base: FileRef | None, ours: FileRef | None, theirs: FileRef | None, blobs: Mapping[str, bytes]
) -> tuple[FileRef, bytes] | None:
    if base is None or ours is None or theirs is None:
        return None
    executable = _three(base.executable, ours.executable, theirs.executable)
    content = merge_text(*(blobs[ref.digest] for ref in (base, ours, theirs)))
    if content is None or executable is None:
        return None
    return FileRef(hashlib.sha256(content).hexdigest(), executable), content
