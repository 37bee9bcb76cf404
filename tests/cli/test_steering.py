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


def test_what_came_of_it_is_one_line_or_json(slipway: Slipway, settings: Settings) -> None:
    dead, parked, ended, asking = asyncio.run(_made(settings, "running", "over_budget", "delivered", "needs_input"))
    resume = f"slipway resume {parked}\n"
    cases = [
        (["pause", parked], 0, f"run {parked} is parked: over_budget; go on with: {resume}", ""),
        (
            ["steer", parked, "Use tabs."],
            3,
            f"run {parked} keeps it, but it is parked: over_budget; go on with: {resume}",
            "",
        ),
        (["pause", asking], 0, f"run {asking} is parked: needs_input; go on with: slipway answer {asking}\n", ""),
        (["cancel", ended], 2, "", f"slipway: run '{ended}' has ended: delivered; look at it: slipway show {ended}\n"),
    ]
    done = [slipway(*words) for words, *_ in cases]
    assert [(each.returncode, each.stdout, each.stderr) for each in done] == [tuple(case[1:]) for case in cases]
    shown = slipway("show", dead).stdout.splitlines()
    assert shown == ["request: build it", f"running: no process works on it; go on with: slipway resume {dead}"]
    cancelled = slipway("cancel", dead, "--reason", "no", "--json")
    found = json.loads(cancelled.stdout)
    assert (cancelled.returncode, found["kind"], found["status"]) == (0, "result", "cancelled")
    assert found["reason"] == "cancelled, as asked: no"
