"""What it costs that several write at once: an app of eight components against its critical path.

Models answer after seconds, over HTTP; graph, state and sandboxes are what they are. Ends with one line a goal, `name
value goal held|missed`; the exit status is 1 where one is missed. README.md says what the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coding.app import MODULES
from coding.playing import EVEN, Turns, uneven
from coding.report import barriers, compared, goals, spent
from coding.trial import Trial, Undelivered, stage, trial
from saving.judging import table

from slipway.sandboxes import SandboxUnavailable


@dataclass(frozen=True)
class _Found:
    parallel: int
    turns: Turns
    """The uneven ones."""
    even: Sequence[Trial]
    uneven: Sequence[Trial]


def main() -> int:
    """The command."""
    options, load = _options(), os.getloadavg()[0]
    try:
        found = asyncio.run(_measured(options))
    except (Undelivered, SandboxUnavailable) as error:
        print(f"bench-waves: {error}", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps(asdict(found)))
    _show(found, options.latency, load)
    reached = goals(found.even)
    print(f"\n{table(('goal', 'value', 'at most', 'verdict'), [goal.shown() for goal in reached])}")
    return 0 if all(goal.held for goal in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--latency", type=float, default=2.0, help="seconds that each answer takes (default: 2)")
    parser.add_argument("--repeats", type=int, default=3, help="runs with even turns (default: 3)")
    parser.add_argument("--uneven", type=int, default=1, help="runs with uneven turns (default: 1)")
    parser.add_argument("--seed", type=int, default=4, help="which turns are uneven (default: 4)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all trials there")
    return parser.parse_args()


async def _measured(options: argparse.Namespace) -> _Found:
    turns = uneven(options.seed)
    async with stage() as settings:
        await trial(settings, EVEN, 0.0)  # what is made once is made: the sandboxes' tools, compiled modules
        even = [await _told(trial(settings, EVEN, options.latency)) for _ in range(options.repeats)]
        others = [await _told(trial(settings, turns, options.latency)) for _ in range(options.uneven)]
        return _Found(settings.limits.parallel, turns, even, others)


async def _told(running: Coroutine[Any, Any, Trial]) -> Trial:
    done = await running
    print(f"{done.own:.2f} s and {done.gate:.2f} s in the gate; path {done.path:.1f} s", file=sys.stderr)
    return done


def _show(found: _Found, latency: float, load: float) -> None:
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    print(f"{machine}, load {load:.1f} before; models answer after {latency:g} s, limits.parallel={found.parallel}")
    if load > 1:
        print("THE MACHINE WAS BUSY WITH OTHER THINGS: repeat this when it is quiet")
    rows = [("two each", found.even)]
    if found.uneven:
        rows += [(" ".join(str(found.turns[module.name]) for module in MODULES), found.uneven)]
    print(f"\n{compared(rows)}\n{barriers()}\n\nwhere the time goes, two turns each\n\n{spent(found.even)}")


if __name__ == "__main__":
    sys.exit(main())
