from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from ..config import UsageError, load_settings
from ..state import ProjectStore, RunRecord, RunStore, UnknownVersion, open_state
from ..state.projects.differences import PathDiff
from ..state.projects.patches import FilePatch, patches
from ..state.text import counted, visible
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway diff`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        async with open_state(settings) as redis:
            runs, projects = RunStore(redis), ProjectStore(redis)
            record = await runs.get(arguments.run)
            outcome = await runs.outcome(record.id)
            newest = await projects.newest(record.project, record.id)
            last = newest.version if newest else outcome.version if outcome and outcome.version else record.base
            old, new = arguments.start or record.base, arguments.to or last
            try:
                found = patches(await projects.files(record.project, old), await projects.files(record.project, new))
                head = await projects.head(record.project)
                moved = [] if arguments.start or arguments.to else await _moved(projects, record, new, head)
            except UnknownVersion as error:
                raise UsageError(f"{error}; the run began on {record.base} and is at {last}") from error
        _warn(moved, head)
        if arguments.json:
            print(json.dumps({"run": record.id, "from": old, "to": new, "files": [facts(patch) for patch in found]}))
        elif arguments.stat:
            print(visible("\n".join(stat(found))))
        else:
            _print(line for patch in found for line in patch.lines(binary=arguments.binary))
        return 0

    return execute(command)


async def _moved(projects: ProjectStore, record: RunRecord, version: str, head: str) -> list[PathDiff]:
    """What others did to the project since the run began."""
    if head in (record.base, version):
        return []
    diffs = await projects.diff(record.project, record.base, version, head)
    return [diff for diff in diffs if diff.side in ("theirs", "conflict")]


def _warn(moved: list[PathDiff], head: str) -> None:
    if not moved:
        return
    print(f"slipway: the project has moved on to {head} since this run began", file=sys.stderr)
    for diff in moved:
        said = "changed by both" if diff.side == "conflict" else "changed by others"
        print(f"  {said}: {visible(diff.path)}", file=sys.stderr)


def facts(patch: FilePatch) -> dict[str, object]:
    """How much changed in a file, for a program."""
    added, removed = patch.counts()
    said: dict[str, object] = {"path": patch.path, "kind": patch.kind, "added": added, "removed": removed}
    return said | {"binary": patch.binary, "executable": bool(patch.new and patch.new[1])}


def stat(found: Sequence[FilePatch]) -> Iterator[str]:
    """How much changed in which files: a line each, and one for all."""
    width = max((len(patch.path) for patch in found), default=0)
    total = [0, 0]
    for patch in found:
        added, removed = patch.counts()
        total = [total[0] + added, total[1] + removed]
        lines = "binary" if patch.binary else f"+{added} -{removed}"
        yield f" {patch.path.ljust(width)} | {patch.kind:<7} {lines}"
    yield f" {counted(len(found), 'file')}, +{total[0]} -{total[1]} lines"


def _print(lines: Iterator[bytes]) -> None:
    """To a pipe byte by byte, as a patch must be; to a terminal without what could take it over."""
    if sys.stdout.isatty():
        for line in lines:
            sys.stdout.write(visible(line.decode("utf-8", "replace")))
        return
    sys.stdout.flush()
    for line in lines:
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
