"""Whether the gate keeps people's bugs out: HumanEvalPack's programs, right and faulty, under their own tests.

Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed. Without a file all
are `not run`. README.md says what the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bugs.gate import TOOLS, Judged, judged
from bugs.report import NOT_RUN, colours, goals, surprises, verdicts
from bugs.tasks import BadInput, read_tasks

from slipway.config import ConfigurationError, load_settings
from slipway.sandboxes import SandboxError, open_sandboxes

_NEEDED = "not run: no programs were given; name a file of HumanEvalPack (Python, JSON lines): OPTIONS=FILE"


def main() -> int:
    """The command."""
    options = _options()
    if options.file is None:
        print(f"{_NEEDED}\n\n{verdicts(NOT_RUN)}")
        return 0
    begun = time.perf_counter()
    try:
        done = asyncio.run(_judged(options))
    except (BadInput, ConfigurationError, SandboxError) as error:
        print(f"bench-humaneval: {error}", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps([_told(one) for one in done]))
    _show(done, options, time.perf_counter() - begun)
    reached = goals(done)
    print(f"\n{verdicts(reached)}")
    return 0 if all(goal.held for goal in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="HumanEvalPack's tasks, one JSON a line")
    parser.add_argument(
        "--timeout", type=float, default=10.0, help="seconds that a run of tests may take (default: 10)"
    )
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="tasks (default: one a core)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all reports there")
    options = parser.parse_args()
    if options.at_once < 1 or options.timeout <= 0:
        parser.error("--at-once and --timeout must be above 0")
    return options


async def _judged(options: argparse.Namespace) -> list[Judged]:
    tasks, settings, at_once = read_tasks(options.file), load_settings(), options.at_once
    async with open_sandboxes(settings.sandbox, settings.folders.cache, tools=TOOLS, ahead=at_once) as sandboxes:
        print(f"sandboxes: {sandboxes.chosen}", file=sys.stderr)
        return await judged(tasks, sandboxes, at_once=at_once, timeout=options.timeout)


def _told(one: Judged) -> dict[str, object]:
    program = {"task": one.program.task, "kind": one.program.kind, "seconds": one.seconds, "red_by": one.red_by}
    reports = {"report": one.report.model_dump(mode="json"), "given": [each.model_dump() for each in one.given]}
    return program | reports


def _show(done: Sequence[Judged], options: argparse.Namespace, seconds: float) -> None:
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    print(f"{machine}; {len(done)} programs in {seconds:.0f} s, {options.at_once} at once")
    print(f"\n{colours(done)}")
    if unexpected := list(surprises(done)):
        print("\n" + "\n".join(unexpected))


if __name__ == "__main__":
    sys.exit(main())
