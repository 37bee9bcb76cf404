"""What the whole gate takes on a small project: warm, and a second time with nothing changed.

Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed. README.md says what
the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from coding.trial import stage
from saving.judging import Goal, Spread, table

from slipway.checks import Cached, Check, run_checks
from slipway.config import find_pack, pack_names
from slipway.graphs.kits import Kit, Kits
from slipway.sandboxes import FileContent, SandboxUnavailable, open_sandboxes
from slipway.state import CheckReport, CheckResult, open_state
from slipway.state.verdicts import Verdicts

_WARM, _CACHED = 10.0, 0.5
"""Seconds."""
_PREFERRED = "fastapi-sqlite"


class NotGreen(Exception):
    """The project does not pass, so that its times mean nothing."""


@dataclass(frozen=True)
class _Found:
    warm: Sequence[float]
    cached: Sequence[float]
    checks: Mapping[str, Sequence[float]]
    """For each check that is about the project what it took in the warm runs, beside the others."""


def main() -> int:
    """The command."""
    options, load = _options(), os.getloadavg()[0]
    try:
        found = asyncio.run(_measured(options.pack, _files(options), options.repeats))
    except (NotGreen, SandboxUnavailable) as error:
        print(f"bench-gate: {error}", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps(asdict(found)))
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    print(f"{machine}, load {load:.1f} before; {options.project or 'the template'} of {options.pack}")
    if load > 1:
        print("THE MACHINE WAS BUSY WITH OTHER THINGS: repeat this when it is quiet")
    rows = sorted(found.checks.items(), key=lambda item: -Spread.of(item[1]).median)
    shown = [(name, Spread.of(seconds).shown()) for name, seconds in rows]
    whole = [("all, warm", Spread.of(found.warm).shown()), ("all, nothing changed", Spread.of(found.cached).shown())]
    print(f"\n{table(('check', 's'), [*shown, *whole])}\n")
    goals = [
        Goal("gate-warm", Spread.of(found.warm).median, _WARM, "s"),
        Goal("gate-cached", Spread.of(found.cached).median, _CACHED, "s"),
    ]
    print(table(("goal", "value", "at most", "verdict"), [goal.shown() for goal in goals]))
    return 0 if all(goal.held for goal in goals) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    usual = _PREFERRED if _PREFERRED in pack_names() else "python-cli"
    parser.add_argument("--pack", default=usual, choices=pack_names(), help=f"default: {usual}")
    parser.add_argument("--project", type=Path, metavar="FOLDER", help="in the place of the pack's template")
    parser.add_argument("--repeats", type=int, default=7, help="7 unless told otherwise")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    return parser.parse_args()


def _files(options: argparse.Namespace) -> dict[str, FileContent]:
    if options.project is None:
        return {path: FileContent(data) for path, data in find_pack(options.pack).template.items()}
    paths = [path for path in sorted(options.project.rglob("*")) if path.is_file()]
    return {path.relative_to(options.project).as_posix(): FileContent(path.read_bytes()) for path in paths}


async def _measured(pack: str, files: Mapping[str, FileContent], repeats: int) -> _Found:
    async with (
        stage() as settings,
        open_state(settings) as redis,
        open_sandboxes(settings.sandbox, settings.folders.cache, run="bench-gate") as sandboxes,
    ):
        kit = await Kits(sandboxes, lambda sandbox: sandbox, settings.checks).of(pack)
        cached = [Cached(check, Verdicts(redis, "bench-gate"), kit.ground) for check in kit.checks]
        await _judged(kit, files, cached)  # what is made once is made, and every verdict is kept
        warm = [await _judged(kit, files, kit.checks) for _ in range(repeats)]
        again = [await _judged(kit, files, cached) for _ in range(repeats)]
    for _, report in again:
        _all_known(report)
    seconds = {each.check: [_of(report, each.check) for _, report in warm] for each in _about(warm[0][1])}
    return _Found([took for took, _ in warm], [took for took, _ in again], seconds)


async def _judged(kit: Kit, files: Mapping[str, FileContent], checks: Sequence[Check]) -> tuple[float, CheckReport]:
    """One run of the gate, from an empty sandbox to the report: its seconds, and the report. NotGreen."""
    begun = time.perf_counter()
    sandbox = await kit.sandbox()
    try:
        await sandbox.write(files)
        report = await run_checks(checks, sandbox, "bench-gate")
        took = time.perf_counter() - begun
    finally:
        await sandbox.close()
    if not report.green:
        said = [f"{each.check} {each.place}: {each.message}" for each in report.findings]
        raise NotGreen(f"the project does not pass its own gate: {'; '.join(said)[:1000] or 'nothing ran'}")
    return took, report


def _about(report: CheckReport) -> list[CheckResult]:
    return [each for each in report.results if each.status != "not_applicable"]


def _of(report: CheckReport, check: str) -> float:
    return next(each.seconds for each in report.results if each.check == check)


def _all_known(report: CheckReport) -> None:
    # Who could not run, as an audit without advisories, may do so the next time.
    if anew := [each.check for each in _about(report) if not each.cached and each.status != "not_run"]:
        raise NotGreen(f"{', '.join(anew)} ran again although nothing had changed")


if __name__ == "__main__":
    sys.exit(main())
