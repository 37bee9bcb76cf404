"""Projects of the corpus go through the gate of their pack, each in a sandbox of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slipway.config import Settings, pack_names
from slipway.graphs.checking import judged_by
from slipway.graphs.kits import Kit, Kits
from slipway.sandboxes import FileContent, open_sandboxes
from slipway.state.records import CheckReport, CheckResult, Finding

from .reading import Project


@dataclass(frozen=True)
class Tried:
    """What the gate said of a project."""

    project: Project
    report: CheckReport

    @property
    def not_run(self) -> list[CheckResult]:
        """The blocking checks that could not run: they keep a version back, and have found nothing."""
        return [each for each in self.report.results if each.blocking and each.status == "not_run"]

    @property
    def found(self) -> list[Finding]:
        """The errors of blocking checks that ran."""
        ran = [each for each in self.report.results if each.blocking and each.status == "failed"]
        return [finding for each in ran for finding in each.findings if finding.severity == "error"]

    @property
    def blocked(self) -> bool:
        """Something was found that keeps the version from being delivered."""
        return bool(self.found)

    @property
    def named(self) -> bool:
        """The file that has to be named is."""
        return self.project.defect is not None and self.project.defect.file in {each.file for each in self.found}

    @property
    def holds(self) -> bool:
        """A defect is blocked by its file's name, a clean project by nothing."""
        return self.named if self.project.defect else self.report.green


async def try_all(
    projects: Sequence[Project], settings: Settings, parallel: int, tell: Callable[[Tried], None] = lambda _: None
) -> list[Tried]:
    """Put each of `projects` through the gate, `parallel` at a time, and `tell` of each as it ends.

    Nothing is said of a project whose pack is not shipped.
    """
    running, shipped = asyncio.Semaphore(parallel), {project.pack for project in projects} & {*pack_names()}
    async with open_sandboxes(settings.sandbox, settings.folders.cache, run="bench-corpus") as sandboxes:
        made = Kits(sandboxes, lambda sandbox: sandbox, settings.checks)
        kits = {pack: await made.of(pack) for pack in sorted(shipped)}

        async def one(project: Project) -> Tried:
            async with running:
                kit = kits.get(project.pack)
                tried = Tried(project, await judge(kit, project) if kit else CheckReport(version="", results=()))
            tell(tried)
            return tried

        return await asyncio.gather(*(one(project) for project in projects))


async def judge(kit: Kit, project: Project) -> CheckReport:
    """What the gate of `kit` says of `project`, as of a version of a run."""
    return await judged_by(kit, {path: FileContent(data) for path, data in project.files.items()}, project.id)
