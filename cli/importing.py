from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..config import Settings, load_settings
from ..graphs.importing import Imported, import_project
from ..state import open_state
from ..state.text import counted, visible
from .execution import execute

_SHOWN = 20


def main(arguments: argparse.Namespace) -> int:
    """`slipway import`."""

    async def command() -> int:
        await imported(arguments.directory, arguments.project, load_settings(arguments.set), as_json=arguments.json)
        return 0

    return execute(command)


async def imported(directory: str, project: str | None, settings: Settings, *, as_json: bool) -> Imported:
    """Import a directory, and say on stdout what was done."""
    async with open_state(settings) as redis:
        found = await import_project(redis, directory, project=project, settings=settings)
    if as_json:
        print(json.dumps(_facts(found)), flush=True)
    else:
        print(visible("\n".join(_text(found))), flush=True)
    return found


def _facts(found: Imported) -> dict[str, Any]:
    return {
        "kind": "imported",
        "project": found.project,
        "version": found.version,
        "before": found.before,
        "files": found.files,
        "left_out": dict(found.left_out),
        "commit": found.commit,
        "uncommitted": found.uncommitted,
    }


def _text(found: Imported) -> Iterator[str]:
    if found.before is None:
        yield f"project {found.project}: {counted(found.files, 'file')} imported, version {found.version}"
    elif found.before == found.version:
        yield f"project {found.project}: {counted(found.files, 'file')}, as in its head {found.version} already"
    else:
        files = counted(found.files, "file")
        yield f"project {found.project}: {files} read, its head is {found.version} now, after {found.before}"
    if found.commit:
        changed = f", and {counted(found.uncommitted, 'uncommitted change')}" if found.uncommitted else ""
        yield f"from commit {found.commit}{changed}"
    yield from left_out_lines(found.left_out)


def left_out_lines(left_out: Mapping[str, str]) -> Iterator[str]:
    """What of a directory was not read, path by path with the reason."""
    for path, why in list(left_out.items())[:_SHOWN]:
        yield f"left out: {path} ({why})"
    if len(left_out) > _SHOWN:
        yield f"left out: {len(left_out) - _SHOWN} more; --json lists them all"
