"""What a step of a run costs with Slipway's saver, side by side with LangGraph's and another one for Valkey.

Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed. README.md says what
the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from saving.judging import Spread, table
from saving.measuring import Samples, Setting, measured
from saving.report import comparison, flatness, goals, target
from saving.savers import KINDS, OPTIONAL
from saving.servers import CannotMeasure, postgres, valkey


def main() -> int:
    """The command."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="sw", dir=options.dir) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user
        try:
            setting, samples = asyncio.run(_measured(options, Path(folder)))
        except CannotMeasure as error:
            print(f"bench-state: {error}", file=sys.stderr)
            return 2
    if options.json:
        options.json.write_text(json.dumps({"steps": setting.steps, **asdict(samples)}))
    _show(setting, samples)
    return _judge(setting, samples, options.quick)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run: few steps, no verdict")
    parser.add_argument("--steps", type=int, help="of each run; 1000 unless told otherwise")
    parser.add_argument("--repeats", type=int, help="7 unless told otherwise")
    parser.add_argument("--without", action="append", default=[], choices=OPTIONAL, help="leave a saver out")
    parser.add_argument("--server", type=Path, help="the server's program, in place of the bundled Valkey")
    parser.add_argument("--dir", type=Path, help="where the data go, on the disk that is to be measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    options = parser.parse_args()
    options.steps = options.steps or (100 if options.quick else 1_000)
    options.repeats = options.repeats or (2 if options.quick else 7)
    if options.steps < 100:
        parser.error("--steps: at least 100")
    return options


async def _measured(options: argparse.Namespace, folder: Path) -> tuple[Setting, Samples]:
    async with _setting(options, folder) as setting:
        return setting, await measured(setting)


@asynccontextmanager
async def _setting(options: argparse.Namespace, folder: Path) -> AsyncIterator[Setting]:
    async with AsyncExitStack() as stack:
        kinds = [kind for kind in KINDS if kind.name not in options.without]
        needed = any(kind.name == "postgres" for kind in kinds)
        yield Setting(
            folder=folder,
            valkey=await stack.enter_async_context(valkey(folder, options.server)),
            postgres=await stack.enter_async_context(postgres(folder / "postgres")) if needed else None,
            kinds=kinds,
            steps=options.steps,
            repeats=options.repeats,
        )


def _show(setting: Setting, samples: Samples) -> None:
    servers = [setting.valkey.program, *([setting.postgres.program] if setting.postgres else [])]
    print(f"{setting.steps} steps a run, {setting.repeats} repeats in turns, durability sync; {'; '.join(servers)}")
    print(f"{os.cpu_count()} cores, load {Spread.of(samples.loads).shown(1)}; median [least .. largest] of the repeats")
    if max(samples.loads) > (os.cpu_count() or 1):
        print("THE MACHINE WAS BUSY WITH OTHER THINGS: repeat this when it is quiet; only the counts can be trusted")
    trip = Spread.of([seconds * 1000 for seconds in samples.round_trips])
    print(f"a round trip (PING, the client of slipway): {trip.shown(3)} ms")
    print(f"a step of slipway / (2 steps without a saver + 2 round trips): {target(samples).shown()}\n")
    print(comparison(setting, samples), end="\n\n")
    print(f"the server's counts for one step: early in a run / at its end, {setting.steps} steps in")
    print(flatness(setting, samples), end="\n\n")


def _judge(setting: Setting, samples: Samples, quick: bool) -> int:
    found = goals(setting, samples)
    heads = ("goal", "value", "at most", "verdict")
    print(table(heads, [(*goal.shown()[:3], "not judged" if quick else goal.shown()[3]) for goal in found]))
    if quick:
        print("quick: too few samples for a verdict")
        return 0
    return 0 if all(goal.held for goal in found) else 1


if __name__ == "__main__":
    sys.exit(main())
