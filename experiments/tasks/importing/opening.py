from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ....config import Settings, UsageError
from ....config.task import Suite
from ....config.tasking import load_suite
from .base import Draft, Skipped, write_suite
from .exercism import exercises
from .harbor import tasks
from .humanevalpack import programs
from .sdists import libraries

KINDS = ("exercism", "humanevalpack", "harbor", "sdist")
_SUMMARIES = {
    "exercism": "exercises of Exercism",
    "humanevalpack": "programs of HumanEvalPack, with their bugs",
    "harbor": "tasks of Harbor",
    "sdist": "libraries to be written from scratch",
}
_WANTED = {
    "exercism": "a folder that holds exercises, at any depth: each has .meta/config.json",
    "humanevalpack": "a file of JSON lines, one for each program",
    "harbor": "a folder that holds tasks, at any depth: each has task.toml",
    "sdist": "the .tar.gz of a library, or a folder with such files in it",
}
"""What is named to be imported."""
_FOLDERS, _FILES = ("exercism", "harbor", "sdist"), ("humanevalpack", "sdist")
"""Kinds that are read from a folder, and from a file."""


@dataclass(frozen=True)
class Imported:
    """A suite that was written, and what of the source is not in it."""

    suite: Suite
    skipped: tuple[Skipped, ...]


async def import_suite(kind: str, source: Path, into: Path, settings: Settings) -> Imported:
    """Write a suite of all tasks in `source`, which is a file or folder of that kind, into the new folder `into`.

    UsageError where there is none, or the folder cannot be had; SandboxUnavailable as for a run.
    """
    source, into = source.resolve(), into.resolve()
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is no kind of source; it is one of {', '.join(KINDS)}")
    if not source.exists():
        raise UsageError(f"{source} is not there; name {_WANTED[kind]}")
    if kind not in (_FOLDERS if source.is_dir() else _FILES):
        raise UsageError(f"{source} is a {'folder' if source.is_dir() else 'file'}; name {_WANTED[kind]}")
    if kind == "harbor":
        found = [each async for each in tasks(source, settings)]
    else:
        found = await asyncio.to_thread(lambda: list(_read(kind, source)))
    drafts = _named_apart([each for each in found if isinstance(each, Draft)])
    skipped = tuple(each for each in found if isinstance(each, Skipped))
    if not found:
        raise UsageError(f"{source} holds nothing of the kind {kind}; name {_WANTED[kind]}")
    if not drafts:
        why = "; ".join(f"{each.name}: {each.reason}" for each in skipped[:3])
        raise UsageError(f"{source} holds no task of the kind {kind} that can be imported ({why})")
    await asyncio.to_thread(write_suite, into, f"{_SUMMARIES[kind]}, imported", drafts)
    return Imported(await asyncio.to_thread(load_suite, into), skipped)


def _read(kind: str, source: Path) -> Iterator[Draft | Skipped]:
    try:
        match kind:
            case "exercism":
                yield from exercises(source)
            case "humanevalpack":
                yield from programs(source)
            case _:
                yield from libraries(source)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{source} cannot be read as {kind}: {why}; name {_WANTED[kind]}") from error


def _named_apart(drafts: list[Draft]) -> list[Draft]:
    """Those of one name get numbers."""
    seen: Counter[str] = Counter()
    apart: list[Draft] = []
    for draft in drafts:
        seen[draft.id] += 1
        apart.append(draft if seen[draft.id] == 1 else replace(draft, id=f"{draft.id}-{seen[draft.id]}"))
    return apart
