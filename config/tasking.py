"""Reads tasks and suites from folders."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .errors import ConfigurationError, UnknownSuite
from .folders import Folder, Kind
from .task import Bug, Files, Head, Play, Step, Suite, Task

SUITES = Path(__file__).parent / "suites"

_SUITE = Kind("suite", most_files=20_000, most_bytes=256 << 20)
_TASK = Kind("task", most_bytes=64 << 20)
_PARTS = ("request.md", "bugs.yaml", "play.yaml", "reference", "acceptance", "stub")
"""What one request of a task has."""


class _Head(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    summary: str
    tasks: tuple[str, ...] = Field(min_length=1)


class _Bugs(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bugs: tuple[Bug, ...]


def suite_names() -> list[str]:
    """The names of the shipped suites."""
    return sorted(path.parent.name for path in SUITES.glob("*/suite.yaml"))


def find_suite(name: str) -> Suite:
    """The shipped suite `name`, or else the suite in the folder `name`. UnknownSuite; ConfigurationError."""
    if name in suite_names():
        return load_suite(SUITES / name)
    if not Path(name).is_dir():
        raise UnknownSuite(
            f"unknown suite {name!r}: it is neither a folder nor one of {', '.join(suite_names())}; name one of these"
        )
    return load_suite(Path(name))


def load_suite(folder: Path, *, kinds: Collection[str] | None = None) -> Suite:
    """The suite in `folder`, with all its tasks; of their bugs, those of `kinds` only.

    ConfigurationError names what is wrong in it.
    """
    read = Folder.read(_SUITE, folder.resolve())
    head = read.valid(_Head, read.mapping("suite.yaml"), "suite.yaml")
    if twice := [name for name in head.tasks if head.tasks.count(name) > 1]:
        raise ConfigurationError(f"{read.source}/suite.yaml: tasks: {twice[0]!r} is there twice; keep one")
    there = {path.partition("/")[0] for path in read.files if "/" in path}
    for name in head.tasks:
        if name not in there:
            raise ConfigurationError(f"{read.source}/suite.yaml: tasks: there is no folder {name!r} beside it; add it")
    if odd := sorted(there - set(head.tasks)):
        raise ConfigurationError(f"{read.source}/{odd[0]}: is no task of suite.yaml; name it there, or remove it")
    tasks = tuple(_task(Folder(_TASK, f"{read.source}/{name}", read.below(f"{name}/")), kinds) for name in head.tasks)
    _told_apart(tasks, read.source)
    whole = hashlib.sha256("\n".join(f"{task.id} {task.digest}" for task in tasks).encode()).hexdigest()
    return read.valid(Suite, {**dict(head), "tasks": tasks, "digest": whole}, "suite.yaml")


def _told_apart(tasks: Sequence[Task], source: str) -> None:
    """ConfigurationError where two tasks are named alike in their requests."""
    first: dict[str, str] = {}
    for task in tasks:
        if (other := first.setdefault(task.opaque, task.id)) != task.id:
            raise ConfigurationError(
                f"{source}/{task.id}/task.yaml: opaque: {task.opaque!r} is that of {other!r}, too; choose another one"
            )


def load_task(folder: Path, *, kinds: Collection[str] | None = None) -> Task:
    """The task in `folder`; of its bugs, those of `kinds` only. ConfigurationError names what is wrong in it."""
    return _task(Folder.read(_TASK, folder.resolve()), kinds)


def _task(folder: Folder, kinds: Collection[str] | None) -> Task:
    head = folder.valid(Head, folder.mapping("task.yaml"), "task.yaml")
    name = Path(folder.source).name
    if head.id != name:
        raise ConfigurationError(
            f"{folder.source}/task.yaml: id: it is {head.id!r}, and the folder {name!r}; give both one name"
        )
    numbers = sorted({int(path.partition("/")[0]) for path in folder.files if path.partition("/")[0].isdecimal()})
    if numbers != list(range(1, len(numbers) + 1)):
        raise ConfigurationError(f"{folder.source}: its requests are numbered {numbers}; number them 1, 2, 3, ...")
    places = [f"{number}/" for number in numbers] or [""]
    _nothing_else(folder, places)
    for place in places:
        if head.opaque not in folder.text(f"{place}request.md").partition("\n")[0]:
            raise ConfigurationError(
                f"{folder.source}/{place}request.md: its first line does not name {head.opaque!r}; put it there"
            )
    steps = tuple(_step(folder, place, kinds) for place in places)
    whole = {**dict(head), "start": folder.below("start/"), "steps": steps, "digest": folder.digest}
    task = folder.valid(Task, whole, "task.yaml")
    _bugs_fit(task, folder.source)
    return task


def _step(folder: Folder, place: str, kinds: Collection[str] | None) -> Step:
    request = folder.text(f"{place}request.md")
    found: dict[str, Any] = {part: folder.below(f"{place}{part}/") for part in ("reference", "acceptance", "stub")}
    for part in ("reference", "acceptance"):
        if not found[part]:
            raise ConfigurationError(f"{folder.source}/{place}{part}: is missing; put its files there")
    bugs = f"{place}bugs.yaml"
    if bugs in folder.files:
        every = folder.valid(_Bugs, folder.mapping(bugs), bugs).bugs
        found["bugs"] = tuple(bug for bug in every if kinds is None or bug.kind in kinds)
    play = f"{place}play.yaml"
    if play in folder.files:
        found["play"] = folder.valid(Play, folder.mapping(play), play)
    return folder.valid(Step, {"request": request, **found}, place.rstrip("/"))


def _nothing_else(folder: Folder, places: list[str]) -> None:
    for path in folder.files:
        if path == "task.yaml" or path.startswith("start/"):
            continue
        place = next((place for place in places if path.startswith(place)), None)
        if place is None or path.removeprefix(place).partition("/")[0] not in _PARTS:
            raise ConfigurationError(
                f"{folder.source}/{path}: is no file of a task, which are task.yaml, start/ and of each request "
                f"{', '.join(_PARTS)}; remove it"
            )


def _bugs_fit(task: Task, source: str) -> None:
    """ConfigurationError where a bug is no edit of what the references make."""
    stands, seen = dict(task.start), set[str]()
    for step in task.steps:
        stands |= step.reference
        for bug in step.bugs:
            if bug.id in seen:
                raise ConfigurationError(f"{source}: bug {bug.id!r}: another one has this id; name it otherwise")
            seen.add(bug.id)
            found = stands.get(bug.file, b"").count(bug.old.encode())
            if found != 1:
                raise ConfigurationError(
                    f"{source}: bug {bug.id!r}: {bug.file!r} has its `old` text {found} times; it must be there once"
                )
            if bug.interface and (bug.interface not in stands or bug.interface == bug.file):
                raise ConfigurationError(f"{source}: bug {bug.id!r}: interface: {bug.interface!r} is no other file")


def standing(task: Task, step: int) -> Files:
    """The project as it should be after request `step`, from 0; -1: as the task begins."""
    files = dict(task.start)
    for each in task.steps[: step + 1]:
        files |= each.reference
    return files
