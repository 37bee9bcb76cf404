"""What it costs to run commands in Slipway's sandboxes, side by side with a bare process and with others' sandboxes.

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
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict
from pathlib import Path

from saving.judging import table

from boxing.engine import NoEngine, private_engine
from boxing.measuring import SECTIONS, measured
from boxing.others import OTHERS
from boxing.ours import BACKENDS, backend
from boxing.report import goals, sections
from boxing.setting import QUICK, Amounts, Measured, Setting
from slipway.sandboxes import SandboxUnavailable


def main() -> int:
    """The command."""
    options = _options()
    with ExitStack() as stack:
        try:
            host = _host(options, stack)
            found = asyncio.run(_measured(options, host))
        except (NoEngine, SandboxUnavailable) as error:
            print(f"bench-sandboxes: {error}\nor leave it out: --without docker", file=sys.stderr)
            return 2
    if options.json:
        options.json.write_text(json.dumps(asdict(found)))
    _show(found)
    return _judge(found, options.quick)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run: few samples, no verdict")
    parser.add_argument("--without", action="append", default=[], choices=[*BACKENDS, *OTHERS], help="leave it out")
    parser.add_argument("--docker", metavar="ADDRESS", help="an Engine that has the image, in place of one of its own")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="a part of it, as the goals are then")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    options = parser.parse_args()
    if set(BACKENDS) <= set(options.without):
        parser.error("nothing is left to be measured")
    return options


def _host(options: argparse.Namespace, stack: ExitStack) -> str | None:
    if "docker" in options.without:
        return None
    return options.docker or stack.enter_context(private_engine()).host


async def _measured(options: argparse.Namespace, host: str | None) -> Measured:
    async with AsyncExitStack() as stack:
        names = [name for name in BACKENDS if name not in options.without]
        backends = [await stack.enter_async_context(backend(name, host)) for name in names]
        others = [name for name in OTHERS if name not in options.without]
        amounts = QUICK if options.quick else Amounts()
        return await measured(Setting(backends, host, others, amounts, options.only or list(SECTIONS)))


def _show(found: Measured) -> None:
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    print(f"{machine}, load {found.load:.1f} before; each in turns, in a new order every round")
    if found.load > 1:
        print("THE MACHINE WAS BUSY WITH OTHER THINGS: repeat this when it is quiet")
    for name, reason in found.absent.items():
        print(f"without {name}: {reason}")
    for section in sections(found):
        print(f"\n{section}")


def _judge(found: Measured, quick: bool) -> int:
    reached = goals(found)
    heads = ("goal", "value", "at most", "verdict")
    rows = [(*goal.shown()[:3], "not judged" if quick else goal.shown()[3]) for goal in reached]
    print(f"\n{table(heads, rows)}")
    if quick:
        print("quick: too few samples for a verdict")
        return 0
    return 0 if all(goal.held for goal in reached) else 1


if __name__ == "__main__":
    sys.exit(main())
