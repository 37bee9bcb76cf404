"""What is left of sandboxes: after a thousand of them under fifty users, and after the framework was killed.

Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from saving.judging import Goal, table

from boxing.census import Place, apart
from boxing.engine import Daemon, NoEngine, private_engine
from boxing.killing import ENOUGH, Kill, kills
from boxing.ours import BACKENDS
from boxing.soaking import MEMORY, WAYS, Soaked, progress, soak
from slipway.sandboxes import SandboxUnavailable


def main() -> int:
    """The command."""
    options = _options()
    with ExitStack() as stack:
        stack.enter_context(apart())
        try:
            place = _place(options, stack)
            soaked = list(_soaked(options, place))
            killed = list(_killed(options, place))
        except (NoEngine, SandboxUnavailable) as error:
            print(f"soak: {error}\nor leave it out: --without docker", file=sys.stderr)
            return 2
    if options.json:
        options.json.write_text(json.dumps([*map(asdict, soaked), *map(asdict, killed)]))
    _show(soaked, killed, options.enough)
    reached = [*_soak_goals(soaked), *_kill_goals(killed, options.enough)]
    print(f"\n{table(('goal', 'value', 'at most', 'verdict'), [goal.shown() for goal in reached])}")
    return 0 if all(goal.held for goal in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sandboxes", type=int, default=1000, help="to be opened, for each backend and way; 0: none")
    parser.add_argument("--users", type=int, default=50, help="at once")
    parser.add_argument("--kills", type=int, default=20, help="of the framework, for each backend; 0: none")
    parser.add_argument("--working", type=int, default=20, help="sandboxes that work when it is killed")
    parser.add_argument(
        "--way", action="append", choices=WAYS, help="from a pool or without; both unless told otherwise"
    )
    parser.add_argument("--without", action="append", default=[], choices=BACKENDS, help="leave a backend out")
    parser.add_argument(
        "--docker", metavar="ADDRESS", help="an Engine that has the image; what it holds is not counted"
    )
    parser.add_argument(
        "--enough", type=float, default=ENOUGH, metavar="SECONDS", help="after a kill; then nothing may be left"
    )
    parser.add_argument("--seed", type=int, default=1, help="which moments are chosen (default: 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    options = parser.parse_args()
    options.backends = [name for name in BACKENDS if name not in options.without]
    return options


def _place(options: argparse.Namespace, stack: ExitStack) -> Place:
    if "docker" not in options.backends:
        return Place(None, None)
    if options.docker:
        return Place(None, options.docker)
    daemon: Daemon = stack.enter_context(private_engine())
    return Place(daemon, daemon.host)


def _soaked(options: argparse.Namespace, place: Place) -> Iterator[Soaked]:
    for name in options.backends if options.sandboxes else ():
        for way in options.way or WAYS:
            done = asyncio.run(soak(name, way, place, options.sandboxes, options.users))
            progress(done)
            yield done


def _killed(options: argparse.Namespace, place: Place) -> Iterator[Kill]:
    for name in options.backends:
        for number, done in enumerate(
            kills(name, place, options.kills, options.working, options.seed, options.enough), 1
        ):
            there = f"{done.opened} open, {done.processes} processes"
            print(f"{name}, kill {number}: {there}, gone after {done.seconds:.2f} s", file=sys.stderr)
            yield done


def _show(soaked: Sequence[Soaked], killed: Sequence[Kill], enough: float) -> None:
    print(f"{os.cpu_count()} cores; before and after, once what ends by itself has ended")
    for done in soaked:
        rows = [(name, before, done.after[name]) for name, before in done.before.items()]
        title = f"{done.sandboxes} in {done.backend}, {done.way}, {done.seconds:.0f} s"
        print(f"\n{table((title, 'before', 'after'), rows)}")
        for said in [*done.failures[:5], *(f"left: {kind}: {name}" for kind in done.left for name in done.left[kind])]:
            print(f"    {said}")
    for done in killed:
        if not done.good:
            print(f"\n{done.backend}, killed with {done.opened} open, {enough:g} s later:")
            for kind, names in done.left.items():
                print(f"    {kind}: {len(names)}, for example {names[0]}")


def _soak_goals(soaked: Sequence[Soaked]) -> Iterator[Goal]:
    for done in soaked:
        name = f"{done.backend}-{done.way}"
        yield Goal(f"failed-{name}", len(done.failures), 0, f"of {done.sandboxes}")
        yield Goal(f"left-{name}", sum(map(len, done.left.values())), 0, "things")
        yield Goal(f"grown-{name}", len(done.grown), 0, "counts")
        yield Goal(f"memory-{name}", done.memory, MEMORY / 1024, "MiB more")


def _kill_goals(killed: Sequence[Kill], enough: float) -> Iterator[Goal]:
    for name in dict.fromkeys(done.backend for done in killed):
        mine = [done for done in killed if done.backend == name]
        yield Goal(f"kill-left-{name}", sum(not done.good for done in mine), 0, f"of {len(mine)} kills")
        yield Goal(f"kill-seconds-{name}", max(done.seconds for done in mine), enough, "s until nothing was left")
        if name == "docker":
            print(f"\ncontainers made and never started: {sum(done.created for done in mine)} in {len(mine)} kills")


if __name__ == "__main__":
    sys.exit(main())
