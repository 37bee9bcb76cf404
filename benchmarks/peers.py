"""Slipway beside mini-swe-agent and deepagents: the same tasks, the same seeds, the same simulated developer.

It measures orchestration, not coding ability: the developer can do a thing only where the prompt has the facts for it.
Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed. README.md says what
the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from coding.trial import stage
from peering.base import PEERS, SLIPWAY, SYSTEMS, Cell
from peering.driving import Bounds
from peering.installing import Installed, NotInstalled, version
from peering.report import TIERS, compared, goals, lost, rows, shown
from peering.running import Plan, run
from saving.judging import table

from slipway.config import ConfigurationError, UsageError, load_settings
from slipway.config.task import Suite, Task
from slipway.config.tasking import find_suite
from slipway.models.simulated import check_model, identity, player
from slipway.sandboxes import SandboxError

_LEFT_OUT = "ambiguous"
"""The family whose tasks cannot be done without asking, which peers have no way to."""


def main() -> int:
    """The command."""
    options, load = _options(), os.getloadavg()[0]
    try:
        suite = find_suite(options.suite)
        plan = _plan(options, suite)
        cells = asyncio.run(_stoppable(_measured(plan, options.set)))
    except (ConfigurationError, UsageError, SandboxError, NotInstalled) as error:
        print(f"bench-peers: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    if options.json:
        options.json.write_text(json.dumps(_told(plan, suite, options.set, cells)))
    _show(plan, suite, cells, load)
    print(_frozen(options.halves, suite))
    reached = goals(cells, plan.bounds.calls)
    print(f"\n{table(('goal', 'value', 'at most', 'verdict'), [goal.shown() for goal in reached])}")
    return 0 if all(goal.held for goal in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", default="core", help="a shipped suite, or a suite's folder (default: core)")
    parser.add_argument("--tasks", nargs="+", default=[], metavar="TASK", help="these alone")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N", help="default: 0 1 2")
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), choices=SYSTEMS, metavar="SYSTEM")
    parser.add_argument("--halves", type=Path, metavar="FILE", help="YAML: the tasks that are `seen` and `unseen`")
    parser.add_argument("--jobs", type=int, default=1, help="cells at a time (default: 1)")
    parser.add_argument("--tier", default="tier-a", help="the simulated developer's (default: tier-a)")
    parser.add_argument("--option", nargs="+", default=[], metavar="NAME=VALUE", help="more of its options")
    parser.add_argument("--calls", type=int, default=60, help="model calls for one request, at most (default: 60)")
    parser.add_argument("--seconds", type=float, default=900, help="for one request, at most (default: 900)")
    parser.add_argument("--set", nargs="+", default=[], metavar="A.B=VALUE", help="settings of Slipway")
    parser.add_argument("--cache", type=Path, help="where the peers' environments are (default: Slipway's cache)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all cells there")
    options = parser.parse_args()
    if options.jobs < 1 or options.calls < 1 or options.seconds <= 0:
        parser.error("--jobs, --calls and --seconds must be above 0")
    if odd := [option for option in options.option if "=" not in option]:
        parser.error(f"--option {odd[0]}: write it as NAME=VALUE")
    return options


def _plan(options: argparse.Namespace, suite: Suite) -> Plan:
    told = dict(option.split("=", 1) for option in options.option)
    plan = Plan(
        tasks=_chosen(suite, options.tasks),
        seeds=options.seeds,
        systems=[name for name in SYSTEMS if name in options.systems],
        tier=options.tier,
        # Answers that take a hundredth of their simulated time: what runs at the same time is then seen to.
        options={"suite": options.suite, "pace": "0.01", **told},
        halves=_halves(options.halves, suite) if options.halves else {},
        bounds=Bounds(options.calls, options.seconds),
        at_once=options.jobs,
        environments=Installed((options.cache or load_settings().folders.cache / "peers").resolve()),
    )
    check_model(plan.model(0))
    return plan


def _chosen(suite: Suite, names: Sequence[str]) -> list[Task]:
    try:
        named = [suite.task(name) for name in names] or list(suite.tasks)
    except KeyError as error:
        raise UsageError(str(error.args[0])) from None
    tasks = [task for task in named if task.family != _LEFT_OUT and all(step.play for step in task.steps)]
    if not tasks:
        raise UsageError(f"no task is left: those of the family `{_LEFT_OUT}` and those without a play are not run")
    return tasks


def _halves(file: Path, suite: Suite) -> dict[str, str]:
    """Task -> half. UsageError where the file does not put every task into one half."""
    try:
        read = yaml.safe_load(file.read_text())
        halves = {task: half for half in ("seen", "unseen") for task in read[half]}
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: it must list tasks under `seen` and `unseen`: {error!r}") from error
    if lacking := [task.id for task in suite.tasks if task.id not in halves and task.family != _LEFT_OUT]:
        raise UsageError(f"{file}: {', '.join(lacking)} is in no half; name it there")
    return halves


def _frozen(file: Path | None, suite: Suite) -> str:
    """Whether suite and developer are those that were fixed before anything was tuned to them, as `file` says."""
    fixed = (yaml.safe_load(file.read_text()).get("frozen") or {}) if file else {}
    now = {"suite": suite.digest, "simulator": identity()}
    if not fixed:
        return f"\nnothing is frozen: suite {now['suite'][:12]}, simulator {now['simulator'][:12]}"
    changed = [f"{name} {fixed.get(name, 'nothing')[:12]}, now {value[:12]}" for name, value in now.items()
               if fixed.get(name) != value]  # fmt: skip
    return f"\nCHANGED SINCE IT WAS FROZEN: {'; '.join(changed)}" if changed else "\nsuite and simulator are as frozen"


async def _stoppable(running: Coroutine[Any, Any, list[Cell]]) -> list[Cell]:
    """`running`, which SIGTERM ends as Ctrl-C does."""
    task = asyncio.ensure_future(running)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _measured(plan: Plan, overrides: Sequence[str]) -> list[Cell]:
    for name in plan.systems:
        if name in PEERS:
            await asyncio.to_thread(plan.environments.peer, name)
    async with stage() as base:
        # As it is shipped, but for where things are, and what was asked for.
        settings = load_settings([f"sandbox.backend={base.sandbox.backend}", *overrides])
        with tempfile.TemporaryDirectory(prefix="sw") as folder:
            return await run(plan, player(), settings, Path(folder), _progress)


def _progress(cell: Cell) -> None:
    legs = "; ".join(f"{leg.stopped}, {'accepted' if leg.succeeded else 'not accepted'}" for leg in cell.legs)
    said = next((f": {leg.said}" for leg in cell.legs if not leg.has_outcome), "")
    print(
        f"{cell.task} {cell.seed} {cell.system}: {legs}; {len(cell.calls)} calls, {cell.seconds:.0f} s{said}",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def _told(plan: Plan, suite: Suite, overrides: Sequence[str], cells: Sequence[Cell]) -> Mapping[str, object]:
    facts = {"suite": suite.name, "digest": suite.digest, "model": plan.model(0), "set": list(overrides)}
    versions = {name: version(name) for name in PEERS}
    return {**facts, "bounds": asdict(plan.bounds), "versions": versions, "cells": [asdict(cell) for cell in cells]}


def _show(plan: Plan, suite: Suite, cells: Sequence[Cell], load: float) -> None:
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS if name in plan.systems)
    prices = "; ".join(f"{tier.name} {tier.fresh:g} / {tier.cached:g} / {tier.output:g}" for tier in TIERS)
    print(f"{machine}, load {load:.1f} before; {versions or 'no peers'}; simulated developer {plan.model(0)}")
    print(
        f"suite {suite.name} ({suite.digest[:12]}): {len(plan.tasks)} tasks x {len(plan.seeds)} seeds, up to "
        f"{plan.bounds.calls} model calls a request; tasks of the family `{_LEFT_OUT}` are left out for all, since the "
        f"peers cannot ask\nUSD per million tokens (fresh / cached / out): {prices}\n"
    )
    found = rows(cells)
    print(shown(found))
    print("\n".join(["", *compared(cells)]))
    if SLIPWAY in plan.systems:
        held_back = sum(leg.accepted and not leg.handed_over for cell in cells for leg in cell.legs)
        print(f"requests that {SLIPWAY} solved but did not deliver, counted as failures: {held_back}")
        print("\n".join(["\nslipway loses:", *(lost(found) or ["nothing"])]))


if __name__ == "__main__":
    sys.exit(main())
