"""Kills runs, and the server below them, at exact moments, and looks at what is left.

The demo is built against a scripted endpoint in a process of its own. Between the run and its Redis server stands a
proxy that knows every command; it kills one of the two before a write is passed on, after it was done but before the
run is told, or some time later. Then the run is resumed as often as needed and judged from the outside: by the
endpoint's log against the journal, by the branch, by the events.

Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from crashing.choosing import LATENCY, boundaries, chained, every_write, inside_steps
from crashing.moments import Moment
from crashing.processes import Launcher
from crashing.proxy import Exchange
from crashing.table import goals, table
from crashing.trial import Case, Drill, Fsync, Report

_AT_ONCE = 2
_FRESH = 10
"""Every so many trials, the processes are started anew and not forked."""


def main() -> int:
    """The command."""
    options = _options()
    begun = time.monotonic()
    reports = asyncio.run(_drill(options))
    print(f"\n{table(reports)}\n\n{len(reports)} trials in {time.monotonic() - begun:.0f} s, seed {options.seed}\n")
    if options.json:
        options.json.write_text("".join(json.dumps(_plain(report)) + "\n" for report in reports))
    reached = list(goals(reports))
    print(*reached, sep="\n")
    return 0 if all(goal.held for goal in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boundaries", action="store_true", help="both sides of every checkpoint, nothing else")
    parser.add_argument("--mid", type=int, metavar="N", help="N moments inside steps, nothing else")
    parser.add_argument("--all", action="store_true", help="both sides of every single write: takes long")
    parser.add_argument("--server", choices=["always", "everysec"], help="kill the server, not the run")
    parser.add_argument("--seed", type=int, default=1, help="which moments are chosen (default: 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one JSON line a trial")
    cache = Path(sys.prefix) / "slipway-test-cache"
    parser.add_argument("--cache", type=Path, default=cache, metavar="DIR", help="the sandboxes' tool layer")
    return parser.parse_args()


async def _drill(options: argparse.Namespace) -> list[Report]:
    launcher = Launcher()
    first = await Drill(launcher, options.cache).run(Case("undisturbed", ()))
    if not first.verdict.good:
        raise SystemExit(f"an undisturbed run fails: {first.verdict} {first.said}")
    drill = Drill(launcher, options.cache, first.verdict.version)
    cases = list(_cases(options, first.writes))
    seconds = len(cases) * first.seconds * 1.3 / _AT_ONCE
    print(f"version {drill.version}, {len(first.writes)} writes; {len(cases)} trials, about {seconds / 60:.0f} minutes")
    return await _run_all(drill, cases)


def _cases(options: argparse.Namespace, writes: Sequence[Exchange]) -> Iterator[Case]:
    """The trials that were asked for; by default all but `--all`, which takes hours."""
    chance = random.Random(options.seed)
    if options.all:
        yield from _each(every_write(writes), options.server)
        return
    narrowed = options.boundaries or options.mid is not None
    inside = inside_steps(writes, chance)
    if options.boundaries or not narrowed:
        yield from _at_boundaries(writes, options.server)
    if options.mid is not None:
        yield from _each(chance.sample(inside, min(options.mid, len(inside))), options.server)
    elif not narrowed and options.server:
        yield from _each(inside, options.server)
    elif not narrowed:
        yield from _each(inside, None)
        yield from _each(chance.sample(inside, 12), "always")
        yield from _each(chance.sample(inside, 12), "everysec")


def _at_boundaries(writes: Sequence[Exchange], server: Fsync | None) -> Iterator[Case]:
    """One run a boundary, and the server at every boundary of one run."""
    if server is None:
        yield from _each(boundaries(writes), None)
        yield Case("every checkpoint, before", chained(writes, "before"))
        yield Case("every checkpoint, after", chained(writes, "after"))
    policies: tuple[Fsync, ...] = (server,) if server else ("always", "everysec")
    for policy in policies:
        for side in ("before", "after"):
            moments = chained(writes, side, repeats=True)
            yield Case(f"every checkpoint, {side}", moments, target="server", appendfsync=policy)


def _each(moments: Sequence[Moment], server: Fsync | None) -> Iterator[Case]:
    for number, moment in enumerate(moments):
        latency = LATENCY if moment.group == "inside a model call" else 0.0
        fresh = number % _FRESH == _FRESH - 1
        if server is None:
            yield Case(moment.group, (moment,), latency=latency, fresh=fresh)
        else:
            yield Case(moment.group, (moment,), "server", server, latency, fresh)


async def _run_all(drill: Drill, cases: Sequence[Case]) -> list[Report]:
    free, done = asyncio.Semaphore(_AT_ONCE), 0

    async def one(case: Case) -> Report:
        nonlocal done
        async with free:
            report = await drill.run(case)
        done += 1
        _show(done, len(cases), report)
        return report

    return list(await asyncio.gather(*map(one, cases)))


def _show(number: int, count: int, report: Report) -> None:
    case, verdict = report.case, report.verdict
    victim = case.target if case.target == "run" else f"server ({case.appendfsync})"
    mark = "ok" if verdict.good else "FAULT"
    reached = "" if report.kills == len(case.moments) else f" ({report.kills} of {len(case.moments)} moments came)"
    what = str(case.moments[0]) if len(case.moments) == 1 else case.group
    print(f"[{number}/{count}] {mark} {report.seconds:5.1f} s  {victim} {what}{reached}", flush=True)
    if not verdict.good:
        print(f"    {verdict}", *report.said, sep="\n    ", flush=True)


def _plain(report: Report) -> dict[str, object]:
    return {
        "case": asdict(report.case),
        "verdict": asdict(report.verdict),
        "kills": report.kills,
        "passages": report.passages,
        "seconds": round(report.seconds, 2),
        "said": report.said,
    }


if __name__ == "__main__":
    sys.exit(main())
