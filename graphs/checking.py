"""A directory goes through the gate as a version of a run does; no model is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..checks import run_checks
from ..config import Settings, UsageError, load_settings
from ..sandboxes import FileContent, open_sandboxes
from ..state.records import CheckReport
from .importing import Directory, read_directory
from .kits import AUTO, Kit, Kits
from .run import named_pack


@dataclass(frozen=True)
class Checked:
    """What the checks said of a directory."""

    report: CheckReport
    """Its `version` is the directory's path."""
    files: int
    """How many were looked at."""
    left_out: Mapping[str, str]
    """Path -> why it belongs to no project; a folder's ends with a slash."""
    pictures: Mapping[str, bytes]
    """What its pages look like, PNG by the SHA-256 of its bytes, which the report's results name."""


async def check(directory: str | Path, *, pack: str | Path | None = None, settings: Settings | None = None) -> Checked:
    """Run every check on the files of `directory`, which is only read, in sandboxes.

    `pack` names the conventions that it is held to, by name or folder; None: those of the settings. UsageError where
    the directory cannot be read or holds nothing; ConfigurationError, SandboxUnavailable and DependenciesRefused as for
    a run.
    """
    settings = settings or load_settings()
    held_to = await asyncio.to_thread(named_pack, str(pack or settings.pack))
    if held_to == AUTO:
        raise UsageError("no architect is asked here who could choose a pack; name one, or `none`")
    read = await asyncio.to_thread(read_directory, directory)
    pictures: dict[str, bytes] = {}
    report = await _report(read, held_to, settings, pictures)
    return Checked(report, len(read.files), read.left_out, pictures)


async def _report(read: Directory, pack: str, settings: Settings, pictures: dict[str, bytes]) -> CheckReport:
    async def keep(taken: Mapping[str, bytes]) -> None:
        pictures.update(taken)

    async with open_sandboxes(settings.sandbox, settings.folders.cache, run="check") as sandboxes:
        kit = await Kits(sandboxes, lambda sandbox: sandbox, settings.checks, keep).of(pack)
        files = {path: FileContent(*content) for path, content in read.files.items()}
        return await judged_by(kit, files, read.origin.source)


async def judged_by(kit: Kit, files: Mapping[str, FileContent], version: str) -> CheckReport:
    """What the checks of `kit` say of `files`, as of a version of a run, in a sandbox of their own."""
    sandbox = await kit.sandbox()
    try:
        await sandbox.write(files)
        return await run_checks(kit.checks, sandbox, version)
    finally:
        await sandbox.close()
