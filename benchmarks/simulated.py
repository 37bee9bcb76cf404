"""Whether the simulated developer measures what context is worth: its two controls, over a suite's tasks and seeds.

Ends with one line a goal, `name value goal held|missed`; the exit status is 1 where one is missed. README.md says what
the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from saving.judging import table

from slipway.config import load_settings
from slipway.config.task import Suite, Task
from slipway.config.tasking import find_suite
from slipway.experiments.controls import Bounded, Context, control
from slipway.experiments.statistics import rate
from slipway.experiments.tasks.trying import Grounds, open_grounds
from slipway.models.simulated import Options, read_options

_PERFECT, _RANDOM = 0.95, 0.20
_CONTEXTS: tuple[Context, ...] = ("perfect", "random")


def main() -> int:
    """The command."""
    options = _options()
    suite, model = find_suite(options.suite), read_options(options.model)
    tasks = [task for task in suite.tasks if all(step.play for step in task.steps)]
    started = time.perf_counter()
    found = asyncio.run(_measured(suite, tasks, model, options.seeds))
    print(f"suite {suite.name} {suite.digest[:12]}, {model.tier}: {len(tasks)} tasks x {options.seeds} seeds, "
          f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    print(table(["context", "success", "95 %", "rounds"], [_row(name, of) for name, of in found.items()]))
    shares = {name: rate([[one.accepted for one in task] for task in of]).value for name, of in found.items()}
    held = {"perfect": shares["perfect"] >= _PERFECT, "random": shares["random"] <= _RANDOM}
    for name, limit in (("perfect", f">= {_PERFECT:.2f}"), ("random", f"<= {_RANDOM:.2f}")):
        print(f"{name}-context {shares[name]:.3f} {limit} {'held' if held[name] else 'missed'}")
    return 0 if all(held.values()) else 1


async def _measured(suite: Suite, tasks: Sequence[Task], model: Options, seeds: int) -> dict[str, list[list[Bounded]]]:
    """For each context what became of each task with each seed."""
    found: dict[str, list[list[Bounded]]] = {name: [] for name in _CONTEXTS}
    async with open_grounds(load_settings()) as grounds:
        for task in tasks:
            for name in _CONTEXTS:
                found[name].append(await _of(suite, task, name, model, seeds, grounds))
                print(task.id, name, " ".join("+" if one.accepted else "-" for one in found[name][-1]), flush=True)
    return found


async def _of(suite: Suite, task: Task, name: Context, model: Options, seeds: int, grounds: Grounds) -> list[Bounded]:
    with_seeds = [model.model_copy(update={"seed": seed}) for seed in range(seeds)]
    return list(await asyncio.gather(*(control(suite, task, name, one, grounds) for one in with_seeds)))


def _row(name: str, found: Sequence[Sequence[Bounded]]) -> list[str]:
    share = rate([[one.accepted for one in task] for task in found])
    rounds = [one.rounds for task in found for one in task]
    return [name, f"{share.value:.3f}", f"{share.low:.3f} to {share.high:.3f}", f"{sum(rounds) / len(rounds):.2f}"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", default="core", help="a shipped suite's name, or a folder (default: core)")
    parser.add_argument("--model", default="tier-b", help="TIER?name=value&... (default: tier-b)")
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
