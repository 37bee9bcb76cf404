"""The promise of an importer: from a source it makes drafts of tasks, and says of what it leaves out why."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ....config import UsageError
from ....config.pack import SLUG
from ....config.task import Bug, Files
from ..writing import bugs_file, written

UNKNOWN = "NOASSERTION"
"""SPDX's word for a licence that the source does not tell."""
PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Draft:
    """A task as it is imported: one request, for a new program."""

    id: str
    summary: str
    request: str
    """Without the first line, which names the task."""
    licence: str
    source: str
    reference: Files = field(repr=False)
    acceptance: Files = field(repr=False)
    command: tuple[str, ...] = ("python", "acceptance.py")
    timeout: float = 60.0
    start: Files = field(default_factory=dict[str, bytes], repr=False)
    stub: Files = field(default_factory=dict[str, bytes], repr=False)
    bugs: tuple[Bug, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """Something of the source that is no task."""

    name: str
    reason: str


def slug(text: str) -> str:
    """`text` as tasks are called."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words if re.fullmatch(SLUG, words) else f"task-{words}".strip("-")


def one_line(text: str) -> str:
    """The first sentence or line of `text`, for lists."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" #=-`")]
    return lines[0][:200] if lines else "no summary"


def unread(error: Exception, folder: Path) -> str:
    """Why what is in `folder` could not be read, without the place where it lies."""
    if isinstance(error, OSError) and error.filename:
        return f"its {os.path.relpath(error.filename, folder)} cannot be read: {error.strerror}"
    return f"it cannot be read: {' '.join(str(error).split())[:200]}"


def licence_of(text: str) -> str:
    """The SPDX name of a licence that `text` is, or names."""
    for spdx, telling in _LICENCES.items():
        if re.search(telling, text, re.IGNORECASE):
            return spdx
    return UNKNOWN


_LICENCES: Mapping[str, str] = {
    "Apache-2.0": r"apache license|apache[- ]2|apache software license",
    "MIT": r"\bMIT\b|permission is hereby granted, free of charge",
    "BSD-3-Clause": r"bsd-3|neither the name of",
    "BSD-2-Clause": r"bsd-2|redistribution and use in source and binary forms",
    "MPL-2.0": r"mozilla public license|mpl-2",
    "PSF-2.0": r"python software foundation|psf-2",
    "ISC": r"\bISC\b",
    "Unlicense": r"unlicense",
}  # fmt: skip


def licence_beside(folder: Path, top: Path) -> str:
    """The licence of `folder`, by a file in it or in one above it, up to `top`."""
    for place in (folder, *folder.parents):
        for file in sorted([*place.glob("LICEN[CS]E*"), *place.glob("COPYING*")]):
            if file.is_file():
                return licence_of(file.read_text(encoding="utf-8", errors="replace"))
        if place == top:
            break
    return UNKNOWN


def files_below(folder: Path) -> dict[str, bytes]:
    """What is in `folder`; nothing where it is not there. Links are left out."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if "__pycache__" not in path.parts}


def write_suite(into: Path, summary: str, drafts: list[Draft]) -> None:
    """Write a suite, named like its folder `into`, which is new or empty; UsageError where it is not."""
    if not re.fullmatch(SLUG, into.name):
        raise UsageError(f"{into.name!r} cannot name a suite; name the folder in small letters, digits and `-`")
    try:
        if into.exists() and (not into.is_dir() or any(into.iterdir())):
            raise UsageError(f"{into} is not empty; name a new folder")
        names = [draft.id for draft in drafts]
        head = written({"name": into.name, "summary": summary, "tasks": names})
        _put(into, {"suite.yaml": head.encode()})
        for draft, opaque in zip(drafts, _opaque(names), strict=True):
            _put(into / draft.id, _files(draft, opaque))
    except OSError as error:
        raise UsageError(f"{into} cannot be written: {error.strerror}; name another folder") from error


def _opaque(names: list[str]) -> list[str]:
    """A name for each that tells nothing, all different."""
    taken: dict[str, None] = {}
    for name in names:
        salt = 0
        while (opaque := f"T-{hashlib.sha256(f'{name} {salt}'.encode()).hexdigest()[:6]}") in taken:
            salt += 1
        taken[opaque] = None
    return list(taken)


def _files(draft: Draft, opaque: str) -> dict[str, bytes]:
    head = {
        "id": draft.id, "family": "new", "summary": draft.summary, "opaque": opaque, "pack": "none",
        "licence": draft.licence, "source": draft.source,
        "acceptance": {"command": list(draft.command), "timeout": draft.timeout},
    }  # fmt: skip
    files = {"task.yaml": written(head).encode(), "request.md": f"({opaque}) {draft.request.strip()}\n".encode()}
    for part in ("start", "reference", "acceptance", "stub"):
        files |= {f"{part}/{path}": data for path, data in getattr(draft, part).items()}
    return {**files, **({"bugs.yaml": bugs_file(draft.bugs).encode()} if draft.bugs else {})}


def _put(folder: Path, files: Files) -> None:
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
