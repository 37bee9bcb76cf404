"""`cancel`, `pause` and `steer` say in one line what came of it and what is next, and their exit codes say the same."""

from __future__ import annotations

import asyncio
import json

from slipway.config import Settings, load_lineup
from slipway.graphs.records import new_record
from slipway.state import Outcome, RunStore, Status, open_state

from .conftest import Slipway


async def _made(settings: Settings, *statuses: Status) -> list[str]:
    """Runs that stand like this; one that is `running` has no process any more."""
    made: list[str] = []
    async with open_state(settings) as redis:
        for status in statuses:
            record = await new_record(redis, "build it", lineup=load_lineup("demo"))
            made.append(record.id)
            if status != "running":
                outcome = Outcome(run=record.id, project=record.project, status=status)
                await RunStore(redis).finish(record.id, outcome)
    return made


def test_what_came_of_it_is_one_line(slipway: Slipway, settings: Settings) -> None:
    dead, parked, ended = asyncio.run(_made(settings, "running", "over_budget", "delivered"))
    cases = [
        (["pause", parked], 0, f"run {parked} is parked: over_budget; go on with: slipway resume {parked}\n", ""),
        (
            ["steer", parked, "In English."],
            3,
            f"run {parked} keeps it, but it is parked: over_budget; go on with: slipway resume {parked}\n",
            "",
        ),
        (["cancel", ended], 2, "", f"slipway: run '{ended}' has ended: delivered; look at it: slipway show {ended}\n"),
        (["cancel", dead], 0, f"run {dead} is cancelled; what it did is kept for now: slipway show {dead}\n", ""),
        (["steer", dead, " "], 2, "", "slipway: the instruction is empty; say in a sentence what is to be done "
                                      "otherwise\n"),
    ]  # fmt: skip
    done = [slipway(*words) for words, *_ in cases]
    assert [(each.returncode, each.stdout, each.stderr) for each in done] == [tuple(case[1:]) for case in cases]


def test_what_came_of_it_is_json(slipway: Slipway, settings: Settings) -> None:
    [run] = asyncio.run(_made(settings, "running"))
    steered = slipway("steer", run, "In English.", "--json")
    assert (steered.returncode, json.loads(steered.stdout)) == (
        3, {"kind": "steered", "run": run, "status": "running", "working": False, "given": None},
    )  # fmt: skip
    cancelled = slipway("cancel", run, "--reason", "no", "--json")
    found = json.loads(cancelled.stdout)
    assert (cancelled.returncode, found["kind"], found["status"]) == (0, "result", "cancelled")
    assert found["reason"] == "cancelled, as asked: no"
    unknown = slipway("pause", "x")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == f"slipway: no run 'x'; the newest are {run}\n"
