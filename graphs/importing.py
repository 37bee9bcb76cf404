"""A directory or a git repository becomes a project, or the next version of one."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from ..config import Settings, UsageError
from ..state import EMPTY_VERSION, OverQuota, ProjectStore, hold
from ..state.projects import Import, Imports
from .records import check_project
from .sources import Repository, open_repository, read_source
from .sources.repositories import is_repository

_NAME_LENGTH = 36  # a project's name may have 40 characters; a number may come behind it


@dataclass(frozen=True)
class Directory:
    """What was read of a directory, which stays as it is."""

    root: Path
    files: Mapping[str, tuple[bytes, bool]]
    """Path -> bytes, and whether it is executable."""
    left_out: Mapping[str, str]
    """Path -> why; a folder's ends with a slash, and stands for all that is in it."""
    origin: Import


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    project: str
    version: str
    """The project's head now."""
    before: str | None
    """The head before; None where the project is new."""
    files: int
    left_out: Mapping[str, str]
    """Path -> why; a folder's ends with a slash, and stands for all that is in it."""
    commit: str | None
    """The commit that was checked out; None where there was none."""
    uncommitted: int
    """How many paths were not as the commit has them."""


async def import_project(redis: Redis, source: str | Path, *, project: str | None, settings: Settings) -> Imported:
    """Read the directory `source`, which stays as it is, and make it the head of `project`.

    None is a new project, named like the directory. The files of a project that exists are replaced by those of the
    directory, as a new version. Where `source` is the root of a git work tree, what is tracked and what is not ignored
    is read, uncommitted changes included, and the commit is recorded. UsageError: it cannot be read, is empty, or is
    too large; StateConflict: the project's head moved meanwhile; OverQuota.
    """
    if project is not None:
        check_project(project)
    read = await asyncio.to_thread(read_directory, source)
    files, found = read.files, read.origin
    allowed = settings.limits.project_mb << 20
    projects = ProjectStore(redis, allowed)
    name = project or await _free_name(projects, read.root.name)
    size = sum(map(len, {data for data, _ in files.values()}))
    if size > allowed:  # found out later, it would leave an empty project
        raise OverQuota(name, 0, size, allowed)
    await projects.create(name)
    async with hold(redis, run=f"import-{secrets.token_hex(6)}", project=name, tenant=None) as fence:
        before, version = await Imports(redis, name, projects).add(fence, files, found)
    return Imported(
        project=name,
        version=version,
        before=None if before == EMPTY_VERSION else before,
        files=len(files),
        left_out=read.left_out,
        commit=found.commit,
        uncommitted=len(found.uncommitted),
    )


def read_directory(source: str | Path) -> Directory:
    """The files of the directory `source` that belong to a project, and where they are from.

    At the root of a git work tree: what is tracked and what is not ignored, uncommitted changes included. UsageError:
    it cannot be read, holds nothing, or is too large.
    """
    root = _directory(source)
    with open_repository(root) if is_repository(root) else nullcontext() as repository:
        tracked = repository.tracked() if repository else {}
        read = read_source(root, tracked, repository.exclude() if repository else b"")
        if not read.files:
            raise UsageError(f"{str(root)!r} holds no files of a project: {_why_nothing(read.left_out)}")
        return Directory(root, read.files, read.left_out, _origin(root, repository, read.files))


def _directory(source: str | Path) -> Path:
    try:
        root = Path(source).expanduser().absolute()
        if not root.is_dir():
            raise UsageError(f"{str(source)!r} is not a directory; name the one that holds the project")
        if not is_repository(root) and all((root / name).exists() for name in ("HEAD", "objects", "refs")):
            raise UsageError(f"{str(source)!r} is a bare git repository; clone it, and import the clone")
    except (OSError, RuntimeError, ValueError) as error:  # no such home, a name too long, a null byte
        raise UsageError(f"{str(source)!r} cannot be read: {error}; name another directory") from error
    return root


def _origin(root: Path, repository: Repository | None, files: Mapping[str, tuple[bytes, bool]]) -> Import:
    commit = repository.head() if repository else None
    uncommitted = repository.uncommitted(commit, files) if repository and commit else ()
    place = str(root).encode("utf-8", "backslashreplace").decode()
    return Import(source=place, at=datetime.now(UTC), commit=commit, uncommitted=tuple(uncommitted))


def _why_nothing(left_out: Mapping[str, str]) -> str:
    if not left_out:
        return "it is empty"
    first = ", ".join(f"{path} ({why})" for path, why in list(left_out.items())[:3])
    return f"{len(left_out)} entries were left out, such as {first}"


async def _free_name(projects: ProjectStore, directory: str) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "-", directory.lower()).strip("-_")[:_NAME_LENGTH].rstrip("-_")
    name = plain if plain[:1].isalpha() else f"project-{plain}".rstrip("-")[:_NAME_LENGTH]
    number = 1
    while await projects.exists(name if number == 1 else f"{name}-{number}"):
        number += 1
    return name if number == 1 else f"{name}-{number}"
