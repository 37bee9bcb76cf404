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

from bugs.gate import Judged, judged
from bugs.programs import programs
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
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="programs (default: one a core)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all reports there")
    return parser.parse_args()


async def _judged(options: argparse.Namespace) -> list[Judged]:
    both = [program for task in read_tasks(options.file) for program in programs(task)]
    settings = load_settings()
    async with open_sandboxes(settings.sandbox, settings.folders.cache, ahead=options.at_once) as sandboxes:
        print(f"sandboxes: {sandboxes.chosen}", file=sys.stderr)
        return await judged(both, sandboxes, at_once=options.at_once, timeout=options.timeout)


def _told(one: Judged) -> dict[str, object]:
    program = {"task": one.program.task, "kind": one.program.kind, "seconds": one.seconds, "red_by": one.red_by}
    return program | {"report": one.report.model_dump(mode="json")}


def _show(done: Sequence[Judged], options: argparse.Namespace, seconds: float) -> None:
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    print(f"{machine}; {len(done)} programs in {seconds:.0f} s, {options.at_once} at once")
    print(f"\n{colours(done)}")
    if unexpected := list(surprises(done)):
        print("\n" + "\n".join(unexpected))


if __name__ == "__main__":
    sys.exit(main())
